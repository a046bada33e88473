"""`auditor` and nothing else: the day where there is a configuration, the help where there is none."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from auditor.clock import system
from auditor.config.files import fingerprint
from auditor.reports.today import KEPT, from_text, to_text
from auditor.store.sqlite import open_store

from .conftest import City
from .office import ROOT, Office, auditor

ZooOf = Callable[..., Office]
SENTENCE = "Bahan klarifikasi, bukan dasar sanksi atau pengurangan TPP sebelum masa sanggah selesai."


def test_alone_it_prints_the_day_on_at_most_twelve_lines(city: City) -> None:
    said = city.office()
    lines = said.out.splitlines()
    assert (said.code, said.err) == (0, "")
    assert len(lines) <= 12
    assert "DATA CONTOH, BUKAN INSTANSI NYATA" in lines[0]
    assert "AMANKAN" in said.out
    assert "LIHAT" in said.out
    assert any(line.startswith(" Pekan ini: ") for line in lines)
    assert SENTENCE in " ".join(said.out.split())


def test_the_day_speaks_the_chosen_language(city: City) -> None:
    assert "This week:" in city.office(lang="en").out
    assert "Pekan ini:" in city.office(lang="id").out


def test_every_command_the_day_names_can_be_typed(city: City) -> None:
    from auditor.cli import commands

    named = set(re.findall(r"auditor ([a-z]+)", city.office().out))
    assert len(named) > 2
    assert named <= set(commands())


def test_asking_for_the_day_looks_at_nobody_and_writes_nothing(city: City) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in city.office.config.iterdir() if "-" not in path.name}
    assert city.office().code == 0
    assert {p.name: p.stat().st_mtime_ns for p in city.office.config.iterdir() if "-" not in p.name} == before


def test_without_a_configuration_it_prints_the_help_and_where_it_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AUDITOR_CONFIG", raising=False)
    said = auditor()
    assert said.code == 0
    assert "auditor" in said.out
    assert "report" in said.out
    assert str(tmp_path / "config") in said.err
    assert list(tmp_path.iterdir()) == []


def test_a_list_with_an_error_is_said_with_its_place(zoo: ZooOf) -> None:
    said = zoo([{"bluesk": "ramai.contoh"}])()
    assert (said.code, said.out) == (4, "")
    assert "accounts.yaml:" in said.err


def test_before_the_first_look_it_is_the_first_day(zoo: ZooOf) -> None:
    said = zoo([{"bluesky": "ramai.contoh"}, "https://www.instagram.com/dinas.contoh/"])()
    text = " ".join(said.out.split())
    assert said.code == 0
    assert "2 belum dilihat siapa pun" in text
    assert "Belum dilihat bukan berarti tidak aktif" in text
    assert "belum pernah dilihat" in text


@pytest.mark.parametrize("setting", [{"LANG": "C"}, {"LC_ALL": "POSIX", "LANG": "id_ID.UTF-8"}], ids=str)
def test_in_the_c_locale_the_day_is_ascii(city: City, setting: dict[str, str]) -> None:
    command = [
        sys.executable,
        "-m",
        "auditor",
        "--config",
        str(city.office.config),
        "--now",
        city.office.now.isoformat(),
    ]
    environment = {"PATH": os.environ["PATH"], **setting}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    assert done.stderr == b""
    assert done.stdout.isascii()
    assert b"AMANKAN" in done.stdout


# --- the page that was worked out when something was judged ---


def kept_office(config: Path) -> Path:
    """An office with a database of today's clock and one kept page that says so."""
    from auditor.config.load import Loaded, load
    from auditor.judge import audit
    from auditor.kept import keep_today
    from auditor.platforms import platforms
    from auditor.rounds import reach
    from auditor.rules import Bench

    config.mkdir()
    accounts = ["https://www.instagram.com/dinas.contoh/"]
    agency = {"id": "dinas-contoh", "name": "Dinas Contoh", "timezone": "Asia/Jakarta", "accounts": accounts}
    (config / "accounts.yaml").write_text(json.dumps({"agencies": [agency]}), "utf-8")
    (config / "auditor.yaml").write_text("language: en\ndatabase: fakta.db\n", "utf-8")
    loaded = load(config, platforms())
    assert isinstance(loaded, Loaded)
    now = system() - timedelta(seconds=2)
    with closing(open_store(config / "fakta.db", now)) as store:
        store.keep_register(loaded.register, "{}", now)
        store.begin_run("poll", now, "", "", rehearsal=False)
        bench = Bench(loaded.register, loaded.book, reach(loaded.settings, {}))
        keep_today(store, lambda: audit(store, bench, now), fingerprint(config), 60)
    return config


