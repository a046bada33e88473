"""A register file is changed in its changed places only; what would not load is never written."""

from __future__ import annotations

import difflib
import json
import stat
from pathlib import Path

import pytest
from hypothesis import example, given, settings, strategies as st

from auditor.config.importing import Addition, Change, ImportPlan, NewAgency, add_found, apply_import
from auditor.config.nodes import Text, parse
from auditor.config.rewriting import FileChange, rewritten
from auditor.config.rewriting.text import written
from auditor.errors import UserError
from auditor.platforms import platforms

from .folder import loaded, write

ROOT = Path(__file__).parents[2]
KNOWN = platforms()
BLOCK = """\
# our list
defaults: {timezone: Asia/Jakarta}

agencies:
  - name: Dinas Kesehatan   # the first
    id: dinkes
    accounts:
      - https://x.com/dinkes_contoh      # main account
      - "https://www.facebook.com/dinkes.contoh"
      # a remark at the end

  - id: dinsos
    name: 'Dinas Sosial'
    accounts:
    - {instagram: dinsos.contoh, note: "akun \\"utama\\""}
    - url: https://t.me/dinsos_contoh
      note: |
        dua
        baris

# the end
"""


def extra(office: str, url: str, **more: str) -> Addition:
    key = {"https://www.tiktok.com/@": "tiktok:", "https://www.threads.com/@": "threads:"}
    found = next(name + url.removeprefix(start) for start, name in key.items() if url.startswith(start))
    return Addition(office, found, url, **more)


NEW = extra("dinkes", "https://www.tiktok.com/@dinkes.contoh")
NOTED = extra("dinkes", "https://www.tiktok.com/@dinkes.contoh", note="periksa")


def difference(before: str, after: str) -> list[str]:
    """Lines taken out and put in."""
    return [line for line in difflib.ndiff(before.splitlines(True), after.splitlines(True)) if line[0] in "+-"]


def test_nothing_to_change_leaves_every_byte(tmp_path: Path) -> None:
    write(tmp_path, accounts=BLOCK)
    assert apply_import(ImportPlan("", ()), tmp_path, KNOWN) == ()
    assert rewritten(BLOCK, FileChange(), "\n") == BLOCK
    assert (tmp_path / "accounts.yaml").read_text("utf-8") == BLOCK


@pytest.mark.parametrize("name", ["config/demo/accounts.yaml", "config/accounts.example.yaml"])
def test_an_entry_of_its_own_for_every_office_adds_lines_and_takes_none_away(name: str, tmp_path: Path) -> None:
    text = (ROOT / name).read_text("utf-8")
    before = loaded(tmp_path, accounts=text).register
    added = tuple(extra(a.id, f"https://www.threads.com/@uji.{n}.contoh") for n, a in enumerate(before.agencies))
    apply_import(ImportPlan("", (), additions=added), tmp_path, KNOWN)
    after = (tmp_path / "accounts.yaml").read_text("utf-8")
    changed = difference(text, after)
    assert not [line for line in changed if line.startswith("-") and "accounts: []" not in line]
    kept = [line for line in after.splitlines() if "threads.com/@uji." not in line]
    assert [line.replace(" []", "") for line in text.splitlines()] == [line.replace(" []", "") for line in kept]
    now = loaded(tmp_path).register
    for account in added:
        assert now.account[account.key].agency == account.agency


PLACES = {
    "behind the last entry of a block, in front of its comments": (
        [NEW],
        ["+       - https://www.tiktok.com/@dinkes.contoh\n"],
    ),
    "with a note in lines where no neighbour has braces": (
        [NOTED],
        ["+       - url: https://www.tiktok.com/@dinkes.contoh\n", "+         note: periksa\n"],
    ),
    "at the depth of its neighbours, behind a text of several lines": (
        [extra("dinsos", "https://www.tiktok.com/@dinsos.contoh")],
        ["+     - https://www.tiktok.com/@dinsos.contoh\n"],
    ),
}


