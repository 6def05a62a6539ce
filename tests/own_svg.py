"""SVG drawings of our own whose strokes touch or are stored in pieces."""

from __future__ import annotations

from handwriting.formats import svg
from handwriting.ink import Ink, Page

OF_THE_PAGE = """<svg xmlns="http://www.w3.org/2000/svg" width="40mm" height="30mm" viewBox="0 0 40 30">
<title>{name}</title>
<desc>{text}</desc>
<rect width="100%" height="100%" fill="#fff"/>
<path fill="none" stroke="#b4cbe2" stroke-width="0.15" stroke-linecap="round" d=""/>
<g fill="none" stroke-linecap="round" stroke-linejoin="round">
<g stroke="#1c2f6b"><path stroke-width="0.5" d="M1 1Q2 2 3 3"/><path stroke-width="0.6" d="M3 3Q4 4 5 3"/></g>
<g stroke="#1c2f6b"><path stroke-width="0.5" d="M9 1Q9 2 9 3"/><path stroke-width="0.6" d="M9 3Q9 4 8 5"/></g>
</g>
</svg>
"""
"""A page that the browser saved: each stroke is a group of pieces of even width."""

TOUCHING = svg.write([Page(Ink.from_strokes([[(k, k % 2), (k + 1, (k + 1) % 2)] for k in range(6)]))]).decode()
"""Ink whose strokes all touch."""
