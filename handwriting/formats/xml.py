"""Parse untrusted XML: no external entities, no network, limits on everything, and one line for any failure.

A document type declaration is removed before parsing and never loaded. Entities that it defines as plain text (as Adobe
Illustrator does for its namespaces) are expanded here, within :data:`MAX_EXPANDED`, and so are those of HTML
(``&nbsp;``). Those that refer to other entities or to files are refused, which prevents both entity bombs and external
entities.
"""

from __future__ import annotations

import re
from html.entities import name2codepoint

from lxml import etree

from handwriting.errors import InkError, TooLargeError
from handwriting.formats.xml_damage import Vocabulary, repair
from handwriting.limits import MAX_MARKUP
from handwriting.notes import Notes

ID = "{http://www.w3.org/XML/1998/namespace}id"
MAX_EXPANDED = 2**20
"""Maximum number of bytes to which all entities of a document may expand."""

_ENCODINGS = (
    r"utf-?8|utf-?16(le|be)?|us-ascii|ascii|iso-?8859-?\d+|latin-?1|windows-125\d|koi8-.|shift.jis|euc-..|gb.+|big5"
)
"""Encodings in which the byte of ``<`` always is that character, so that bytes can be counted and searched."""
_DECLARATION = re.compile(
    rb"""(?:\xef\xbb\xbf)?\s*<\?xml\b(?:[^>]{0,200}?\bencoding\s*=\s*["']([^"']{0,40})["'])?[^>]{0,200}\?>"""
)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTITY = re.compile(rb"""<!ENTITY\s+([A-Za-z_][\w.-]{0,60})\s+("[^"<&%]*"|'[^'<&%]*')\s*>""")
_DIRECTIVE = re.compile(rb"""\s[@:][A-Za-z][\w.:-]{0,60}\s*=\s*(?:"[^"]*"|'[^']*')""")
"""Attributes of Alpine and Vue in elements that were copied from a web page, whose names XML does not allow."""
_DECLARATION_PART = re.compile(rb"<!(?:ELEMENT|ATTLIST|NOTATION)\b[^<>]*>|<!--(?:(?!-->)[^<])*-->|\s+")
_REFERENCE = re.compile(rb"&([A-Za-z_][\w.-]{0,60});")
_PREDEFINED = (b"lt", b"gt", b"amp", b"quot", b"apos")
_HTML = {name.encode(): b"&#%d;" % code for name, code in name2codepoint.items() if name.encode() not in _PREDEFINED}
"""Entities that only HTML defines, which typed text contains all the same."""


def parse(data: bytes, file: str, notes: Notes | None = None, vocabulary: Vocabulary | None = None) -> etree._Element:
    """Parse an XML document and return its root element.

    Raises :class:`InkError` if its entities are not plain text or it is damaged. With ``notes`` and a ``vocabulary``,
    damage costs only the strokes that it affects, which are noted.
    """
    if notes is not None and not notes.strict:
        data = _to_utf_8(data, notes)
    # Remove zero bytes, so that everything is found in UTF-16 and UTF-32 as well.
    plain = data.replace(b"\0", b"")
    start = plain.find(b"<")
    if not 0 <= start <= 4096:
        raise InkError(f"{file}: damaged XML: it does not begin with a tag; copy or export the file again")
    encoding = re.match(rb"""<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([^"']{0,40})["']""", plain[start : start + 300])
    if encoding and not re.fullmatch(_ENCODINGS, name := encoding[1].decode("latin-1"), re.IGNORECASE):
        raise InkError(f"{file}: damaged XML: its encoding {name!r} is not supported; save it as UTF-8")
    tags, attributes = plain.count(b"<"), plain.count(b"=")
    if 2 * tags + attributes > MAX_MARKUP:
        raise TooLargeError(
            f"{file}: {tags:,} tags and {attributes:,} attributes are too many; split it into pages or lines"
        )
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        data = _without_doctype(data, file)
    if b"\0" not in data[:64]:
        data = _REFERENCE.sub(lambda match: _HTML.get(match[1], match[0]), data.lstrip())
    root = _parse(data)
    if isinstance(root, str) and (cleaned := _DIRECTIVE.sub(b"", data)) != data:
        data, root = cleaned, _parse(cleaned)
    if isinstance(root, str):
        repaired = None if notes is None or vocabulary is None else repair(data, vocabulary, _parse, root, file, notes)
        if repaired is None:
            raise InkError(f"{file}: damaged XML: {root}; copy or export the file again")
        root = repaired
    if root.getroottree().docinfo.internalDTD is not None:
        raise _refusal(file)
    return root


