"""What answers of Meta's Graph API mean, for Instagram, Facebook and Threads: codes, limits, cursors.

A code decides, and its subcode; never the HTTP status first, and never a text that is written for people. Usage is
stated in percent of an allowance that nobody tells; minutes stand beside the percentages and are none.

Facts: developers.facebook.com/docs/graph-api (guides/error-handling, overview/rate-limiting), recorded answers
(sns-sdks/python-facebook).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from auditor.core.model import Barrier, Miss, Missed, Stops, Unreadable
from auditor.core.quota import Quota, Rest, Scope
from auditor.fetch.answer import Answer, Ask, Refused, missed
from auditor.fetch.backoff import reset_at

from ._shapes import mapping, named, unrecognised
from ._times import instant as time_of
from .base import NESTED, Json, Rule, Secret, refusal

__all__ = [
    "BASE_URL",
    "FORM",
    "QUOTA",
    "RULES",
    "SECRET",
    "TOO_MUCH",
    "Error",
    "Use",
    "after",
    "document",
    "envelope",
    "refused",
    "regain",
    "rest",
    "struck",
    "time_of",
    "try_token",
    "usage",
]

BASE_URL = "https://graph.facebook.com/v26.0"
QUOTA = Quota(200, timedelta(hours=1), Scope.CREDENTIAL, rolling=True)  # of a user of the app; the true one is not told
SECRET = Secret("AUDITOR_META_ACCESS_TOKEN", proof=("app_secret_env", "AUDITOR_META_APP_SECRET"))
FORM = re.compile(r"[A-Za-z0-9_|.~=+/%-]{20,1000}")  # of a token; its owner promises no form

FULL, BUSY = 95, 80  # percent of the allowance
PAUSE, SLOW = timedelta(minutes=60), timedelta(minutes=4)
LONGEST = timedelta(days=7)
POLICY_BLOCK, BLOCKED_FOR = "policy_block", timedelta(hours=6)  # nothing may be asked for "hours"
APP_USAGE, CASE_USAGE = "x-app-usage", "x-business-use-case-usage"
SHARES = ("call_count", "total_cputime", "total_time")  # in percent
REGAIN = "estimated_time_to_regain_access"  # in minutes
NOT_OURS = frozenset({"pages", "ads_insights", "ads_management", "custom_audience", "leadgen", "messenger"})
CURSOR = re.compile(r"[A-Za-z0-9_=+/.~|:-]{1,512}")

BLOCKED = "api_access_blocked"  # also said for minutes to those who may: so the first times it is an outage
BLOCKED_TRIES = 3
TOO_MUCH = "too_much_data"
_STRIKES = "meta: api access blocked"  # key of `ask.memory`
RULES = (
    Rule(Miss.AMBIGUOUS_ABSENCE, error="190", message="belongs to a Page that", detail="page_gone_or_restricted"),
    Rule(Miss.CREDENTIAL_REJECTED, error="190/463", detail="expired"),
    Rule(Miss.CREDENTIAL_REJECTED, error="190/458", detail="deauthorised"),
    Rule(Miss.CREDENTIAL_REJECTED, error="190/459", detail="human_login_needed"),
    Rule(Miss.CREDENTIAL_REJECTED, error="190/464", detail="human_login_needed"),
    Rule(Miss.CREDENTIAL_REJECTED, error="190/492", detail="role_lost"),
    Rule(Miss.CREDENTIAL_REJECTED, error="190", detail="invalid"),
    Rule(Miss.CREDENTIAL_REJECTED, error="102", detail="session"),
    Rule(Miss.CREDENTIAL_REJECTED, error="368", detail=POLICY_BLOCK, stops=Stops.CREDENTIAL),
    Rule(Miss.RATE_LIMITED, error="4", stops=Stops.CREDENTIAL),
    Rule(Miss.RATE_LIMITED, error="17", stops=Stops.CREDENTIAL),
    Rule(Miss.RATE_LIMITED, error="341", stops=Stops.CREDENTIAL),
    *(Rule(Miss.RATE_LIMITED, error=code, stops=Stops.ACCOUNT) for code in ("32", "80001", "80002")),
    Rule(Miss.RATE_LIMITED, error="613"),
    Rule(Miss.UNREACHABLE, error="*/2207001"),
    Rule(Miss.UNREACHABLE, error="1", message="reduce the amount of data", detail=TOO_MUCH),
    *(Rule(Miss.UNREACHABLE, error=code) for code in ("1", "2", "-1")),
    Rule(Miss.PERMISSION_MISSING, error="10"),
    Rule(Miss.PERMISSION_MISSING, error="3"),
    Rule(Miss.UNREACHABLE, error="200", message="API access blocked", detail=BLOCKED),
    *(Rule(Miss.PERMISSION_MISSING, error=str(code)) for code in range(200, 300)),
    *(Rule(Miss.OUR_REQUEST_INVALID, error=code) for code in ("100", "2500", "2501")),
    Rule(Miss.OUR_REQUEST_INVALID, message="Maximum batch size"),
)
HOURLY = frozenset({"4", "17", "341", "32", "80001", "80002"})  # limits of a rolling window: calls keep them up


# --- errors ---


@dataclass(frozen=True, slots=True)
class Error:
    """Of an answer, or of one item of a batch. `transient`: Meta itself says that it will pass."""

    code: int | None
    subcode: int | None = None
    message: str = ""
    transient: bool = False

    @property
    def name(self) -> str:
        """`190/463`, or `190`; "" where there is no code."""
        if self.code is None:
            return ""
        return f"{self.code}/{self.subcode}" if self.subcode is not None else str(self.code)

    @property
    def names(self) -> tuple[str, ...]:
        """What the `error` of a rule may say to mean this one: `190/463`, `190`, `*/463`."""
        if self.code is None:
            return ("",)
        below = (f"{self.code}/{self.subcode}", f"*/{self.subcode}") if self.subcode is not None else ()
        return (*below, str(self.code))


def envelope(body: Json) -> Error | None:
    """The error of a document. None: it holds none."""
    error = body.get("error") if isinstance(body, dict) else None
    if error is None:
        return None
    if not isinstance(error, dict):
        return Error(None, message=error if isinstance(error, str) else "")
    message = error.get("message")
    return Error(
        _whole(error.get("code")),
        _whole(error.get("error_subcode")),
        message if isinstance(message, str) else "",
        error.get("is_transient") is True,
    )


def _whole(value: Json) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9 else None


def document(answer: Answer, rules: Sequence[Rule] = RULES, memory: MutableMapping[str, object] | None = None) -> Json:
    """The document of a 200 answer that holds no error.

    `rules`: a platform's own first, then `RULES`. `memory`: of the door; with it, access that stays blocked for more
    than three answers in a row is a missing permission, and before that an outage.
    Errors: Refused, with the outcome of the code, else of the HTTP status. What is not JSON is unreachable.
    """
    try:
        body = json.loads(answer.body)
    except RecursionError:
        raise (missed(Miss.UNREACHABLE, NESTED) if answer.status >= 500 else unrecognised(NESTED)) from None
    except ValueError:
        if answer.status in (407, 429):
            raise refusal(replace(answer, body=b""), ()) from None
        challenged = "challenge" in answer.headers.get("cf-mitigated", "")
        raise missed(Miss.UNREACHABLE, "challenge" if challenged else "not JSON") from None
    error = envelope(body)
    if error is None and answer.status == 200:
        if memory is not None:
            memory.pop(_STRIKES, None)
        return body
    said = refused(error or Error(None), answer.status, answer.at, rules, answer.headers, answer.url)
    if memory is not None and _is_block(said):
        struck(memory)
    raise _in_earnest(said, memory)


def struck(memory: MutableMapping[str, object]) -> None:
    """One more answer said that access is blocked; of a batch, once for all of it."""
    memory[_STRIKES] = _strikes(memory) + 1


def refused(
    error: Error,
    status: int,
    at: datetime,
    rules: Sequence[Rule] = RULES,
    headers: Mapping[str, str] | None = None,
    url: str = "",
    memory: Mapping[str, object] | None = None,
) -> Refused:
    """The outcome of an error: its code first, then what it says of itself, then the HTTP status.

    `memory` is only read here: see `struck`.
    """
    plain = {**(headers or {}), "content-type": "application/json"}
    answer = Answer(status, plain, b"", url, at)
    rule = next((r for r in rules if any(r.matches(answer, name, error.message) for name in error.names)), None)
    if rule is not None and isinstance(rule.means, Barrier) and not error.transient and status != 429:
        return Refused(Unreadable(rule.means, rule.detail))
    if rule is not None and rule.means is Miss.RATE_LIMITED:
        return Refused(Missed(rule.means, rule.detail or error.name, _until(error, answer), rule.stops))
    if status == 429:
        return Refused(Missed(Miss.RATE_LIMITED, error.name or "429", _until(error, answer)))
    if error.transient:
        return Refused(Missed(Miss.UNREACHABLE, rule.detail if _outage(rule) and rule else error.name or "transient"))
    if rule is not None and isinstance(rule.means, Miss):
        again = at + BLOCKED_FOR if rule.detail == POLICY_BLOCK else None
        said = Refused(Missed(rule.means, rule.detail or error.name, again, rule.stops))
        return _in_earnest(said, memory)
    if error.code is None:
        return refusal(answer, ())
    return missed(Miss.UNREACHABLE if status >= 500 else Miss.UNRECOGNISED, error.name)


def _outage(rule: Rule | None) -> bool:
    return rule is not None and rule.means is Miss.UNREACHABLE and bool(rule.detail)


def _is_block(said: Refused) -> bool:
    return isinstance(said.outcome, Missed) and said.outcome.detail == BLOCKED


def _in_earnest(said: Refused, memory: Mapping[str, object] | None) -> Refused:
    """Access that stays blocked is not allowed."""
    if memory is None or not _is_block(said) or _strikes(memory) <= BLOCKED_TRIES:
        return said
    return missed(Miss.PERMISSION_MISSING, BLOCKED)


def _strikes(memory: Mapping[str, object]) -> int:
    found = memory.get(_STRIKES)
    return found if isinstance(found, int) else 0


# --- limits ---


@dataclass(frozen=True, slots=True)
class Use:
    """How much of one allowance is used up. `of`: the object it belongs to; "" is the app or the token's user."""

    of: str
    kind: str
    percent: float
    regain: timedelta | None = None  # how long until it can be used again


