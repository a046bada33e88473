"""What people told stands beside what was measured, and is never mixed with it; what nobody saw is no silence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.core.audit import Advice, AdviceCode, Audit, Audited
from auditor.core.hand import hand_plan
from auditor.core.model import Reason, Status
from auditor.reports.attested import attested_json
from auditor.reports.facts import Coverage, coverage, told as told_by, week_start
from auditor.reports.json import report_json, show_json
from auditor.reports.labels import missing_words, reason_sentence, status_and_stage
from auditor.reports.roster import roster
from auditor.reports.tasks import tasks
from auditor.reports.terminal import render_show
from auditor.reports.view import view
from auditor.words import Words, words

from .city import AS_OF, DAY, LOOK, kota_contoh
from .people import STATEMENTS, Said, told, unseen
from .rendering import CHANGES, EXCHANGES, history, report, row

W, E = words("id"), words("en")
HOUR = DAY / 24


def only(*rows: Audited) -> Audit:
    return replace(kota_contoh(), rows=rows, blind_spots=(), changes=(), removed=())


def look_task(audit: Audit) -> list[tuple[str, str, str, str]]:
    found = tasks(audit, audit.rows, W)
    return [(t.text, t.detail, t.deadline, t.command) for t in found if t.verb == "LIHAT"]


# --- looks that are owed ---


def test_the_task_counts_every_owed_look_with_its_minutes() -> None:
    rows = [unseen(name=f"threads:akun_{n}") for n in range(9)]
    ((text, detail, deadline, command),) = look_task(only(*rows))
    assert text.startswith("9 akun: threads:akun_0")
    assert (detail, deadline) == ("buka akunnya, tempel tautan unggahan terbarunya", "± 6 menit")
    assert command == "auditor worksheet"


def test_more_looks_than_the_week_holds_are_counted_and_the_share_of_the_week_is_told() -> None:
    rows = [unseen(name=f"threads:akun_{n}") for n in range(168)]
    ((text, detail, deadline, _),) = look_task(only(*rows))
    assert text.startswith("168 akun")
    assert deadline == "± 112 menit"
    assert detail == "pekan ini 45 akun (± 30 menit), 123 menyusul"


def test_a_look_by_hand_stands_after_the_letters_and_before_connecting() -> None:
    verbs = [task.verb for task in tasks(kota_contoh(), kota_contoh().rows, W)]
    assert verbs.index("SURATI") < verbs.index("INGATKAN") < verbs.index("LIHAT") < verbs.index("SAMBUNG")


def test_who_was_looked_at_is_owed_nothing_until_the_known_post_stops_proving_it() -> None:
    row_ = told(unseen())
    assert look_task(only(row_)) == []
    due = row_.verdict.proven_until
    assert due is not None
    later = replace(only(row_), as_of=due)
    assert look_task(later)[0][0] == "threads:dukcapil.kota.contoh"


def test_evidence_that_a_letter_still_lacks_is_named() -> None:
    silent = told(unseen(), status=Status.INACTIVE, days=100)
    owed = replace(silent, advice=Advice(AdviceCode.LOOK, LOOK, ("screenshot", "second_person")))
    ((_, detail, _, _),) = look_task(only(owed))
    assert detail == "masih kurang: bukti tangkapan layar, pemeriksa kedua"


def test_a_silence_that_people_saw_is_a_look_of_the_day_on_which_it_can_be_confirmed() -> None:
    silent = told(unseen(), status=Status.INACTIVE, days=100)
    verdict = replace(silent.verdict, confirmed=False, confirmable_at=AS_OF + 5 * DAY)
    waiting = only(replace(silent, verdict=verdict, advice=Advice(AdviceCode.LOOK, LOOK, ("confirmation",))))
    assert look_task(waiting) == []
    assert [task[0] for task in look_task(replace(waiting, as_of=AS_OF + 5 * DAY))] == ["threads:dukcapil.kota.contoh"]


@pytest.mark.parametrize("name", ["screenshot", "second_person", "confirmation", "look", "notice", "reminder", "cause"])
def test_what_is_still_owed_has_words_in_both_languages(name: str) -> None:
    assert missing_words([name], W) != name
    assert missing_words([name], W) != missing_words([name], E)


def test_the_week_of_looks_begins_on_monday_where_the_head_office_is() -> None:
    start = week_start(kota_contoh())
    assert start.isoformat() == "2026-11-23T00:00:00+07:00"
    assert week_start(replace(kota_contoh(), as_of=AS_OF - 8 * HOUR)) == start - 7 * DAY
    assert hand_plan((unseen(),), kota_contoh().book, AS_OF, start).week != ()


# --- what people told ---


def test_what_people_told_is_counted_apart_and_named_by_who_told_it() -> None:
    rows = (told(unseen(name="threads:a")), told(unseen(name="threads:b"), manager=True), kota_contoh().rows[0])
    assert told_by(rows) == (1, 1)
    assert coverage(only(*rows), rows) == Coverage(1, 2, 0, 0)
    text = " ".join(report(audit=only(*rows)).split())
    assert "2 akun menurut pengelola/pemeriksa, bukan mesin (pemeriksa 1, pengelola 1)." in text
    assert "Cara terlihat: 1 otomatis, 2 dengan tangan, 0 belum disambungkan, 0 terputus." in text


@pytest.mark.parametrize(
    ("manager", "sentence"),
    [(False, "1 akun menurut pemeriksa, bukan mesin."), (True, "1 akun menurut pengelola, bukan mesin.")],
    ids=["a checker", "the account's own manager"],
)
def test_one_kind_of_teller_is_named_alone(manager: bool, sentence: str) -> None:
    assert sentence in report(audit=only(told(unseen(), manager=manager)))


def test_a_report_of_machines_alone_says_nothing_of_people() -> None:
    assert "bukan mesin" not in report()


def test_a_look_by_hand_that_has_gone_stale_tells_nothing_any_more() -> None:
    row_ = told(unseen())
    stale = replace(
        row_, verdict=replace(row_.verdict, status=Status.UNKNOWN, reason=Reason.NOT_CONNECTED, reason_detail="stale")
    )
    assert told_by([stale]) == (0, 0)
    assert coverage(only(stale), [stale]) == Coverage(0, 0, 1, 0)


def test_a_silence_that_people_told_says_so_in_its_label_and_its_reason() -> None:
    silent = told(unseen(), status=Status.INACTIVE, days=45)
    assert status_and_stage(silent, only(silent), W).endswith(", menurut orang")
    assert "Menurut pemeriksa yang melihat akunnya" in reason_sentence(silent, W)
    by_manager = told(unseen(), status=Status.INACTIVE, days=45, manager=True)
    assert "Menurut pengelola akunnya" in reason_sentence(by_manager, W)
    measured = row(kota_contoh(), "tiktok:dukcapil.kota.contoh")
    assert "orang" not in status_and_stage(measured, kota_contoh(), W)


def test_what_a_known_post_alone_proves_says_until_when_in_report_roster_and_show() -> None:
    row_ = told(unseen())
    audit = only(row_)
    words_ = "Belum senyap, terbukti s.d. 20 Des"
    assert words_ in " ".join(report(audit=audit).split())
    assert any(words_ in line for line in roster(audit, W))
    assert words_ in render_show(row_, (), (), (), W, audit=audit, width=100, color=False, ascii_only=False)


def test_the_json_report_counts_looks_by_hand_and_keeps_its_shape() -> None:
    rows = (told(unseen(name="threads:a")), unseen(name="threads:b"))
    document = report_json(only(*rows), W)
    assert document["coverage"] == {"automatic": 0, "by_hand": 1, "not_connected": 1, "failing": 0}
    assert document["accounts"][0]["route"] == "hand"
    assert document["accounts"][1]["route"] is None


# --- the evidence of people ---


def shown(*statements: Said, width: int = 100, language: str = "id") -> str:
    audit = kota_contoh()
    told_ = [(LOOK + n * DAY, said) for n, said in enumerate(statements)]
    return render_show(
        row(audit),
        history(),
        CHANGES,
        EXCHANGES,
        words(language),
        audit=audit,
        width=width,
        color=False,
        ascii_only=False,
        told=told_,
    )


def test_show_prints_what_people_said_who_they_are_and_what_it_rests_on() -> None:
    text = " ".join(shown(*(said for _, said in STATEMENTS)).split())
    for part in (
        "MENURUT ORANG YANG MELIHAT (2)",
        "ada unggahan · Petugas Contoh (diskominfo-contoh)",
        "https://www.tiktok.com/@dukcapil.kota.contoh/video/7694484849219587349",
        "tanggal di dalam tautan Jum 9 Okt 2026, 06.41 WIB",
        "tidak ada unggahan baru · Petugas Contoh (diskominfo-contoh) · pemeriksa kedua Pemeriksa Contoh",
        "· keterangan pengelola · diundi untuk diperiksa ulang",
        "tanggal yang ditulis 09 Okt 2026",
        "0 unggahan dalam 30 hari menurutnya",
        "tangkapan layar sha256 abababababab",
        "aduan masuk 7 · aduan dijawab 5",
    ):
        assert part in text


def test_an_erased_name_is_said_to_be_erased_and_the_statement_stays() -> None:
    text = shown(Said(by="", second=""))
    assert text.count("nama sudah dihapus") == 2
    assert "ada unggahan" in text


def test_without_statements_show_has_no_such_section() -> None:
    assert "MENURUT ORANG" not in shown()


def test_statements_are_hostile_text() -> None:
    nasty = Said(
        "\x1b[31mapa", "Nama\u202e\x1b]0;x\x07", "kantor\n=1+1", link="https://a.example/\x1b[2J", screenshot="\x1b"
    )
    lines = shown(nasty, width=80).splitlines()
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize("said", ["post", "nothing_new", "no_post", "gone", "suspended", "private", "not_ours"])
def test_every_statement_has_words(said: str) -> None:
    for language in ("id", "en"):
        assert words(language).has(f"show.said.{said}")


def test_the_json_of_an_account_holds_the_statements() -> None:
    document = show_json(row(kota_contoh()), history(), CHANGES, EXCHANGES, W, STATEMENTS)
    assert document["attestations"] == attested_json(STATEMENTS)
    first, second = document["attestations"]
    assert (first["said"], first["minted_at"]) == ("post", "2026-10-08T23:41:00Z")
    assert "attestations" not in show_json(row(kota_contoh()), history(), CHANGES, EXCHANGES, W)
    assert (second["typed_on"], second["second"], second["manager"]) == ("2026-10-09", "Pemeriksa Contoh", True)


def test_a_look_by_hand_is_marked_among_the_looks() -> None:
    looks = tuple(replace(look, route="hand") for look in history())
    audit = kota_contoh()
    text = render_show(row(audit), looks, (), (), W, audit=audit, width=100, color=False, ascii_only=False)
    assert text.count("dilihat orang") >= len(looks)
    assert "akun kendali baik" not in text


# --- ways of not seeing ---


def test_the_four_ways_of_not_seeing_are_counted_apart() -> None:
    blind = row(kota_contoh(), "facebook:kec.barat.kota.contoh")
    mute = row(kota_contoh(), "telegram:bapenda_kota_contoh")
    rows = (unseen(name="threads:a"), unseen(name="threads:b", reason=Reason.NOT_YET), blind, mute)
    text = " ".join(report(audit=replace(only(*rows), compared_with=AS_OF - 7 * DAY)).split())
    assert (
        "4 akun belum dapat diperiksa (1 belum disambungkan, 1 terputus, 1 tidak dapat disimpulkan, 1 belum dilihat)"
        in text
    )
    assert "itu bukan berarti tidak aktif" in text
    assert {row_.verdict.status for row_ in rows} == {Status.UNKNOWN}
    assert not any(line.days for line in view(only(*rows), W).roster)


def test_a_cause_is_named_only_where_it_is_the_cause_of_all() -> None:
    mute = row(kota_contoh(), "telegram:bapenda_kota_contoh")
    assert look_task(only(mute))[0][1] == "buka akunnya; sebab: platform tidak menyebut sebabnya (1)"
    assert look_task(only(mute, unseen()))[0][1] == "buka akunnya, tempel tautan unggahan terbarunya"


@pytest.mark.parametrize(("w", "said"), [(W, "keterangan orang"), (E, "told by a person")], ids=["id", "en"])
def test_what_a_look_by_hand_rests_on_is_named_in_words(w: Words, said: str) -> None:
    silent = told(unseen(), status=Status.INACTIVE, days=100)
    marked = replace(silent, verdict=replace(silent.verdict, flags=frozenset({"attested", "second_person"})))
    page = render_show(marked, (), (), (), w, audit=only(marked), width=100, color=False, ascii_only=False)
    assert said in page
    assert "attested" not in page
    assert "second_person" not in page


def test_what_was_not_counted_is_not_said_to_be_within_limits() -> None:
    row = told(unseen())
    few = replace(
        row, verdict=replace(row.verdict, status=Status.ACTIVE, reason=Reason.RECENT, reason_detail="few_read")
    )
    assert "belum terbaca lengkap" in reason_sentence(few, W)
    all_read = replace(few, verdict=replace(few.verdict, reason_detail=None))
    assert "belum terbaca lengkap" not in reason_sentence(all_read, W)
