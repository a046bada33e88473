"""What a list means: defaults, families, several files, ages, exemptions; and that it survives being stored."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from auditor.config.agencies import slug
from auditor.config.load import fingerprint, register_document, register_from
from auditor.core.model import AccountRef
from auditor.core.register import Account, Agency, Contact, Exemption, Register, Relation

from .folder import agency, loaded, rejected, write

ROOT = Path(__file__).parents[2]


def test_the_demonstration_register_loads_without_a_word(tmp_path: Path) -> None:
    found = loaded(tmp_path, accounts=(ROOT / "config/demo/accounts.yaml").read_text("utf-8"))
    assert (len(found.register.agencies), len(found.register.accounts)) == (11, 42)
    assert found.problems == ()


def test_the_example_register_loads_without_errors(tmp_path: Path) -> None:
    found = loaded(tmp_path, accounts=(ROOT / "config/accounts.example.yaml").read_text("utf-8"))
    assert (len(found.register.agencies), len(found.register.accounts)) == (51, 104)
    keys = found.register.account
    assert keys["youtube:kominfotv"].ref.native_id == "UC6673kwtPekbPTJgRsTSizQ"
    assert keys["x:kemkomdigi"].predecessor == "kemkominfo"
    assert keys["instagram:kominfo.riau"].written == "Kominfo.riau"
    assert found.register.agency["bps-kota-pekanbaru"].parent == "bps"
    assert found.register.agency["bps"].relation is Relation.INSIDE


def test_the_demonstration_register_is_never_where_it_would_be_polled() -> None:
    assert not (ROOT / "config/accounts.yaml").exists()


def test_an_entry_keeps_all_it_says(tmp_path: Path) -> None:
    text = agency(
        "url: https://twitter.com/Kota_Contoh\n        id: 187\n        opened: 2019-07\n        predecessor: '@Lama'\n"
        "        note: akun musiman\n        profile: video\n        exempt: {kind: seasonal, reason: SPMB, "
        "document: 800/12, approved_by: Sekda, from: 2026-10-01, until: 2027-01-31}"
    )
    account = loaded(tmp_path, accounts=text).register.accounts[0]
    assert account == Account(
        key="x:kota_contoh",
        ref=AccountRef("x", "kota_contoh", "187"),
        url="https://x.com/kota_contoh",
        agency="dinkes",
        written="https://twitter.com/Kota_Contoh",
        place="accounts.yaml:5",
        profile="video",
        opened=date(2019, 7, 31),
        predecessor="lama",
        note="akun musiman",
        exempt=Exemption("seasonal", "SPMB", "800/12", "Sekda", date(2026, 10, 1), date(2027, 1, 31)),
    )


OPENED = [("2019", date(2019, 12, 31)), ("2024-02", date(2024, 2, 29)), ("2026-07-26", date(2026, 7, 26))]


@pytest.mark.parametrize(("text", "day"), OPENED, ids=[text for text, _ in OPENED])
def test_an_age_is_never_overstated(tmp_path: Path, text: str, day: date) -> None:
    """A year or a month stands for its last day."""
    found = loaded(tmp_path, accounts=agency(f"{{x: a, opened: {text}}}"))
    assert found.register.accounts[0].opened == day


FAMILY = """
defaults: {parent: pemkot, timezone: Asia/Makassar, profile: lenient}
agencies:
  - {name: Pemkot, id: pemkot}
  - {name: Dinas, id: dinas, timezone: Asia/Jayapura, profile: strict}
  - {name: Kementerian, id: kementerian, parent: null, relation: above}
  - {name: UPT, id: upt, parent: dinas}
