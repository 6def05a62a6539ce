"""Write the page as a folder of static files for any web host."""

from __future__ import annotations

import gzip
import hashlib
import json
import lzma
import os
import secrets
import shutil
from functools import cache
from pathlib import Path

from handwriting.errors import InkError
from handwriting.recognition.recognizer import Recognizer
from handwriting.site.models import TERMS
from handwriting.site.models import files as model_files
from handwriting.synthesis.synthesizer import Synthesizer

HERE = Path(__file__).parent
PAGE = HERE.parent / "web" / "page"

WORKER = "service-worker.js"
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob: data:; style-src 'self'; "
    "base-uri 'none'; form-action 'none'; object-src 'none'"
)
"""Content security policy of the page: that of the server, and permission to compile WebAssembly."""
HEAD = f"""<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="theme-color" content="#27479f">
<link rel="manifest" href="manifest.webmanifest">
<link rel="apple-touch-icon" href="icon-192.png">
<link rel="stylesheet" href="site.css">
"""
UNUSED = ("index.html", "runtime/LICENSE", f"models/{TERMS}")
"""Files that the service worker does not cache: the page, which it caches as ``./``, and files for people."""
SCRIPT = '<script type="module" src="main.js"></script>'
RUNTIME_SHA256 = {
    "ort.wasm.bundle.min.mjs": "11e64bd8ffe11bd1a2a2f0d6275fdfbbba7262f0b76b99b53d228a8a22ef3d90",
    "ort-wasm-simd-threaded.wasm": "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
}
"""Checksums of the files of onnxruntime-web 1.30.0."""


def export_site(folder: str | os.PathLike[str], recognizer: Recognizer, synthesizer: Synthesizer) -> dict[str, int]:
    """Write the site atomically to ``folder``, which must be new, empty, or an earlier export.

    Returns the sizes of its files in bytes, by name. Raises :class:`InkError` for any other folder, if the folder
    cannot be written, and for models that cannot run in the browser.
    """
    target = Path(folder)
    _check(target)
    site = site_files(recognizer, synthesizer)
    fresh = target.parent / f".{target.name}-{secrets.token_hex(6)}"
    try:
        for name, data in site.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if target.exists():
            shutil.rmtree(target)
        fresh.replace(target)
    except OSError as error:
        raise InkError(f"{folder}: cannot be written ({error.strerror or error}); give another folder") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return {name: len(data) for name, data in site.items()}


def site_files(recognizer: Recognizer, synthesizer: Synthesizer) -> dict[str, bytes]:
    """Return all files of the site, by name. The same models give the same bytes."""
    site = _tree(PAGE)
    site["index.html"] = _index(site["index.html"].decode()).encode()
    site["shell/backend.js"] = b'export { local } from "../engine/backend.js";\n'
    site |= {f"engine/{name}": data for name, data in _tree(HERE / "engine").items()}
    site |= _runtime()
    site |= {f"models/{name}": data for name, data in model_files(recognizer, synthesizer).items()}
    static = _tree(HERE / "static")
    worker = static.pop(WORKER).decode()
    site |= static
    digest = hashlib.sha256()
    for name in sorted(site):
        digest.update(name.encode() + b"\0" + hashlib.sha256(site[name]).digest())
    names = ["./", *sorted(name for name in site if name not in UNUSED)]
    site[WORKER] = worker.replace("{version}", digest.hexdigest()[:16]).replace("{files}", json.dumps(names)).encode()
    return site


def _check(target: Path) -> None:
    """Raise :class:`InkError` unless ``target`` is new, empty, or a site that may be replaced."""
    if target.is_dir() and any(target.iterdir()) and not (target / WORKER).is_file():
        raise InkError(f"{target}: the folder holds other files; give a new folder, or an earlier export to replace it")
    if target.exists() and not target.is_dir():
        raise InkError(f"{target}: this is a file; give a folder")
    if not target.resolve().parent.is_dir():
        raise InkError(f"{target}: there is no folder {target.parent}; create it first")


def _tree(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder by their relative paths, without hidden files."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def _index(markup: str) -> str:
    script = '<script type="module" src="site.js"></script>\n' + SCRIPT
    return markup.replace(SCRIPT, HEAD + script)


@cache
def _runtime() -> dict[str, bytes]:
    """Return the files of the inference engine, after a checksum test; the browser decompresses the WebAssembly."""
    folder = HERE / "runtime"
    with lzma.open(folder / "ort-wasm-simd-threaded.wasm.xz") as file:
        wasm = file.read()
    script = (folder / "ort.wasm.bundle.min.mjs").read_bytes()
    for name, data in (("ort.wasm.bundle.min.mjs", script), ("ort-wasm-simd-threaded.wasm", wasm)):
        if hashlib.sha256(data).hexdigest() != RUNTIME_SHA256[name]:
            raise InkError(f"{folder / name}: damaged, its checksum is wrong; reinstall handwriting")
    return {
        "runtime/LICENSE": (folder / "LICENSE").read_bytes(),
        "runtime/ort.js": script,  # not every web host knows that .mjs is JavaScript
        "runtime/ort-wasm-simd-threaded.wasm.gz": gzip.compress(wasm, 9, mtime=0),
    }
