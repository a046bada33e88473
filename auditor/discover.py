"""What an office's own site links to: accounts missing from the list, its feeds, and links that lead nowhere.

A link proves that somebody put it there. It proves no ownership, least of all on another office's site; so everything
found is offered to a person. Pages are hostile, and no text of them is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias
from urllib.parse import urlsplit

from auditor.config.entries import FILLERS
from auditor.core.address import Address, AddressForm, AddressProblem, read_address
from auditor.core.register import Register
from auditor.core.url import Private, never
from auditor.fetch.answer import Answer, Ask, Refused
from auditor.platforms._links import PageLink, absolute, discover as feeds_of, page_links

FURTHER = 3  # pages besides the one asked for
HOPS = 5
PRIVATE_ADDRESS = "private_address"  # the guard refused: only the settings can allow it
REDIRECTS = frozenset({301, 302, 303, 307, 308})
ACCEPT = {"Accept": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"}

Forms: TypeAlias = Mapping[str, AddressForm]


class Kind(StrEnum):
    """What a link is."""

    ACCOUNT = "account"
    FEED = "feed"  # the one a site names first
    OTHER_FEED = "other_feed"  # a further one of the same site: the same news once more
    FILLER = "filler"  # fixture-like: username2
    HOME = "home"  # the bare front page of a platform
    NOT_ACCOUNT = "not_account"  # a post, a share button, an invitation
    UNREADABLE = "unreadable"  # a platform's host, and nothing that could be a name
    LOOK_ALIKE = "look_alike"


ADDABLE = frozenset({Kind.ACCOUNT, Kind.FEED})
WRONG = frozenset({Kind.FILLER, Kind.HOME, Kind.LOOK_ALIKE, Kind.UNREADABLE})  # where a site misleads its visitors


@dataclass(frozen=True, slots=True)
class Link:
    """One distinct target. `promised`: the platform its icon or text names, where the host is another's."""

    url: str
    page: str
    kind: Kind
    platform: str = ""
    address: Address | None = None
    promised: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A page that could not be read: an outcome's word, or the status of the answer."""

    url: str
    reason: str
    status: int | None = None

    @property
    def host(self) -> str:
        """The host that was asked."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages of one site say. `url` is the front page as it was reached, after redirects."""

    asked: str
    url: str | None = None
    pages: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    failures: tuple[Failure, ...] = ()
    suspect: bool = False  # a filler stands among the links: the whole block is suspect


def web_address(written: str) -> str:
    """A web address as people type it; a bare host gets https."""
    text = written.strip()
    return text if "://" in text else "https://" + text.removeprefix("//")


def read_site(
    written: str, ask: Ask, forms: Forms, private: Private = never, allowed: Callable[[str], bool] | None = None
) -> Site:
    """The page, and at most FURTHER more of its host that it calls contacts or social media.

    `allowed`: which addresses may be asked at all, redirects included; None: what the door lets through.

    A bare host that does not answer over https is asked over http: many offices have no certificate.
    """
    url = web_address(written)
    first, failures = _page(url, ask, allowed)
    if first is None and "://" not in written and url.startswith("https://"):
        first, again = _page("http://" + url.removeprefix("https://"), ask, allowed)
        failures = failures if first is None else again
    if first is None:
        return Site(url, failures=failures)
    reader = _Reader(forms, private, _host(first.url))
    links = reader.read(first)
    pages = [first.url]
    for further in _menu(links, first.url):
        answer, failed = _page(further, ask, allowed)
        failures += failed
        if answer is not None and _host(answer.url) == reader.host and answer.url not in pages:
            pages.append(answer.url)
            reader.read(answer)
    found = tuple(reader.found.values())
    suspect = any(link.kind is Kind.FILLER for link in found)
    return Site(url, first.url, tuple(pages), found, failures, suspect)


def _page(url: str, ask: Ask, allowed: Callable[[str], bool] | None) -> tuple[Answer | None, tuple[Failure, ...]]:
    """A page, redirects followed hop by hop so that each is checked afresh; or why not."""
    at: str | None = url
    for _ in range(HOPS):
        if at is None or (allowed is not None and not allowed(at)):
            break
        try:
            answer = ask("GET", at, headers=ACCEPT)
        except Refused as refused:
            outcome = refused.outcome
            word = getattr(outcome, "reason", None) or getattr(outcome, "barrier", "")
            word = PRIVATE_ADDRESS if getattr(outcome, "detail", None) == PRIVATE_ADDRESS else word
            return None, (Failure(url, str(word)),)
        if answer.status in REDIRECTS:
            at = absolute(answer.headers.get("location", ""), answer.url)
            continue
        if answer.status != 200:
            return None, (Failure(url, "status", answer.status),)
        return answer, ()
    return None, (Failure(url, "redirects"),)


def _host(url: str) -> str:
    """The host that counts as the same site: without `www.`, with its port."""
    return urlsplit(url).netloc.rpartition("@")[2].lower().removeprefix("www.")


def _menu(links: Sequence[PageLink], home: str) -> list[str]:
    """Pages of the same host behind a word like `kontak`; those in header, footer or menu first."""
    own = [link for link in links if link.menu and _host(link.url) == _host(home)]
    urls = [link.url.partition("#")[0] for link in sorted(own, key=lambda link: not link.framed)]
    return [url for url in dict.fromkeys(urls) if url.rstrip("/") != home.rstrip("/")][:FURTHER]


