"""What was found on web sites, in lines and as a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from auditor.core.model import AccountRef
from auditor.core.register import Register
from auditor.discover import Failure, Kind, Link, Site, Standing, compare, owner_of
from auditor.words import Words

if TYPE_CHECKING:
    from auditor.rounds import InForce

MARKS = {"listed": "=", "unlisted": "+", "feed": "+", "feed_covered": "=", "other_feed": "·"}


def failure(failed: Failure, w: Words) -> str:
    """A page that could not be read, in one line."""
    if w.has(f"discover.why.{failed.reason}"):
        why = w(f"discover.why.{failed.reason}", status=failed.status, host=_shown(failed.host))
    else:
        why = w(f"outcome.word.{failed.reason}")
    return w("discover.failed", url=_shown(failed.url), why=why)


def lines(site: Site, register: Register, agency: str | None, w: Words) -> Iterator[str]:
    """One site: its head, a line a link, and what a person must know about them."""
    if site.url is not None:
        names = {known.id: known.name for known in register.agencies}
        owner = owner_of(site, register)
        office = _shown(names[owner]) if owner else w("discover.nobodys")
        yield w("discover.head", url=_shown(site.url), office=office, pages=len(site.pages))
        for standing in compare(site, register):
            if standing.link.kind is not Kind.NOT_ACCOUNT:
                yield f"  {_line(standing, agency or owner, names, w)}"
        ignored = sum(link.kind is Kind.NOT_ACCOUNT for link in site.links)
        if ignored:
            yield f"  · {w('discover.ignored', count=ignored)}"
        if not site.links:
            yield f"  · {w('discover.no_links')}"
        if site.suspect:
            yield f"  ! {w('discover.suspect')}"
        if (owner is None or agency not in (None, owner)) and any(link.address for link in site.links):
            yield f"  ! {w('discover.foreign')}"
    for failed in site.failures:
        yield f"  ! {failure(failed, w)}"


def verdict(standing: Standing) -> str:
    """One word for a link beside the list; a key of the catalogue `discover`."""
    link = standing.link
    if link.kind in (Kind.ACCOUNT, Kind.FEED) and standing.listed:
        return "listed"
    if link.kind is Kind.FEED:
        return "feed_covered" if standing.covered else "feed"
    if link.kind is Kind.NOT_ACCOUNT:
        return "ignored"
    return "unlisted" if link.kind is Kind.ACCOUNT else str(link.kind)


def _line(standing: Standing, owner: str | None, names: Mapping[str, str], w: Words) -> str:
    link, word = standing.link, verdict(standing)
    name = link.address.key if link.address else link.url
    if word == "listed" and standing.listed != owner:
        said = w("discover.listed_elsewhere", office=_shown(names.get(standing.listed or "", "")))
    else:
        said = w(f"discover.{word}", platform=link.platform)
    if link.promised:
        said += "; " + w("discover.promised", promised=link.promised, platform=link.platform)
    mark = "!" if link.promised else MARKS.get(word, "!")
    return f"{mark} {_shown(name):<44}  {said}"


def youtube_lines(refs: Iterable[AccountRef], force: InForce, secrets: Mapping[str, str], w: Words) -> list[str]:
    """What to do about channels that nobody can look at here, because their id is not known."""
    from auditor.routes import reach

    readable = reach(force.settings, secrets)
    unread = [ref for ref in refs if ref.platform == "youtube" and not readable.reads(ref)]
    return [w("discover.youtube_id", account=f"youtube:{ref.handle}") for ref in unread]


def document(sites: Sequence[Site], register: Register, agency: str | None) -> dict[str, object]:
    """The same as JSON. `verdict` is one word; `listed_under` the office that lists the account."""
    return {"sites": [_site(site, register, agency) for site in sites]}


def _site(site: Site, register: Register, agency: str | None) -> dict[str, object]:
    return {
        "asked": site.asked,
        "url": site.url,
        "agency": agency or owner_of(site, register),
        "pages": list(site.pages),
        "failures": [{"url": f.url, "reason": f.reason, "status": f.status} for f in site.failures],
        "suspect": site.suspect,
        "counts": dict(Counter(verdict(standing) for standing in compare(site, register))),
        "links": [_link(standing.link, standing) for standing in compare(site, register)],
    }


def _link(link: Link, standing: Standing) -> dict[str, object]:
    return {
        "url": link.address.url if link.address else link.url,
        "page": link.page,
        "platform": link.platform or None,
        "account": link.address.key if link.address else None,
        "verdict": verdict(standing),
        "listed_under": standing.listed,
        "promised": link.promised or None,
    }


def _shown(text: str) -> str:
    """Text of others, safe to print: no control characters, not too long."""
    from auditor.config.problems import shown

    return shown(text)
