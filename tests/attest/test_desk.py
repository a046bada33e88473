"""Whose a row is, what an import draws by lot, and what becomes of it in the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from auditor.attest.answers import Answers
from auditor.attest.desk import Desk
from auditor.attest.outcome import Kind
from auditor.core.model import HAND, Status
from auditor.core.reach import Reach
from auditor.store.verbs import Attestation, Look

from .build import (
    DAY,
    FB,
    FEED,
    IG,
    IG2,
    NOW,
    TIKTOK,
    Office,
    X,
    account,
    instagram_link,
    local,
    reason,
    register,
    seen,
    tiktok_link,
    x_link,
)

OCTOBER = local(2026, 10, 9, 8)


def pasted(text: str, **more: Any) -> Answers:
    return Answers(place="stdin:1", post_link=text, day="2026-11-23", **more)


# --- whose it is ---

WHOSE = {
    "its key": {"key": X},
    "its key, typed with a capital": {"key": "x:Dinas_Contoh"},
    "its account beside it": {"account": "x:dinas_contoh"},
    "its address": {"link": "https://twitter.com/Dinas_Contoh?lang=id"},
    "an address beside a word nobody knows": {"account": "akun X kami", "link": "https://x.com/dinas_contoh"},
    "nothing but the handle inside the link": {},
}


@pytest.mark.parametrize("row", WHOSE.values(), ids=WHOSE)
def test_a_row_belongs_to_the_account_it_names(row: dict[str, str]) -> None:
    (told,) = Office().take(replace(pasted(x_link(OCTOBER)), **row))
    assert told.account is not None
    assert (told.kind, told.account.key) == (Kind.ACCEPTED, X)


NOBODY = {
    "a key that is not listed": ({"key": "x:dinas_contoh_lama"}, "not_listed"),
    "an address that is not listed": ({"link": "https://x.com/orang_lain"}, "not_listed"),
    "a key beside another account's name": ({"key": X, "account": TIKTOK}, "mixed_row"),
}


@pytest.mark.parametrize(("row", "code"), NOBODY.values(), ids=NOBODY)
def test_a_row_of_nobody_or_of_two_is_rejected(row: dict[str, str], code: str) -> None:
    (told,) = Office().take(replace(pasted(x_link(OCTOBER)), **row))
    assert reason(told) == code


def test_a_statement_without_account_and_link_is_nobodys() -> None:
    (told,) = Office().take(Answers(place="s:1", said="gone"))
    assert reason(told) == "whose"


def test_an_account_that_got_a_new_handle_is_found_under_its_old_key() -> None:
    office = Office(account(X, native_id="42"))
    office.register = register(account("x:dinas_baru", native_id="42"))
    office.ids = office.store.keep_register(office.register, "list 2", NOW - DAY)
    told = office.say(X, post_link=x_link(OCTOBER, "dinas_baru"))
    assert told.account is not None
    assert (told.kind, told.account.key) == (Kind.REPAIRED, "x:dinas_baru")
    assert office.say("x:dinas_baru", post_link=x_link(OCTOBER)).kind is Kind.ACCEPTED


def test_a_predecessors_handle_in_a_link_is_the_accounts() -> None:
    office = Office(account("x:dinas_baru", predecessor="dinas_contoh"))
    (told,) = office.take(pasted(x_link(OCTOBER)))
    assert told.kind is Kind.ACCEPTED


def test_a_handle_that_is_not_listed_is_rejected_naming_near_ones() -> None:
    (told,) = Office().take(pasted(tiktok_link(OCTOBER, "dinas.kota.conto")))
    assert reason(told) == "handle_not_listed"
    assert told.reason is not None
    assert told.reason.values["close"] == TIKTOK


def test_a_link_that_names_nobody_is_the_only_listed_account_of_its_platform() -> None:
    (told,) = Office(IG, X).take(pasted(instagram_link(OCTOBER)))
    assert told.account is not None
    assert told.account.key == IG
    assert [note.code for note in told.notes] == ["only_one"]


def test_of_several_the_person_chooses_and_without_a_person_none_is_taken() -> None:
    (told,) = Office().take(pasted(instagram_link(OCTOBER)))
    assert reason(told) == "which"
    assert told.reason is not None
    assert told.reason.values["names"] == f"{IG}, {IG2}"
    (chosen,) = Office().take(pasted(instagram_link(OCTOBER)), choose=lambda link, accounts: accounts[1])
    assert chosen.account is not None
    assert chosen.account.key == IG2


def test_an_account_named_beside_the_command_narrows_the_choice() -> None:
    office = Office()
    (told,) = office.take(pasted(instagram_link(OCTOBER)), among=(office.register.account[IG2],))
    assert told.account is not None
    assert told.account.key == IG2
    (other,) = office.take(pasted(x_link(OCTOBER)), among=(office.register.account[IG2],))
    assert reason(other) == "handle_not_listed"


def test_a_platform_nobody_listed_is_named() -> None:
    (told,) = Office(X).take(pasted(instagram_link(OCTOBER)))
    assert reason(told) == "platform_not_listed"


def test_a_page_of_a_listed_site_is_its_newest_article_and_another_sites_is_not() -> None:
    office = Office()
    told = office.say(FEED, post_link="https://www.dinas.kotacontoh.example/berita/satu", date="20/11/2026")
    assert seen(told).posts[0].url == "https://www.dinas.kotacontoh.example/berita/satu"
    assert reason(office.say(FEED, post_link="https://lain.example/berita/satu", date="20/11/2026")) == "address"


# --- one import ---


def test_a_row_knows_what_the_rows_before_it_told() -> None:
    first, second, third = Office().take(
        pasted(x_link(NOW - DAY), by="Budi"), pasted(x_link(OCTOBER)), Answers(key=X, said="nothing_new")
    )
    assert first.counts
    assert reason(second) == "older_than_known"
    assert third.counts, "Budi told the post, Sari that nothing came after it"


def test_the_order_of_rows_decides_nothing_about_what_helps_them() -> None:
    negative, positive = Answers(place="s:2", key=X, said="nothing_new"), pasted(x_link(OCTOBER), by="Budi")
    assert [r.kind for r in Office().take(negative, positive)] == [Kind.ACCEPTED, Kind.ACCEPTED]


def test_two_statements_about_the_same_second_are_both_kept() -> None:
    office = Office()
    office.take(
        pasted(x_link(OCTOBER)), pasted(x_link(OCTOBER + DAY)), pasted(tiktok_link(OCTOBER)), pasted(x_link(NOW - DAY))
    )
    assert len(office.store.attestations(office.ids[X], NOW)) == 3
    assert {run.kind for run in office.store.runs()} == {"attest"}
    assert len(office.store.runs()) == 3


def test_the_same_row_twice_in_one_import_is_recorded_once() -> None:
    one, other = Office().take(pasted(x_link(OCTOBER)), pasted(x_link(OCTOBER)))
    assert (one.kind, other.kind) == (Kind.ACCEPTED, Kind.UNCHANGED)


def test_the_same_link_on_another_day_is_another_look() -> None:
    office = Office()
    office.take(pasted(x_link(OCTOBER)), now=NOW - 8 * DAY)
    (again,) = office.take(replace(pasted(x_link(OCTOBER)), day="2026-11-24"))
    assert again.row is not None
    assert (again.kind, again.row.verdict.confirmed) == (Kind.ACCEPTED, True)


def test_a_row_without_sheet_time_or_day_says_why_it_seems_known() -> None:
    office = Office()
    row = Answers(place="a.csv:2", key=X, post_link=x_link(OCTOBER))
    office.take(row)
    (again,) = office.take(row)
    assert again.reason is not None
    assert again.reason.code == "known_untimed"


def test_an_account_that_a_machine_reads_may_be_attested_and_that_is_noted() -> None:
    office = Office(reach=Reach(frozenset({"x"})))
    told = office.say(X, post_link=x_link(NOW - DAY))
    assert told.kind is Kind.ACCEPTED
    assert [note.code for note in told.notes] == ["automatic"]


def test_the_status_printed_is_the_one_a_report_gives_afterwards() -> None:
    office = Office()
    told = office.say(X, post_link=x_link(OCTOBER))
    assert told.row is not None
    after = office.store.last_verdicts()[office.ids[X]]
    assert (after.status, after.since) == (told.row.verdict.status, told.row.verdict.since)
    assert after.status is Status.INACTIVE


def test_an_import_of_nothing_new_leaves_no_run_behind() -> None:
    office = Office()
    office.take(pasted(x_link(OCTOBER)))
    before = office.dump()
    office.take(pasted(x_link(OCTOBER)), Answers(key=X, said="gone"))
    assert office.dump() == before


def test_looks_that_another_process_imported_meanwhile_are_left_to_it() -> None:
    office = Office()
    here, there = office.desk(), office.desk()
    for desk in (here, there):
        desk.take(pasted(x_link(OCTOBER)))
    here.take(pasted(tiktok_link(OCTOBER)))
    assert office.record(there).looks == 1
    recorded = office.record(here)
    assert (recorded.looks, len(recorded.twice)) == (1, 1)
    assert len(office.store.attestations(office.ids[X], NOW)) == 1


class Racing:
    """A store in which somebody else imports the same row between the question and the writing."""

    def __init__(self, office: Office, rival: Look) -> None:
        self.office, self.rival = office, rival

    def __getattr__(self, name: str) -> Any:
        return getattr(self.office.store, name)

    def record(self, run: int, looks: list[Look]) -> None:
        if self.rival is not None:
            theirs = self.office.store.begin_run("attest", NOW, "l", "p", rehearsal=False)
            rival, self.rival = self.rival, None  # type: ignore[assignment]
            self.office.store.record(theirs, [rival])
        self.office.store.record(run, looks)


def test_an_import_at_the_very_same_moment_loses_no_other_row() -> None:
    office = Office()
    desk = office.desk()
    told = desk.take(pasted(x_link(OCTOBER)))
    desk.take(pasted(tiktok_link(OCTOBER)))
    assert told is not None
    assert told.look is not None
    real = office.store
    office.store = Racing(office, told.look)  # type: ignore[assignment]
    office.store.office = type("Real", (), {"store": real})()  # type: ignore[attr-defined]
    assert office.record(desk).looks == 1
    assert [len(real.attestations(office.ids[key], NOW)) for key in (X, TIKTOK)] == [1, 1]


# --- the lot ---

SHARES = {0: 0, 1: 1, 3: 3, 4: 3, 30: 3, 31: 4, 45: 5}


def managers(count: int) -> Desk:
    desk = Office(*(f"x:dinas_{n}" for n in range(max(count, 1)))).desk(manager=True)
    for n in range(count):
        desk.take(pasted(x_link(OCTOBER, f"dinas_{n}")))
    return desk


@pytest.mark.parametrize(("answers", "drawn"), SHARES.items())
def test_of_managers_answers_a_tenth_and_three_at_least_are_checked_by_somebody_else(answers: int, drawn: int) -> None:
    assert len(managers(answers).draw()) == drawn


def test_the_lot_is_the_same_again_and_is_kept() -> None:
    one, other = managers(20), managers(20)
    assert [r.account for r in one.draw()] == [r.account for r in other.draw()]
    marked = [r.look.attestation.drawn for r in one.results if r.look and r.look.attestation]
    assert sum(marked) == 3


def test_answers_of_the_office_itself_are_never_drawn() -> None:
    desk = Office().desk()
    desk.take(pasted(x_link(OCTOBER)))
    assert desk.draw() == ()


def test_a_hand_look_leaves_the_plan_of_the_machine_alone() -> None:
    office = Office()
    told = office.say(X, post_link=x_link(OCTOBER))
    assert told.look is not None
    assert (told.look.next_look_at, told.look.why) == (None, HAND)
    assert isinstance(told.look.attestation, Attestation)


def test_fractions_of_a_second_are_cut() -> None:
    office = Office()
    told = office.say(X, now=NOW, post_link=x_link(OCTOBER + timedelta(milliseconds=700)))
    assert seen(told).posts[0].posted_at == OCTOBER
    assert office.say(FB, said="gone", second="Budi").counts


def test_the_same_link_in_another_spelling_is_the_same_row_and_in_another_sheet_is_another() -> None:
    office = Office()
    row = Answers(place="a.xlsx:2", key=X, post_link=x_link(OCTOBER), worksheet="a")
    office.take(row)
    (again,) = office.take(replace(row, post_link=x_link(OCTOBER).replace("x.com", "www.twitter.com") + "?s=20"))
    (other,) = office.take(replace(row, worksheet="b"))
    assert (again.kind, other.kind) == (Kind.UNCHANGED, Kind.ACCEPTED)


def test_a_manager_speaks_for_the_accounts_office_and_everybody_else_for_their_own() -> None:
    office = Office()
    row = pasted(x_link(OCTOBER))
    office.take(row, office="diskominfo-contoh")
    office.take(replace(row, by="Admin"), office="diskominfo-contoh", manager=True)
    kept = [attestation.office for _, attestation in office.store.attestations(office.ids[X], NOW)]
    assert kept == ["diskominfo-contoh", "dinas-contoh"]


def test_a_page_named_by_its_number_fits_unless_another_number_is_known() -> None:
    link = "https://www.facebook.com/1000000000001/posts/1000000000002"
    row = {"post_link": link, "date": "20/11/2026"}
    assert Office().say(FB, **row).counts
    assert Office(account(FB, native_id="1000000000001")).say(FB, **row).counts
    assert reason(Office(account(FB, native_id="99")).say(FB, **row)) == "other_handle"
