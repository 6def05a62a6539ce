"""Sphinx configuration: Markdown pages with MyST, and the API reference from docstrings."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import handwriting

project = "Handwriting"
author = "The Handwriting authors"
version = release = handwriting.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.viewcode", "sphinx_copybutton"]
exclude_patterns = ["_build", "features/README*"]
nitpicky = False
suppress_warnings = ["myst.xref_missing"]  # links out of docs/ to files of the repository are checked by the tests

myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_mock_imports = ["torch", "distributed"]

html_theme = "furo"
html_title = "Handwriting"
html_static_path: list[str] = []
