"""Find the scene of an Excalidraw drawing in the files in which it may be embedded.

- Obsidian's Excalidraw plugin writes Markdown (``.excalidraw.md``) with the scene in a code block, as JSON or as JSON
  compressed by lz-string. In 2021, it wrote the JSON without a code block.
- A picture that is exported with its scene has a payload, ``{"encoding": "bstring", "encoded": "..."}``. Each character
  of the string is a byte of the scene, which may be deflated. A PNG has the payload in a text chunk, and an SVG, as
  base64, between two comments.

Sources: https://github.com/excalidraw/excalidraw (``encode.ts``, ``image.ts``),
https://github.com/zsviczian/obsidian-excalidraw-plugin
"""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Iterator

from handwriting.errors import InkError
from handwriting.formats import deflate, json, lz_string
from handwriting.formats.json_shapes import describe
from handwriting.limits import MAX_BYTES, check_size
from handwriting.notes import Notes

PNG = b"\x89PNG\r\n\x1a\n"
TYPE = b"application/vnd.excalidraw+json"
_FRONT_MATTER = re.compile(rb"(?:\xef\xbb\xbf)?\s*---\s")
_CODE_BLOCK = re.compile(
    rb"^#+ Drawing[ \t]*\n(?:(?!#)[^\n]*\n)*?```(compressed-json|json)\s(.*?)(?:^```|\Z)", re.MULTILINE | re.DOTALL
)
_BARE_JSON = re.compile(rb"^#+ Drawing\s+(\{.*\S)", re.MULTILINE | re.DOTALL)
_SVG_PAYLOAD = re.compile(
    rb"<!--\s*payload-type:\s*application/vnd\.excalidraw\+json\s*-->\s*(?:<!--\s*payload-version:\s*(\d)\s*-->)?\s*"
    rb"<!--\s*payload-start\s*-->([A-Za-z0-9+/=\s]*)<!--"
)


def recognises(head: bytes) -> bool:
    """Return whether this is Markdown of Obsidian's plugin, or a PNG, which may have a scene after its picture."""
    is_markdown = _FRONT_MATTER.match(head) is not None and b"excalidraw-plugin" in head
    return is_markdown or head.startswith(PNG)


def find_scene(data: bytes, file: str, notes: Notes) -> bytes:
    """Return the JSON of the scene in a file; a file of JSON is the scene itself.

    Raises :class:`InkError` if there is no scene, or if it is damaged.
    """
    if data.startswith(PNG):
        return _from_png(data, file, notes)
    return _from_markdown(data, file, notes) if _FRONT_MATTER.match(data) else data


def find_scene_in_svg(data: bytes, file: str, notes: Notes) -> bytes | None:
    """Return the JSON of the scene in an SVG drawing, or None if there is none."""
    found = _SVG_PAYLOAD.search(data)
    if found is None:
        return None
    try:
        payload = base64.b64decode(b"".join(found[2].split()), validate=True)
    except ValueError as error:
        raise InkError(f"{file}: its Excalidraw scene is not base64 ({error}); export the drawing again") from None
    return _decode_payload(payload.decode("latin-1" if found[1] == b"2" else "utf-8", "replace"), file, notes)


def _from_markdown(data: bytes, file: str, notes: Notes) -> bytes:
    data = data.replace(b"\r\n", b"\n")
    if (bare := _BARE_JSON.search(data)) is not None:
        return bare[1].rstrip(b"%").rstrip()  # a comment, which hides the drawing in Obsidian, ends there
    found = _CODE_BLOCK.search(data)
    if found is None:
        raise InkError(f"{file}: Markdown without an Excalidraw scene; open it in Obsidian and save the drawing again")
    if found[1] == b"json":
        return found[2]
    text, is_complete = lz_string.decompress(found[2].decode("ascii", "replace"), MAX_BYTES, file)
    if not is_complete:
        with notes.part("the rest of the file"):
            raise InkError(f"{file}: its compressed JSON is cut short; copy the file again")
    return text.encode()


def _from_png(data: bytes, file: str, notes: Notes) -> bytes:
    for kind, content in _png_chunks(data):
        keyword, _, rest = content.partition(b"\0")
        if kind not in (b"tEXt", b"zTXt", b"iTXt") or keyword != TYPE:
            continue
        is_compressed, encoding = kind == b"zTXt", "latin-1"
        if kind == b"iTXt":  # whether it is compressed, the method, a language and a translated keyword come first
            is_compressed, encoding = rest[:1] == b"\1", "utf-8"
            rest = rest[:2] + rest[2:].split(b"\0", 2)[-1]
        text = rest if kind == b"tEXt" else rest[1 if kind == b"zTXt" else 2 :]
        text = _unpack(text, file, notes) if is_compressed else text
        return _decode_payload(text.decode(encoding, "replace"), file, notes)
    raise InkError(
        f"{file}: not a known kind of ink file: a PNG picture without an Excalidraw scene; ink is pen strokes; "
        "export it from Excalidraw with 'Embed scene', or in the note app's own format",
        key="unknown-file",
    )


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the type and the content of each chunk."""
    position = len(PNG)
    while len(head := data[position : position + 8]) == 8:
        size, kind = struct.unpack(">I4s", head)
        yield kind, data[position + 8 : position + 8 + size]
        position += 12 + size


def _decode_payload(text: str, file: str, notes: Notes) -> bytes:
    payload = json.parse(text.encode(), file)
    if not isinstance(payload, dict) or "encoded" not in payload:
        return text.encode()  # older versions stored the scene itself
    encoded, encoding = payload["encoded"], payload.get("encoding")
    if encoding != "bstring" or not isinstance(encoded, str) or max(encoded, default="") > "\xff":
        raise InkError(f"{file}: its scene has an unknown encoding, {describe(encoding)}; export it as .excalidraw")
    data = encoded.encode("latin-1")
    return _unpack(data, file, notes) if payload.get("compressed") else data


def _unpack(data: bytes, file: str, notes: Notes) -> bytes:
    found = deflate.inflate(data, deflate.ZLIB, MAX_BYTES)
    check_size(len(found.data), file)
    if found.damage is not None:
        with notes.part("the rest of the file"):
            raise InkError(f"{file}: its compressed scene is {found.damage}; export the drawing again")
    return found.data
