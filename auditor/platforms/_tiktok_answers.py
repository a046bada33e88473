"""What answers of TikTok's API mean: an `error` object stands in every one, and `ok` is its code when all is well.

Names of codes differ between the documents and the vendor's own clients (`invalid_param`, `invalid_params`,
`invalid_request`), so they are compared by how they begin. Facts: developers.tiktok.com (v2 error handling, rate
limits), tiktok/tiktok-research-api-wrapper, and clients that others publish.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from auditor.core.model import Barrier, Miss, Missed
from auditor.core.quota import Quota, Scope
from auditor.fetch.answer import Answer, Refused, missed

from ._shapes import mapping
from .base import NESTED, Json, Rule, refusal

# 600 a minute, sliding: half of it in every minute of the clock keeps within that at any instant.
MINUTE = Quota(units=300, per=timedelta(minutes=1), scope=Scope.CREDENTIAL)
DAY = Quota(units=1000, per=timedelta(days=1), scope=Scope.CREDENTIAL, zone="UTC")  # where a daily quota ends
WAIT = timedelta(seconds=60)
CODES = (  # how a code begins -> what the rules call it
    ("access_token_invalid", "access_token_invalid"),
    ("scope_not_authorized", "scope_not_authorized"),
    ("scope_permission_missed", "scope_permission_missed"),
    ("rate_limit_exceeded", "rate_limit_exceeded"),
    ("daily_quota_limit", "daily_quota_limit_exceeded"),
    ("invalid_param", "invalid_params"),
    ("invalid_request", "invalid_params"),
    ("internal_error", "internal_error"),
    ("timeout", "timeout"),
)
NOBODY, HIDDEN = "cannot find the user", "is private"
WITHHELD = ("information cannot be returned", "cannot return this user")
LATER = ("search id", "invalid count or cursor", "something is wrong")
RULES = (
    Rule(Miss.QUOTA_EXHAUSTED, error="daily_quota_limit_exceeded"),
    Rule(Miss.RATE_LIMITED, error="rate_limit_exceeded"),
    Rule(Miss.RATE_LIMITED, status=429),
    Rule(Miss.CREDENTIAL_REJECTED, error="access_token_invalid"),
    Rule(Miss.PERMISSION_MISSING, error="scope_not_authorized"),
    Rule(Miss.PERMISSION_MISSING, error="scope_permission_missed"),
    *(Rule(Barrier.GONE, status=status, message=NOBODY) for status in (200, 400, 404)),
    *(Rule(Barrier.PROTECTED, status=status, message=HIDDEN) for status in (200, 400, 403)),
    *(
        Rule(Miss.AMBIGUOUS_ABSENCE, status=status, message=text, detail="withheld")
        for status in (200, 400, 403)
        for text in WITHHELD
    ),
    *(Rule(Miss.UNREACHABLE, message=text) for text in LATER),
    Rule(Miss.UNREACHABLE, error="internal_error"),
    Rule(Miss.UNREACHABLE, error="timeout"),
    Rule(Miss.OUR_REQUEST_INVALID, error="invalid_params"),
    Rule(Miss.OUR_REQUEST_INVALID, status=400),
)


def data_of(answer: Answer) -> Mapping[str, Json]:
    """`data` of an answer that is well, else the outcome of its error.

    Errors: Refused. A minute's limit is over after 60 seconds, a day's at midnight UTC.
    """
    document = _parsed(answer)
    if document is None:
        if answer.status == 429:
            raise _timed(refusal(answer, RULES), answer)
        raise missed(Miss.UNREACHABLE, "not JSON")
    code, message = _error(document)
    if answer.status == 200 and code in (None, "ok"):
        return mapping(mapping(document, "answer").get("data"), "data")
    flat = json.dumps({"error": code, "message": message}).encode()
    raise _timed(refusal(replace(answer, body=flat), RULES), answer)


def token_ended(answer: Answer) -> bool:
    """The access token is missing, has expired or was revoked."""
    return answer.status in (200, 400, 401, 403) and _error(_parsed(answer))[0] == "access_token_invalid"


def _parsed(answer: Answer) -> Json:
    try:
        return json.loads(answer.body)
    except RecursionError:
        raise missed(Miss.UNRECOGNISED, NESTED) from None
    except ValueError:
        return None


def _error(document: Json) -> tuple[str | None, str | None]:
    """(code as the rules call it, message); an error that is a mere word is its code."""
    error = document.get("error") if isinstance(document, dict) else None
    code, message = (error.get("code"), error.get("message")) if isinstance(error, dict) else (error, None)
    if not isinstance(code, str):
        return None, message if isinstance(message, str) else None
    known = next((name for start, name in CODES if code.startswith(start)), code)
    return known, message if isinstance(message, str) else None


def _timed(refused: Refused, answer: Answer) -> Refused:
    outcome = refused.outcome
    if isinstance(outcome, Missed) and outcome.reason is Miss.QUOTA_EXHAUSTED:
        return Refused(replace(outcome, reset_at=DAY.window(answer.at)[1]))
    if isinstance(outcome, Missed) and outcome.reason is Miss.RATE_LIMITED and outcome.reset_at is None:
        return Refused(replace(outcome, reset_at=answer.at + WAIT))
    return refused
