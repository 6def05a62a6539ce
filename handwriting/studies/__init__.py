"""Studies of the LSTM's original purpose, learning over long time lags, with the networks and the training loop of this
package.

=============== ==========================================================================
`error_flow`    measure how much of an error flows back over many steps, for every variant
`memory`        compare networks on long-time-lag tasks of 1997 and tasks of the Neural Turing Machine
`problems`      draw the sequences of these tasks
`memory_task`   wrap a memory task as a training task
`variants`      compare recognizers and synthesizers with different LSTM variants
`truncation`    measure the cost of truncated back-propagation through time
`tables`        write the rows of a study as CSV and its figures as PNG and SVG
=============== ==========================================================================
"""
