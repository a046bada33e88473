"""Where things lie and how the office reaches the world; what is secret; what `init` writes."""

from __future__ import annotations

import json
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import jsonschema
import pytest

from auditor.config.checks import is_cron
from auditor.config.init import STARTERS, init, starter
from auditor.config.load import Loaded, Rejected, Settings, load, load_settings
from auditor.config.models import SettingsFile
from auditor.config.names import ENV_KEYS, OPTIONS, PLATFORMS
from auditor.config.nodes import parse, plain
from auditor.config.schema import schema_text, schemas
from auditor.config.secrets import read_secrets as secrets
from auditor.errors import UserError
from auditor.fetch.network import Network
from auditor.platforms import platforms
from auditor.words import LANGUAGES, words

from .folder import loaded, rejected, write

ROOT = Path(__file__).parents[2]
EMPTY = "agencies: []\n"


def read(folder: Path, text: str) -> Settings:
    found = load_settings(write(folder, auditor=text))
    assert isinstance(found, Settings), found
    return found


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    found = load_settings(tmp_path)
    assert isinstance(found, Settings)
    assert (found.database, found.reports_dir) == (tmp_path / "auditor.db", tmp_path / "reports")
    assert (found.language, found.timezone, found.zone) == ("id", "Asia/Jakarta", ZoneInfo("Asia/Jakarta"))
    assert (found.tick_seconds, found.report_cron, found.backup_cron) == (60, "0 7 * * 1", "30 2 * * *")
    assert (found.network, found.demonstration) == (Network(), False)
    assert {p.enabled for p in found.platforms.values()} == {None}
    assert set(found.platforms) == set(PLATFORMS) == set(platforms())


def test_the_defaults_are_those_of_the_model(tmp_path: Path) -> None:
    """Two places state them: the schema for editors, the builder for commands that never load pydantic."""
    written = json.dumps(SettingsFile().model_dump(mode="json"))
    assert read(tmp_path, written) == load_settings(write(tmp_path, auditor="{}"))


def test_every_key_reaches_the_settings(tmp_path: Path) -> None:
    text = """
database: /srv/auditor.db
reports_dir: laporan
language: en
timezone: Asia/Makassar
demonstration: true
schedule: {tick_seconds: 5, report: "0 6 * * mon-fri", backup: null}
network:
  proxy: http://proxy.kotacontoh.example:3128
  private_hosts: ["*.KotaContoh.example"]
  allow_private: [127.0.0.0/8, "::1/128"]
  hosts: {"Sosial.kotacontoh.example": "http://127.0.0.1:8099/"}
  sentinels: ["https://kotacontoh.example/"]
  max_body_bytes: 2048
  timeout_seconds: 2.5
platforms:
  bluesky: {base_url: "http://127.0.0.1:1/", controls: ["@Bsky.app"]}
  youtube: {feed_url: "http://127.0.0.1:2/feeds/videos.xml", key_env: A_KEY}
  x: {token_envs: [B_ONE, B_TWO], government_use_acknowledged: true, quota: {usd: 12.5}, keep_days: 20}
  mastodon: {enabled: false, tokens_env: C_FILE, controls: ["https://sosial.kotacontoh.example/@kontrol"]}
"""
    found = loaded(tmp_path, accounts=EMPTY, auditor=text).settings
    assert (found.database, found.reports_dir) == (Path("/srv/auditor.db"), tmp_path / "laporan")
    assert (found.language, found.timezone, found.demonstration) == ("en", "Asia/Makassar", True)
    assert (found.tick_seconds, found.report_cron, found.backup_cron) == (5, "0 6 * * mon-fri", None)
    assert found.network == Network(
        proxy="http://proxy.kotacontoh.example:3128",
        private_hosts=("*.kotacontoh.example",),
        allow_private=(ip_network("127.0.0.0/8"), ip_network("::1/128")),
        hosts={"sosial.kotacontoh.example": "http://127.0.0.1:8099"},
        sentinels=("https://kotacontoh.example/",),
        max_body_bytes=2048,
        timeout_seconds=2.5,
    )
    assert (found.platforms["bluesky"].base_url, found.platforms["bluesky"].controls) == (
        "http://127.0.0.1:1",
        ("bsky.app",),
    )
    assert found.platforms["youtube"].feed_url == "http://127.0.0.1:2/feeds/videos.xml"
    assert found.platforms["youtube"].secret_envs == {"key_env": "A_KEY"}
    assert (found.platforms["x"].quota, found.platforms["x"].keep_days) == ({"usd": 12.5}, 20)
    assert found.platforms["x"].secret_envs == {"token_envs.0": "B_ONE", "token_envs.1": "B_TWO"}
    assert (found.platforms["x"].enabled, found.platforms["x"].options) == (
        None,
        {"government_use_acknowledged": True},
    )
    assert found.platforms["mastodon"].controls == ("kontrol@sosial.kotacontoh.example",)
    assert found.platforms["mastodon"].enabled is False
    assert replace(found, demonstration=False) != found


