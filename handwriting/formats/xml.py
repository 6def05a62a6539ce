"""XML from strangers: no DTD, no entities, no network, and every failure one line.

Refusing every document type declaration closes entity bombs and external entities at once.
"""

from __future__ import annotations

from lxml import etree

from handwriting.errors import InkError


def parse(data: bytes, file: str) -> etree._Element:
    """The root element of an XML document; :class:`InkError` when it is damaged or declares entities."""
    # Zero bytes are taken out so that the two declarations are found in UTF-16 and UTF-32 as well.
    plain = data.replace(b"\0", b"")
    if b"<!ENTITY" in plain or b"<!DOCTYPE" in plain:
        raise InkError(f"{file}: it has a document type or entity declaration, which is refused; remove the <!... part")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, dtd_validation=False, no_network=True, remove_comments=True,
        remove_pis=True, huge_tree=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        reason = str(error).removesuffix(" (<string>, line 0)").replace("<string>, ", "")
        raise InkError(f"{file}: damaged XML: {reason}; copy or export the file again") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise InkError(f"{file}: it has a document type declaration, which is refused; remove the <!DOCTYPE part")
    return root


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
