"""The page as a static folder that works without a server: reading and writing run in the browser.

``export`` writes the folder. ``engine`` holds the JavaScript twins of the Python that reads and writes, and ``runtime``
ONNX Runtime compiled to WebAssembly; ``static`` is what makes the page installable.
"""
