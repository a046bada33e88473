"""Every defect of a file is named at its line and column, with its cause and the text to write, all in one pass.

`cases/NAME.yaml` is a file as people write it; `cases/NAME.expected` the whole answer. The first word of the name says
which of the three files it is.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest

from auditor.config.load import Loaded, Rejected, load, problems_json
from auditor.config.nodes import parse, plain, texts
from auditor.config.schema import schemas
from auditor.platforms import platforms

from .folder import agency, loaded, rejected, write

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
FILES = {"register": "accounts", "policy": "policy", "auditor": "auditor"}


def run(case: Path, folder: Path, language: str) -> Loaded | Rejected:
    file = FILES[case.name.partition("-")[0]]
    return load(write(folder, **{"accounts": "agencies: []\n", file: case.read_text("utf-8")}), platforms(), language)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_every_problem_of_a_file_is_named_in_one_pass(case: Path, tmp_path: Path) -> None:
    problems = run(case, tmp_path, "id").problems
    assert "".join(f"{p.severity} {p}\n" for p in problems) == case.with_suffix(".expected").read_text("utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_both_languages_find_the_same(case: Path, tmp_path: Path) -> None:
    indonesian, english = (run(case, tmp_path, language).problems for language in ("id", "en"))

    def places(problems: object) -> list[tuple[str, int, int, str, str]]:
        return sorted((p.file, p.line, p.column, p.path, p.severity) for p in problems)  # type: ignore[attr-defined]

    assert places(indonesian) == places(english)
    assert not {p.message for p in indonesian} & {p.message for p in english}


SHAPE = ("unknown key", "must be", "choose from", "item must")  # what a schema can say too


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_program_and_schema_agree_on_the_shape_of_a_file(case: Path, tmp_path: Path) -> None:
    """What the schema refuses the program refuses; keys, kinds and words that the program refuses, the schema does."""
    parsed = parse(case.read_text("utf-8"))
    name = FILES[case.name.partition("-")[0]]
    document = texts(parsed.node) if name == "accounts" else plain(parsed.node)
    valid = jsonschema.Draft202012Validator(schemas()[name]).is_valid(document)
    errors = [p.message for p in run(case, tmp_path, "en").problems if p.severity == "error"]
    assert valid or errors
    assert not valid or not any(word in message for word in SHAPE for message in errors) or parsed.broken


# What YAML makes of a slip, and what the officer must get instead.
SLIPS = [
    ("an at sign at the start of a value", "tiktok: @dinkes", (5, 17),
     '"@" di awal harus diapit tanda kutip', 'tulis "@dinkes" atau dinkes'),
    ("a time", "x: 12:30", (5, 12), "12:30 bukan nama pengguna x", ""),
    ("no blank after the colon", "instagram:dinkes", (5, 9), "beri spasi sesudah titik dua", "tulis instagram: dinkes"),
    ("typographic quotes", "x: “dinkes”", (5, 12), "tanda kutip pengolah kata", 'tulis "dinkes"'),
    ("a day that does not exist",
     "{x: a, exempt: {kind: crisis, reason: a, document: b, approved_by: c, from: 2027-02-01, until: 2027-02-30}}",
     (5, 104), "Februari 2027 hanya sampai tanggal 28", ""),
    ("a tab", "x: a\n\t  - x: b", (6, 1), "ganti tab dengan spasi", ""),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "place", "message", "hint"), [s[1:] for s in SLIPS], ids=[s[0] for s in SLIPS])
def test_a_slip_is_answered_with_place_cause_and_cure(
    tmp_path: Path, entry: str, place: tuple[int, int], message: str, hint: str
) -> None:
    problem = rejected(tmp_path, "id", accounts=agency(entry))[0]
    assert (problem.line, problem.column) == place
    assert message in problem.message
    assert problem.hint == hint


def test_a_problem_prints_as_place_office_cause_and_cure_and_machines_get_the_path(tmp_path: Path) -> None:
    problem = rejected(tmp_path, accounts=agency("{handel: dinkes}"))[0]
    expected = "accounts.yaml:5:10: account 1 of Dinas Kesehatan: unknown key handel; did you mean handle?"
    assert (str(problem), problem.path) == (expected, "agencies.0.accounts.0.handel")
    assert set(problems_json([problem])[0]) == {"file", "line", "column", "path", "message", "hint", "severity"}
    assert json.loads(json.dumps(problems_json([problem])))


def test_three_hundred_defects_in_ten_thousand_accounts_are_all_named(tmp_path: Path) -> None:
    slips = [
        "tiktok: @k{}",
        "instagram:k{}",
        "intagram: k{}",
        "x: nama-yang-terlalu-panjang-{}",
        "https://youtu.example/{}",
        "note: a: {}",
    ]
    lines, wrong = ["agencies:"], set()
    for office in range(500):
        lines += [f"  - name: Kantor {office}", f"    id: k{office}", "    accounts:"]
        for number in range(20):
            slip = (office * 20 + number) % 33 == 0 and len(wrong) < 300
            if slip:
                wrong.add(len(lines) + 1)
            text = slips[len(wrong) % 6].format(office) if slip else f"x: k{office}_{number}"
            lines.append(f"      - {text}")
    problems = rejected(tmp_path, accounts="\n".join(lines))
    assert len(wrong) == 300
    assert {p.line for p in problems} == wrong
    assert all(p.column >= 9 for p in problems)


LAUGHS = "".join(f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in pairwise("abcdefghijkl"))
LAUGHS = "a: &a [x]\n" + LAUGHS
HOSTILE = [
    ("nesting without end", "agencies: " + "[" * 100_000, "levels of nesting"),
    ("nesting by hyphens", "agencies: \n" + "- " * 100_000, "levels of nesting"),
    ("a billion laughs", LAUGHS, "aliases"),
    ("an alias of itself", "agencies: &a [*a]\n", "no anchor"),
    ("a control character", "agencies: []\nx: \x07\n", "control character"),
    ("a Python object", "agencies: !!python/object/apply:os.system ['echo']\n", "pairs of key: value"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), [h[1:] for h in HOSTILE], ids=[h[0] for h in HOSTILE])
def test_a_hostile_file_is_refused_in_words(tmp_path: Path, text: str, message: str) -> None:
    assert message in " ".join(p.message for p in rejected(tmp_path, accounts=text))


@pytest.mark.parametrize("entry", ['instagram: ""', 'telegram: "  "', "x:"])
def test_an_account_with_a_blank_handle_is_named_and_never_dropped(tmp_path: Path, entry: str) -> None:
    (problem,) = rejected(tmp_path, accounts=agency("x: dinkes", entry))
    assert (problem.severity, problem.line) == ("error", 6)


def test_messages_repeat_no_terminal_escapes(tmp_path: Path) -> None:
    entries = ('x: "\\e[31m"', '"\\e]0;x\\a"', '{"\\e[31m": a}', f"{{{'a' * 5000}: b}}", '{x: a, profile: "\\e[2J"}')
    problems = rejected(tmp_path, accounts=agency(*entries))
    assert len(problems) == len(entries)
    assert all(len(p.message) < 400 for p in problems)
    assert all(p.message.isprintable() and p.hint.isprintable() for p in problems)


ODD_BUT_LEGAL = [
    ("Windows line ends", agency("x: dinkes").replace("\n", "\r\n").encode()),
    ("a byte order mark", b"\xef\xbb\xbf" + agency("x: dinkes").encode()),
    ("UTF-16 as Notepad writes it", agency("x: dinkes").encode("utf-16")),
    ("flow style", b"{agencies: [{name: Dinas Kesehatan, id: dinkes, accounts: [{x: dinkes}]}]}"),
    ("JSON", b'{"agencies": [{"name": "Dinas Kesehatan", "id": "dinkes", "accounts": [{"x": "dinkes"}]}]}'),
    ("hyphens at the margin", b"agencies:\n- name: Dinas Kesehatan\n  id: dinkes\n  accounts:\n  - x: dinkes\n"),
    ("a document mark", b"---\n" + agency("x: dinkes").encode() + b"...\n"),
    ("a merge key", b"agencies:\n- {<<: {name: Dinas Kesehatan}, id: dinkes, accounts: [{x: dinkes}]}\n"),
    (
        "an anchor",
        b"agencies:\n- {name: &a Dinas Kesehatan, id: dinkes, contact: {name: *a}, accounts: [{x: dinkes}]}\n",
    ),
]


@pytest.mark.parametrize("data", [row[1] for row in ODD_BUT_LEGAL], ids=[row[0] for row in ODD_BUT_LEGAL])
def test_an_odd_but_legal_file_loads(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "accounts.yaml").write_bytes(data)
    assert [account.key for account in loaded(tmp_path).register.accounts] == ["x:dinkes"]


def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "accounts.yaml").write_bytes(agency("x: dinkes").encode() + b"# caf\xe9\n")
    problem = rejected(tmp_path)[0]
    assert (problem.line, problem.column) == (6, 6)
    assert "UTF-8" in problem.message