def mark(config: Path, word: str) -> None:
    """Make the kept page recognisable."""
    with closing(open_store(config / "fakta.db", system())) as store:
        kept = store.heartbeat(KEPT)
        assert kept is not None
        at, detail = kept
        pages = {}
        for language in ("id", "en"):
            page = json.loads(to_text(from_text(detail[language])))
            pages[language] = json.dumps(page | {"office": word})
        store.beat(KEPT, at, {**detail, **pages})


def test_a_kept_page_is_printed_as_it_would_be_worked_out_now(tmp_path: Path) -> None:
    config = kept_office(tmp_path / "config")
    kept = auditor("--config", str(config)).out
    with closing(open_store(config / "fakta.db", system())) as store:
        store.beat(KEPT, system(), {})
    assert auditor("--config", str(config)).out == kept
    assert "LOOK" in kept


def test_a_kept_page_is_used_in_the_language_asked_for(tmp_path: Path) -> None:
    config = kept_office(tmp_path / "config")
    mark(config, "TERSIMPAN")
    assert auditor("--config", str(config)).out.startswith("TERSIMPAN")
    assert "This week" in auditor("--config", str(config)).out
    assert "Pekan ini" in auditor("--config", str(config), "--lang", "id").out


def touched(config: Path) -> None:
    path = config / "accounts.yaml"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")


def looked(config: Path) -> None:
    with closing(open_store(config / "fakta.db", system())) as store:
        store.begin_run("attest", system(), "", "", rehearsal=False)


def aged(config: Path) -> None:
    with closing(open_store(config / "fakta.db", system())) as store:
        kept = store.heartbeat(KEPT)
        assert kept is not None
        store.beat(KEPT, kept[0], {**kept[1], "until": kept[0].isoformat()})


def broken(config: Path) -> None:
    with closing(open_store(config / "fakta.db", system())) as store:
        kept = store.heartbeat(KEPT)
        assert kept is not None
        store.beat(KEPT, kept[0], {**kept[1], "en": "{", "id": "{}"})


@pytest.mark.parametrize(
    "event",
    [touched, looked, aged, broken],
    ids=["a file was edited", "somebody looked since", "its hour is over", "it cannot be read"],
)
def test_a_kept_page_that_may_be_wrong_is_not_used(tmp_path: Path, event: Callable[[Path], None]) -> None:
    config = kept_office(tmp_path / "config")
    mark(config, "TERSIMPAN")
    event(config)
    said = auditor("--config", str(config))
    assert (said.code, said.err) == (0, "")
    assert "TERSIMPAN" not in said.out
    assert "Dinas Contoh" in said.out


def test_a_kept_page_loads_neither_judge_nor_validation_nor_colour(tmp_path: Path) -> None:
    config = kept_office(tmp_path / "config")
    code = (
        "import json, sys; from auditor.cli import run; "
        f"run(['--config', {str(config)!r}]); "
        f"open({str(tmp_path / 'modules.json')!r}, 'w').write(json.dumps(sorted(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
    modules = set(json.loads((tmp_path / "modules.json").read_text("utf-8")))
    heavy = {
        "pydantic",
        "rich",
        "httpx",
        "lxml",
        "sqlite_utils",
        "auditor.judge",
        "auditor.platforms",
        "auditor.rounds",
    }
    assert modules & heavy == set()


# --- ways of not seeing ---


def test_a_round_over_accounts_that_only_people_can_read_ends_0(zoo: ZooOf) -> None:
    office = zoo(["https://www.instagram.com/dinas.contoh/", "https://www.facebook.com/dinas.contoh"])
    assert (office("poll").code, office("poll").err) == (0, "")
    document = office("report", "--format", "json").json
    assert document["coverage"] == {"automatic": 0, "by_hand": 0, "not_connected": 2, "failing": 0}
    spots = {spot["platform"]: (spot["reason"], len(spot["accounts"])) for spot in document["blind_spots"]}
    assert spots == {"instagram": ("not_connected", 1), "facebook": ("not_connected", 1)}
    assert {row["reason_code"] for row in document["accounts"]} == {"not_connected"}
