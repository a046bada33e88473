"""Bytes from anywhere into a tree, or a refusal. Nothing is fetched, nothing is expanded, nothing is guessed.

A document type with an internal subset is refused before the parser sees it: every XML bomb needs one. A document
type that only names an outside one (RSS 0.91) is cut out unread. HTML's named entities become characters first,
because feeds use them without declaring them; any other undefined entity makes the document unrecognised.
"""

from __future__ import annotations

import codecs
import re
import zlib
from html.entities import html5
from typing import TYPE_CHECKING, TypeAlias

from auditor.core.model import Miss
from auditor.fetch.answer import Answer, missed

if TYPE_CHECKING:
    from lxml.etree import _Element

    Element: TypeAlias = _Element

UNPACKED = 52_428_800  # bytes of one unpacked sitemap, the limit of sitemaps.org
CHUNK = 1 << 20
GZIP = b"\x1f\x8b"

_CHARSETS = re.compile(
    r"utf-(8|16|32)(-[bl]e)?|iso8859-\d+|cp\d+|ascii|koi8-\w|gb18030|gbk|gb2312|big5|shift_jis|euc_\w+"
)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{1,40})", re.ASCII)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_PROLOG = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_DOCTYPE = re.compile(r"<!doctype(?:[^\[\]<>\"']++|\"[^\"]*+\"|'[^']*+')*+>", re.IGNORECASE)
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})
_HTML = re.compile(r"<(!doctype\s+html|html|head|body|title|meta|script)\b", re.IGNORECASE)


def content(answer: Answer) -> bytes:
    """The body, unpacked when it is a .gz file. An empty or cut one is unreachable, one that swells is too large."""
    body = answer.body
    if body.startswith(GZIP):
        body = _unpacked(body)
    if not body.strip():
        raise missed(Miss.UNREACHABLE, "empty")
    return body


def _unpacked(body: bytes) -> bytes:
    parts: list[bytes] = []
    size = 0
    while body.startswith(GZIP):
        unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        while not unpacker.eof:
            try:
                part = unpacker.decompress(body, CHUNK)
            except zlib.error:
                raise missed(Miss.UNREACHABLE, "truncated") from None
            body = unpacker.unconsumed_tail
            size += len(part)
            if size > UNPACKED:
                raise missed(Miss.UNREACHABLE, "too_large")
            parts.append(part)
            if not part and not body and not unpacker.eof:
                raise missed(Miss.UNREACHABLE, "truncated")
        body = unpacker.unused_data
    return b"".join(parts)


def text_of(body: bytes, content_type: str = "") -> str:
    """The characters, without a byte order mark.

    A mark decides; then UTF-8 if the bytes are that, because the declared charset is often wrong and UTF-8 is never
    met by accident; then the charset of the header, then of the XML declaration, then Western 8-bit text.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace").lstrip("\ufeff")
    named = re.search(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", content_type, re.ASCII | re.IGNORECASE)
    declared = _DECLARED.match(body.lstrip()[:400])
    names = [named[1] if named else "", declared[1].decode("ascii") if declared else ""]
    for name in ("utf-8", *names, "cp1252"):
        try:
            if _CHARSETS.fullmatch(codecs.lookup(name).name):
                return body.decode(name)
        except (LookupError, ValueError):
            continue
    return body.decode("latin-1")


def is_html(text: str) -> bool:
    """A page for people."""
    return _HTML.match(text, _after_prolog(text)) is not None


def tree(text: str) -> Element:
    """The root of a harmless, well-formed XML document; anything else is unrecognised."""
    from lxml import etree

    start = _after_prolog(text)
    if text[start : start + 9].lower() == "<!doctype":
        found = _DOCTYPE.match(text, start)
        if found is None:
            raise missed(Miss.UNRECOGNISED, "doctype")
        start = _after_prolog(text, found.end())
    plain = _ILLEGAL.sub("", _ENTITY.sub(_character, text[start:]))
    parser = etree.XMLParser(
        encoding="utf-8",  # ours: the declaration is cut off with the prolog
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(plain.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        raise missed(Miss.UNRECOGNISED, "xml") from None
    return root


def name(element: Element) -> str:
    """The local name, in lower case."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def space(element: Element) -> str:
    """The namespace, or nothing."""
    tag = element.tag
    return tag[1:].rpartition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def words(element: Element | None) -> str:
    """The text of an element without markup inside, trimmed; nothing for none."""
    return (element.text or "").strip() if element is not None else ""


def _after_prolog(text: str, start: int = 0) -> int:
    while (found := _PROLOG.match(text, start)) is not None:
        start = found.end()
    return start


def _character(found: re.Match[str]) -> str:
    entity = found[1]
    if entity in _PREDEFINED:
        return found[0]
    characters = html5.get(entity + ";")
    if characters is None:
        return found[0]
    return "".join(f"&#{ord(c)};" if c in "&<>\"'" else c for c in characters)
