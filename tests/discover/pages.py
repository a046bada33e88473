"""Web sites as a mapping of address and page, asked without a network."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from auditor.core.register import Register
from auditor.core.url import never
from auditor.discover import Link, Site, read_site
from auditor.fetch.answer import Answer, Refused
from auditor.platforms import platforms

NOW = datetime(2026, 11, 23, tzinfo=UTC)
FORMS = {name: platform.address for name, platform in platforms().items()}
HOME = "https://dinkes.kotacontoh.example/"


class Web:
    """`Ask` over pages: a text is a page, a number a status, a `Refused` a fault, `-> URL` a redirect."""

    def __init__(self, pages: Mapping[str, object]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def __call__(self, method: str, url: str, /, *_: Any, **__: Any) -> Answer:
        self.asked.append(url)
        found = self.pages.get(url, 404)
        if isinstance(found, Refused):
            raise found
        if isinstance(found, int):
            return Answer(found, {}, b"", url, NOW)
        if isinstance(found, str) and found.startswith("-> "):
            return Answer(302, {"location": found[3:]}, b"", url, NOW)
        return Answer(200, {}, found if isinstance(found, bytes) else str(found).encode(), url, NOW)


def site(page: str | bytes, **pages: object) -> Site:
    """The reading of one page, and of others of the same host by their path."""
    return read_site(HOME, Web({HOME: page, **{HOME + path: text for path, text in pages.items()}}), FORMS, never)


def only(page: str) -> Link:
    """The one link of a page."""
    (link,) = site(page).links
    return link


EMPTY = Register(agencies=(), accounts=(), sha256="", demonstration=False, by_file={})
