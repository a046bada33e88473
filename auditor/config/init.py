"""The commented configuration to start from."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from auditor.errors import UserError
from auditor.words import Words

from .schema import schema_text, schemas

STARTERS = ("accounts", "policy", "auditor")
SCHEMAS = "schema"


def init(directory: Path, words: Words) -> list[Path]:
    """Writes accounts.yaml, policy.yaml, auditor.yaml and the schemas that editors use; the paths it wrote.

    Never overwrites: UserError names what is in the way, and then nothing is written. Schemas that are already there
    stay.
    """
    targets = {directory / f"{name}.yaml": starter(name, words.language) for name in STARTERS}
    taken = [path for path in (*targets, directory / "accounts") if path.exists()]
    if taken:
        raise UserError(words("config.init_exists", names=", ".join(map(str, taken))))
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
        detail = error.strerror or type(error).__name__
        raise UserError(words("config.init_failed", path=error.filename or directory, detail=detail)) from None
    return sorted(targets)


def starter(name: str, language: str) -> str:
    """The text of one starter file."""
    return resources.files(__package__ or "").joinpath(f"examples/{name}.{language}.yaml").read_text("utf-8")
