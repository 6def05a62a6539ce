"""XML from strangers: no DTD, no entities, no network, and every failure one line; and XML of our own.

Refusing every document type declaration closes entity bombs and external entities at once. Formats whose good files
have one (SVG, InkML) may allow a bare one, without declarations in it; it is never loaded.
"""

from __future__ import annotations

import re

from lxml import etree

from handwriting.errors import InkError
from handwriting.limits import MAX_MARKUP

ID = "{http://www.w3.org/XML/1998/namespace}id"

_ENCODINGS = (
    r"utf-?8|utf-?16(le|be)?|us-ascii|ascii|iso-?8859-?\d+|latin-?1|windows-125\d|koi8-.|shift.jis|euc-..|gb.+|big5"
)
"""Those in which the byte of ``<`` stands for itself, so that counting and searching bytes cannot be fooled."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def parse(data: bytes, file: str, *, doctype: bool = False) -> etree._Element:
    """The root element of an XML document; :class:`InkError` when it is damaged or declares entities.

    ``doctype``: whether a document type may be named, without declarations of its own.
    """
    # Zero bytes are taken out so that everything is found in UTF-16 and UTF-32 as well.
    plain = data.replace(b"\0", b"")
    start = plain.find(b"<")
    if not 0 <= start <= 4096:
        raise InkError(f"{file}: damaged XML: it does not begin with a tag; copy or export the file again")
    encoding = re.match(rb"""<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([^"']{0,40})["']""", plain[start : start + 300])
    if encoding and not re.fullmatch(_ENCODINGS, name := encoding[1].decode("latin-1"), re.IGNORECASE):
        raise InkError(f"{file}: damaged XML: its encoding {name!r} is not known here; save it as UTF-8")
    declared = b"<!ENTITY" in plain or (b"<!DOCTYPE" in plain and not (doctype and _is_bare(plain)))
    if declared:
        raise InkError(f"{file}: it has a document type or entity declaration, which is refused; remove the <!... part")
    tags, attributes = plain.count(b"<"), plain.count(b"=")
    if 2 * tags + attributes > MAX_MARKUP:
        raise InkError(
            f"{file}: {tags:,} tags and {attributes:,} attributes are too many; split it into pages or lines"
        )
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, dtd_validation=False, no_network=True, remove_comments=True,
        remove_pis=True, huge_tree=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        reason = str(error).removesuffix(" (<string>, line 0)").replace("<string>, ", "")
        raise InkError(f"{file}: damaged XML: {reason[:150]}; copy or export the file again") from None
    if not doctype and root.getroottree().docinfo.internalDTD is not None:
        raise InkError(f"{file}: it has a document type declaration, which is refused; remove the <!DOCTYPE part")
    return root


def local(element: etree._Element) -> str:
    """The element's name without its namespace; ``""`` for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def root_name(head: bytes) -> str:
    """Local name of the first element in the first bytes of a document, ``""`` if there is none.

    Only for telling formats apart: it looks at bytes, takes no part in parsing, and never fails.
    """
    text = head.replace(b"\0", b"").decode("latin-1")
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
    """``text`` with a replacement character for what XML has no place for."""
    return _NOT_XML.sub("\ufffd", text)


def _is_bare(plain: bytes) -> bool:
    """Whether every document type declaration only names the type: no ``[`` with declarations of its own."""
    return plain.count(b"<!DOCTYPE") == 1 and b"[" not in plain.partition(b"<!DOCTYPE")[2].partition(b">")[0]
