"""What the LSTM was invented for, measured with the networks and the training loop of this package.

=============== ==========================================================================
`error_flow`    how much of an error comes back over many steps, in every variant
`memory`        the long-time-lag tasks of 1997 and the two tasks of the Neural Turing Machine
`problems`      these tasks' sequences
`memory_task`   a memory task as a training task
`variants`      recognizers and synthesizers that differ in the equations of their LSTM
`truncation`    what truncated back-propagation through time costs
`tables`        curves and tables of a study as CSV
=============== ==========================================================================
"""