def usage(headers: Mapping[str, str]) -> Iterator[Use]:
    """What the usage headers say. Nothing: they are not there, which means that nothing is known."""
    for stated in _parsed(headers.get(APP_USAGE, "")):
        yield Use("", "app", _percent(stated), _minutes(stated))
    for stated in _parsed(headers.get(CASE_USAGE, "")):
        for of, cases in stated.items():
            for case in cases if isinstance(cases, list) else ():
                if isinstance(case, dict):
                    kind = case.get("type")
                    yield Use(of, kind if isinstance(kind, str) else "", _percent(case), _minutes(case))


def _parsed(text: str) -> list[Mapping[str, Json]]:
    """A header that was sent twice is joined by a comma."""
    try:
        found = json.loads(f"[{text}]")
    except (ValueError, RecursionError):
        return []
    return [stated for stated in found if isinstance(stated, dict)]


def _number(value: Json) -> float:
    """What is no number is nothing."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0.0
    return float(min(max(value, 0), 10**6))


def _percent(stated: Mapping[str, Json]) -> float:
    return max(_number(stated.get(name)) for name in SHARES)


def _minutes(stated: Mapping[str, Json]) -> timedelta | None:
    minutes = _number(stated.get(REGAIN))
    return min(timedelta(minutes=minutes), LONGEST) if minutes else None


def rest(answer: Answer) -> Rest | None:
    """How long the credential rests: 60 minutes or what is stated where 95 % are used, 4 minutes where 80 % are.

    What is used of one Page's allowance is no matter of the others.
    """
    waits = [_wait(use) for use in usage(answer.headers) if use.kind not in NOT_OURS]
    longest = max(waits, default=timedelta())
    return Rest(answer.at + longest, Stops.CREDENTIAL) if longest else None


def _wait(use: Use) -> timedelta:
    if use.percent >= FULL:
        return use.regain or PAUSE
    return use.regain or (SLOW if use.percent >= BUSY else timedelta())


def regain(answer: Answer) -> timedelta | None:
    """The longest wait that the headers state. None: they state none."""
    return max((use.regain for use in usage(answer.headers) if use.regain), default=None)


def _until(error: Error, answer: Answer) -> datetime | None:
    """When asking again makes sense: as stated, else an hour where calls in between keep the counter up."""
    stated = reset_at(answer.headers, answer.at)
    wait = regain(answer) or (PAUSE if str(error.code) in HOURLY else None)
    return stated or (answer.at + wait if wait else None)


# --- lists ---


def after(paging: Json) -> str | None:
    """The cursor of the next page; of an address only its cursor, for the rest of it holds the token.

    Errors: Refused, unrecognised: a cursor that cannot be asked for is not the end of a list.
    """
    stated = mapping(paging or {}, "paging")  # nothing may be written as an empty list
    cursors = mapping(stated.get("cursors") or {}, "cursors")
    cursor = cursors.get("after") or _cursor_of(stated.get("next"))
    if not cursor:
        return None
    if not isinstance(cursor, str) or not CURSOR.fullmatch(cursor):
        raise unrecognised("cursor")
    return cursor


def _cursor_of(address: Json) -> str | None:
    if address is None:
        return None
    try:
        query = dict(parse_qsl(urlsplit(address).query)) if isinstance(address, str) else {}
    except ValueError:
        query = {}
    if "after" not in query:
        raise unrecognised("next")
    return query["after"]


# --- what a token is worth ---


def try_token(ask: Ask) -> None:
    """One call: does the token work?

    Errors: Refused.
    """
    answer = ask("GET", "/me", [("fields", "id")])
    named(mapping(document(answer, memory=ask.memory), "answer").get("id"), "id")
