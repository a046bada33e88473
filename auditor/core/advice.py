"""What is to be done next about one account. Never skips the ladder; the tool closes nothing."""

from __future__ import annotations

from .audit import Advice, AdviceCode
from .closure import Step
from .model import SILENT, Overlay, Reason, Status, Verdict
from .policy import Policy
from .verdict import letters_at

WRONG_ENTRY = frozenset({"never_resolved", "wrong_kind", "our_request_invalid"})
LADDER = {"notice": Step.NOTIFIED, "reminder": Step.REMINDED}
WAITING = frozenset({Step.RECOMMENDED, Step.CONTESTED, Step.APPROVED, Step.ANNOUNCED, Step.CLOSED})
ORDER = (Step.NONE, Step.PROPOSED, Step.NOTIFIED, Step.REMINDED, Step.RECOMMENDED)


def advise(verdict: Verdict, policy: Policy, case: Step | None = None) -> Advice:
    """What follows from a verdict. `case` is the step of its closure case, if one was opened.

    Limits are compared with the look that judged: a silence is only as long as it was when last looked at.
    """
    if verdict.status is Status.LOST:
        return Advice(AdviceCode.SECURE, verdict.since)
    if Overlay.EXEMPT in verdict.overlays or case in WAITING:
        return Advice(AdviceCode.NONE)
    if verdict.status is Status.UNKNOWN:
        return _seek(verdict)
    if any(f.startswith("moved_to=") for f in verdict.flags):
        return Advice(AdviceCode.FIX_ENTRY, verdict.observed_at)
    if verdict.status in SILENT:
        return _silent(verdict, policy, case)
    if verdict.status is Status.SLOW:
        return Advice(AdviceCode.REMIND, verdict.since)
    return Advice(AdviceCode.NONE)


def _seek(verdict: Verdict) -> Advice:
    """Not known: the way to know more."""
    if verdict.reason is Reason.NOT_CONNECTED and verdict.reason_detail == "stale":
        return Advice(AdviceCode.LOOK, verdict.since)  # a person looked before, and has to again
    if verdict.reason in (Reason.NOT_CONNECTED, Reason.BLIND):
        return Advice(AdviceCode.CONNECT, verdict.since)
    if verdict.reason is Reason.NOT_YET:
        return Advice(AdviceCode.NONE)
    code = AdviceCode.FIX_ENTRY if verdict.reason_detail in WRONG_ENTRY else AdviceCode.LOOK
    return Advice(code, verdict.since)


def _silent(verdict: Verdict, policy: Policy, case: Step | None) -> Advice:
    """Reminder, letter, and what lies past the last limit. An unconfirmed silence gets no further than the letter."""
    reminder = Advice(AdviceCode.REMIND, verdict.since)
    never = verdict.status is Status.NEVER_POSTED
    limits = letters_at(verdict, policy)
    if not limits or verdict.observed_at is None or Overlay.NEW in verdict.overlays or not policy.letters:
        return reminder
    notice_at, candidate_at = limits
    if verdict.observed_at < notice_at:
        return reminder
    if verdict.owed:
        return Advice(AdviceCode.LOOK, notice_at, verdict.owed)
    if not verdict.confirmed:
        return Advice(AdviceCode.NOTICE, notice_at, ("confirmation",))
    few_days = not never and verdict.post_days < policy.min_post_days
    if verdict.observed_at < candidate_at or few_days:
        return Advice(AdviceCode.NONE if case in LADDER.values() else AdviceCode.NOTICE, notice_at)
    if not policy.closure_allowed:
        return Advice(AdviceCode.REACTIVATE, candidate_at)
    return Advice(AdviceCode.PROPOSE_CLOSURE, candidate_at, (*_owed(case), "cause"))


def _owed(case: Step | None) -> tuple[str, ...]:
    """The letters the ladder still owes."""
    done = ORDER.index(case) if case in ORDER else 0
    return tuple(name for name, step in LADDER.items() if ORDER.index(step) > done)
