"""Inspection of the shipped networks while they read and write, computed without torch.

============ ==========================================================================
`gates`      an LSTM layer in NumPy that keeps the values of its gates and cells
`reading`    a line of ink being read: gates, CTC probabilities, where characters were decided
`writing`    a text being written: the window, the mixture density, the end of the stroke
`events`     which steps are pen-up moves, word gaps, loops, or parts of a letter
`units`      the units that respond to such an event
`painting`   values painted on the ink that they belong to
`figures`    pictures of a line that was read
`drafts`     pictures of a line that was written
`files`      pictures as PNG and SVG, arrays as NPZ, descriptions as JSON
`records`    the same as plain lists, for the page
`lines`      the line of a page to inspect
`inspect`    all of it for one line of ink, or for one text
============ ==========================================================================
"""
