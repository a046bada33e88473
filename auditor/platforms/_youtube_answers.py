"""What answers of the YouTube Data API mean: Google's envelope of errors; a quota that ends at midnight Pacific time.

Facts: developers.google.com/youtube/v3/docs/errors and /determine_quota_cost; a recorded `keyInvalid`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from auditor.core.model import Barrier, Miss, Missed
from auditor.core.quota import Quota, Scope
from auditor.fetch.answer import Answer, Refused

from .base import Json, Rule, json_of, refusal

DAILY = Quota(units=10_000, per=timedelta(days=1), scope=Scope.CREDENTIAL, zone="America/Los_Angeles")
SHARED = frozenset({"badRequest", "forbidden"})  # reasons that say less than the others of the same answer
NO_PLAYLIST = "playlistNotFound"
RULES = (
    Rule(Miss.CREDENTIAL_REJECTED, error="API_KEY_INVALID", message="expired", detail="expired"),
    Rule(Miss.CREDENTIAL_REJECTED, error="API_KEY_INVALID"),
    Rule(Miss.CREDENTIAL_REJECTED, error="keyInvalid"),
    Rule(Miss.CREDENTIAL_REJECTED, error="keyExpired", detail="expired"),
    Rule(Miss.CREDENTIAL_REJECTED, status=400, message="API key expired", detail="expired"),
    Rule(Miss.CREDENTIAL_REJECTED, status=400, message="API key not valid", detail="API_KEY_INVALID"),
    Rule(Miss.CREDENTIAL_REJECTED, error="dailyLimitExceededUnreg", detail="no_key"),
    Rule(Miss.CREDENTIAL_REJECTED, status=403, message="unregistered callers", detail="no_key"),
    Rule(Miss.CREDENTIAL_REJECTED, error="authError"),
    Rule(Miss.QUOTA_EXHAUSTED, error="quotaExceeded"),
    Rule(Miss.QUOTA_EXHAUSTED, error="dailyLimitExceeded"),
    Rule(Miss.QUOTA_EXHAUSTED, status=429, message="per day"),
    Rule(Miss.RATE_LIMITED, error="rateLimitExceeded"),
    Rule(Miss.RATE_LIMITED, error="userRateLimitExceeded"),
    Rule(Miss.RATE_LIMITED, error="RATE_LIMIT_EXCEEDED"),
    Rule(Miss.RATE_LIMITED, status=429),
    Rule(Miss.PERMISSION_MISSING, error="accessNotConfigured"),
    Rule(Miss.PERMISSION_MISSING, error="SERVICE_DISABLED", detail="accessNotConfigured"),
    Rule(Miss.PERMISSION_MISSING, error="API_KEY_SERVICE_BLOCKED"),
    Rule(Miss.PERMISSION_MISSING, error="API_KEY_HTTP_REFERRER_BLOCKED"),
    Rule(Miss.PERMISSION_MISSING, error="API_KEY_IP_ADDRESS_BLOCKED"),
    Rule(Miss.PERMISSION_MISSING, status=403, error="SERVICE_UNAVAILABLE"),
    Rule(Barrier.SUSPENDED, status=403, error="channelSuspended"),
    Rule(Barrier.GONE, status=403, error="channelClosed"),
    Rule(Barrier.GONE, status=404, error="channelNotFound", detail="gone_or_suspended"),
    Rule(Barrier.PROTECTED, status=403, error="playlistItemsNotAccessible"),
    Rule(Miss.UNREACHABLE, status=403, json=False, detail="blocked"),  # the front end, not the API
    Rule(Miss.PERMISSION_MISSING, status=403, error="forbidden"),
    Rule(Miss.OUR_REQUEST_INVALID, status=400),
)
KNOWN = frozenset(rule.error for rule in RULES if rule.error) | {NO_PLAYLIST}


def document(answer: Answer) -> Json:
    """The document of a 200 answer, else the outcome of its reason; a used-up day ends at midnight Pacific time."""
    if answer.status == 200:
        return json_of(answer, RULES)
    reason, message = reason_of(answer)
    if reason or message:
        flat = json.dumps({"error": reason, "message": message}).encode()
        answer = replace(answer, body=flat, headers={**answer.headers, "content-type": "application/json"})
    refused = refusal(answer, RULES)
    outcome = refused.outcome
    if isinstance(outcome, Missed) and outcome.reason is Miss.QUOTA_EXHAUSTED:
        raise Refused(replace(outcome, reset_at=DAILY.window(answer.at)[1]))
    raise refused


def reason_of(answer: Answer) -> tuple[str | None, str | None]:
    """(reason, message) of Google's envelope: the API's own reasons, else the front end's in `details`.

    Where several are given, one that a rule names counts, and one that says nothing particular last.
    """
    try:
        error = json.loads(answer.body).get("error")
        rows = [*_rows(error, "errors"), *_rows(error, "details")]
        message = error.get("message")
    except (ValueError, AttributeError, RecursionError):
        return None, None
    reasons = [row["reason"] for row in rows if isinstance(row.get("reason"), str)]
    best = next((r for r in reasons if r in KNOWN - SHARED), None)
    return best or next(iter(reasons), None), message if isinstance(message, str) else None


def _rows(error: Mapping[str, Json], name: str) -> list[Mapping[str, Json]]:
    rows = error.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