"""


def test_defaults_hold_where_nothing_is_said(tmp_path: Path) -> None:
    """The default parent does not apply to the office it names, nor where `parent: null` stands."""
    offices = loaded(tmp_path, accounts=FAMILY).register.agencies
    assert [(o.id, o.parent) for o in offices] == [
        ("pemkot", None),
        ("dinas", "pemkot"),
        ("kementerian", None),
        ("upt", "dinas"),
    ]
    assert [o.timezone for o in offices[:2]] == ["Asia/Makassar", "Asia/Jayapura"]
    assert [o.profile for o in offices[:2]] == ["lenient", "strict"]


def test_without_a_time_zone_the_one_of_the_settings_holds(tmp_path: Path) -> None:
    found = loaded(tmp_path, accounts=agency("x: a"), auditor="timezone: Asia/Jayapura")
    assert found.register.agencies[0].zone == ZoneInfo("Asia/Jayapura")


def test_an_id_is_made_from_the_name_and_proposed(tmp_path: Path) -> None:
    found = loaded(tmp_path, accounts="agencies:\n  - name: Dinas Kesehatan Kota Contoh\n")
    assert found.register.agencies[0].id == "dinas-kesehatan-kota-contoh"
    assert [(p.severity, p.hint) for p in found.problems] == [("info", "write id: dinas-kesehatan-kota-contoh")]


@given(st.text(max_size=200))
def test_an_id_made_from_any_name_is_an_id_or_nothing(name: str) -> None:
    made = slug(name)
    assert made == "" or (made[0].isalnum() and made.isascii() and made == made.lower() and len(made) <= 80)
    assert slug(made) == made


def test_several_files_are_one_register_in_the_order_of_their_names(tmp_path: Path) -> None:
    first, second = agency("x: a"), agency("x: b").replace("dinkes", "disdik")
    found = loaded(tmp_path, accounts="agencies: []", accounts__b=second, accounts__a=first)
    assert [a.key for a in found.register.accounts] == ["x:a", "x:b"]
    assert list(found.register.by_file) == ["accounts.yaml", "accounts/a.yaml", "accounts/b.yaml"]
    assert found.register.accounts[1].place == "accounts/b.yaml:5"


def test_defaults_of_accounts_yaml_hold_in_the_other_files_until_they_say_otherwise(tmp_path: Path) -> None:
    files = {
        "accounts": "defaults: {timezone: Asia/Jayapura, profile: lenient}\nagencies: []\n",
        "accounts__a": "defaults: {profile: strict}\nagencies: [{name: A, id: a}]\n",
        "accounts__b": "agencies: [{name: B, id: b}]\n",
    }
    offices = loaded(tmp_path, **files).register.agencies
    assert [(o.timezone, o.profile) for o in offices] == [("Asia/Jayapura", "strict"), ("Asia/Jayapura", "lenient")]


def test_a_duplicate_over_two_files_names_both_places(tmp_path: Path) -> None:
    twice = {"accounts__a": agency("x: a"), "accounts__b": agency("https://twitter.com/A")}
    messages = [str(p) for p in rejected(tmp_path, **twice)]
    assert any(m.startswith("accounts/b.yaml:5:9:") and "accounts/a.yaml:5" in m for m in messages)
    assert any("id dinkes" in m and "accounts/a.yaml:3" in m for m in messages)


def test_one_stable_id_under_two_names_is_one_account(tmp_path: Path) -> None:
    entries = agency("{x: lama, id: 7}", "{x: baru, id: 7}")
    assert "already listed" in rejected(tmp_path, accounts=entries)[0].message


def test_a_list_with_another_ending_is_not_overlooked(tmp_path: Path) -> None:
    write(tmp_path, accounts=agency("x: a"), accounts__riau="agencies: []")
    (tmp_path / "accounts/riau.yaml").rename(tmp_path / "accounts/riau.yml")
    assert rejected(tmp_path)[0].file == "accounts/riau.yml"


def test_no_list_at_all_is_an_error(tmp_path: Path) -> None:
    assert "auditor init" in rejected(tmp_path)[0].message


def test_the_hash_changes_with_the_content_and_only_with_it(tmp_path: Path) -> None:
    one = loaded(tmp_path, accounts=agency("x: a")).register.sha256
    assert loaded(tmp_path, accounts=agency("x: a")).register.sha256 == one
    assert loaded(tmp_path, accounts=agency("x: b")).register.sha256 != one


def test_the_fingerprint_changes_when_a_file_is_edited_added_or_removed(tmp_path: Path) -> None:
    seen = [fingerprint(write(tmp_path, accounts=agency("x: a")))]
    assert fingerprint(tmp_path) == seen[0]
    seen.append(fingerprint(write(tmp_path, accounts=agency("x: abc"))))
    seen.append(fingerprint(write(tmp_path, policy="{}")))
    (tmp_path / ".env").write_text("AUDITOR_YOUTUBE_API_KEY=x\n")
    seen.append(fingerprint(tmp_path))
    (tmp_path / "accounts.yaml").unlink()
    seen.append(fingerprint(tmp_path))
    assert len(set(seen)) == len(seen)


def test_a_private_address_needs_leave_in_the_settings(tmp_path: Path) -> None:
    entry = agency("feed: http://127.0.0.1:8099/feed/")
    assert "private" in rejected(tmp_path, accounts=entry)[0].message
    allowed = "network: {allow_private: [127.0.0.0/8]}"
    assert loaded(tmp_path, accounts=entry, auditor=allowed).register.accounts
    sixth = agency("feed: http://[::1]:8099/feed/")
    assert rejected(tmp_path, accounts=sixth, auditor=allowed)
    assert loaded(tmp_path, accounts=sixth, auditor='network: {allow_private: ["::1/128"]}').register.accounts
    redirected = 'network: {hosts: {"127.0.0.1:8099": "http://127.0.0.1:1"}}'
    assert loaded(tmp_path, accounts=entry, auditor=redirected).register.accounts
    other_port = redirected.replace("8099", "8098")
    assert rejected(tmp_path, accounts=entry, auditor=other_port)


WORDS = st.text(max_size=20)
NAMES = st.none() | WORDS
DAYS = st.dates(date(2004, 1, 1), date(2100, 12, 31))
EXEMPTIONS = st.builds(Exemption, WORDS, WORDS, WORDS, WORDS, DAYS, DAYS)
REFS = st.builds(AccountRef, WORDS, WORDS, NAMES)
ACCOUNTS = st.builds(
    Account, WORDS, REFS, WORDS, WORDS, WORDS, WORDS, NAMES, st.none() | DAYS, NAMES, NAMES, st.none() | EXEMPTIONS
)
CONTACTS = st.builds(Contact, WORDS, NAMES, st.none() | DAYS)
ZONES = st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "UTC"])
AGENCIES = ZONES.flatmap(
    lambda zone: st.builds(
        Agency,
        WORDS,
        WORDS,
        st.just(zone),
        st.just(ZoneInfo(zone)),
        NAMES,
        st.sampled_from(Relation),
        NAMES,
        st.none() | CONTACTS,
        NAMES,
    )
)
REGISTERS = st.builds(
    Register,
    st.lists(AGENCIES, max_size=3).map(tuple),
    st.lists(ACCOUNTS, max_size=3).map(tuple),
    WORDS,
    st.booleans(),
    st.dictionaries(WORDS, WORDS, max_size=2),
)


@settings(max_examples=100)
@given(REGISTERS)
def test_a_stored_register_is_the_register(register: Register) -> None:
    assert register_from(register_document(register)) == register
    assert register_document(register_from(register_document(register))) == register_document(register)