def test_the_demonstration_says_so_in_its_register(tmp_path: Path) -> None:
    assert loaded(tmp_path, accounts=EMPTY, auditor="demonstration: true").register.demonstration is True


def test_a_faulty_file_is_refused_by_the_fast_path_too(tmp_path: Path) -> None:
    found = load_settings(write(tmp_path, auditor="databse: a.db\nlanguage: en\n"))
    assert isinstance(found, Rejected)
    assert [str(p) for p in found.problems] == [
        "auditor.yaml:1:1: databse: unknown key databse; did you mean database?"
    ]


def test_the_settings_survive_a_broken_list(tmp_path: Path) -> None:
    """`check` can still say things in the language of the office."""
    found = load(write(tmp_path, accounts="agencis: []", auditor="language: en"), platforms())
    assert isinstance(found, Rejected)
    assert found.settings is not None
    assert found.problems[0].message == "agencies is missing"


def test_the_schema_of_a_platform_knows_its_keys() -> None:
    entry = schemas()["auditor"]["$defs"]["PlatformEntry"]["properties"]
    urls = {"base_url", "feed_url", "embed_url"}
    assert set(entry) == {"enabled", "controls", "quota", "keep_days", *urls, *ENV_KEYS, *OPTIONS}


@pytest.mark.parametrize("text", ["schedule: {tick_seconds: true}", "platforms: {x: {enabled: 1}}", "language: no"])
def test_one_kind_of_value_never_passes_for_another(tmp_path: Path, text: str) -> None:
    assert isinstance(load_settings(write(tmp_path, auditor=text)), Rejected)


CRON = [
    ("0 7 * * 1", True),
    ("*/5 0-23/2 1,15 jan-mar mon-fri", True),
    ("59 23 31 12 7", True),
    ("60 * * * *", False),
    ("* 24 * * *", False),
    ("* * 0 * *", False),
    ("* * * 13 *", False),
    ("* * * * 8", False),
    ("* * * *", False),
    ("* * * * * *", False),
    ("*/0 * * * *", False),
    ("5-1 * * * *", False),
    ("mon * * * *", False),
    ("@daily", False),
    ("", False),
]


@pytest.mark.parametrize(("text", "valid"), CRON, ids=[text for text, _ in CRON])
def test_a_schedule_has_five_fields_within_their_limits(text: str, valid: bool) -> None:
    assert is_cron(text) is valid


@pytest.mark.parametrize("name", STARTERS)
def test_the_schemas_in_the_repository_are_those_of_the_models(name: str) -> None:
    assert (ROOT / f"config/schema/{name}.json").read_text("utf-8") == schema_text(schemas()[name])
    jsonschema.Draft202012Validator.check_schema(schemas()[name])


EXAMPLES = [*(ROOT / "config").glob("*.example.yaml"), *(ROOT / "auditor/config/examples").glob("*.yaml")]
EXAMPLES += [ROOT / "config/demo/accounts.yaml"]


