"""Files and folders of ink in, their transcript out: what the command ``transcribe`` runs.

:func:`handwriting.documents.transcribe.transcribe` calls these modules once each, from top to bottom:

=========== ==========================================================================
`inputs`    finds the files that paths and folders mean
`loading`   reads them into pages of ink, a batch at a time
`recognise` recognises the pages of a batch: one :class:`~handwriting.documents.document.Document` a file
`render`    documents as text, `markdown`, JSON (`record`), `hocr` or searchable `pdf`
`append`    or adds them to a file of JSON lines (`results`), again and again in `watch`
=========== ==========================================================================

`summary` reports and counts what happened, `cluster` recognises on a Dask cluster instead, `backgrounds` finds what is
under the ink of a PDF, and `incremental` reads a single page again and again while it is written.
"""
