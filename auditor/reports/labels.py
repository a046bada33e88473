"""The words of verdicts: labels that grow with the evidence, reasons, closer words."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from datetime import datetime

from auditor.core.audit import Audit, Audited
from auditor.core.model import ATTESTED, MANAGER, Post, Reason, Status
from auditor.core.policy import DAY
from auditor.core.register import Agency
from auditor.words import Words, dates

from .clean import clean
from .facts import Stage, days_quiet, head_agency, is_early, ladder_started, letter_at, stage

_SAFE = re.compile(r"[\w@%+=:,./-]+", re.ASCII)
KEY = 160  # characters of an account's key that are ever printed


def count(key: str, n: int, w: Words, **values: object) -> str:
    """A sentence about n things: `key.one` or `key.many`."""
    return w(f"{key}.one" if n == 1 else f"{key}.many", n=n, **values)


def setter(audit: Audit, w: Words) -> str:
    """Who set the thresholds: the policy says so, else the office at the head of the list."""
    if audit.book.set_by:
        return clean(audit.book.set_by)
    head = head_agency(audit.register)
    return clean(head.name) if head else w("report.this_office")


def key_of(row: Audited) -> str:
    """The account as a person types it, safe to print."""
    return clean(row.account.key, KEY)


def shell_word(text: str) -> str:
    """An argument that can be pasted into a shell: nothing in it is obeyed."""
    text = clean(text, KEY)
    return text if _SAFE.fullmatch(text) else shlex.quote(text)


def platform_title(name: str, w: Words) -> str:
    """The platform as its owner writes it; an unknown one as written here."""
    key = f"report.platform.{name}"
    return w(key) if w.has(key) else clean(name, 30)


def closer(detail: str | None, w: Words) -> str:
    """The closer word of a reason or outcome; a word without a label is shown as it is."""
    if not detail:
        return ""
    key = f"outcome.word.{detail}"
    return w(key) if w.has(key) else clean(detail, 60)


def status_label(row: Audited, w: Words) -> str:
    """The label of a status; that of a silence grows with the evidence and never runs ahead of it."""
    verdict = row.verdict
    match verdict.status:
        case Status.INACTIVE if not verdict.confirmed:
            return w("status.inactive_unconfirmed")
        case Status.INACTIVE if is_early(row):
            return w("status.inactive_early")
        case Status.NEVER_POSTED if not verdict.confirmed:
            return w("status.never_posted_unconfirmed")
        case Status.LOST:
            word = closer(verdict.reason_detail, w)
            return w("status.lost_because", why=word) if word else w("status.lost")
        case Status.UNKNOWN:
            return w("status.unknown_because", why=unknown_label(row, w))
        case status:
            return w(f"status.{status}")


def unknown_label(row: Audited, w: Words) -> str:
    """The reason code of an unknown account with its closer word."""
    label = w(f"outcome.unknown.{_unknown_code(row)}")
    word = closer(row.verdict.reason_detail, w)
    return w("outcome.with_detail", label=label, detail=word) if word and word != label else label


def _unknown_code(row: Audited) -> Reason:
    reason = row.verdict.reason
    return reason if reason in UNKNOWN else Reason.UNDECIDABLE


UNKNOWN = (Reason.NOT_CONNECTED, Reason.BLIND, Reason.UNDECIDABLE, Reason.NOT_YET)


def stage_label(row: Audited, audit: Audit, w: Words) -> str:
    """How far a silence has come, in the words of the ladder, with the day the next step begins."""
    zone = row.agency.zone
    match stage(row):
        case Stage.EXEMPT:
            until = row.account.exempt.until if row.account.exempt else None
            return w("status.stage.exempt_until", day=dates.short_day(until, w)) if until else w("status.stage.exempt")
        case Stage.LETTER if not ladder_started(audit):
            return w("status.stage.letter_waiting")
        case Stage.EARLY if row.policy.letters and is_early(row) and (due := letter_at(row)):
            return w("status.stage.early_until", day=dates.short_day(due.astimezone(zone), w))
        case reached:
            return w(f"status.stage.{reached}")


def status_and_stage(row: Audited, audit: Audit, w: Words) -> str:
    """Label and stage of a silent account, together: neither is complete alone. What people told says so."""
    stage_text = stage_label(row, audit, w)
    if is_attested(row):
        stage_text = w("status.and_stage", label=stage_text, stage=w("status.told"))
    return w("status.and_stage", label=status_label(row, w), stage=stage_text)


def is_attested(row: Audited) -> bool:
    """The verdict rests on people's looks alone."""
    return row.verdict.reason_detail == ATTESTED


