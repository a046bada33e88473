"""What can be wrong with an answer that came: small changes of it, one name and one sentence each.

A change is handed the answer as the client would read it, not compressed, and the values that the situation gives.
`items` finds the posts of any of the platforms' answers: of JSON the longest list of objects, of markup its entries.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, TypeAlias

from tests.lab.wire import Reply, compact, html

Change: TypeAlias = Callable[..., Reply]
ISO = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:?\d\d)?")
MAIL = re.compile(r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
ENTRY = re.compile(
    r"<item\b.*?</item>|<entry\b.*?</entry>|<url>.*?</url>"
    r"|<div class=\"tgme_widget_message_wrap.*?(?=<div class=\"tgme_widget_message_wrap|</section>)",
    re.DOTALL,
)


def is_json(reply: Reply) -> bool:
    """The answer says so."""
    return "json" in (reply.header("content-type") or "")


def longest(document: Any) -> list[Any] | None:
    """The longest list of objects at any depth."""
    found: list[list[Any]] = []

    def walk(value: Any) -> None:
        if isinstance(value, list):
            if value and all(isinstance(inner, dict) for inner in value):
                found.append(value)
            for inner in value:
                walk(inner)
        elif isinstance(value, dict):
            for inner in value.values():
                walk(inner)

    walk(document)
    return max(found, key=len, default=None)


def relisted(reply: Reply, change: Callable[[list[Any]], Sequence[Any]]) -> Reply:
    """The same answer with another list of posts; an answer without any stays as it is."""
    if is_json(reply):
        document = json.loads(reply.body or b"null")
        items = longest(document)
        if items is None:
            return reply
        items[:] = change(list(items))
        return replace(reply, body=compact(document))
    text = reply.body.decode()
    entries = ENTRY.findall(text)
    if not entries:
        return reply
    start, end = text.index(entries[0]), text.rindex(entries[-1]) + len(entries[-1])
    return replace(reply, body=(text[:start] + "\n".join(change(entries)) + text[end:]).encode())


def dated(item: Any) -> datetime:
    """The newest date that stands in a post, of whatever spelling."""
    text = item if isinstance(item, str) else json.dumps(item)
    found = [datetime.fromisoformat(a.replace(" ", "T") + (z or "Z")) for a, z in ISO.findall(text)]
    found += [parsedate_to_datetime(written) for written in MAIL.findall(text)]
    return max(found, default=datetime.min.replace(tzinfo=UTC))


def none(reply: Reply) -> Reply:
    """A well-formed answer that lists nothing."""
    return relisted(reply, lambda items: [])


def keep(reply: Reply, n: int = 1) -> Reply:
    """Only the first n of the list."""
    return relisted(reply, lambda items: items[:n])


def without_newest(reply: Reply, n: int = 5) -> Reply:
    """The n newest are left out."""
    return relisted(reply, lambda items: [i for i in items if i not in sorted(items, key=dated)[-n:]])


def reversed_order(reply: Reply) -> Reply:
    """The other way round."""
    return relisted(reply, lambda items: items[::-1])


def doubled(reply: Reply) -> Reply:
    """Every post twice."""
    return relisted(reply, lambda items: [i for item in items for i in (item, item)])


def oldest_first_on_top(reply: Reply, n: int = 1) -> Reply:
    """The n oldest of the list stand on top of it."""
    return relisted(reply, lambda items: [*(old := sorted(items, key=dated)[:n]), *(i for i in items if i not in old)])


def written(reply: Reply, old: str, new: str = "") -> Reply:
    """A regular expression of the body replaced: for what is of one platform only."""
    return replace(reply, body=re.sub(old, new, reply.body.decode(), flags=re.DOTALL).encode())


def valued(reply: Reply, key: str, value: Any) -> Reply:
    """A JSON key has this value wherever it stands."""
    return keyed(reply, key, lambda inner: {key: value})


def counted(reply: Reply, key: str, by: int) -> Reply:
    """A JSON counter is so much higher or lower."""
    return keyed(reply, key, lambda inner: {key: max(int(inner) + by, 0)})


def dropped(reply: Reply, key: str) -> Reply:
    """A JSON key is missing wherever it stood."""
    return keyed(reply, key, lambda inner: {})


def keyed(reply: Reply, key: str, change: Callable[[Any], dict[str, Any]]) -> Reply:
    """What stands at a JSON key, at any depth, changed; other answers stay as they are."""

    def walk(value: Any) -> Any:
        if isinstance(value, list):
            return [walk(inner) for inner in value]
        if not isinstance(value, dict):
            return value
        pairs = {k: walk(inner) for k, inner in value.items() if k != key}
        return pairs | change(value[key]) if key in value else pairs

    return replace(reply, body=compact(walk(json.loads(reply.body or b"null")))) if is_json(reply) else reply


def redated(reply: Reply, change: Callable[[datetime], datetime], zone: bool = True) -> Reply:
    """Every date in the body, in its spelling."""

    def iso(match: re.Match[str]) -> str:
        at = change(datetime.fromisoformat(match[1].replace(" ", "T") + (match[2] or "Z")))
        return at.strftime("%Y-%m-%dT%H:%M:%S") + ((match[2] or "") if zone else "")

    def mail(match: re.Match[str]) -> str:
        text = format_datetime(change(parsedate_to_datetime(match[0])))
        return text if zone else text.rpartition(" ")[0]

    return replace(reply, body=MAIL.sub(mail, ISO.sub(iso, reply.body.decode())).encode())


def shifted(reply: Reply, hours: float) -> Reply:
    """Every date is so many hours off, as where a local time is written with another zone's mark."""
    return redated(reply, lambda at: at + timedelta(hours=hours))


