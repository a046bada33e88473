"""The rules of the report people read: its order, its words, its limits."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from auditor.core.audit import Advice, AdviceCode, Audit, Audited, BlindSpot
from auditor.core.model import Change, Overlay, Reason, Status
from auditor.core.register import Relation
from auditor.reports.facts import Stage, is_reactivated, net_changes, stage, weekly
from auditor.reports.labels import reason_sentence, shell_word, short_code, short_names, status_label
from auditor.reports.layout import ASCII, BLOCKS, spark
from auditor.reports.roster import roster
from auditor.reports.sections import MOST
from auditor.reports.tasks import tasks
from auditor.reports.view import Selection, view
from auditor.words import words

from .city import AS_OF, DAY, LOOK, SENTENCE, kota_contoh
from .rendering import pages, report, row, started

W = words("id")


def only(audit: Audit, *rows: Audited) -> Audit:
    return replace(audit, rows=rows)


def find(key: str) -> Audited:
    return row(kota_contoh(), key)


INACTIVE = "tiktok:dukcapil.kota.contoh"  # 45 days: before the first letter
DUE = "x:dinkes_contoh"  # 95 days: a letter is due


def as_found(key: str = INACTIVE, **changes: object) -> Audited:
    found = find(key)
    return replace(found, verdict=replace(found.verdict, **changes))


# --- the order, and the sentences no report may lack ---


def test_the_order_is_fixed() -> None:
    text = " ".join(report().split())
    marks = [
        "LAPORAN PEMANTAUAN KEAKTIFAN",
        "diaktifkan kembali",
        "█",
        "KERJAKAN",
        "AKUN SENYAP",
        "Kurang aktif (5)",
        "INSTANSI (urut daftar)",
        "SEJAK 16 NOVEMBER",
        "PALING TERATUR",
        "Ambang batas menurut kebijakan",
        SENTENCE[:40],
        "Alat ini tidak menutup akun apa pun",
        "· bukti ",
    ]
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)


@pytest.mark.parametrize("name", [name for name in pages() if name.startswith(("report", "roster", "show"))])
def test_every_page_says_whose_threshold_it_is_and_what_it_is_not(name: str) -> None:
    text = " ".join(pages()[name].split())
    assert re.search(r"Ambang batas menurut kebijakan|Threshold set by", text)
    assert SENTENCE in text
    assert re.search(r"bukan ketentuan nasional|not a national rule", text)


@pytest.mark.parametrize("name", pages())
def test_words_of_discipline_stand_on_no_page(name: str) -> None:
    text = pages()[name].lower().replace(SENTENCE.lower(), "")
    assert not re.search(r"teguran|pelanggaran|sanksi(?! atau)", text)


def test_a_demonstration_says_so_in_the_first_line_however_narrow() -> None:
    for width in (40, 60, 80, 100, 120):
        assert "DATA CONTOH, BUKAN INSTANSI NYATA" in report(width=width).splitlines()[0]
    assert "SAMPLE DATA" in report("en").splitlines()[0]
    assert "DATA CONTOH" in next(iter(roster(kota_contoh(), W)))


def test_a_real_report_and_a_rehearsal_do_not_call_themselves_sample_data() -> None:
    text = report(audit=started())
    assert "DATA CONTOH" not in text
    assert "LATIHAN: JAM DISETEL" in text.splitlines()[0]
    assert "--now" in text
    assert "LATIHAN" not in report(audit=replace(started(), rehearsal=False))


def test_the_name_of_the_policy_stands_where_an_agency_set_it() -> None:
    assert "kebijakan SE Wali Kota Contoh 1/2026" in report(audit=started())


def test_unknown_is_told_apart_by_reason_and_never_as_inactive() -> None:
    text = " ".join(report().split())
    assert "4 akun belum dapat diperiksa (1 belum disambungkan, 1 terputus, 2 tidak dapat disimpulkan)" in text
    assert "bukan berarti tidak aktif" in text
    assert "facebook:kec.barat.kota.contoh (token ditolak)" in text
    assert "threads:pemkot.kota.contoh (platform tidak menyebut sebabnya)" in text


def test_where_nobody_has_looked_nothing_is_said_about_silence() -> None:
    audit = kota_contoh()
    rows = [find("threads:dukcapil.kota.contoh")]
    text = report(audit=replace(only(audit, *rows), changes=(), removed=(), blind_spots=(), compared_with=None))
    assert "senyap:" not in text
    assert "Tidak ada akun senyap" not in text
    assert "bukan berarti tidak aktif" in text


def test_an_empty_register_still_gives_a_report() -> None:
    audit = kota_contoh()
    register = replace(audit.register, agencies=(), accounts=())
    empty = Audit(AS_OF, register, audit.book, ())
    for width in (40, 80, 120):
        assert "Alat ini tidak menutup akun apa pun" in " ".join(report(audit=empty, width=width).split())


# --- labels and stages ---


@pytest.mark.parametrize(
    ("found", "label"),
    [
        pytest.param(as_found(confirmed=False), "Terindikasi tidak aktif", id="unconfirmed"),
        pytest.param(as_found(), "Tidak aktif (tahap pengingat)", id="confirmed, before the first letter is due"),
        pytest.param(as_found(DUE), "Tidak aktif", id="from the first letter on"),
        pytest.param(as_found(DUE, confirmed=False), "Terindikasi tidak aktif", id="unconfirmed, however long"),
        pytest.param(
            as_found(DUE, silent_since=LOOK - 90 * DAY), "Tidak aktif", id="exactly when the first letter is due"
        ),
        pytest.param(
            as_found(DUE, silent_since=LOOK - 90 * DAY + timedelta(seconds=1)),
            "Tidak aktif (tahap pengingat)",
            id="one second before the first letter is due",
        ),
        pytest.param(find("x:kominfo_contoh"), "Hilang: ditangguhkan", id="lost, with its reason"),
        pytest.param(
            find("facebook:kec.barat.kota.contoh"),
            "Tidak dapat diperiksa: terputus (token ditolak)",
            id="unknown, with its reason and the closer word",
        ),
        pytest.param(find("instagram:pemkot.kota.contoh"), "Aktif", id="active"),
    ],
)
def test_the_label_grows_with_the_evidence(found: Audited, label: str) -> None:
    assert status_label(found, W) == label


def outside(found: Audited, relation: Relation) -> Audited:
    policy = replace(found.policy, letters=False)
    return replace(
        found, agency=replace(found.agency, relation=relation), policy=policy, advice=Advice(AdviceCode.REMIND)
    )


@pytest.mark.parametrize(
    ("found", "reached"),
    [
        (find("facebook:disdik.kota.contoh"), Stage.PROPOSE),
        (find("x:pemkot_contoh"), Stage.REACTIVATE),
        (find(DUE), Stage.LETTER),
        (find(INACTIVE), Stage.EARLY),
        (find("instagram:spmb.kota.contoh"), Stage.EXEMPT),
        (as_found(overlays=frozenset({Overlay.NEW})), Stage.NEW),
        (outside(find(DUE), Relation.ABOVE), Stage.MEMO),
        (outside(find(INACTIVE), Relation.ABOVE), Stage.EARLY),
        (outside(find(DUE), Relation.OUTSIDE), Stage.OUTSIDE),
        (replace(find(DUE), advice=Advice(AdviceCode.LOOK)), Stage.LOOK),
    ],
    ids=[
        "may be proposed",
        "must be reactivated",
        "letter due",
        "before the letter",
        "exempt",
        "new",
        "above: a memo, never a letter",
        "above, before a letter would be due",
        "outside: nothing is written",
        "a look is owed first",
    ],
)
def test_a_silence_has_one_stage(found: Audited, reached: Stage) -> None:
    assert stage(found) is reached


def test_a_silence_seen_through_a_partial_route_says_so() -> None:
    sentence = reason_sentence(as_found(confirmed=False, reason_detail="silent_as_far_as_visible"), W)
    assert "jalur ini tidak menampilkan semuanya" in sentence


def test_days_come_from_looking_and_an_unread_account_has_none() -> None:
    seen = view(kota_contoh(), W)
    assert [line.days for line in seen.silent] == sorted((line.days or 0 for line in seen.silent), reverse=True)
    lines = {line.account: line for line in seen.roster}
    assert lines["threads:pemkot.kota.contoh"].days is None
    assert lines["threads:pemkot.kota.contoh"].posts == "–"
    assert lines["feed:https://www.kotacontoh.example/feed/"].posts == "20+"


def test_what_only_a_known_post_proves_says_until_when() -> None:
    seen = view(kota_contoh(), W)
    assert "Belum senyap, terbukti s.d. 5 Des" not in seen.slow
    assert "Belum senyap, terbukti s.d. 5 Des: feed:https://diskominfo.kotacontoh.example/rss.xml" in seen.carried


def test_offices_stand_in_the_order_of_the_register_with_their_sum() -> None:
    seen = view(kota_contoh(), W)
    assert [office.name for office in seen.offices][:3] == [
        "Pemerintah Kota Contoh",
        "Dinas Komunikasi dan Informatika",
        "Dinas Kesehatan",
    ]
    for name in ("accounts", "active", "slow", "silent", "lost", "unknown", "posts"):
        assert getattr(seen.total, name) == sum(getattr(office, name) for office in seen.offices)


# --- what to do ---


def test_there_are_at_most_ten_tasks_and_alarms_come_first() -> None:
    audit = kota_contoh()
    lost = find("x:kominfo_contoh")
    many = [replace(lost, account=replace(lost.account, key=f"x:hilang_{n}")) for n in range(30)]
    wrong = replace(find("facebook:kec.barat.kota.contoh"), advice=Advice(AdviceCode.FIX_ENTRY))
    found = tasks(replace(audit, problems=("satu",)), [*audit.rows, *many, wrong], W)
    assert len(found) == 10
    assert found[0].verb == "AMANKAN"
    assert found[0].deadline == "hari ini"
    assert len({task.verb for task in found}) == 8
    assert any("32 akun" in task.text or "31 akun" in task.text for task in found)


def test_without_a_set_policy_letters_wait() -> None:
    waiting = {task.verb: task.deadline for task in tasks(kota_contoh(), kota_contoh().rows, W)}
    assert waiting["SURATI"] == waiting["USULKAN"] == waiting["AKTIFKAN"] == "masa pembenahan"
    assert "policy.yaml: set_by, ladder.starts_on" in view(kota_contoh(), W).task_note


def test_with_a_set_policy_letters_are_due_on_friday() -> None:
    due = {task.verb: task.deadline for task in tasks(started(), started().rows, W)}
    assert due["SURATI"] == due["USULKAN"] == due["INGATKAN"] == "Jum 27 Nov"
    assert view(started(), W).task_note == ""


@pytest.mark.parametrize(
    ("starts", "waits"),
    [(date(2026, 11, 24), True), (date(2026, 11, 23), False)],
    ids=["the ladder starts tomorrow", "the ladder starts today, by the office's calendar"],
)
def test_the_ladder_starts_on_its_day(starts: date, waits: bool) -> None:
    book = replace(kota_contoh().book, set_by="Sekda", ladder_starts_on=starts)
    audit = replace(kota_contoh(), book=book, as_of=datetime(2026, 11, 22, 18, tzinfo=UTC))
    assert bool(view(audit, W).task_note) is waits


def test_a_task_about_one_account_shows_it_and_one_about_many_lists_them() -> None:
    commands = [task.command for task in view(kota_contoh(), W).tasks]
    assert "auditor show x:kominfo_contoh" in commands
    assert "auditor report --advice remind" in commands
    assert "auditor check" in commands


def test_a_blind_spot_that_withholds_nobody_is_told_too() -> None:
    spot = BlindSpot("threads", "credential_rejected", AS_OF - DAY, ())
    told = tasks(replace(kota_contoh(), blind_spots=(spot,)), kota_contoh().rows[:1], W)
    assert [task.text for task in told] == [
        "Threads tidak terlihat sejak Min 22 Nov 2026, 07.00 WIB (token ditolak); tidak ada akun yang tertahan"
    ]


def test_every_account_nothing_here_reads_is_counted_also_an_exempt_one() -> None:
    found = find("threads:dukcapil.kota.contoh")
    exempt = replace(found, advice=Advice(AdviceCode.NONE))
    told = tasks(replace(kota_contoh(), blind_spots=()), (found, exempt), W)
    assert [task.text for task in told if task.verb == "SAMBUNG"] == ["2 akun belum disambungkan: Threads 2"]


def test_nothing_to_do_is_said() -> None:
    audit = only(kota_contoh(), kota_contoh().rows[0])
    assert "Tidak ada yang harus dikerjakan." in report(audit=replace(audit, blind_spots=()))


def test_a_register_problem_is_a_task() -> None:
    found = tasks(replace(kota_contoh(), problems=("accounts.yaml:1:1: salah",)), (), W)
    assert any("accounts.yaml:1:1: salah" in task.detail and task.command == "auditor check" for task in found)


# --- changes ---


def moved(old: Status | None, new: Status, hours: int) -> Change:
    return Change("x:a", old, new, AS_OF, Reason.RECENT, AS_OF + timedelta(hours=hours))


def test_there_and_back_is_no_change_and_only_the_net_change_is_told() -> None:
    back = [moved(Status.ACTIVE, Status.SLOW, 1), moved(Status.SLOW, Status.ACTIVE, 2)]
    assert net_changes(back) == []
    through = [moved(Status.INACTIVE, Status.SLOW, 1), moved(Status.SLOW, Status.ACTIVE, 2)]
    assert net_changes(through) == [(through[1], Status.INACTIVE)]


def test_reactivated_is_silent_before_and_posting_now() -> None:
    assert is_reactivated(Status.INACTIVE, Status.ACTIVE)
    assert is_reactivated(Status.NEVER_POSTED, Status.SLOW)
    assert not is_reactivated(Status.UNKNOWN, Status.ACTIVE)
    assert not is_reactivated(Status.INACTIVE, Status.UNKNOWN)
    assert not is_reactivated(None, Status.ACTIVE)


def test_an_entry_taken_off_the_list_is_named() -> None:
    assert "x:lama_contoh dikeluarkan dari daftar" in report()
    assert "x:lama_contoh" not in report(only=Selection(agency="disdik-contoh"))


# --- limits ---


def test_no_section_prints_more_than_twenty_rows_and_says_how_many_it_left_out() -> None:
    audit = kota_contoh()
    found = find(INACTIVE)
    many = [replace(found, account=replace(found.account, key=f"tiktok:akun_{n:03}")) for n in range(51)]
    text = report(audit=only(audit, *many), width=120)
    assert len(re.findall(r"^ tiktok:akun_\d+ ", text, re.MULTILINE)) == MOST
    assert "dan 31 lagi: auditor report --all" in text
    everything = report(audit=only(audit, *many), width=120, everything=True)
    assert len(re.findall(r"^ tiktok:akun_050 ", everything, re.MULTILINE)) == 2  # as silent, and in the whole list


def test_an_asked_list_is_complete() -> None:
    found = find(INACTIVE)
    many = [replace(found, account=replace(found.account, key=f"tiktok:akun_{n:03}")) for n in range(51)]
    text = report(audit=only(kota_contoh(), *many), only=Selection(advice=frozenset({"remind"})))
    assert len(re.findall(r"^ tiktok:akun_\d+ ", text, re.MULTILINE)) == 51
    assert "KERJAKAN" not in text


def test_the_roster_is_one_line_an_account_and_cuts_nothing() -> None:
    found = find(INACTIVE)
    long = replace(found, account=replace(found.account, key="tiktok:" + "a" * 120))
    lines = list(roster(only(kota_contoh(), long), W))
    assert len(lines) == 5
    assert "a" * 120 in lines[2]


def test_the_roster_in_ascii_is_ascii() -> None:
    assert all(line.isascii() for line in roster(kota_contoh(), W, ascii_only=True))


# --- small things ---


def test_sparks_tell_none_not_known_and_the_fullest_week_apart() -> None:
    weeks = (None, 0, 1, 4, 8)
    assert spark(weeks, BLOCKS) == "–·▁▄█"
    assert spark(weeks, ASCII) == "?.:=#"
    assert spark((0, 0), BLOCKS) == "··"


def test_weeks_of_an_office_are_known_where_any_of_its_accounts_was_read() -> None:
    rows = [find("feed:https://www.kotacontoh.example/feed/"), find("threads:pemkot.kota.contoh")]
    assert weekly(rows) == (None,) * 6 + (4, 5, 5, 4, 6, 5)


def test_names_lose_the_ending_most_of_them_share_and_keep_what_tells_them_apart() -> None:
    names = ["Pemerintah Kota Contoh", "Dinas Kesehatan Kota Contoh", "Dinas Pendidikan Kota Contoh", "Camat Utara"]
    assert list(short_names(names).values()) == [
        "Pemerintah Kota Contoh",
        "Dinas Kesehatan",
        "Dinas Pendidikan",
        "Camat Utara",
    ]
    assert short_names(["a b", "c d"]) == {"a b": "a b", "c d": "c d"}


def test_a_short_code_can_be_read_aloud() -> None:
    assert short_code("sha256:3f9a1c07aaaa") == "3f9a-1c07"


def test_a_command_can_be_pasted_whatever_the_account_is_called() -> None:
    assert shell_word("x:dinkes_contoh") == "x:dinkes_contoh"
    assert shell_word("mastodon:@a@b.example:8443") == "mastodon:@a@b.example:8443"
    assert shell_word("x:a; rm -rf /") == "'x:a; rm -rf /'"


def test_the_evidence_code_is_the_same_in_every_language_and_changes_with_the_facts() -> None:
    def code(text: str) -> str:
        return re.findall(r"(?:bukti|evidence) (\S+)", text)[-1]

    assert code(report()) == code(report("en"))
    other = replace(kota_contoh(), rows=(as_found(observed_at=LOOK + DAY), *kota_contoh().rows[1:]))
    assert code(report(audit=other)) != code(report())


def test_reports_load_nothing_heavy() -> None:
    """The report must start fast: no network, no scheduler, no validation library, no colour where none is shown."""
    script = (
        "import sys; from auditor.reports import json, roster, terminal, view\n"
        "from auditor.words import words; words('id')('report.title')\n"
        "heavy = {'httpx', 'apscheduler', 'pydantic', 'lxml', 'sqlite_utils', 'sqlite3', 'yaml', 'rich', 'asyncio'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_first_day_claims_no_comparison_and_no_look() -> None:
    audit = kota_contoh()
    rows = tuple(
        replace(r, verdict=replace(r.verdict, status=Status.UNKNOWN, reason=Reason.NOT_YET, observed_at=None))
        for r in audit.rows[:3]
    )
    text = " ".join(report(audit=replace(audit, rows=rows, changes=(), removed=(), blind_spots=())).split())
    assert "diaktifkan kembali." not in text
    assert "3 akun belum dapat diperiksa (3 belum dilihat)" in text
    assert "Belum pernah dilihat · bukti" in text
