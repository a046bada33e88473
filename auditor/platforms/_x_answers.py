"""What the answers of X's API v2 mean: errors beside data, refusals, what was billed, and what the headers ask of us.

Problems are told apart by the last segment of their `type` (its host changed), but a suspended account bears the type
of one that was not found: title and detail are read first. HTTP 200 may bring nothing but errors.

Facts: docs.x.com (response codes and errors, rate limits, pricing, post cap) of 2026-08-22; recorded answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from auditor.core.model import Barrier, Miss, Missed, Unreadable
from auditor.core.quota import Quota, Rest, Scope
from auditor.fetch.answer import Answer, Cost, Refused
from auditor.fetch.backoff import reset_at

from ._shapes import document as json_document, mapping, refuse, unrecognised
from .base import Json, Rule

USER_PRICE, POST_PRICE = 10, 5  # thousandths of a dollar for each resource that an answer brings
QUARTER = timedelta(minutes=15)
MONTH = timedelta(days=31)
USERS = Quota(units=300, per=QUARTER, scope=Scope.CREDENTIAL, name="users")
TIMELINES = Quota(units=10_000, per=QUARTER, scope=Scope.CREDENTIAL, name="timelines")
MONEY = Quota(units=100_000, per=MONTH, scope=Scope.CREDENTIAL, name="usd", monthly=True, billed=True)
POSTS = Quota(units=3_000_000, per=MONTH, scope=Scope.CREDENTIAL, name="posts", monthly=True, billed=True)
QUOTAS = (TIMELINES, USERS, MONEY, POSTS)  # most requests take one of the first

TWEETS = "/tweets"  # the end of a timeline's path
CODE = re.compile(r"[A-Za-z0-9_-]{1,60}")
WRONG_AUTH = "unsupported-authentication"
RULES = (
    Rule(Miss.RATE_LIMITED, status=200, error="88"),
    Rule(Miss.CREDENTIAL_REJECTED, status=200, error="89"),
    Rule(Barrier.SUSPENDED, status=200, message="user has been suspended"),
    Rule(Barrier.SUSPENDED, status=200, error="resource-not-found", message="forbidden: "),
    Rule(Barrier.PROTECTED, status=200, error="not-authorized-for-resource"),
    Rule(Barrier.PROTECTED, status=200, message="authorization error: "),
    Rule(Barrier.GONE, status=200, error="resource-not-found"),
    Rule(Barrier.GONE, status=200, message="not found error: "),
    Rule(Miss.AMBIGUOUS_ABSENCE, status=200, error="resource-unavailable", detail="suspended_or_unavailable"),
    Rule(Miss.AMBIGUOUS_ABSENCE, status=200, error="disallowed-resource", detail="suspended_or_unavailable"),
    Rule(Miss.OUR_REQUEST_INVALID, status=200, error="invalid-request"),
    Rule(Miss.QUOTA_EXHAUSTED, status=402, detail="credits"),
    Rule(Miss.QUOTA_EXHAUSTED, error="credits", detail="credits"),
    Rule(Miss.QUOTA_EXHAUSTED, error="credits-depleted", detail="credits"),
    Rule(Miss.QUOTA_EXHAUSTED, error="usage-capped", detail="usage_cap"),
    Rule(Miss.QUOTA_EXHAUSTED, status=429, message="usagecapexceeded", detail="usage_cap"),
    Rule(Miss.QUOTA_EXHAUSTED, status=429, message="usage cap exceeded", detail="usage_cap"),
    Rule(Miss.RATE_LIMITED, status=429, detail="too_many_requests"),
    Rule(Miss.UNREACHABLE, status=403, json=False, header=("cf-mitigated", "challenge"), detail="challenge"),
    Rule(Miss.UNREACHABLE, status=403, json=False, detail="blocked"),  # a gateway, not the API
    Rule(Miss.UNREACHABLE, status=400, json=False, detail="blocked"),
    Rule(Miss.CREDENTIAL_REJECTED, status=403, error="user-suspended", detail="owner_suspended"),
    Rule(
        Miss.CREDENTIAL_REJECTED, status=403, message="used for authentication is suspended", detail="owner_suspended"
    ),
    Rule(Miss.CREDENTIAL_REJECTED, status=403, error="89"),
    Rule(Miss.PERMISSION_MISSING, status=403, error="client-not-enrolled"),
    Rule(Miss.PERMISSION_MISSING, status=403, error="client-forbidden"),
    Rule(Miss.OUR_REQUEST_INVALID, status=403, error=WRONG_AUTH),
    Rule(Miss.OUR_REQUEST_INVALID, status=403, message="unsupported authentication", detail=WRONG_AUTH),
    Rule(Barrier.PROTECTED, status=403, error="not-authorized-for-resource", call=TWEETS),
    Rule(Barrier.PROTECTED, status=403, message="authorization error: ", call=TWEETS),
    Rule(Barrier.SUSPENDED, status=403, message="user has been suspended", call=TWEETS),
    Rule(Miss.OUR_REQUEST_INVALID, status=400),
    Rule(Miss.OUR_REQUEST_INVALID, status=422),  # who checks questions by the published schema
    Rule(Miss.OUR_REQUEST_INVALID, status=414),
    Rule(Miss.UNREACHABLE, status=404, detail="404"),
)
RESOURCE = ("value", "resource_id")  # keys of an error that name what it is about
OURS = frozenset({Miss.RATE_LIMITED, Miss.QUOTA_EXHAUSTED, Miss.CREDENTIAL_REJECTED, Miss.OUR_REQUEST_INVALID})
PARTIAL = frozenset({403, 404})  # statuses whose body may be one of errors beside data, without the data


@dataclass(frozen=True, slots=True)
class Problem:
    """An error of an answer that is about somebody."""

    names: frozenset[str]  # ids and handles it is about, in lower case
    code: str | None
    message: str  # "title: detail"


def document(answer: Answer) -> Mapping[str, Json]:
    """What was answered, errors beside data included. Raises the outcome of a refusal.

    Every answer carries the reset of its rate limit: it asks us to wait only where that is what refused us.
    """
    if answer.status == 200:
        answered = mapping(json_document(answer, RULES), "answer")
        if not {"data", "meta"} & set(answered) and not any(map(_names, _errors(answered))):
            _stop_if_refused(_whole(answered), answer)
        return answered
    body = _parsed(answer.body)
    if answer.status in PARTIAL and body is not None and any(_names(e) for e in _errors(body)):
        return body
    raise _refusal(answer, _whole(body) if body is not None else None)


def _stop_if_refused(problem: Problem | None, answer: Answer) -> None:
    """A refusal of us may come as 200 too; any other problem is left to the reader of the document."""
    refused = _refusal(answer, problem) if problem is not None else None
    if refused is not None and isinstance(refused.outcome, Missed) and refused.outcome.reason in OURS:
        raise refused


def _refusal(answer: Answer, problem: Problem | None) -> Refused:
    if problem is not None:
        flat = json.dumps({"error": problem.code, "message": problem.message}).encode()
        answer = replace(answer, body=flat, headers={**answer.headers, "content-type": "application/json"})
    refused = refuse(answer, RULES)
    outcome = refused.outcome
    if not isinstance(outcome, Missed):
        return refused
    if outcome.reason is Miss.QUOTA_EXHAUSTED:
        end = POSTS.window(answer.at)[1] if outcome.detail == "usage_cap" else None
        return Refused(replace(outcome, reset_at=end))
    waits = outcome.reason in (Miss.RATE_LIMITED, Miss.UNREACHABLE)
    return refused if waits else Refused(replace(outcome, reset_at=None))


def problems(answered: Mapping[str, Json]) -> Iterator[Problem]:
    """Errors that are about an account. Those about what was shown beside it concern nobody."""
    for error in _errors(answered):
        if error.get("section") not in (None, "data") or error.get("resource_type") not in (None, "user"):
            continue
        names = _names(error)
        detail = error.get("detail")
        if not names and isinstance(detail, str):
            names = frozenset(found.lower() for found in re.findall(r"\[([A-Za-z0-9_]{1,19})\]", detail[:500]))
        yield Problem(names, _code(error), _message(error))


def said(problem: Problem, answer: Answer) -> Unreadable | Missed:
    """What a problem means for the account it is about."""
    refused = _refusal(replace(answer, status=200), problem)
    return refused.outcome


def _parsed(body: bytes) -> Mapping[str, Json] | None:
    try:
        found = json.loads(body)
    except RecursionError:
        raise unrecognised("nested too deeply") from None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _errors(body: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    rows = body.get("errors")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _names(error: Mapping[str, Json]) -> frozenset[str]:
    told = (error.get(key) for key in RESOURCE)
    return frozenset(str(name).lower() for name in told if isinstance(name, str | int) and str(name))


def _whole(body: Mapping[str, Json]) -> Problem | None:
    """The body as one problem; where it says nothing itself, its first error does."""
    for part in (body, *_errors(body)):
        code, message = _code(part), _message(part)
        if code or message.strip(": "):
            more = " ".join(_message(error) for error in _errors(body)[:5])
            return Problem(frozenset(), code, f"{message} {more}")
    return None


def _code(problem: Mapping[str, Json]) -> str | None:
    """The reason, else the last segment of the type, else the number of the older form."""
    kind = problem.get("type")
    segment = kind.rpartition("/")[2] if isinstance(kind, str) and "/" in kind else None
    number = problem.get("code")
    for found in (problem.get("reason"), segment, str(number) if isinstance(number, int) else None):
        if isinstance(found, str) and CODE.fullmatch(found):
            return found
    return None


def _message(problem: Mapping[str, Json]) -> str:
    title, detail = (text if isinstance(text := problem.get(key), str) else "" for key in ("title", "detail"))
    other = problem.get("message")
    return f"{title[:200]}: {detail[:500] or (other[:500] if isinstance(other, str) else '')}"


# --- what an answer cost, and what it asks of us ---


def users_cost(accounts: int) -> Cost:
    """The most that a look-up of so many accounts may cost."""
    return {USERS.name: 1, MONEY.name: USER_PRICE * accounts}


def posts_cost(posts: int) -> Cost:
    """The most that a page of so many posts may cost."""
    return {TIMELINES.name: 1, MONEY.name: POST_PRICE * posts, POSTS.name: posts}


def bill(answer: Answer) -> Cost:
    """Only what a successful answer brought is billed: each user, each post, and those it was expanded by."""
    try:
        answered = _parsed(answer.body) if answer.status == 200 else None
    except Refused:
        answered = None
    if not answered:
        return {}
    included = answered.get("includes")
    more = included if isinstance(included, dict) else {}
    posts = sum(_count(more.get(name)) for name in ("tweets", "posts"))
    users = _count(more.get("users"))
    shown = _count(answered.get("data"))
    if answer.url.partition("?")[0].endswith(TWEETS):
        posts += shown
    else:
        users += shown
    return {MONEY.name: USER_PRICE * users + POST_PRICE * posts, POSTS.name: posts}


def _count(data: Json) -> int:
    return len(data) if isinstance(data, list) else int(isinstance(data, dict))


def rest(answer: Answer) -> Rest | None:
    """The last request of a window: the next one would be refused."""
    if answer.headers.get("x-rate-limit-remaining", "").strip() != "0":
        return None
    until = reset_at(answer.headers, answer.at)
    return Rest(until) if until is not None else None
