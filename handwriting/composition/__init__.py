"""Compose writing from lines: best of N, pages, live pages and export, for both the command line and the web server."""