@dataclass(slots=True)
class _Reader:
    """Collects what the pages of one host link to; the same account once."""

    forms: Forms
    private: Private
    host: str
    found: dict[str, Link] = field(default_factory=dict)
    hosts: dict[str, str | None] = field(default_factory=dict)  # host -> platform, "!" for a look-alike, None: foreign

    def read(self, page: Answer) -> list[PageLink]:
        """All links of a page, after those of interest were kept."""
        for url in feeds_of(page.body, page.url):
            self._feed(url, page.url)
        links = page_links(page.body, page.url)
        for link in links:
            self._link(link, page.url)
        return links

    def _feed(self, url: str, page: str) -> None:
        """A feed of the site's own, or of a host below or above it."""
        host = _host(url)
        if not (host == self.host or host.endswith("." + self.host) or self.host.endswith("." + host)):
            return
        address = read_address(url, self.forms, "feed", self.private)
        if isinstance(address, Address):
            first = not any(link.platform == "feed" for link in self.found.values())
            kind = Kind.FEED if first else Kind.OTHER_FEED
            self.found.setdefault(address.key, Link(address.url, page, kind, "feed", address))

    def _link(self, link: PageLink, page: str) -> None:
        owner = self._owner(link)
        if owner is None:
            return
        if owner == "!":
            self.found.setdefault(f"!{_host(link.url)}", Link(link.url, page, Kind.LOOK_ALIKE))
            return
        address = read_address(link.url, self.forms, None, self.private)
        promised = min(link.icons) if link.icons and owner not in link.icons else ""
        if isinstance(address, AddressProblem):
            kind = {"home_page": Kind.HOME, "not_account": Kind.NOT_ACCOUNT}.get(address.code, Kind.UNREADABLE)
            promised = "" if kind is Kind.NOT_ACCOUNT else promised
            self.found.setdefault(f"{kind}{link.url}", Link(link.url, page, kind, owner, promised=promised))
            return
        kind = Kind.FILLER if FILLERS.fullmatch(address.handle) else Kind.ACCOUNT
        before = self.found.get(address.key)
        if before is None:
            self.found[address.key] = Link(link.url, page, kind, address.platform, address, promised)
        elif promised and not before.promised:
            self.found[address.key] = replace(before, promised=promised)

    def _owner(self, link: PageLink) -> str | None:
        """The platform whose host it is, asked once a host. Servers of their own only where the page names them."""
        host = _host(link.url)
        if not host or host == self.host:
            return None
        if host not in self.hosts:
            read = read_address(f"https://{urlsplit(link.url).netloc}/", self.forms, None, self.private)
            self.hosts[host] = None
            if isinstance(read, AddressProblem):
                known = {"home_page": read.values.get("platform"), "look_alike": "!"}
                self.hosts[host] = known.get(read.code)
        owner = self.hosts[host]
        if owner is None and (link.own or "mastodon" in link.icons):
            read = read_address(link.url, self.forms, None, self.private)
            return read.platform if isinstance(read, Address) and read.platform != "feed" else None
        return owner


# --- compared with the list ---


@dataclass(frozen=True, slots=True)
class Standing:
    """A link beside the list. `listed`: the office it is listed under; `covered`: a feed of its host is listed."""

    link: Link
    listed: str | None = None
    covered: bool = False

    @property
    def addable(self) -> bool:
        """A person may want to list it."""
        return self.link.kind in ADDABLE and self.listed is None and not self.covered


def owner_of(site: Site, register: Register) -> str | None:
    """The office on whose site this is: its `website`, else its listed feed, has the same host."""
    host = _host(site.url or site.asked)
    for agency in register.agencies:
        if agency.website and _host(agency.website) == host:
            return agency.id
    return next((a.agency for a in register.accounts if a.ref.platform == "feed" and _host(a.url) == host), None)


def compare(site: Site, register: Register) -> list[Standing]:
    """Every link, and under which office it is listed already."""
    keys = {account.key: account.agency for account in register.accounts}
    natives: dict[tuple[str, str | None], str] = {
        (a.ref.platform, a.ref.native_id): a.agency for a in register.accounts if a.ref.native_id
    }
    feeds = {_host(account.url) for account in register.accounts if account.ref.platform == "feed"}
    rows = []
    for link in site.links:
        address = link.address
        listed = None
        if address is not None:
            listed = keys.get(address.key) or natives.get((address.platform, address.native_id))
        covered = listed is None and link.kind is Kind.FEED and _host(link.url) in feeds
        rows.append(Standing(link, listed, covered))
    return rows


def proposals(sites: Sequence[tuple[str, Site]], register: Register) -> Iterator[tuple[str, Link]]:
    """(office, link) of everything that is linked and not listed; what several sites link to goes to the first."""
    seen: set[str] = set()
    for agency, site in sites:
        for standing in compare(site, register):
            address = standing.link.address
            if standing.addable and address is not None and address.key not in seen:
                seen.add(address.key)
                yield agency, standing.link


def read_sites(urls: Sequence[str], read: Callable[[str], Site], at_once: int = 8) -> list[Site]:
    """Several sites side by side, in the order given."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(read, urls))
