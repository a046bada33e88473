"""Both languages say the same things, and the program says nothing that is not in the catalogues."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable
from pathlib import Path
from string import Formatter

import pytest

import auditor
from auditor.core.audit import AdviceCode
from auditor.core.model import Barrier, Miss, Overlay, Status
from auditor.reports.facts import Stage
from auditor.reports.labels import UNKNOWN
from auditor.words import LANGUAGES, Words, words

ROOT = Path(auditor.__file__).parent
CATALOGUE = ROOT / "words" / "catalogue"
TOPICS = sorted({path.name.split(".")[0] for path in CATALOGUE.glob("*.json")})
OURS = ("report", "status", "advice", "outcome", "date", "show")  # whose every use is a literal in the package


def catalogue(topic: str, language: str) -> dict[str, str]:
    loaded: dict[str, str] = json.loads((CATALOGUE / f"{topic}.{language}.json").read_text("utf-8"))
    return loaded


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("topic", TOPICS)
def test_every_language_has_the_same_keys_and_placeholders(topic: str) -> None:
    shapes = [{key: placeholders(text) for key, text in catalogue(topic, lang).items()} for lang in LANGUAGES]
    assert all(shape == shapes[0] for shape in shapes)


@pytest.mark.parametrize("topic", TOPICS)
def test_no_word_is_empty_and_no_key_stands_twice(topic: str) -> None:
    for language in LANGUAGES:
        pairs = json.loads(
            (CATALOGUE / f"{topic}.{language}.json").read_text("utf-8"), object_pairs_hook=lambda found: found
        )
        assert len({key for key, _ in pairs}) == len(pairs)
        assert all(text.strip() for _, text in pairs)


def literals() -> tuple[set[str], set[str]]:
    """Every text of the package that could be a key, and every beginning of one ("status.stage.…")."""
    whole, beginnings = set(), set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginnings.add(str(node.values[0].value))
    return whole, beginnings


@pytest.mark.parametrize("topic", OURS)
def test_no_key_is_unused(topic: str) -> None:
    whole, beginnings = literals()
    starts = tuple(text for text in beginnings if text.count(".") >= 1 and text.startswith(f"{topic}."))
    used = {name for name in whole if name.startswith(f"{topic}.")}
    counted = {f"{name}.{number}" for name in used for number in ("one", "many")}
    unused = [
        name
        for name in (f"{topic}.{key}" for key in catalogue(topic, "id"))
        if name not in used | counted and not name.startswith(starts or ("\0",))
    ]
    assert unused == []


@pytest.mark.parametrize("topic", OURS)
def test_every_key_the_program_asks_for_exists(topic: str) -> None:
    whole, beginnings = literals()
    known = {f"{topic}.{key}" for key in catalogue(topic, "id")}
    asked = {name for name in whole if re.fullmatch(rf"{topic}\.[a-z0-9_.]*[a-z0-9_]", name)} - {f"{topic}.json"}
    missing = [name for name in sorted(asked) if name not in known and f"{name}.one" not in known]
    assert missing == []
    dead = [text for text in beginnings if text.startswith(f"{topic}.") and not any(k.startswith(text) for k in known)]
    assert dead == []


@pytest.mark.parametrize(
    ("prefix", "names"),
    [
        ("status.", Status),
        ("status.overlay.", Overlay),
        ("status.stage.", Stage),
        ("advice.label.", AdviceCode),
        ("outcome.word.", Miss),
        ("outcome.word.", Barrier),
        ("outcome.unknown.", UNKNOWN),
        ("report.change.", Status),
    ],
    ids=["statuses", "overlays", "stages", "advice", "misses", "barriers", "kinds of not knowing", "changes"],
)
def test_every_word_of_the_core_has_its_label(prefix: str, names: Iterable[str]) -> None:
    assert [name for name in names if not words("id").has(f"{prefix}{name}")] == []


def test_every_stage_can_be_counted_in_a_sentence() -> None:
    for name in Stage:
        assert words("id").has(f"report.stage.{name}.one")
        assert words("en").has(f"report.stage.{name}.many")


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_discipline_appear_nowhere_and_sanksi_only_in_the_sentence_of_the_policy(language: str) -> None:
    for topic in OURS:
        text = " ".join(catalogue(topic, language).values()).lower()
        assert not re.search(r"teguran|pelanggaran|sanksi", text)
        assert not re.search(r"\baudit\b", text)


def test_a_language_nobody_wrote_is_refused() -> None:
    with pytest.raises(ValueError, match="no such language"):
        Words("xx")


def test_a_key_nobody_wrote_is_a_defect_and_can_be_asked_about() -> None:
    w = words("id")
    assert not w.has("report.nothing_of_the_kind")
    with pytest.raises(KeyError):
        w("report.nothing_of_the_kind")
