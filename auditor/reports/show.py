"""One account: who it is, what was judged and why, what it rests on, what is to be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from auditor.core.audit import AdviceCode, Audit, Audited
from auditor.core.hand import is_for_people
from auditor.core.model import HAND, Change, Missed, Observation, Overlay, Seen, Unreadable
from auditor.fetch.answer import Exchange
from auditor.words import Words, dates

from .attested import Statement, attested_lines
from .braked import SHOW, held_text
from .calendar import heat_lines
from .clean import clean
from .facts import is_silent, ladder_started, with_new_posts
from .labels import (
    closer,
    count,
    key_of,
    missing_words,
    platform_title,
    post_link,
    proven,
    reason_sentence,
    setter,
    shell_word,
    short_code,
    status_and_stage,
)
from .layout import Glyphs, Line, Style, clip, ends, paragraph, plain, text_width
from .summary import banner
from .view import label_with_overlays

_LOOKS = 10
_CHANGES = 20


def show_lines(
    row: Audited,
    history: Sequence[Observation],
    changes: Sequence[Change],
    exchanges: Sequence[tuple[datetime, Exchange]],
    w: Words,
    audit: Audit,
    width: int,
    glyphs: Glyphs,
    told: Sequence[tuple[datetime, Statement]] = (),
) -> Iterator[Line]:
    """The screen, line by line; every statement is followed by what it rests on."""
    yield from _identity(row, audit, w, width)
    yield plain(glyphs.rule * width, Style.FAINT)
    yield from _verdict(row, audit, w, width)
    yield from _title(w("show.advice"))
    yield from _advice(row, audit, w, width)
    yield from _title(w("show.rhythm"))
    yield from _rhythm(row, w, width)
    yield from _title(w("show.calendar"))
    yield from heat_lines(history, row.policy.counts, row.agency.zone, audit.as_of, w, width, glyphs)
    yield from paragraph(w("show.calendar_key", levels=" ".join(glyphs.heat)), width, style=Style.FAINT)
    yield from _title(w("show.looks", n=len(history)))
    yield from _looks(row, history, w, width)
    if told:
        yield from _title(w("show.told", n=len(told)))
        yield from attested_lines(row, told, w, width)
    yield from _title(w("show.exchanges"))
    yield from _exchanges(row, exchanges, w, width)
    yield from _title(w("show.changes"))
    yield from _changes(row, changes, w, width)
    yield plain(glyphs.rule * width, Style.FAINT)
    yield from _foot(audit, w, width)


def _title(text: str) -> Iterator[Line]:
    yield plain("")
    yield plain(text, Style.STRONG)


def _at(row: Audited, at: datetime | None, w: Words) -> str:
    if at is None:
        return w("report.not_known")
    return dates.short_moment(at, row.agency.zone, row.agency.timezone, w)


def _pairs(pairs: Sequence[tuple[str, str]], width: int) -> Iterator[Line]:
    """Name and value; long values go on under themselves."""
    left = min(max((text_width(name) for name, value in pairs if value), default=0), width // 3)
    for name, value in pairs:
        if not value:
            continue
        lines = paragraph(value, width, indent=left + 3)
        if lines:
            text = lines[0][0].text.strip()
            yield plain(f" {clip(name, left)}{' ' * (left - text_width(clip(name, left)))}  {text}")
            yield from lines[1:]


def _identity(row: Audited, audit: Audit, w: Words, width: int) -> Iterator[Line]:
    mark = banner(audit, w)
    title = w("show.title", account=key_of(row))
    if mark and text_width(title) + text_width(mark) + 2 > width:
        yield from paragraph(mark, width, indent=0, style=Style.STRONG)
        mark = ""
    yield from ends(title, mark, width, Style.STRONG)
    exempt = row.account.exempt
    pardon = ""
    if exempt:
        kind = f"status.exempt.{exempt.kind}"
        pardon = w(
            "show.exempt_text",
            kind=w(kind) if w.has(kind) else clean(exempt.kind, 40),
            start=dates.day(exempt.start, w),
            until=dates.day(exempt.until, w),
            document=clean(exempt.document, 80),
            reason=clean(exempt.reason),
        )
    yield from _pairs(
        [
            (w("show.office"), clean(row.agency.name)),
            (w("show.address"), clean(row.account.url, 500)),
            (w("show.native_id"), clean(row.native_id or "") or w("show.no_native_id")),
            (w("show.platform"), platform_title(row.account.ref.platform, w)),
            (w("show.opened"), dates.day(row.account.opened, w) if row.account.opened else ""),
            (w("show.exempt"), pardon),
            (w("show.entry"), clean(row.account.place)),
            (w("show.as_of"), _at(row, audit.as_of, w)),
        ],
        width,
    )


def _verdict(row: Audited, audit: Audit, w: Words, width: int) -> Iterator[Line]:
    verdict, post = row.verdict, row.verdict.last_post
    label = status_and_stage(row, audit, w) if is_silent(row) else label_with_overlays(row, w)
    newest = f"{_at(row, post.posted_at, w)} · {post_link(row, post)}" if post else ""
    route = f"outcome.route.{row.route}"
    how = (w(route) if w.has(route) else clean(row.route or "", 20)) if row.route else ""
    looked = (
        f"{_at(row, verdict.observed_at, w)} · {how}".rstrip(" ·") if verdict.observed_at else w("report.never_looked")
    )
    failing = ""
    if row.failing_since:
        failing = w("show.failing_text", since=_at(row, row.failing_since, w), why=closer(row.last_miss, w)).rstrip(
            " :"
        )
    yield from _pairs(
        [
            (w("show.status"), label),
            (w("show.reason"), reason_sentence(row, w)),
            (w("brake.row"), held_text(row, w)),
            (w("show.since"), _at(row, verdict.since, w) if verdict.since else ""),
            (w("show.last_post"), newest or w("report.no_post_known")),
            (w("show.proven"), proven(row, audit.as_of, w) or ""),
            (w("show.looked"), looked),
            (w("show.failing"), failing),
            (w("show.confirmable"), _at(row, verdict.confirmable_at, w) if verdict.confirmable_at else ""),
            (w("show.next_change"), _at(row, verdict.next_change_at, w) if verdict.next_change_at else ""),
            (w("show.flags"), ", ".join(_flag(flag, w) for flag in sorted(verdict.flags))),
        ],
        width,
    )


def _flag(flag: str, w: Words) -> str:
    key = f"show.flag.{flag}"
    return w(key) if w.has(key) else closer(flag, w)


def _advice(row: Audited, audit: Audit, w: Words, width: int) -> Iterator[Line]:
    advice = row.advice
    text = w(f"advice.label.{advice.code}")
    if advice.start:
        text = w("show.advice_from", advice=text, at=_at(row, advice.start, w))
    if advice.missing:
        text = f"{text}; {w('advice.still_owed', missing=missing_words(advice.missing, w))}"
    yield from paragraph(text, width)
    if row.held is not None:
        yield from paragraph(f"→ {SHOW}", width)
    if advice.code in (AdviceCode.LOOK, AdviceCode.CONNECT) and is_for_people(row):
        yield from paragraph(w("show.by_hand", command=f"auditor attest {shell_word(row.account.key)}"), width)
    letters = (AdviceCode.NOTICE, AdviceCode.PROPOSE_CLOSURE, AdviceCode.REACTIVATE)
    if advice.code in letters and not ladder_started(audit):
        yield from paragraph(w("show.period"), width)
    if Overlay.EXEMPT in row.verdict.overlays:
        yield from paragraph(w("show.exempt_note"), width)


def _rhythm(row: Audited, w: Words, width: int) -> Iterator[Line]:
    r = row.rhythm
    dash = w("report.not_known")

    def known(n: float | None) -> str:
        return dash if n is None else f"{n:g}"

    posts_30d = f"{r.at_least_30d}+" if r.posts_30d is None and r.at_least_30d else known(r.posts_30d)
    yield from paragraph(
        w("show.counts", d7=known(r.posts_7d), d30=posts_30d, d90=known(r.posts_90d), d365=known(r.posts_365d)), width
    )
    yield from paragraph(
        w(
            "show.gaps",
            active=known(r.active_days_90d),
            median=known(r.gap_median_days),
            p90=known(r.gap_p90_days),
            longest=known(r.longest_silence_days),
        ),
        width,
    )


def _looks(row: Audited, history: Sequence[Observation], w: Words, width: int) -> Iterator[Line]:
    for look, new in with_new_posts(history)[: -_LOOKS - 1 : -1]:
        yield from paragraph(f"{_at(row, look.observed_at, w)}: {_outcome(row, look, new or 0, w)}", width)
    if len(history) > _LOOKS:
        yield from paragraph(w("show.older", n=len(history) - _LOOKS), width, style=Style.FAINT)
    if not history:
        yield from paragraph(w("report.never_looked"), width)


def _outcome(row: Audited, look: Observation, new: int, w: Words) -> str:
    match look.outcome:
        case Seen(horizon=horizon):
            text = count("show.seen", new, w)
            if horizon is None:
                reach = w("show.reach_all")
            elif horizon == look.observed_at:
                reach = w("show.reach_none")
            else:
                reach = w("show.reach", at=_at(row, horizon, w))
            text = f"{text} · {reach}"
        case Unreadable(barrier, detail):
            text = _with(closer(barrier, w), closer(detail, w))
        case Missed(reason, detail):
            text = _with(closer(reason, w), closer(detail, w))
    if look.route == HAND:
        text = f"{text} · {w('outcome.route.hand')}"
    elif look.control_ok is not None:
        text = f"{text} · {w('show.control_ok') if look.control_ok else w('show.control_failed')}"
    return text


def _with(label: str, detail: str) -> str:
    return f"{label} ({detail})" if detail and detail != label else label


def _exchanges(row: Audited, exchanges: Sequence[tuple[datetime, Exchange]], w: Words, width: int) -> Iterator[Line]:
    for _, exchange in exchanges[:_LOOKS]:
        asked = f"{_at(row, exchange.at, w)}: {clean(exchange.method, 10)} {clean(exchange.url, 500)}"
        yield from paragraph(asked, width)
        answered = w("show.no_answer")
        if exchange.status is not None:
            answered = w("show.answered", status=exchange.status, length=exchange.length)
        digest = f" · sha256 {clean(exchange.sha256, 64)}" if exchange.sha256 else ""
        yield from paragraph(answered + digest, width, indent=3, style=Style.FAINT)
    if not exchanges:
        yield from paragraph(w("show.no_exchanges"), width)


def _changes(row: Audited, changes: Sequence[Change], w: Words, width: int) -> Iterator[Line]:
    for change in list(reversed(changes))[:_CHANGES]:
        old = w(f"status.{change.old}") if change.old else w("show.first_verdict")
        text = w(
            "show.change",
            judged=_at(row, change.judged_at, w),
            old=old,
            new=w(f"status.{change.new}"),
            since=_at(row, change.since, w),
        )
        yield from paragraph(text, width)
    if not changes:
        yield from paragraph(w("show.no_changes"), width)


def _foot(audit: Audit, w: Words, width: int) -> Iterator[Line]:
    yield from paragraph(w("report.policy_of", who=setter(audit, w), code=short_code(audit.book.version)), width)
    yield from paragraph(f"{clean(audit.book.sentence, 400)} {w('report.closes_nothing')}", width)