def local_day(at: datetime, agency: Agency, w: Words) -> str:
    """The day of an instant where the office is."""
    return dates.day(at.astimezone(agency.zone), w)


def last_post(row: Audited, w: Words) -> str:
    """The day of the newest counted post ever seen; "none yet" only where reading went back to the beginning."""
    post = row.verdict.last_post
    if post is None:
        return w("report.no_post") if row.verdict.status is Status.NEVER_POSTED else w("report.not_known")
    return local_day(post.posted_at, row.agency, w)


def reason_sentence(row: Audited, w: Words) -> str:
    """Why the verdict is what it is, and what limits that."""
    verdict = row.verdict
    parts = [_reason(row, w)]
    if verdict.status in (Status.INACTIVE, Status.NEVER_POSTED) and not verdict.confirmed:
        partial = verdict.reason_detail == "silent_as_far_as_visible"
        parts.append(w("outcome.unconfirmed_partial") if partial else w("outcome.unconfirmed"))
    if is_attested(row):
        parts.append(w("outcome.attested_by_manager") if MANAGER in verdict.flags else w("outcome.attested"))
    if row.last_post_deleted:
        parts.append(w("outcome.deleted"))
    if verdict.status is Status.UNKNOWN:
        parts.append(w("outcome.not_silent"))
    return " ".join(parts)


def _reason(row: Audited, w: Words) -> str:
    verdict, policy = row.verdict, row.policy
    match verdict.reason:
        case Reason.QUIET:
            days = days_quiet(row)
            return w(
                "outcome.reason.quiet",
                limit=policy.active_max // DAY,
                days=w("report.not_known") if days is None else days,
            )
        case Reason.SELDOM:
            return w("outcome.reason.seldom", limit=policy.min_posts)
        case Reason.SILENT:
            return w("outcome.reason.silent", limit=policy.slow_max // DAY)
        case Reason.RECENT if verdict.reason_detail == "few_read":
            return w("outcome.reason.recent_few_read")
        case Reason.ABSENT:
            return w("outcome.reason.absent", why=closer(verdict.reason_detail, w) or w("status.lost"))
        case reason if reason in UNKNOWN:
            return w("outcome.reason.unknown", why=unknown_label(row, w))
        case reason:
            return w(f"outcome.reason.{reason}")


def proven(row: Audited, as_of: datetime, w: Words) -> str | None:
    """ "Belum senyap, terbukti s.d. 20 Des": when the known last post, not a fresh look, carries the status."""
    until = row.verdict.proven_until
    if until is None or until <= as_of or row.verdict.status not in (Status.ACTIVE, Status.SLOW):
        return None
    return w("status.proven_until", day=dates.short_day(until.astimezone(row.agency.zone), w))


def missing_words(missing: Sequence[str], w: Words) -> str:
    """What the ladder still owes."""
    words = []
    for name in missing:
        key = f"advice.missing.{name}"
        words.append(w(key) if w.has(key) else clean(name, 40))
    return ", ".join(words)


def post_link(row: Audited, post: Post) -> str:
    """Where a person can see the post; the account itself where the post has no address of its own."""
    return clean(post.url or row.account.url, 2000)


def short_code(hexadecimal: str) -> str:
    """ "3f9a-1c07": enough to tell two versions apart when read aloud."""
    digits = hexadecimal.removeprefix("sha256:")[:8]
    return clean(f"{digits[:4]}-{digits[4:]}", 9)


def short_names(names: Sequence[str], separator: str = " ", keep: int = 2) -> dict[str, str]:
    """Names without the ending that most of them share ("… Kota Contoh"), as long as `keep` words remain."""
    split = {name: name.split(separator) for name in names}
    for length in (3, 2, 1):
        endings = [tuple(words[-length:]) for words in split.values() if len(words) > length]
        common = max(sorted(set(endings)), key=endings.count, default=None)
        if common is not None and len(names) > 2 and endings.count(common) * 2 > len(names):
            return {
                name: separator.join(words[:-length])
                if len(words) - length >= keep and tuple(words[-length:]) == common
                else name
                for name, words in split.items()
            }
    return {name: name for name in names}
