"""Whatever an account, an office or an answer is called: pages stay pages."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from rich.cells import cell_len

from auditor.core.audit import Audit, Audited, BlindSpot
from auditor.core.model import AccountRef, Miss, Missed, Observation
from auditor.fetch.answer import Exchange
from auditor.reports.json import report_json
from auditor.reports.roster import roster
from auditor.reports.status import PlatformStatus, QuotaStatus
from auditor.reports.terminal import render_report, render_show, render_status
from auditor.reports.view import view
from auditor.words import words

from .city import AS_OF, LOOK, kota_contoh
from .rendering import CHANGES, history, state
from .test_clean import HOSTILE

W = words("id")
WIDTHS = (40, 80, 100, 120)
SOME = (*range(0, 42, 4), 12, 30)  # rows of every status
HUGE = st.sampled_from(
    ["x" * 10_000, "漢" * 10_000, "\x1b[31m" * 3_000, "[bold]" * 2_000, "\u202e" * 9_000, "a\n" * 5_000]
)
TEXT = st.one_of(HOSTILE, HUGE)


def poisoned(text: str) -> Audit:
    """The city with one text in every place that comes from outside."""
    audit = kota_contoh()
    rows = tuple(_row(audit.rows[n], text, n) for n in SOME)
    agencies = tuple(
        replace(a, name=text, id=a.id if a.parent is None else f"{text}{a.id}") for a in audit.register.agencies
    )
    changes = tuple(replace(c, account=f"x:{text}1") for c in audit.changes)
    register = replace(audit.register, agencies=agencies)
    return replace(
        audit,
        register=register,
        rows=rows,
        changes=changes,
        removed=(text,),
        problems=(text,),
        blind_spots=(BlindSpot(text, text, AS_OF, (text,)),),
        book=replace(audit.book, set_by=text, name=text, version=text),
    )


def _row(row: Audited, text: str, n: int) -> Audited:
    account = replace(
        row.account, key=f"x:{text}{n}", ref=AccountRef(text, text), url=text, note=text, place=text, written=text
    )
    if account.exempt:
        account = replace(account, exempt=replace(account.exempt, kind=text, reason=text, document=text))
    post = row.verdict.last_post
    return replace(
        row,
        account=account,
        agency=replace(row.agency, name=text, id=f"{text}{row.agency.id}"),
        verdict=replace(
            row.verdict,
            reason_detail=text,
            last_post=post and replace(post, url=text, native_id=text),
            flags=frozenset({text}),
        ),
        policy=replace(row.policy, profile=text),
        native_id=text,
        route=text,
        last_miss=text,
        failing_since=LOOK,
        advice=replace(row.advice, missing=(text,)),
    )


def assert_page(page: str, width: int | None) -> None:
    for line in page.split("\n"):
        assert not {unicodedata.category(c) for c in line} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        if width is not None:
            assert cell_len(line) <= width


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXT, st.sampled_from(WIDTHS), st.booleans())
def test_no_page_is_broken_by_a_text_from_outside(text: str, width: int, ascii_only: bool) -> None:
    audit = poisoned(text)
    shown = view(audit, W)
    page = render_report(shown, W, width=width, color=False, ascii_only=ascii_only)
    assert_page(page, width)
    assert page.isascii() or not ascii_only
    everything = render_report(shown, W, width=width, color=False, ascii_only=ascii_only, everything=True)
    assert_page(everything, width)
    for line in roster(audit, W):
        assert_page(line, None)
        assert "\n" not in line
    looks = (*history(), Observation(LOOK, Missed(Miss.UNREACHABLE, text)))
    asked = ((LOOK, Exchange(text, text, 200, text, 1, LOOK)),)
    show = render_show(
        audit.rows[0], looks, CHANGES, asked, W, audit=audit, width=width, color=False, ascii_only=ascii_only
    )
    assert_page(show, width)
    status = replace(
        state(),
        platforms=(PlatformStatus(text, 1, LOOK, LOOK, LOOK, LOOK, text),),
        quota=(QuotaStatus(text, 1, 2, LOOK),),
        next_runs=((text, LOOK),),
        problems=(text,),
        register_sha=text,
    )
    assert_page(render_status(status, W, width=width, color=False, ascii_only=ascii_only), width)


@pytest.mark.parametrize(
    "text", ["[bold red]x[/]", "\x1b[31mx", ":smile:", "\x1b]8;;http://a\x07b", "a\u202eb", "[link=x]y[/link]"]
)
def test_with_colour_the_only_escapes_are_our_own(text: str) -> None:
    import re

    page = render_report(view(poisoned(text), W), W, width=100, color=True, ascii_only=False)
    bare = re.sub(r"\x1b\[(?:0|1|2|31|32|33)m", "", page)
    assert_page(bare, 100)
    assert bare == render_report(view(poisoned(text), W), W, width=100, color=False, ascii_only=False)


@settings(max_examples=20, deadline=None)
@given(HOSTILE.filter(lambda t: not any("\ud800" <= c <= "\udfff" for c in t)))
def test_json_carries_every_text_as_it_is(text: str) -> None:
    found = json.loads(json.dumps(report_json(poisoned(text), W)))
    assert found["accounts"][0]["url"] == text


def test_an_office_in_another_zone_gets_its_own_days() -> None:
    audit = kota_contoh()
    far = replace(audit.rows[0].agency, timezone="Asia/Jayapura", zone=ZoneInfo("Asia/Jayapura"))
    page = render_report(
        view(replace(audit, register=replace(audit.register, agencies=(far,))), W),
        W,
        width=100,
        color=False,
        ascii_only=False,
    )
    assert "09.00 WIT" in page
