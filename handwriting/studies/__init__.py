"""Studies of the LSTM's original purpose, with the networks and the training loop of this package.

=============== ==========================================================================
`error_flow`    how much of an error flows back over many steps, for every variant
`memory`        the long-time-lag tasks of 1997 and two tasks of the Neural Turing Machine
`problems`      the sequences of these tasks
`memory_task`   a memory task as a training task
`variants`      recognizers and synthesizers with different LSTM variants
`truncation`    the cost of truncated back-propagation through time
`tables`        curves and tables of a study as CSV
=============== ==========================================================================
"""
