"""Compose lines of writing: best of N, pages, live pages and export, for the command line and the web server alike."""
