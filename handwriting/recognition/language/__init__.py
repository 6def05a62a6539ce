"""A language model for the beam: words with their neighbours, characters for all that is no known word.

``texts`` reads what it is built from, ``characters`` and ``words`` are its two halves, ``model`` is the whole as a
folder and as a scorer of the beam, ``build`` makes one.
"""
