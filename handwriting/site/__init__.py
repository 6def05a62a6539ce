"""The page as a static site without a server: reading and writing run in the browser.

``export`` writes the site. ``engine`` holds JavaScript ports of the Python that reads and writes, ``runtime`` has ONNX
Runtime compiled to WebAssembly, and ``static`` has the files that make the page installable.
"""