def zoneless(reply: Reply, hours: float = 0) -> Reply:
    """No date says its zone; they are written in a zone so many hours east."""
    return redated(reply, lambda at: at + timedelta(hours=hours), zone=False)


def frozen_dates(reply: Reply, day: str) -> Reply:
    """Every date is the same instant, as where a site prints the hour of its last build."""
    at = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return redated(reply, lambda _: at)


def truncated_gzip(reply: Reply) -> Reply:
    """A compressed body that ends early, though all that was announced came."""
    packed = zlib.compressobj(wbits=31)
    whole = packed.compress(reply.body) + packed.flush()
    return replace(reply.having(("Content-Encoding", "gzip")), body=whole[: max(len(whole) * 2 // 3, 12)])


def wrongly_coded(reply: Reply) -> Reply:
    """Said to be gzip, and is not."""
    return reply.having(("Content-Encoding", "gzip"))


def said(reply: Reply, status: int = 200, title: str = "", body: str = "", **headers: str) -> Reply:
    """A page for people instead of the answer: a login, a block, a parked domain."""
    return html(status, title, body).having(*headers.items())


def told(reply: Reply, document: Any, status: int = 200, **headers: str) -> Reply:
    """A JSON document instead of the answer."""
    return Reply(status, compact(document), (("Content-Type", "application/json; charset=utf-8"), *headers.items()))


def with_status(reply: Reply, status: int) -> Reply:
    """The same body with another status."""
    return replace(reply, status=status)


def with_headers(reply: Reply, **headers: str) -> Reply:
    """The same body with these headers; `_` stands for `-`."""
    return reply.having(*((name.replace("_", "-"), value) for name, value in headers.items()))


def padded(reply: Reply, megabytes: int = 11) -> Reply:
    """Blanks at the end make the body larger than any that is read."""
    return replace(reply, body=reply.body + b" " * (megabytes * 1_048_576))


def marked(reply: Reply) -> Reply:
    """A byte order mark and an empty line stand before the document."""
    return replace(reply, body=b"\xef\xbb\xbf\n" + reply.body)


def clipped(reply: Reply, share: float = 0.6, *, length: bool = True) -> Reply:
    """The body ends early, and its stated length is that of what came; or no length is stated, as in HTTP/1.0."""
    return replace(reply, body=reply.body[: int(len(reply.body) * share)], chunked=not length)


def coded_twice(reply: Reply) -> Reply:
    """Compressed by the server and again by a proxy, which says so once."""
    return replace(reply.having(("Content-Encoding", "gzip")), body=gzip.compress(gzip.compress(reply.body, mtime=0)))


def coded_unsaid(reply: Reply) -> Reply:
    """Compressed, and not said to be."""
    return replace(reply.having(("Content-Encoding", "identity")), body=gzip.compress(reply.body, mtime=0))


def quoted(reply: Reply) -> Reply:
    """The JSON document stands in a JSON string."""
    return replace(reply, body=json.dumps(reply.body.decode()).encode())


def coded_unasked(reply: Reply) -> Reply:
    """Compressed in a way that nobody offered."""
    packed = zlib.compressobj(wbits=-15)
    return replace(reply.having(("Content-Encoding", "br")), body=packed.compress(reply.body) + packed.flush())


def nested(reply: Reply, depth: int = 20_000) -> Reply:
    """Nothing but brackets, very deep."""
    return replace(reply, body=b"[" * depth + b"]" * depth)


ANSWERS: dict[str, Change] = {
    change.__name__: change
    for change in (
        *(none, keep, without_newest, reversed_order, doubled, oldest_first_on_top, written, valued, counted, dropped),
        *(shifted, zoneless, frozen_dates, truncated_gzip, wrongly_coded, said, told, with_status, with_headers),
        *(padded, marked, clipped, coded_twice, coded_unsaid, coded_unasked, quoted, nested),
    )
}