def _to_utf_8(data: bytes, notes: Notes) -> bytes:
    """Return the document in UTF-8 without its declaration, unless it declares an encoding in which it can be parsed.

    Some programs declare an encoding other than the one in which they write: UTF-16 because they keep text like that in
    memory, or UTF-8 although the text is in the encoding of Windows. Zero bytes may fill the rest of a block on a disk.
    """
    if b"\0" in data[:64]:
        return data
    data = data.rstrip(b"\0")
    declaration = _DECLARATION.match(data)
    name = (declaration[1] or b"utf-8").decode("latin-1").lower() if declaration else "utf-8"
    if re.fullmatch(_ENCODINGS, name) and not name.startswith("utf"):
        return data
    if not re.fullmatch(r"utf-?8", name):
        notes.drop("the encoding", f"the file is read as UTF-8 and not as {name[:40]!r}")
    try:
        data.decode()
    except UnicodeDecodeError:
        notes.drop("the encoding", "the file is read as Windows-1252, because it is not in UTF-8")
        data = data.decode("cp1252", "replace").encode()
        declaration = _DECLARATION.match(data)
    return data[declaration.end() :] if declaration else data


def _parse(data: bytes, recover: bool = False) -> etree._Element | str:
    """Return the root element, or a description of what is wrong with the document."""
    options = {
        "resolve_entities": False, "load_dtd": False, "dtd_validation": False, "no_network": True,
        "remove_comments": True, "remove_pis": True, "huge_tree": False, "collect_ids": False,
    }  # fmt: skip
    parser = etree.XMLParser(recover=recover, **options)
    try:
        root = etree.fromstring(data, parser)
        return "there is no element" if root is None else root
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        # Prefixes without a namespace are common in exported drawings and harmless, as only local names are compared.
        if not recover and {entry.domain_name for entry in parser.error_log} == {"NAMESPACE"}:
            return etree.fromstring(data, etree.XMLParser(recover=True, **options))
        return re.sub(r" \(<string>, line \d+\)$", "", str(error))[:150]


def _without_doctype(data: bytes, file: str) -> bytes:
    """Remove the document type declaration from a document, and expand the entities that it defines."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = re.sub(r"^\s*<\?xml[^>]*\?>", "", data.decode("utf-16", "replace")).encode(errors="replace")
    before, mark, rest = data.partition(b"<!DOCTYPE")
    end, subset = rest.find(b">"), rest.find(b"[")
    if not mark or end < 0 or b"<!ENTITY" in before or b"<!DOCTYPE" in rest:
        raise _refusal(file)
    entities: dict[bytes, bytes] = {}
    if 0 <= subset < end:
        position = subset + 1
        while found := _ENTITY.match(rest, position) or _DECLARATION_PART.match(rest, position):
            if found.re is _ENTITY:
                entities.setdefault(found[1], found[2][1:-1])
            position = found.end()
        closing = re.compile(rb"\]\s*>").match(rest, position)
        if closing is None:
            raise _refusal(file)
        end = closing.end() - 1
    body = rest[end + 1 :]
    if b"<!ENTITY" in body:
        raise _refusal(file)
    names = [match[1] for match in _REFERENCE.finditer(body) if match[1] not in _PREDEFINED]
    size = sum(len(entities.get(name, b"")) for name in names)
    if size > MAX_EXPANDED or not set(names) <= entities.keys() | _HTML.keys():
        raise _refusal(file)
    expanded = _REFERENCE.sub(lambda match: entities.get(match[1], match[0]), body)
    return before + expanded


def _refusal(file: str) -> InkError:
    return InkError(
        f"{file}: it has a document type or entity declaration that is refused: only entities that are plain text are "
        "expanded; remove the <!DOCTYPE part"
    )


def local_name(element: etree._Element) -> str:
    """Return an element's name without its namespace or prefix; ``""`` for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def root_name(head: bytes) -> str:
    """Return the local name of the first element in the first bytes of a document, or ``""`` if there is none.

    It serves only to recognise formats: it looks at bytes without parsing, and never fails.
    """
    text = head.replace(b"\0", b"").decode("latin-1").lstrip("\xef\xbb\xbf\xfe\xff \t\r\n")
    if not text.startswith("<"):
        return ""
    while (start := text.find("<")) >= 0:
        text = text[start:]
        for opening, closing in (("<?", "?>"), ("<!--", "-->"), ("<!", ">")):
            if text.startswith(opening):
                text = text.partition(closing)[2]
                break
        else:
            name = text[1:].replace("/", " ").replace(">", " ").split(None, 1)
            return name[0].rpartition(":")[2] if name else ""
    return ""


def printable(text: str) -> str:
    """Replace every character that XML cannot contain by a replacement character."""
    return _NOT_XML.sub("\ufffd", text)
