"""Unpack text that lz-string has compressed to base64, as the Excalidraw plugin of Obsidian does.

The text is a sequence of codes of growing width. A code stands for a new character, for the end, or for an earlier
string; after each code, the string before it and the first character of the new one become a string of their own.

Source: https://github.com/pieroxy/lz-string (``decompressFromBase64``)
"""

from __future__ import annotations

from handwriting.errors import InkError, TooLargeError

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
CHARACTER_BITS = {0: 8, 1: 16}
"""Codes that precede a new character, and the number of its bits."""
END = 2
MAX_PACKED = 4 * 2**20
"""Maximum number of compressed characters, each of which takes about a microsecond; a large drawing has a tenth."""
_BITS = {ord(letter): f"{value:06b}" for value, letter in enumerate(ALPHABET)}


def decompress(text: str, max_size: int, file: str) -> tuple[str, bool]:
    """Return the text and whether it is complete; of one that is cut short, the part before the cut.

    Raises :class:`InkError` if it is not in base64 or refers to a string that does not exist, and
    :class:`TooLargeError` if the result has more than ``max_size`` characters or the text more than
    :data:`MAX_PACKED`.
    """
    packed = "".join(text.split()).rstrip("=")
    if len(packed) > MAX_PACKED:
        raise TooLargeError(f"{file}: {len(packed):,} compressed characters, and {MAX_PACKED:,} are the most; split it")
    if not set(packed) <= set(ALPHABET):
        raise InkError(f"{file}: compressed JSON {packed[:20]!r} is not base64; save the drawing again")
    bits = packed.translate(_BITS)
    position, width, size = 0, 2, 0
    strings = ["", "", ""]
    parts: list[str] = []
    before = ""
    while (end := position + width) <= len(bits):
        code = int(bits[position:end][::-1], 2)
        position = end
        if code == END:
            return _join(parts), True
        if count := CHARACTER_BITS.get(code, 0):
            if position + count > len(bits):
                break
            strings.append(chr(int(bits[position : position + count][::-1], 2)))
            code, position = len(strings) - 1, position + count
        if code > len(strings) or (not before and code == len(strings)):
            raise InkError(f"{file}: compressed JSON that is damaged (code {code}); save the drawing again")
        new = strings[code] if code < len(strings) else before + before[0]
        size += len(new)
        if size > max_size:
            raise TooLargeError(f"{file}: it unpacks to more than {max_size:,} characters; split the drawing")
        parts.append(new)
        if before:
            strings.append(before + new[0])
        before = new
        width = len(strings).bit_length()
    return _join(parts), False


def _join(parts: list[str]) -> str:
    """Join parts that are in UTF-16: a character beyond its first 65,536 is two of theirs."""
    return "".join(parts).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
