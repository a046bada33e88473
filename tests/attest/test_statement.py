"""What a person must give for a statement, and which observation it then is."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from auditor.attest.outcome import Kind
from auditor.core.model import (
    ATTESTED,
    HAND,
    MANAGER,
    SCREENSHOT,
    SECOND_PERSON,
    Barrier,
    Post,
    Seen,
    Status,
    Unreadable,
)

from .build import DAY, FB, IG, IG2, NOW, TIKTOK, Office, X, facebook_link, instagram_link, local, reason, seen, x_link

HASH = "ab" * 32
OCTOBER = local(2026, 10, 9, 8)


@pytest.fixture
def office() -> Office:
    return Office()


# --- there is a post: an address and one name ---


def test_a_link_and_a_name_are_a_look_that_saw_the_newest_post_and_nothing_after_it(office: Office) -> None:
    told = office.say(X, post_link=x_link(OCTOBER))
    assert told.kind is Kind.ACCEPTED
    assert told.look is not None
    look = told.look.observation
    assert (look.route, look.control_ok, look.observed_at) == (HAND, True, NOW)
    post = Post(x_link(OCTOBER).rpartition("/")[2], OCTOBER, url=x_link(OCTOBER))
    assert look.outcome == Seen("", "dinas_contoh", (post,), OCTOBER, flags=frozenset({ATTESTED}))
    assert told.row is not None
    assert told.row.verdict.status is Status.INACTIVE


def test_what_is_kept_of_a_statement_names_who_said_it_and_from_where(office: Office) -> None:
    office.say(X, post_link=x_link(OCTOBER), date="9/10/2026", count_30d="0", by="Sari", second="Budi", screenshot=HASH)
    ((at, kept),) = office.store.attestations(office.ids[X], NOW)
    assert (at, kept.said, kept.by, kept.second, kept.office) == (NOW, "post", "Sari", "Budi", "dinas-contoh")
    assert (kept.link, kept.minted_at, kept.typed_on) == (x_link(OCTOBER), OCTOBER, OCTOBER.date())
    assert (kept.posts_30d, kept.screenshot, kept.screenshot_name, kept.manager) == (0, HASH, None, False)


TYPED = {
    "the link's own day leaves the instant inside the link": ("9/10/2026", OCTOBER),
    "a day later is that day's end": ("10/10/2026", local(2026, 10, 10, 23, 59, 59)),
    "two days later too": ("11/10/2026", local(2026, 10, 11, 23, 59, 59)),
    "none leaves the instant inside the link": ("", OCTOBER),
}


@pytest.mark.parametrize(("typed", "at"), TYPED.values(), ids=TYPED)
def test_a_typed_date_may_lie_a_little_later_than_the_one_inside_the_link(
    office: Office, typed: str, at: datetime
) -> None:
    assert seen(office.say(X, post_link=x_link(OCTOBER), date=typed)).posts[0].posted_at == at


def test_a_typed_date_far_after_the_links_is_asked_about_and_taken_when_sure(office: Office) -> None:
    row = {"post_link": x_link(OCTOBER), "date": "12/10/2026"}
    assert reason(office.say(X, **row)) == "date_far_from_link"
    told = office.say(X, sure=lambda odd: odd.values["days"] == 3, **row)
    assert seen(told).posts[0].posted_at == local(2026, 10, 12, 23, 59, 59)


def test_the_end_of_a_typed_day_is_capped_at_the_look(office: Office) -> None:
    told = office.say(FB, post_link=facebook_link(), date="23/11/2026")
    assert seen(told).posts[0].posted_at == NOW
    late = office.say(FB, post_link=facebook_link(2), date="20/11/2026", at="20/11/2026 09:00")
    assert seen(late).posts[0].posted_at == local(2026, 11, 20, 9)


POSITIVE = {
    "a post without its address": ({"date": "20/11/2026"}, "no_link"),
    "only a count": ({"count_30d": "7"}, "no_link"),
    "only complaints": ({"complaints": "7"}, "no_statement"),
    "a link without a date, and none typed": ({"post_link": facebook_link()}, "ask_date"),
    "a typed date before the link's": ({"post_link": x_link(OCTOBER), "date": "8/10/2026"}, "date_before_link"),
    "a typed date in the future": ({"post_link": x_link(NOW), "date": "24/11/2026"}, "date_ahead"),
    "a link minted after the look": ({"post_link": x_link(NOW + DAY)}, "link_after_look"),
    "a link minted after a look of the past": (
        {"post_link": x_link(NOW - DAY), "at": "20/11/2026 10:00"},
        "link_after_look",
    ),
    "a look in the future": ({"post_link": x_link(OCTOBER), "at": "24/11/2026 10:00"}, "at_ahead"),
    "nobody's name": ({"post_link": x_link(OCTOBER), "by": "..."}, "no_name"),
    "a link and a statement that there is no post": (
        {"post_link": x_link(OCTOBER), "said": "belum ada unggahan"},
        "contradiction",
    ),
    "a link and a statement that the account is gone": (
        {"post_link": x_link(OCTOBER), "said": "gone"},
        "contradiction",
    ),
    "a count that is none": ({"post_link": x_link(OCTOBER), "count_30d": "banyak"}, "bad_count"),
    "a negative count": ({"post_link": x_link(OCTOBER), "count_30d": "-1"}, "bad_count"),
    "a broken count": ({"post_link": x_link(OCTOBER), "count_30d": "3.5"}, "bad_count"),
    "more complaints answered than received": (
        {"post_link": x_link(OCTOBER), "complaints": "2", "answered": "3"},
        "more_answered",
    ),
    "a formula": ({"post_link": '=HYPERLINK("x")'}, "formula"),
    "a remark nobody knows": ({"said": "entahlah"}, "bad_said"),
    "a link to another platform": ({"post_link": instagram_link(OCTOBER)}, "other_platform"),
    "a link to somebody else": ({"post_link": x_link(OCTOBER, "orang_lain")}, "other_handle"),
    "an account's address": ({"post_link": "https://x.com/dinas_contoh"}, "address"),
    "no address at all": ({"post_link": "sudah saya lihat"}, "address"),
}


@pytest.mark.parametrize(("row", "code"), POSITIVE.values(), ids=POSITIVE)
def test_a_row_that_is_no_statement_is_rejected_with_its_reason(office: Office, row: dict[str, str], code: str) -> None:
    key = FB if row.get("post_link") == facebook_link() else X
    before = office.dump()
    assert reason(office.say(key, **row)) == code
    assert office.dump() == before


def test_a_clock_that_is_a_little_ahead_makes_no_link_of_the_future(office: Office) -> None:
    assert seen(office.say(X, post_link=x_link(NOW + timedelta(seconds=40)))).posts[0].posted_at == NOW


def test_a_post_older_than_the_newest_known_one_is_refused_with_both_dates(office: Office) -> None:
    office.polled(X, Post("1", local(2026, 11, 1)), at=NOW - 9 * DAY)
    told = office.say(X, post_link=x_link(OCTOBER))
    assert reason(told) == "older_than_known"
    assert told.reason is not None
    assert told.reason.values == {"day": OCTOBER.date(), "known": local(2026, 11, 1).date()}


def test_the_newest_known_post_may_be_told_again(office: Office) -> None:
    office.say(X, NOW - DAY, post_link=x_link(OCTOBER))
    assert office.say(X, post_link=x_link(OCTOBER)).kind is Kind.ACCEPTED


def test_what_was_posted_after_a_look_of_the_past_does_not_contradict_it(office: Office) -> None:
    office.polled(X, Post("1", NOW - DAY), at=NOW - DAY / 2)
    told = office.say(X, post_link=x_link(OCTOBER), at="1/11/2026 10:00")
    assert told.kind is Kind.ACCEPTED
    assert told.look is not None
    assert told.look.observation.observed_at == local(2026, 11, 1, 10)


def test_of_two_posts_of_one_day_either_may_be_told_and_the_other_does_not_vanish(office: Office) -> None:
    office.say(X, NOW - DAY, post_link=x_link(OCTOBER + timedelta(hours=3)))
    told = office.say(X, post_link=x_link(OCTOBER))
    assert seen(told).horizon == OCTOBER + timedelta(hours=3)
    assert told.row is not None
    assert told.row.verdict.status is Status.INACTIVE


def test_a_link_beside_nothing_new_is_the_newest_post_and_said_to_be_repaired(office: Office) -> None:
    told = office.say(X, post_link=x_link(OCTOBER), said="tidak ada unggahan baru")
    assert told.kind is Kind.REPAIRED
    assert len(seen(told).posts) == 1


def test_the_count_of_thirty_days_is_kept_with_the_look_unless_it_cannot_be(office: Office) -> None:
    assert seen(office.say(X, post_link=x_link(OCTOBER), count_30d="0")).counters == {"posts_30d": 0}
    told = office.say(
        TIKTOK,
        post_link=f"https://www.tiktok.com/@dinas.kota.contoh/video/{int((NOW - DAY).timestamp()) << 32}",
        count_30d="0",
    )
    assert (told.kind, seen(told).counters) == (Kind.REPAIRED, {})


# --- nothing new, or no account: a screenshot or a second person ---

NEGATIVE = {
    "gone": Unreadable(Barrier.GONE),
    "suspended": Unreadable(Barrier.SUSPENDED),
    "private": Unreadable(Barrier.PROTECTED),
    "not_ours": Unreadable(Barrier.WRONG_KIND, "not_ours"),
    "no_post": Seen("", "dinas_contoh", (), None, flags=frozenset({ATTESTED, SCREENSHOT})),
}


@pytest.mark.parametrize("code", NEGATIVE)
def test_a_negative_statement_is_an_observation_once_it_has_evidence(office: Office, code: str) -> None:
    assert reason(office.say(X, said=code)) == "no_evidence"
    told = office.say(X, said=code, screenshot=HASH)
    assert told.look is not None
    assert told.look.observation.outcome == NEGATIVE[code]


def test_nothing_new_reaches_back_to_the_last_known_post(office: Office) -> None:
    office.say(X, NOW - 8 * DAY, post_link=x_link(OCTOBER))
    told = office.say(X, said="nothing_new", screenshot=HASH)
    assert seen(told) == Seen("", "dinas_contoh", (), OCTOBER, flags=frozenset({ATTESTED, SCREENSHOT}))


def test_without_a_known_post_nothing_new_needs_the_date_of_the_last_one(office: Office) -> None:
    assert reason(office.say(X, said="nothing_new", screenshot=HASH)) == "nothing_known"
    told = office.say(X, said="nothing_new", screenshot=HASH, date="9/10/2026")
    assert seen(told).horizon == local(2026, 10, 9, 23, 59, 59)


AGAINST_KNOWN = {
    "a date before it": ({"said": "nothing_new", "date": "1/10/2026"}, "older_than_known"),
    "a date after it, whose link is missing": ({"said": "nothing_new", "date": "1/11/2026"}, "newer_without_link"),
    "a date of the future": ({"said": "nothing_new", "date": "24/11/2026"}, "date_ahead"),
    "that there was never any": ({"said": "no_post"}, "post_known"),
    "that there was never any, and a date": ({"said": "no_post", "date": "9/10/2026"}, "contradiction"),
}


@pytest.mark.parametrize(("row", "code"), AGAINST_KNOWN.values(), ids=AGAINST_KNOWN)
def test_a_negative_statement_may_not_contradict_the_last_known_post(
    office: Office, row: dict[str, str], code: str
) -> None:
    office.say(X, NOW - 8 * DAY, post_link=x_link(OCTOBER))
    assert reason(office.say(X, screenshot=HASH, **row)) == code


def test_a_second_person_is_evidence_and_the_same_person_is_not(office: Office) -> None:
    assert reason(office.say(X, said="gone", by="Sari Dewi", second=" SARI  dewi ")) == "same_person"
    told = office.say(X, said="no_post", second="Budi")
    assert seen(told).flags == {ATTESTED, SECOND_PERSON}
    kept = office.say(TIKTOK, said="no_post", by="Sari", second="sari", screenshot=HASH)
    assert (kept.kind, seen(kept).flags) == (Kind.REPAIRED, {ATTESTED, SCREENSHOT})


def test_somebody_else_who_said_so_in_the_same_silence_is_the_second_person(office: Office) -> None:
    office.say(X, NOW - 8 * DAY, post_link=x_link(OCTOBER), by="Budi")
    assert seen(office.say(X, said="nothing_new", by="Sari")).flags == {ATTESTED, SECOND_PERSON}


OTHERS = {
    "the same person": {"by": " SARI"},
    "before the post that began the silence": {"by": "Budi", "post_link": x_link(OCTOBER - 40 * DAY)},
}


@pytest.mark.parametrize("earlier", OTHERS.values(), ids=OTHERS)
def test_no_other_look_counts_as_the_second_person(office: Office, earlier: dict[str, str]) -> None:
    before = OCTOBER - DAY if "post_link" in earlier else NOW - 8 * DAY
    office.say(X, before, **{"post_link": x_link(OCTOBER)} | earlier)
    office.say(X, NOW - DAY, post_link=x_link(OCTOBER))
    assert reason(office.say(X, said="nothing_new")) == "no_evidence"


def test_who_saw_the_account_is_no_second_person_for_its_absence(office: Office) -> None:
    office.say(X, NOW - DAY, post_link=x_link(OCTOBER), by="Budi")
    assert reason(office.say(X, said="gone")) == "no_evidence"
    office.say(X, NOW - DAY / 2, said="gone", by="Budi", screenshot=HASH)
    assert office.say(X, said="gone").kind is Kind.ACCEPTED


def test_a_person_whose_name_was_erased_is_nobody_else(office: Office) -> None:
    office.say(X, NOW - 8 * DAY, post_link=x_link(OCTOBER), by="Budi")
    office.store.erase_person("Budi")
    assert reason(office.say(X, said="nothing_new")) == "no_evidence"


def test_both_pieces_of_evidence_leave_nothing_owed_and_one_leaves_the_other(office: Office) -> None:
    office.say(X, NOW - 8 * DAY, post_link=x_link(OCTOBER))
    one = office.say(X, NOW - DAY / 2, said="nothing_new", screenshot=HASH)
    both = office.say(X, said="nothing_new", screenshot=HASH, second="Budi")
    assert one.row is not None
    assert both.row is not None
    assert (one.row.verdict.owed, both.row.verdict.owed) == ((SECOND_PERSON,), ())
    assert (both.row.verdict.status, both.row.verdict.confirmed) == (Status.INACTIVE, True)


def test_a_managers_answer_is_marked_and_belongs_to_the_accounts_own_office(office: Office) -> None:
    told = office.say(X, post_link=x_link(OCTOBER), manager=True, complaints="5", answered="4")
    assert MANAGER in seen(told).flags
    ((_, kept),) = office.store.attestations(office.ids[X], NOW)
    assert (kept.manager, kept.complaints, kept.answered, kept.office) == (True, 5, 4, "dinas-contoh")


# --- a bare day claims no more than was seen ---


def test_of_a_bare_day_a_silence_is_claimed_up_to_its_first_second_only(office: Office) -> None:
    told = office.say(X, post_link=x_link(OCTOBER), at="20/11/2026")
    assert told.look is not None
    assert told.look.observation.observed_at == local(2026, 11, 20)


def test_of_a_bare_day_an_absence_is_claimed_at_its_first_second(office: Office) -> None:
    told = office.say(X, said="gone", screenshot=HASH, at="20/11/2026")
    assert told.look is not None
    assert told.look.observation.observed_at == local(2026, 11, 20)


def test_of_a_bare_day_a_post_of_that_day_is_believed(office: Office) -> None:
    told = office.say(X, post_link=x_link(local(2026, 11, 20, 15)), at="20/11/2026")
    assert told.look is not None
    assert told.look.observation.observed_at == local(2026, 11, 20, 23, 59, 59)


def test_a_look_recorded_late_takes_its_place_among_the_others(office: Office) -> None:
    office.say(X, said="no_post", screenshot=HASH)
    late = office.say(X, said="no_post", screenshot=HASH, at="10/11/2026 10:00")
    assert late.kind is Kind.ACCEPTED
    assert late.row is not None
    assert late.row.verdict.confirmed


def test_the_first_letter_of_a_platform_never_read_stays_unwritten_after_one_look(office: Office) -> None:
    told = office.say(IG, post_link=instagram_link(local(2026, 5, 1)))
    assert told.row is not None
    assert (told.row.verdict.status, told.row.verdict.confirmed) == (Status.INACTIVE, False)


def test_the_hash_of_a_file_beside_the_sheet_is_kept_with_its_name(office: Office, tmp_path: Path) -> None:
    (tmp_path / "layar.png").write_bytes(b"gambar")
    office.say(X, said="no_post", screenshot="layar.png", folder=tmp_path)
    ((_, kept),) = office.store.attestations(office.ids[X], NOW)
    assert (kept.screenshot_name, len(kept.screenshot or "")) == ("layar.png", 64)


# --- an old post, an old screenshot ---


def test_posts_counted_this_month_refuse_a_newest_post_that_is_older_for_it_may_be_pinned(office: Office) -> None:
    assert reason(office.say(X, post_link=x_link(OCTOBER), count_30d="4")) == "counted_but_old"
    assert office.say(X, post_link=x_link(NOW - 31 * DAY), count_30d="4").kind is Kind.ACCEPTED


def test_posts_counted_this_month_refuse_nothing_new_since_an_older_post(office: Office) -> None:
    office.say(X, post_link=x_link(OCTOBER))
    assert reason(office.say(X, said="nothing_new", count_30d="4", screenshot=HASH)) == "counted_but_nothing_new"
    assert reason(office.say(X, said="gone", count_30d="4", screenshot=HASH)) == "contradiction"


def test_a_screenshot_of_another_account_or_of_an_earlier_look_carries_no_letter(office: Office) -> None:
    office.say(X, NOW - 8 * DAY, post_link=x_link(OCTOBER))
    office.say(X, NOW - 8 * DAY, said="nothing_new", screenshot=HASH, second="Budi")
    again = office.say(X, said="nothing_new", screenshot=HASH, second="Budi")
    others = office.say(FB, said="gone", screenshot=HASH, second="Budi")
    assert [note.code for told in (again, others) for note in told.notes] == ["screenshot_again"] * 2
    assert again.row is not None
    assert again.row.verdict.owed == (SCREENSHOT,)
    own = office.say(X, said="nothing_new", screenshot="cd" * 32, second="Budi")
    assert own.row is not None
    assert own.row.verdict.owed == ()


def test_a_link_that_was_given_for_another_account_is_taken_and_said(office: Office) -> None:
    link = instagram_link(NOW - DAY)
    assert office.say(IG, post_link=link).notes == ()
    (note,) = office.say(IG2, post_link=link).notes
    assert (note.code, note.values) == ("link_again", {"account": IG})


# --- when a row without a time was looked at ---

MADE = NOW - 10 * DAY
SHEET = {"worksheet": "abc", "issued": MADE, "day": ""}


def test_nothing_new_on_a_sheet_without_a_time_holds_from_when_it_was_made_not_from_the_import(office: Office) -> None:
    office.say(X, MADE - DAY, post_link=x_link(OCTOBER))
    told = office.say(X, said="nothing_new", second="Budi", **SHEET)
    assert told.look is not None
    assert told.look.observation.observed_at == MADE
    assert [note.code for note in told.notes] == ["as_issued"]


def test_a_post_made_after_the_sheet_was_seen_on_its_own_day_and_nothing_is_claimed_of_later_ones(
    office: Office,
) -> None:
    told = office.say(X, post_link=x_link(MADE + 2 * DAY), **SHEET)
    assert told.look is not None
    assert (told.look.observation.observed_at, told.notes) == (local(2026, 11, 15, 23, 59, 59), ())


def test_a_sheet_that_comes_back_with_more_cells_filled_is_no_second_look(office: Office) -> None:
    first = office.say(X, MADE, post_link=x_link(OCTOBER), **SHEET)
    again = office.say(X, post_link=x_link(OCTOBER), count_30d="0", **SHEET)
    assert first.row is not None
    assert again.row is not None
    assert (first.row.verdict.confirmed, again.row.verdict.confirmed) == (False, False)


def test_a_sheet_from_the_future_was_looked_at_now(office: Office) -> None:
    told = office.say(X, post_link=x_link(OCTOBER), worksheet="abc", issued=NOW + DAY, day="")
    assert told.look is not None
    assert told.look.observation.observed_at == NOW


def test_a_table_without_times_that_says_the_same_with_more_cells_filled_is_no_second_look(office: Office) -> None:
    office.say(X, MADE, post_link=x_link(OCTOBER), day="")
    more = office.say(X, post_link=x_link(OCTOBER), count_30d="0", day="")
    assert more.look is not None
    assert (more.look.observation.observed_at, [note.code for note in more.notes]) == (MADE, ["more_of"])
    timed = office.say(X, post_link=x_link(OCTOBER), count_30d="0", at="23/11/2026 09:00", day="")
    assert timed.row is not None
    assert timed.row.verdict.confirmed


def test_another_screenshot_or_another_person_is_another_look(office: Office) -> None:
    office.say(X, MADE, post_link=x_link(OCTOBER), day="", screenshot=HASH)
    for cells in ({"screenshot": "cd" * 32}, {"by": "Budi"}):
        told = office.say(X, post_link=x_link(OCTOBER), day="", **cells)
        assert told.look is not None
        assert told.look.observation.observed_at == NOW
