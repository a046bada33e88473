"""The configuration to start from: commented, and with what the office said about itself."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from auditor.errors import UserError
from auditor.words import Words
from auditor.words.system import refusal

from .agencies import slug
from .checks import is_web
from .schema import schema_text, schemas
from .zones import zone_instead, zone_of

STARTERS = ("accounts", "policy", "auditor")
SCHEMAS = "schema"
DEFAULT_ZONE = "Asia/Jakarta"
INDONESIAN = frozenset({"Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura"})
NOWHERE = re.compile(r"(?:Etc/.*|UTC|UCT|Universal|Zulu|GMT.*|Factory|posixrules|localtime)")
LONGEST = 200  # characters of an office's name


@dataclass(frozen=True, slots=True)
class Beginning:
    """What an office says of itself on the first day; what it leaves open stays as the starter has it."""

    name: str = ""
    website: str = ""
    timezone: str = DEFAULT_ZONE
    bare: bool = False  # the web address was typed without a scheme, so that http may be tried too

    @property
    def id(self) -> str:
        """The id of the office, written down so that it stays when the name changes."""
        return slug(self.name) or "kantor"


def init(directory: Path, words: Words, beginning: Beginning | None = None) -> list[Path]:
    """Writes accounts.yaml, policy.yaml, auditor.yaml and the schemas that editors use; the paths it wrote.

    Never overwrites: UserError names what is in the way, and then nothing is written. Schemas that are already there
    stay.
    """
    must_be_free(directory, words)
    begun = beginning or Beginning()
    targets = {directory / f"{name}.yaml": begin(name, words.language, begun) for name in STARTERS}
    for name, schema in schemas().items():
        path = directory / SCHEMAS / f"{name}.json"
        if not path.exists():
            targets[path] = schema_text(schema)
    try:
        (directory / SCHEMAS).mkdir(parents=True, exist_ok=True)
        for path, text in targets.items():
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        detail = refusal(error, words)
        raise UserError(words("config.init_failed", path=error.filename or directory, detail=detail)) from None
    return sorted(targets)


def must_be_free(directory: Path, words: Words) -> None:
    """UserError that names the files of a configuration that is there already."""
    names = [directory / f"{name}.yaml" for name in STARTERS]
    taken = [path for path in (*names, directory / "accounts") if path.exists()]
    if taken:
        raise UserError(words("config.init_exists", names=", ".join(map(str, taken))))


def starter(name: str, language: str) -> str:
    """The text of one starter file."""
    return resources.files(__package__ or "").joinpath(f"examples/{name}.{language}.yaml").read_text("utf-8")


def begin(name: str, language: str, beginning: Beginning) -> str:
    """A starter file with the time zone of the office, and the office as the first one of the list."""
    text = re.sub(r"(?m)^( *timezone: )Asia/Jakarta", rf"\g<1>{beginning.timezone}", starter(name, language))
    if name != "accounts" or not beginning.name:
        return text
    text = re.sub(r"(?m)^  # parent: .*$", f"  parent: {beginning.id}", text)
    head, _, example = text.partition("agencies:\n")
    entry = [f"  - name: {_quoted(beginning.name)}", f"    id: {beginning.id}"]
    entry += [f"    website: {_quoted(beginning.website)}"] if beginning.website else []
    hint, commented = _moved(head, example)
    return f"{hint}{commented}agencies:\n" + "\n".join(entry) + "\n"


def _moved(head: str, example: str) -> tuple[str, str]:
    """The commented example stands above the list, so that what is appended to the list stands together."""
    before, _, last = head.rstrip("\n").rpartition("\n")
    intro = last if last.startswith("#") else ""
    kept = before + "\n" if intro else head
    lines = [line for line in example.splitlines() if line.startswith("#")]
    return kept.rstrip("\n") + "\n\n", "".join(f"{line}\n" for line in lines) + "\n"


def _quoted(text: str) -> str:
    """Plain where YAML reads it as the same text whatever stands there, else in double quotes."""
    plain = re.fullmatch(r"[A-Za-z](?:[\w.,/()-]| (?! ))*[\w.)]", text) or re.fullmatch(r"https?://[\w./-]+", text)
    return text if plain and text.lower() not in {"null", "true", "false"} else json.dumps(text, ensure_ascii=False)


def website_of(written: str) -> str | None:
    """A full web address; a bare host gets https. Nothing stays nothing; None: no web address."""
    text = written.strip()
    if not text:
        return ""
    url = text if "://" in text else f"https://{text}"
    host = url.partition("://")[2].partition("/")[0]
    if not is_web(url) or ("." not in host and ":" not in host) or not url.isprintable():
        return None
    return url if "/" in url.partition("://")[2] else f"{url}/"


def zone_named(written: str) -> str | None:
    """The IANA name of a zone, also of WIB, WITA and WIT; None: there is none of that name."""
    name = written.strip()
    if zone_of(name) is not None:
        return name
    meant = zone_instead(name)
    return meant if name.lower() in ("wib", "wita", "wit") else None


def machine_zone(environ: Mapping[str, str], root: Path = Path("/")) -> str | None:
    """The zone this machine was set to, as TZ or /etc say. None: it was never set, or to no place (UTC)."""
    candidates = [environ.get("TZ", "").removeprefix(":")]
    try:
        candidates.append((root / "etc/timezone").read_text("utf-8").strip())
    except (OSError, UnicodeDecodeError):
        candidates.append("")
    try:
        candidates.append(str((root / "etc/localtime").readlink()).rpartition("zoneinfo/")[2])
    except OSError:
        candidates.append("")
    name = next((name for name in candidates if name), "")
    return name if name and not NOWHERE.fullmatch(name) and zone_of(name) is not None else None
