"""What YAML refuses, or reads as something nobody meant: place, cause, and the exact text to write.

Every row is one entry of an office's list between two sound ones; whatever is wrong with it, the office after it is
still checked.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.config.load import Loaded, Rejected, load
from auditor.config.problems import Problem
from auditor.platforms import platforms

from .folder import agency, rejected, write

HEAD = "agencies:\n  - name: Dinas Kesehatan\n    id: dinkes\n    accounts:\n      - tiktok: satu\n      "
TAIL = "\n  - name: Dinas Lain\n    id: lain\n    accounts:\n      - x: nama-yang-terlalu-panjang\n"


def read(entry: str, folder: Path, language: str = "id") -> list[Problem]:
    found = load(write(folder, accounts=HEAD + entry + TAIL), platforms(), language)
    assert isinstance(found, Rejected)
    return [problem for problem in found.problems if problem.severity == "error"]


AT = "harus diapit tanda kutip"
ROWS = [
    ("an at sign", "- tiktok: @dinkes", (6, 17), f'"@" di awal {AT}', 'tulis "@dinkes" atau dinkes'),
    ("an at sign without a platform", "- @dinkes", (6, 9), "platformnya belum disebut", 'tulis instagram: "@dinkes"'),
    ("a per cent sign", "- x: %dinkes", (6, 12), f'"%" di awal {AT}', 'tulis "%dinkes" atau dinkes'),
    ("a backtick", "- x: `dinkes`", (6, 12), f'"`" di awal {AT}', 'tulis "`dinkes`" atau dinkes'),
    ("an asterisk", "- x: *dinkes", (6, 12), f'"*" di awal {AT}', 'tulis "*dinkes" atau dinkes'),
    ("an asterisk in a note", "- x: a\n        note: *penting* sekali", (7, 15), f'"*" di awal {AT}',
     'tulis "*penting* sekali"'),
    ("an ampersand", "- {x: a, note: b, opened: 2019}\n      - telegram: &dinkes", (7, 19), f'"&" di awal {AT}',
     'tulis "&dinkes" atau dinkes'),
    ("an ampersand in a note", "- x: a\n        note: & lain-lain", (7, 15), f'"&" di awal {AT}',
     'tulis "& lain-lain"'),
    ("an exclamation mark, which would eat the note", "- x: a\n        note: !penting", (7, 15), f'"!" di awal {AT}',
     'tulis "!penting" atau penting'),
    ("a bar", "- x: |dinkes", (6, 12), f'"|" di awal {AT}', 'tulis "|dinkes" atau dinkes'),
    ("a greater-than sign", "- x: >dinkes", (6, 12), f'">" di awal {AT}', 'tulis ">dinkes" atau dinkes'),
    ("a hyphen in a note", "- x: a\n        note: - penting", (7, 15), f'"-" di awal {AT}', 'tulis "- penting"'),
    ("a number sign, which hides the name", "- x: #dinkes", (6, 12), "memulai catatan", "tulis dinkes"),
    ("no blank after the colon", "- instagram:dinkes", (6, 9), "beri spasi sesudah titik dua",
     "tulis instagram: dinkes"),
    ("no blank before an at sign", "- tiktok:@dinkes", (6, 9), "beri spasi", 'tulis tiktok: "@dinkes"'),
    ("no blank after url:", "- url:https://x.com/a", (6, 9), "beri spasi", "tulis url: https://x.com/a"),
    ("no blank in several keys", "- platform:instagram\n        handle:dinkes", (6, 9), "beri spasi",
     "tulis platform: instagram"),
    ("an equals sign", "- x = a", (6, 9), "sesudah x harus titik dua", "tulis x: a"),
    ("a semicolon", "- ig; dinkes", (6, 9), "sesudah instagram harus titik dua", "tulis instagram: dinkes"),
    ("a colon of another script", "- x：a", (6, 9), "sesudah x harus titik dua", "tulis x: a"),
    ("a blank that is none", "- x:\u00a0a", (6, 9), "beri spasi", "tulis x: a"),
    ("a blank that is none after the hyphen", "-\u00a0x: a", (6, 8), "U+00A0", "tulis - x: a"),
    ("no blank after the hyphen", "-x: a", (6, 7), "spasi sesudah tanda hubung", "tulis - x: a"),
    ("no blank between hyphen and link", "-https://x.com/a", (6, 7), "spasi sesudah tanda hubung",
     "tulis - https://x.com/a"),
    ("no hyphen", "x: a", (6, 7), "diawali tanda hubung", "tulis - x: a"),
    ("a bullet", "• https://x.com/a", (6, 7), '"•" bukan tanda hubung', "tulis - https://x.com/a"),
    ("a dash", "– https://x.com/a", (6, 7), '"–" bukan tanda hubung', "tulis - https://x.com/a"),
    ("an asterisk as a bullet", "* https://x.com/a", (6, 7), '"*" bukan tanda hubung', "tulis - https://x.com/a"),
    ("a tab", "- x: a\n\t  - x: b", (7, 1), "ganti tab dengan spasi", ""),
    ("a tab among blanks", "- x: a\n      \t note: b", (7, 7), "ganti tab dengan spasi", ""),
    ("Word's quotes", "- x: “dinkes”", (6, 12), "tanda kutip pengolah kata", 'tulis "dinkes"'),
    ("a quote never closed", '- x: "dinkes', (6, 12), "dibuka di sini dan tidak ditutup", ""),
    ("an apostrophe inside single quotes", "- {x: a, note: 'Jum'at'}", (6, 22), "di dalam tanda kutip",
     'tulis "Jum\'at"'),
    ("text behind the quotes", '- x: a\n        note: "dinkes" kota', (7, 24), "sesudah tanda kutip penutup",
     'tulis "dinkes kota"'),
    ("a comma as in JSON", '- "https://x.com/a",', (6, 26), "koma di akhir", 'tulis "https://x.com/a"'),
    ("a comma behind a link", "- https://x.com/a,", (6, 9), '"," di akhir', "tulis https://x.com/a"),
    ("no blank after the colon of a second key", "- x: a\n        note:b", (7, 9), "beri spasi sesudah titik dua",
     "tulis note: b"),
    ("quotes inside quotes", '- x: a\n        note: "Dinas "Sosial" kota"', (7, 23), "sesudah tanda kutip penutup",
     "tulis 'Dinas \"Sosial\" kota'"),
    ("a quote inside a link", '- "https://x.com/a"b"', (6, 26), "sesudah tanda kutip penutup",
     'tulis "https://x.com/ab"'),
    ("a conflict of git", "- x: a\n<<<<<<< HEAD\n      - telegram: dinkes\n=======\n>>>>>>> x", (9, 1),
     "penanda bentrok git", ""),
    ("a colon behind a name", "- x: dinkes:", (6, 18), "titik dua di akhir", "tulis x: dinkes"),
    ("a colon behind a link", "- https://x.com/dinkes:", (6, 9), '":" di akhir', "tulis https://x.com/dinkes"),
    ("a colon in a note", "- x: a\n        note: catatan: penting", (7, 15), f"titik dua di dalam teks {AT}",
     'tulis note: "catatan: penting"'),
    ("several keys in one line", "- x: a, note: b", (6, 12), "kurung kurawal", "tulis - {x: a, note: b}"),
    ("two accounts in one line", "- x: a instagram: b", (6, 14), "beri baris sendiri", "tulis x: a"),
    ("a link in angle brackets", "- <https://x.com/a>", (6, 9), "tanpa < dan >", "tulis https://x.com/a"),
    ("a link as chats write it", "- [IG](https://www.instagram.com/dinkes)", (6, 9), "alamatnya saja",
     "tulis https://www.instagram.com/dinkes"),
    ("a bracket never closed", "- x: [dinkes", (6, 12), "kurung dibuka", ""),
    ("a brace never closed", "- {x: dinkes", (6, 9), "kurung dibuka", ""),
    ("one column too far left", "- x: a\n     - telegram: dinkes", (7, 6), "tidak sejajar",
     "mulai di kolom 7 seperti baris 6"),
    ("two columns too far right", "- x: a\n        - telegram: dinkes", (7, 9), "tidak sejajar",
     "mulai di kolom 7 seperti baris 6"),
    ("a key one column too far left", "- url: https://x.com/a\n       note: b", (7, 8), "tidak sejajar",
     "mulai di kolom 9 seperti baris 6"),
    ("a key written twice", "- {x: a, x: b}", (6, 16), "kunci x ditulis dua kali", ""),
    ("a time", "- x: 12:30", (6, 12), "12:30 bukan nama pengguna x", ""),
    ("a day that does not exist", "- {x: a, opened: 2026-02-30}", (6, 24), "hanya sampai tanggal 28", ""),
    ("a day with points", "- {x: a, opened: 26.07.2019}", (6, 24), "bukan tahun atau tanggal", "tulis 2019-07-26"),
    ("a backslash", '- x: "a\\dinkes"', (6, 14), "garis miring terbalik", ""),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "place", "message", "hint"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_a_slip_has_its_place_its_cause_and_the_text_to_write(
    tmp_path: Path, entry: str, place: tuple[int, int], message: str, hint: str
) -> None:
    here = [p for p in read(entry, tmp_path) if (p.line, p.column) == place]
    assert [message in p.message for p in here] == [True]
    assert here[0].hint == hint
    assert " Dinas Kesehatan: " in str(here[0])


@pytest.mark.parametrize("entry", [row[1] for row in ROWS], ids=[row[0] for row in ROWS])
def test_after_a_slip_the_next_office_is_still_checked_at_its_own_line(tmp_path: Path, entry: str) -> None:
    last = read(entry, tmp_path)[-1]
    assert (last.line, last.path) == (10 + entry.count("\n"), "agencies.1.accounts.0.x")
    assert str(last).startswith(f"accounts.yaml:{last.line}:12: akun ke-1 Dinas Lain: nama-yang-")


@pytest.mark.parametrize("entry", [row[1] for row in ROWS], ids=[row[0] for row in ROWS])
def test_both_languages_name_the_same_places(tmp_path: Path, entry: str) -> None:
    found = {
        language: {(p.line, p.column, p.path) for p in read(entry, tmp_path, language)} for language in ("id", "en")
    }
    assert found["id"] == found["en"]


def test_a_list_indented_with_tabs_is_read_as_one_indented_with_blanks(tmp_path: Path) -> None:
    """Beside the tabs only what is wrong without them: an office is not taken for an account of the one before."""
    text = "agencies:\n\t- name: A\n\t  id: a\n\t  accounts:\n\t\t- x: aa\n\t\t- tiktok: @bb\n"
    text += "\t- name: B\n\t  id: b\n\t  accounts:\n\t\t- x: 12:30\n"
    found = load(write(tmp_path, accounts=text), platforms(), "id")
    said = [(p.line, p.path) for p in found.problems if "ganti tab" not in p.message]
    assert said == [(6, "agencies.0.accounts.1"), (10, "agencies.1.accounts.0.x")]
    assert len(found.problems) == len(said) + 9


@pytest.mark.parametrize("language", ["id", "en"])
def test_after_a_tab_and_a_conflict_the_policy_is_still_read(tmp_path: Path, language: str) -> None:
    policy = (
        "policy:\n\tname: @baku\n  set_by: “Pemko”\n<<<<<<< HEAD\nhand_looks:\n  seconds_each:40\n=======\n>>>>>>> x\n"
    )
    found = load(write(tmp_path, accounts="agencies: []\n", policy=policy), platforms(), language)
    assert [(p.line, p.column) for p in found.problems] == [(2, 1), (2, 9), (3, 11), (4, 1), (6, 3), (7, 1), (8, 1)]
    hints = [problem.hint for problem in found.problems]
    write_this = {"id": "tulis", "en": "write"}[language]
    assert hints[2] == f'{write_this} "Pemko"'
    assert hints[4] == f"{write_this} seconds_each: 40"


@pytest.mark.parametrize("entry", [row[1] for row in ROWS if row[4].startswith("tulis - ")])
def test_the_text_to_write_is_accepted_where_it_is_written(tmp_path: Path, entry: str) -> None:
    hint = next(p.hint for p in read(entry, tmp_path) if p.line == 6)
    text = HEAD + hint.removeprefix("tulis ") + "\n"
    assert isinstance(load(write(tmp_path, accounts=text), platforms()), Loaded)


LEGAL = [
    ("a word for no", "- x: no"),
    ("a per cent sign later on", "- {x: a, note: 50% aktif}"),
    ("a number sign inside a word", "- {x: a, note: a#b}"),
    ("a remark", "- x: a # dikelola humas"),
    ("a remark without a blank", "- x: a #humas"),
    ("a tab after the colon", "- x:\tdinkes"),
    ("an anchor and its alias", "- {x: a, note: &n lama}\n      - {telegram: dinkes, note: *n}"),
    ("a text over several lines", "- x: a\n        note: |\n          - bukan: butir\n          @bukan nilai"),
    ("a Windows line end", "- x: a\r"),
]


@pytest.mark.parametrize("entry", [row[1] for row in LEGAL], ids=[row[0] for row in LEGAL])
def test_what_is_legal_and_meant_is_left_alone(tmp_path: Path, entry: str) -> None:
    (tmp_path / "accounts.yaml").write_bytes((HEAD + entry + "\n").encode())
    found = load(tmp_path, platforms())
    assert isinstance(found, Loaded)
    assert len(found.register.accounts) >= 2


def test_an_alias_that_is_meant_is_no_slip_beside_one(tmp_path: Path) -> None:
    found = read("- {x: a, note: &n lama}\n      - {telegram: dinkes, note: *n}\n      - threads: @dinkes", tmp_path)
    assert [p.line for p in found] == [8, 12]


def test_a_line_that_is_askew_and_broken_besides_does_not_end_the_reading(tmp_path: Path) -> None:
    first, *_, last = read("- url: https://x.com/a\n       note: [b", tmp_path)
    assert (first.line, "tidak sejajar" in first.message, last.line) == (7, True, 11)


def test_slips_in_several_offices_are_all_named_at_their_own_lines(tmp_path: Path) -> None:
    slips = ('- x: "a', "- tiktok: @b", "-x: c", "- [d](https://x.com/d", "- telegram: &e", "- x: f: g", "- {x: h")
    text = "agencies:\n"
    for number, slip in enumerate(slips):
        text += f"  - name: Kantor {number}\n    id: k{number}\n    accounts:\n      {slip}\n      - youtube: x y\n"
    problems = rejected(tmp_path, accounts=text)
    assert {p.line for p in problems} == {n for k in range(len(slips)) for n in (5 + 5 * k, 6 + 5 * k)}
    for problem in problems:
        assert problem.path.startswith(f"agencies.{(problem.line - 2) // 5}"), problem


def test_a_place_is_told_in_the_words_of_the_office_and_machines_get_the_path(tmp_path: Path) -> None:
    text = agency("x: a", "x: b", "tiktok: @dinkes").replace("id: dinkes", "id: dinkes\n    timezone: WIB")
    first, second = rejected(tmp_path, "id", accounts=text)
    assert str(first).startswith("accounts.yaml:4:15: Dinas Kesehatan: timezone: zona waktu WIB")
    assert str(second) == (
        'accounts.yaml:8:17: akun ke-3 Dinas Kesehatan: "@" di awal harus diapit tanda kutip; '
        'tulis "@dinkes" atau dinkes'
    )
    assert (first.path, second.path) == ("agencies.0.timezone", "agencies.0.accounts.2")


def test_a_number_with_a_comma_is_answered_with_a_point(tmp_path: Path) -> None:
    (problem,) = rejected(tmp_path, "id", accounts="agencies: []\n", auditor="network: {timeout_seconds: '1,5'}\n")
    assert problem.hint == "tulis 1.5"