@pytest.mark.parametrize(("added", "expected"), PLACES.values(), ids=PLACES)
def test_an_entry_is_put(added: list[Addition], expected: list[str], tmp_path: Path) -> None:
    write(tmp_path, accounts=BLOCK)
    apply_import(ImportPlan("", (), additions=tuple(added)), tmp_path, KNOWN)
    assert difference(BLOCK, (tmp_path / "accounts.yaml").read_text("utf-8")) == expected


LISTS = {
    "a block": "accounts:\n      - https://x.com/dinkes_contoh\n",
    "a block at the depth of its key": "accounts:\n    - https://x.com/dinkes_contoh\n",
    "braces in a block": "accounts:\n      - {x: dinkes_contoh, note: utama}\n",
    "brackets": "accounts: [https://x.com/dinkes_contoh]\n",
    "brackets over several lines with a last comma": "accounts: [\n      https://x.com/dinkes_contoh,\n    ]\n",
    "empty brackets": "accounts: []   # none yet\n",
    "nothing": "accounts:\n",
    "a tilde": "accounts: ~\n",
    "the word null": "accounts: null\n",
    "no key at all": "profile: standard\n",
    "a last value of several lines": "contact:\n      name: Subbagian Umum\n    accounts:\n      - url: >-\n          https://x.com/dinkes_contoh\n",
    "no line end at the end": "accounts:\n      - https://x.com/dinkes_contoh",
    "an entry behind a hyphen on a line of its own": "accounts:\n      -\n        url: https://x.com/dinkes_contoh\n",
}


