"""HTML as it comes: parsed without network, without entities of its own and without huge trees, never trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from lxml.html import HtmlElement

Element: TypeAlias = "HtmlElement"


def html(body: bytes) -> Element | None:
    """The root of a page in UTF-8. None: nothing that can be read as one."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True)
    try:
        return document_fromstring(body, parser=parser)
    except (etree.LxmlError, ValueError):
        return None


def tagged(root: Element, token: str) -> list[Element]:
    """Every element below (or at) the root that carries the class, as a whole token, in document order."""
    return [e for e in root.iter("*") if token in e.get("class", "").split()]


def text(element: Element | None, limit: int = 500) -> str:
    """What a person would read, blanks collapsed, at most `limit` characters."""
    return "" if element is None else " ".join(str(element.text_content()).split())[:limit]
