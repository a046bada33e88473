"""Carries the requests of a door into the lab's world, in this process, and breaks what the situation breaks.

Above it everything is the real thing: decompression, limits, headers, redirects, redaction, the meaning of a fault.
"""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

import httpcore
import httpx

from auditor.fetch.wire import Unfollowed
from tests.lab.faults import Fault, read_fault
from tests.lab.house import Sentinels
from tests.lab.model import utc
from tests.lab.wire import Reply, Request, html, http_date, parse_path, parse_query
from tests.lab.world import World

from .answers import ANSWERS
from .breaks import BREAKS
from .situation import DAY, START, STRIKES, Element, at


class Carrier(httpx.BaseTransport):
    """One transport for every door of a replay. `cast` maps the words of `who` to keys of accounts."""

    def __init__(
        self,
        world: World,
        elements: Sequence[Element],
        cast: Mapping[str, frozenset[str]],
        left: Sequence[tuple[str, Mapping[str, Any]]] = (),
    ) -> None:
        self.left = left  # changes of every answer of a platform: what a missing guard would have seen of it
        self.world = world
        self.cast = cast
        self.elements = tuple(e for e in elements if e.sort in STRIKES)
        self.faults = {e: _fault(e) for e in self.elements if e.sort == "fault"}
        self._round: datetime | None = None
        self._asked: Counter[Element] = Counter()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path, _, query = request.url.raw_path.decode().partition("?")
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in request.headers.raw}
        host = request.url.netloc.decode().lower()
        asked = Request(request.method, host, parse_path(path), parse_query(query), headers, request.read())
        return respond(self.reply(asked), request.method, self.world.clock.now())

    def close(self) -> None:
        """The world stays as it is."""

    def reply(self, request: Request) -> Reply:
        """The platform's answer, spoilt as the situation says. A broken connection is raised."""
        face, inner = self.world.route(request)
        now = self.world.clock.now()
        if face is None:
            return html(404, "404 Not Found")
        subjects = frozenset(face.subjects(inner, now))
        struck = [e for e in self.elements if self._strikes(e, inner, subjects, face.name == Sentinels.name, now)]
        for element in struck:
            if element.sort == "break":
                error = BREAKS[element.what]()
                raise error
        reply = self.world.spoken(face, inner, [self.faults[e] for e in struck if e.sort == "fault"], now)
        for element in struck:
            if element.sort == "answer":
                reply = spoilt(reply, ANSWERS[element.what], element.values)
        for name, values in self.left:
            if reply.status == HTTPStatus.OK or name == "with_headers":
                reply = spoilt(reply, ANSWERS[name], values)
        return reply

    def _strikes(self, e: Element, request: Request, subjects: frozenset[str], sentinel: bool, now: datetime) -> bool:
        day = (now - START) / DAY
        if not e.on(day) or e.path not in request.path:
            return False
        if e.who in ("everybody", "sentinels"):
            aimed = sentinel is (e.who == "sentinels")
        else:
            aimed = e.who == "everything" or (bool(subjects) and subjects <= self.cast[e.who])
        if aimed and (e.after or e.only):
            if self._round != now:
                self._round, self._asked = now, Counter()
            self._asked[e] += 1
            over = self._asked[e] - e.after
            return over > 0 and (not e.only or over <= e.only)
        return aimed


def _fault(e: Element) -> Fault:
    values: dict[str, Any] = dict(e.values)
    if "as_of" in values and not isinstance(values["as_of"], str):
        values["as_of"] = at(float(values["as_of"]))  # a day of the replay
    elif "as_of" in values:
        values["as_of"] = utc(values["as_of"])
    return read_fault({"kind": e.what, **values})


def spoilt(reply: Reply, change: Callable[..., Reply], values: Mapping[str, Any]) -> Reply:
    """The answer with another body, or another answer: a change is handed what the client would read.

    What was compressed is so again, unless the change wrote how the body is coded.
    """
    packed = reply.header("content-encoding") == "gzip"
    plain = tuple(pair for pair in reply.headers if pair[0].lower() != "content-encoding")
    body = gzip.decompress(reply.body) if packed else reply.body
    told = change(replace(reply, body=body, headers=plain), **values)
    if not packed or told.header("content-encoding") is not None:
        return told
    return replace(told.having(("Content-Encoding", "gzip")), body=gzip.compress(told.body, mtime=0))


def respond(reply: Reply, method: str, now: datetime) -> httpx.Response:
    """As it would come off the wire: a hung one times out, a cut one breaks off in the middle."""
    if reply.hang:
        raise httpcore.ReadTimeout("timed out")
    if reply.cut and not reply.body:
        raise httpcore.RemoteProtocolError("Server disconnected without sending a response.")
    headers = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in reply.headers]
    if reply.header("date") is None:
        headers.append((b"Date", http_date(now).encode()))
    body = b"" if method == "HEAD" or reply.status in (204, 304) else reply.body
    if reply.status not in (204, 304) and not reply.chunked:
        headers.append((b"Content-Length", str(len(reply.body)).encode()))
    return Unfollowed(reply.status, headers=headers, stream=_Body(body, cut=reply.cut))


class _Body(httpx.SyncByteStream):
    def __init__(self, body: bytes, *, cut: bool) -> None:
        self.body, self.cut = body, cut

    def __iter__(self) -> Iterator[bytes]:
        if self.cut:
            yield self.body[: len(self.body) // 2]
            raise httpcore.RemoteProtocolError("peer closed connection without sending complete message body")
        yield self.body
