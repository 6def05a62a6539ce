"""The web page and its HTTP API, which contain no recognition or synthesis logic. Needs the extra ``web``."""
