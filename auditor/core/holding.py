"""What a report says of a held account: the status that was released last, and beside it the one that waits."""

from __future__ import annotations

from dataclasses import replace

from .audit import Advice, AdviceCode, Audited, Held
from .brake import HELD_KINDS, HeldAccount


def withheld(row: Audited, held: HeldAccount) -> Audited:
    """The row with the released verdict. What was seen stays what was seen.

    An account that meanwhile posts, or cannot be seen any more, is not held: its row is left as it was judged.
    """
    verdict, old = row.verdict, held.old
    if verdict.status not in HELD_KINDS or verdict.status is old.status:
        return row
    kept = replace(
        verdict,
        status=old.status,
        since=old.since,
        reason=old.reason,
        reason_detail=old.reason_detail,
        confirmed=old.confirmed,
    )
    return replace(
        row,
        verdict=kept,
        advice=Advice(AdviceCode.LOOK, verdict.since),
        held=Held(verdict.status, verdict.since),
    )
