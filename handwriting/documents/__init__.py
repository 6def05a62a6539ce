"""Files and folders of ink, transcribed: what comes out of `app.py transcribe`.

========= ==========================================================================
`task`    how files are read, and what became of each
`record`  a document as JSON: pages, lines, words, characters
`hocr`    the same as hOCR
`pdf`     the ink with its text under it, to be searched
`results` a file of JSON lines that grows, and is gone on with
`cluster` the same work on many machines
========= ==========================================================================
"""