@pytest.mark.parametrize("accounts", LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize("mark", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_way_to_write_a_list_takes_entries(accounts: str, newline: str, mark: str, tmp_path: Path) -> None:
    text = f"agencies:\n  - name: Dinas Kesehatan\n    id: dinkes\n    {accounts}".replace("\n", newline)
    (tmp_path / "accounts.yaml").write_bytes(text.encode(mark))
    before = loaded(tmp_path).register
    more = extra("dinkes", "https://www.threads.com/@dinkes.contoh")
    apply_import(ImportPlan("", (), additions=(NOTED, more)), tmp_path, KNOWN)
    data = (tmp_path / "accounts.yaml").read_bytes()
    after = loaded(tmp_path).register
    assert [a.key for a in after.accounts] == [*before.account, "tiktok:dinkes.contoh", "threads:dinkes.contoh"]
    assert after.account["tiktok:dinkes.contoh"].note == "periksa"
    assert data.decode(mark).count("\n") == data.decode(mark).count(newline)
    assert (data[:2] in (b"\xff\xfe", b"\xfe\xff")) is (mark == "utf-16")


def test_a_file_of_json_stays_json(tmp_path: Path) -> None:
    text = json.dumps({"agencies": [{"id": "dinkes", "name": "Dinas Kesehatan", "accounts": [{"x": "dinkes_contoh"}]}]})
    write(tmp_path, accounts=text)
    office = NewAgency("dinsos", "Dinas Sosial", "https://dinsos.kotacontoh.example")
    added = (NOTED, extra("dinsos", "https://www.tiktok.com/@dinsos.contoh"))
    change = Change("x:dinkes_contoh", "accounts.yaml:1", "dinkes_contoh", {"note": ("", "utama")}, before="dinkes")
    apply_import(ImportPlan("", (), agencies=(office,), additions=added, changes=(change,)), tmp_path, KNOWN)
    document = json.loads((tmp_path / "accounts.yaml").read_text("utf-8"))
    assert [item["id"] for item in document["agencies"]] == ["dinkes", "dinsos"]
    assert document["agencies"][0]["accounts"] == [
        {"x": "dinkes_contoh", "note": "utama"},
        {"url": "https://www.tiktok.com/@dinkes.contoh", "note": "periksa"},
    ]


def test_new_offices_stand_at_the_end_in_the_form_of_their_neighbours(tmp_path: Path) -> None:
    write(tmp_path, accounts=BLOCK)
    office = NewAgency("disdik", "Dinas Pendidikan: Kota Contoh")
    plan = ImportPlan("", (), agencies=(office,), additions=(extra("disdik", "https://www.tiktok.com/@disdik.contoh"),))
    apply_import(plan, tmp_path, KNOWN)
    assert sorted(difference(BLOCK, (tmp_path / "accounts.yaml").read_text("utf-8"))) == [
        "+ \n",
        "+     - https://www.tiktok.com/@disdik.contoh\n",
        "+     accounts:\n",
        '+     name: "Dinas Pendidikan: Kota Contoh"\n',
        "+   - id: disdik\n",
    ]


@pytest.mark.parametrize(
    "text", ["agencies:\n", "agencies: []\n", "agencies: ~  # none\n", "agencies:\n#  - name: Contoh\n"]
)
def test_the_first_office_goes_into_an_empty_list(text: str, tmp_path: Path) -> None:
    write(tmp_path, accounts=text)
    apply_import(
        ImportPlan("", (), agencies=(NewAgency("dinkes", "Dinas Kesehatan"),), additions=(NEW,)), tmp_path, KNOWN
    )
    assert list(loaded(tmp_path).register.account) == ["tiktok:dinkes.contoh"]
    assert "    accounts:\n      - https://" in (tmp_path / "accounts.yaml").read_text("utf-8")


CHANGED = {
    "a bare link becomes url with keys, its comment stays": (
        ("x:dinkes_contoh", "https://x.com/dinkes_contoh", "dinkes"),
        ["-       - https://x.com/dinkes_contoh      # main account\n",
         "+       - url: https://x.com/dinkes_contoh      # main account\n",
         "+         note: baru\n",
         "+         opened: 2019\n"],
    ),
    "a quoted link keeps its quotes": (
        ("facebook:dinkes.contoh", "https://www.facebook.com/dinkes.contoh", "dinkes"),
        ['-       - "https://www.facebook.com/dinkes.contoh"\n',
         '+       - url: "https://www.facebook.com/dinkes.contoh"\n',
         "+         note: baru\n",
         "+         opened: 2019\n"],
    ),
    "braces stay braces": (
        ("instagram:dinsos.contoh", "dinsos.contoh", "dinsos"),
        ['-     - {instagram: dinsos.contoh, note: "akun \\"utama\\""}\n',
         "+     - {instagram: dinsos.contoh, note: baru, opened: 2019}\n"],
    ),
    "a text of several lines is replaced as a whole": (
        ("telegram:dinsos_contoh", "https://t.me/dinsos_contoh", "dinsos"),
        ["-       note: |\n", "-         dua\n", "-         baris\n", "+       note: baru\n", "+       opened: 2019\n"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("account", "expected"), CHANGED.values(), ids=CHANGED)
def test_particulars_change_in_their_place(account: tuple[str, str, str], expected: list[str], tmp_path: Path) -> None:
    write(tmp_path, accounts=BLOCK)
    key, text, office = account
    change = Change(key, "", text, {"note": ("", "baru"), "opened": ("", "2019")}, before=office)
    apply_import(ImportPlan("", (), changes=(change,)), tmp_path, KNOWN)
    assert sorted(difference(BLOCK, (tmp_path / "accounts.yaml").read_text("utf-8"))) == sorted(expected)


def move(key: str, text: str, before: str, after: str) -> Change:
    return Change(key, "", text, {}, agency=after, before=before)


def test_an_entry_moves_with_all_its_lines(tmp_path: Path) -> None:
    write(tmp_path, accounts=BLOCK)
    changes = (
        move("telegram:dinsos_contoh", "https://t.me/dinsos_contoh", "dinsos", "dinkes"),
        move("x:dinkes_contoh", "https://x.com/dinkes_contoh", "dinkes", "dinsos"),
    )
    apply_import(ImportPlan("", (), changes=changes), tmp_path, KNOWN)
    after = loaded(tmp_path).register
    assert {a.key: a.agency for a in after.accounts} == {
        "facebook:dinkes.contoh": "dinkes",
        "telegram:dinsos_contoh": "dinkes",
        "instagram:dinsos.contoh": "dinsos",
        "x:dinkes_contoh": "dinsos",
    }
    text = (tmp_path / "accounts.yaml").read_text("utf-8")
    assert "    - https://x.com/dinkes_contoh      # main account\n" in text
    assert after.account["telegram:dinsos_contoh"].note == "dua\nbaris"


@pytest.mark.parametrize("source", ["block", "braces", "brackets"])
@pytest.mark.parametrize("target", ["block", "brackets", "nothing"])
def test_an_entry_moves_between_all_forms_of_lists_and_files(source: str, target: str, tmp_path: Path) -> None:
    forms = {
        "block": "\n      - x: satu_contoh\n        note: utama\n      - https://t.me/dua_contoh\n",
        "braces": "\n      - {x: satu_contoh, note: utama}\n      - https://t.me/dua_contoh\n",
        "brackets": " [{x: satu_contoh, note: utama}, https://t.me/dua_contoh]\n",
    }
    goals = {
        "block": "\n      - instagram: tiga.contoh\n",
        "brackets": " [instagram.com/tiga.contoh]\n",
        "nothing": "\n",
    }
    write(
        tmp_path,
        accounts__satu=f"agencies:\n  - name: Satu\n    id: satu\n    accounts:{forms[source]}",
        accounts__tiga=f"agencies:\n  - name: Tiga\n    id: tiga\n    accounts:{goals[target]}",
    )
    files = apply_import(
        ImportPlan("", (), changes=(move("x:satu_contoh", "satu_contoh", "satu", "tiga"),)), tmp_path, KNOWN
    )
    assert {path.name for path in files} == {"satu.yaml", "tiga.yaml"}
    after = loaded(tmp_path).register
    assert (after.account["x:satu_contoh"].agency, after.account["x:satu_contoh"].note) == ("tiga", "utama")
    assert after.account["telegram:dua_contoh"].agency == "satu"


def test_a_file_keeps_its_line_ends_when_an_entry_comes_from_a_file_with_others(tmp_path: Path) -> None:
    source = "agencies:\n  - name: A\n    id: a\n    accounts:\n      - https://x.com/satu_contoh\n"
    target = "agencies:\n  - name: B\n    id: b\n    accounts:\n      - https://x.com/dua_contoh\n".replace(
        "\n", "\r\n"
    )
    (tmp_path / "accounts").mkdir()
    (tmp_path / "accounts/a.yaml").write_bytes(source.encode())
    (tmp_path / "accounts/b.yaml").write_bytes(target.encode())
    change = move("x:satu_contoh", "https://x.com/satu_contoh", "a", "b")
    apply_import(ImportPlan("", (), changes=(change,)), tmp_path, KNOWN)
    after = (tmp_path / "accounts/b.yaml").read_bytes()
    assert after == target.encode() + b"      - https://x.com/satu_contoh\r\n"


def test_of_several_files_only_the_office_s_own_is_touched(tmp_path: Path) -> None:
    one = "agencies:\n  - name: Dinas Kesehatan\n    id: dinkes\n"
    two = "agencies:\n  - name: Dinas Sosial\n    id: dinsos\n"
    write(tmp_path, accounts__a=one, accounts__b=two)
    office = NewAgency("disdik", "Dinas Pendidikan")
    files = apply_import(ImportPlan("", (), agencies=(office,), additions=(NEW,)), tmp_path, KNOWN)
    assert {path.relative_to(tmp_path).as_posix() for path in files} == {"accounts/a.yaml", "accounts/impor.yaml"}
    assert (tmp_path / "accounts/b.yaml").read_text("utf-8") == two


def test_a_web_site_is_written_beside_the_name(tmp_path: Path) -> None:
    write(tmp_path, accounts=BLOCK)
    apply_import(ImportPlan("", (), websites={"dinkes": "https://dinkes.kotacontoh.example"}), tmp_path, KNOWN)
    assert difference(BLOCK, (tmp_path / "accounts.yaml").read_text("utf-8")) == [
        "+     website: https://dinkes.kotacontoh.example\n"
    ]


REFUSED = {
    "an account that is listed already": ImportPlan("", (), additions=(Addition("dinkes", "x:x", "https://x.com/dinkes_contoh"),)),
    "an account that is not the one meant": ImportPlan("", (), additions=(Addition("dinkes", "x:x", "https://x.com/lain"),)),
    "an address that names no account": ImportPlan("", (), additions=(Addition("dinkes", "x:x", "https://x.com/"),)),
    "an office that is not listed": ImportPlan("", (), additions=(Addition("disdik", "x:x", "https://x.com/x"),)),
    "an entry that is not there any more": ImportPlan("", (), changes=(move("x:lain", "lain", "dinkes", "dinsos"),)),
    "a profile the policy does not know": ImportPlan(
        "", (),
        changes=(
            Change("x:dinkes_contoh", "", "https://x.com/dinkes_contoh", {"profile": ("", "santai")}, before="dinkes"),
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("plan", REFUSED.values(), ids=REFUSED)
def test_what_would_not_load_is_not_written_and_nothing_is_left_behind(plan: ImportPlan, tmp_path: Path) -> None:
    write(tmp_path, accounts=BLOCK)
    with pytest.raises(UserError) as refused:
        apply_import(plan, tmp_path, KNOWN, "en")
    assert "Not written" in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == ["accounts.yaml"]
    assert (tmp_path / "accounts.yaml").read_text("utf-8") == BLOCK


def test_a_register_with_errors_is_not_added_to(tmp_path: Path) -> None:
    write(tmp_path, accounts=BLOCK + "surprise: yes\n")
    with pytest.raises(UserError, match="errors") as refused:
        apply_import(ImportPlan("", (), additions=(NEW,)), tmp_path, KNOWN, "en")
    assert refused.value.exit_code == 4


def test_accounts_of_an_alias_are_left_to_a_person(tmp_path: Path) -> None:
    text = (
        "agencies:\n  - name: Satu\n    id: dinkes\n    accounts: &a []\n  - name: Dua\n    id: dua\n    accounts: *a\n"
    )
    write(tmp_path, accounts=text)
    plan = ImportPlan("", (), additions=(extra("dua", "https://www.tiktok.com/@dinkes.contoh"),))
    with pytest.raises(UserError):
        apply_import(plan, tmp_path, KNOWN)
    assert (tmp_path / "accounts.yaml").read_text("utf-8") == text


def test_a_link_to_a_file_stays_a_link_and_its_mode_stays(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    real = tmp_path / "daftar.yaml"
    real.write_text(BLOCK, "utf-8")
    real.chmod(0o640)
    (tmp_path / "config/accounts.yaml").symlink_to(real)
    apply_import(ImportPlan("", (), additions=(NEW,)), tmp_path / "config", KNOWN)
    assert (tmp_path / "config/accounts.yaml").is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert "tiktok.com/@dinkes.contoh" in real.read_text("utf-8")


def test_what_a_site_shows_is_added_with_a_note_and_only_once(tmp_path: Path) -> None:
    write(tmp_path, accounts=BLOCK)
    seen = [
        ("dinkes", "https://www.tiktok.com/@Dinkes.Contoh?lang=id", ""),
        ("dinkes", "https://twitter.com/dinkes_contoh", ""),
        ("dinsos", "https://dinsos.kotacontoh.example/berita.xml", "umpan situs"),
        ("dinsos", "https://dinsos.kotacontoh.example/berita", "umpan situs"),
    ]
    added = add_found(tmp_path, KNOWN, seen)
    assert [(entry.key, entry.note) for entry in added] == [
        ("tiktok:dinkes.contoh", "periksa"),
        ("feed:https://dinsos.kotacontoh.example/berita.xml", "umpan situs"),
        ("feed:https://dinsos.kotacontoh.example/berita", "umpan situs"),
    ]
    once = (tmp_path / "accounts.yaml").read_bytes()
    assert add_found(tmp_path, KNOWN, seen) == ()
    assert (tmp_path / "accounts.yaml").read_bytes() == once


@given(st.text(max_size=30))
@example("null")
@settings(max_examples=200)
def test_a_scalar_reads_back_as_it_was_meant_in_lines_and_in_brackets(text: str) -> None:
    clean = "".join(char for char in text if not 0xD800 <= ord(char) <= 0xDFFF)
    for form in (f"- {written(clean)}\n", f"[{written(clean)}]\n"):
        node = parse(form).node
        assert node is not None
        (item,) = node.items  # type: ignore[union-attr]  # a list was written
        assert isinstance(item, Text)
        assert item.value == clean
        assert not item.empty
