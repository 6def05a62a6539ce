"""A language model for the beam search: word trigrams for known words, character n-grams for everything else.

``texts`` reads running text, ``lexicon`` and ``characters`` train the two parts, ``build`` combines them, and
``model`` loads and saves the whole. ``scorer`` applies it in the beam search; ``words`` and ``trie`` are the trained
word model.
"""
