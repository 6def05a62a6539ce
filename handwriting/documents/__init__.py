"""Transcribe files and folders of ink, as the command ``transcribe`` does.

:func:`handwriting.documents.transcribe.transcribe` calls these modules once each, from top to bottom:

=========== =============================================================================
`inputs`    finds the files for a list of paths
`loading`   reads them into pages of ink, one batch at a time
`recognise` recognises the pages: one :class:`~handwriting.documents.document.Document`
            per file
`render`    converts documents to text, `markdown`, JSON (`record`), `hocr` or searchable
            `pdf`
`append`    or adds them to a file of JSON lines (`results`), repeatedly with `watch`
=========== =============================================================================

`summary` reports and counts what happened, `cluster` recognises on a Dask cluster instead, `backgrounds` puts pictures
and PDF pages under the ink of a PDF, and `incremental` reads a single page repeatedly while it is being written.
"""