@pytest.mark.parametrize("path", sorted(EXAMPLES), ids=lambda path: path.name)
def test_every_example_fits_its_schema(path: Path) -> None:
    """As an editor reads it: numbers as numbers, dates as text."""
    name = path.name.partition(".")[0]
    jsonschema.validate(plain(parse(path.read_text("utf-8")).node), schemas()[name], jsonschema.Draft202012Validator)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_starter_configuration_is_valid_and_says_so_quietly(tmp_path: Path, language: str) -> None:
    written = init(tmp_path / "config", words(language))
    assert {"accounts.yaml", "policy.yaml", "auditor.yaml"} <= {path.name for path in written}
    assert all(path.exists() for path in written)
    found = load(tmp_path / "config", platforms())
    assert isinstance(found, Loaded)
    assert (found.settings.language, found.problems) == (language, ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_commented_office_of_the_starter_is_valid_too(tmp_path: Path, language: str) -> None:
    lines = starter("accounts", language).splitlines()
    start = lines.index("agencies:") + 1
    text = "\n".join(lines[:start] + [line.removeprefix("#") for line in lines[start:]])
    assert len(loaded(tmp_path, accounts=text).register.accounts) == 4


def test_init_never_overwrites_and_then_writes_nothing(tmp_path: Path) -> None:
    write(tmp_path, policy="# mine\n")
    with pytest.raises(UserError, match=r"policy\.yaml"):
        init(tmp_path, words("en"))
    assert [path.name for path in tmp_path.iterdir()] == ["policy.yaml"]
    assert (tmp_path / "policy.yaml").read_text() == "# mine\n"


def test_init_leaves_schemas_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema/policy.json").write_text("{}")
    written = init(tmp_path, words("en"))
    assert tmp_path / "schema/policy.json" not in written
    assert (tmp_path / "schema/policy.json").read_text() == "{}"


SECRET = "platforms: {youtube: {key_env: A_KEY}, x: {token_envs: [B_ONE, B_TWO]}}"


def env(folder: Path, text: str, mode: int = 0o600) -> None:
    (folder / ".env").write_text(text)
    (folder / ".env").chmod(mode)


def test_secrets_come_from_the_environment_first_then_from_the_file(tmp_path: Path) -> None:
    found = read(tmp_path, SECRET)
    env(tmp_path, "# kunci\nA_KEY=file\nexport B_ONE='satu dua'  \nB_TWO=\nOTHER=unused\n")
    assert secrets(found, {"A_KEY": "environment", "PATH": "/bin"}, tmp_path) == {
        "A_KEY": "environment",
        "B_ONE": "satu dua",
    }
    assert secrets(found, {}, tmp_path)["A_KEY"] == "file"


def test_blanks_and_line_ends_around_a_secret_are_not_part_of_it(tmp_path: Path) -> None:
    """As a file read into the environment leaves them: no header holds them, and then every entry looked wrong."""
    assert secrets(read(tmp_path, SECRET), {"A_KEY": " rahasia\r\n"}, tmp_path) == {"A_KEY": "rahasia"}


def test_without_a_file_the_environment_is_enough(tmp_path: Path) -> None:
    assert secrets(read(tmp_path, SECRET), {"B_TWO": "x"}, tmp_path) == {"B_TWO": "x"}


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_secret_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    found = read(tmp_path, SECRET)
    env(tmp_path, "A_KEY=rahasia\n", mode)
    with pytest.raises(UserError, match="chmod 600"):
        secrets(found, {}, tmp_path)


def test_an_error_in_the_secret_file_never_repeats_it(tmp_path: Path) -> None:
    found = read(tmp_path, SECRET)
    env(tmp_path, "A_KEY=1\nrahasia sekali\n")
    with pytest.raises(UserError, match=r"\.env:2") as caught:
        secrets(found, {}, tmp_path)
    assert "rahasia" not in str(caught.value)


def test_a_secret_written_into_the_settings_is_no_key(tmp_path: Path) -> None:
    problems = rejected(tmp_path, accounts=EMPTY, auditor="platforms: {youtube: {key: AIza}}")
    assert "unknown key key" in problems[0].message
