"""Inspection of the shipped networks while they read and write, computed without torch.

============ ==========================================================================
`gates`      run an LSTM layer in NumPy and record its gates and cells
`reading`    record how a line of ink is read: gates, CTC probabilities, where characters are decided
`writing`    record how a text is written: window, mixture density, end-of-stroke probability
`events`     find the steps that are pen-up moves, word gaps, loops, or parts of a letter
`units`      find the units that respond to such an event
`painting`   paint values on the ink that they belong to
`figures`    draw figures of a line that was read
`drafts`     draw figures of a line that was written
`files`      write figures as PNG and SVG, arrays as NPZ, descriptions as JSON
`records`    convert the results to plain lists, for the page
`lines`      select the line of a page to inspect
`inspect`    write all of this for one line of ink or one text
============ ==========================================================================
"""
