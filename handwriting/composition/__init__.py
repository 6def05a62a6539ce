"""Compose lines of writing: best of N, pages, letters, live pages and export, for the command line and the web
server."""
