"""The web page and its HTTP API, without logic of their own. Needs the extra ``web``."""
