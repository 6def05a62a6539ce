"""The page to write on, and the HTTP API behind it: a door, with no logic of its own. Needs the extra ``web``."""
