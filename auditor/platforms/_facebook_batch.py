"""Many questions to the Graph API in one request, and the Pages whose owners gave the token's user a role.

A batch holds 50 questions, each of which counts as a call. Its answer is a list in the same order: status, headers and
body of each, or null for one that took too long. The token stands in the door's header; the token of a Page that gave
a role stands inside the body of the request, which nobody records.

Facts: developers.facebook.com/docs/graph-api/batch-requests, /docs/pages-api, "Secure Graph API calls".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode

from auditor.core.model import Miss, Missed
from auditor.core.quota import Rest
from auditor.fetch.answer import Answer, Ask, Params, Refused, missed

from . import _meta as meta
from ._shapes import listing, mapping, unrecognised, word
from .base import FOUND, Json

BATCH = 50
ROLES = "facebook.roles"  # in the door's memory
MAX_ROLE_PAGES = 50
FORM = {"content-type": "application/x-www-form-urlencoded"}
USAGE = ("x-app-usage", "x-business-use-case-usage")
NOT_SERVED = frozenset({404, 405, 501})  # what a server says, in whatever words, of a path that it does not know
WITHOUT_ROLES = frozenset({Miss.PERMISSION_MISSING, Miss.OUR_REQUEST_INVALID, Miss.UNRECOGNISED})


@dataclass(frozen=True, slots=True)
class Role:
    """A Page that lets the token's user read it. Its token is never shown and never stored."""

    page: str
    username: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Question:
    """One GET of a batch."""

    path: str
    params: Params
    role: Role | None = None

    def sent(self, ask: Ask) -> dict[str, str]:
        """As the batch has it. A Page's token is signed like the other, where there is an app secret."""
        params = [*self.params]
        if self.role is not None:
            proof = ask.proof(self.role.token)
            params.append(("access_token", self.role.token))
            params += [("appsecret_proof", proof)] if proof else []
        return {"method": "GET", "relative_url": f"{self.path}?{urlencode(params, quote_via=quote, safe=',')}"}


# --- a batch ---


def together(questions: Sequence[Question], ask: Ask) -> list[Answer | Refused]:
    """An answer to each question, or why there is none; what was null is asked once more.

    Errors: Refused, where the whole request was.
    """
    answers: list[Answer | Refused | None] = []
    for start in range(0, len(questions), BATCH):
        answers += _post(questions[start : start + BATCH], ask)
    late = [n for n, answer in enumerate(answers) if answer is None]
    for start in range(0, len(late), BATCH):
        part = late[start : start + BATCH]
        try:
            again = _post([questions[n] for n in part], ask)
        except Refused:
            break
        for n, answer in zip(part, again, strict=True):
            answers[n] = answer
    return [missed(Miss.UNREACHABLE, "batch_timeout") if answer is None else answer for answer in answers]


def _post(questions: Sequence[Question], ask: Ask) -> list[Answer | Refused | None]:
    batch = json.dumps([question.sent(ask) for question in questions])
    body = urlencode({"batch": batch, "include_headers": "true"}).encode()
    answer = ask("POST", "/", (), FORM, body, cost={meta.QUOTA.name: len(questions)})
    refusal = ask.memory if answer.status != 200 else None  # that a batch was answered does not say that its items were
    entries = listing(meta.document(answer, memory=refusal), "batch")
    if len(entries) != len(questions):
        raise unrecognised("batch of another length")
    return [_part(entry, question, answer) for entry, question in zip(entries, questions, strict=True)]


def _part(entry: Json, question: Question, whole: Answer) -> Answer | Refused | None:
    """One entry as if it had been asked alone; it inherits the usage that the whole states."""
    if entry is None:
        return None
    try:
        said = mapping(entry, "batch entry")
        status, body = said.get("code"), said.get("body")
        if not isinstance(status, int) or body is None:
            raise unrecognised("batch entry")
        text = body if isinstance(body, str) else json.dumps(body)
    except RecursionError:
        return unrecognised("nested too deeply")
    except Refused as refused:
        return refused
    headers = {name: whole.headers[name] for name in USAGE if name in whole.headers} | dict(_headers(said))
    return Answer(status, headers, text.encode("utf-8", "surrogatepass"), question.path, whole.at)


def _headers(entry: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    rows = entry.get("headers")
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and isinstance(row.get("name"), str) and isinstance(row.get("value"), str):
            yield row["name"].lower(), row["value"]


def rest(answer: Answer) -> Rest | None:
    """What the app's usage asks of everybody with this token. The usage of one Page is that Page's own matter."""
    asked = [meta.rest(replace(answer, headers=headers)) for headers in _app_usage(answer)]
    return max(filter(None, asked), key=lambda r: r.until, default=None)


def _app_usage(answer: Answer) -> Iterator[Mapping[str, str]]:
    """Stated by the answer itself and by the entries of a batch."""
    name = USAGE[0]
    if name in answer.headers:
        yield {name: answer.headers[name]}
    if name.encode() not in answer.body.lower():
        return
    try:
        entries = json.loads(answer.body)
    except (ValueError, RecursionError):
        return
    for entry in entries if isinstance(entries, list) else []:
        yield from ({n: value} for n, value in _headers(entry if isinstance(entry, dict) else {}) if n == name)


# --- Pages with a role ---


def roles(ask: Ask) -> Mapping[str, Role]:
    """Page id -> role, asked once per door. None where the token's user may not say, or is no user.

    Errors: Refused, where nothing else could be asked either.
    """
    known = ask.memory.get(ROLES)
    if isinstance(known, dict):
        return known
    found: dict[str, Role] = {}
    try:
        _collect(found, ask)
    except Refused as refused:
        if not isinstance(refused.outcome, Missed) or refused.outcome.reason not in WITHOUT_ROLES:
            raise
    ask.memory[ROLES] = found
    return found


def try_token(ask: Ask) -> None:
    """One call: does the token work? How many Pages have given a role stands in the door's memory then.

    Errors: Refused.
    """
    found: dict[str, Role] = {}
    _page(found, "", ask)
    ask.memory[ROLES] = found
    ask.memory[FOUND] = {"pages": len(found)}


def _collect(found: dict[str, Role], ask: Ask) -> None:
    after = ""
    for _ in range(MAX_ROLE_PAGES):
        then = _page(found, after, ask)
        if not then or then == after:
            return
        after = then


def _page(found: dict[str, Role], after: str, ask: Ask) -> str:
    """Add a page of `me/accounts`; the cursor of the next, "" at the end."""
    asked = [("fields", "id,username,access_token,tasks"), ("limit", "100"), *([("after", after)] if after else [])]
    answer = ask("GET", "me/accounts", asked)
    if answer.status in NOT_SERVED and not answer.body.lstrip().startswith(b"{"):
        raise missed(Miss.OUR_REQUEST_INVALID, str(answer.status))
    answered = mapping(meta.document(answer, memory=ask.memory), "accounts")
    for row in listing(answered.get("data"), "accounts"):
        page, token = (word(row.get(name)) for name in ("id", "access_token")) if isinstance(row, dict) else (None,) * 2
        if page and token:
            found[page] = Role(page, (word(row.get("username")) or "").lower(), token)
    return following(answered)


def following(page: Mapping[str, Json]) -> str:
    """The cursor of the next page, "" at the end: the last page has a cursor too, but no `next`."""
    paging = mapping(page.get("paging") or {}, "paging")
    return (meta.after(paging) or "") if paging.get("next") else ""
