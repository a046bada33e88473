"""What is wrong with a configuration: every problem with its place, a sentence and the text to write instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from typing import Literal, TypeAlias

from auditor.words import Words

Severity: TypeAlias = Literal["error", "warning", "info"]
SHOWN = 160  # characters of a written value that a message repeats


@dataclass(frozen=True, slots=True)
class Problem:
    """`line` and `column` count from 1, in characters. Only an error keeps a configuration from being loaded."""

    file: str
    line: int
    column: int
    path: str  # agencies.0.accounts.1.handle
    message: str
    hint: str
    severity: Severity

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}: "
        path = f"{self.path}: " if self.path else ""
        return where + path + self.message + (f" ({self.hint})" if self.hint else "")


def problems_json(problems: Iterable[Problem]) -> list[dict[str, object]]:
    """The shape of `check --format json`."""
    return [asdict(p) for p in problems]


def shown(value: object) -> str:
    """A written value, safe to print: account text is hostile."""
    text = str(value)
    if len(text) <= SHOWN and text.isprintable():
        return text
    text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[: SHOWN + 1])
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that a mistyped one resembles, or nothing."""
    close = get_close_matches(word.strip().lower(), sorted(known), 1, 0.6)
    return close[0] if close else ""


@dataclass(slots=True)
class Findings:
    """Collects the problems of all files in one language."""

    words: Words
    problems: list[Problem] = field(default_factory=list)

    def say(
        self,
        file: str,
        place: tuple[int, int],
        path: str,
        message: str,
        hint: str = "",
        severity: Severity = "error",
    ) -> None:
        """A problem whose sentence is already worded."""
        self.problems.append(Problem(file, *place, path, message, hint, severity))

    def add(
        self,
        file: str,
        place: tuple[int, int],
        path: str,
        key: str,
        values: Mapping[str, object] | None = None,
        *,
        hint: str = "",
        severity: Severity = "error",
        about: str = "",
    ) -> None:
        """`key` names the sentence in the catalogue `config`; `hint` and `about`, what it speaks of, are worded."""
        message = self.word(key, values)
        self.say(file, place, path, f"{about}: {message}" if about else message, hint, severity)

    def word(self, key: str, values: Mapping[str, object] | None = None) -> str:
        """A sentence of the catalogue with hostile values made safe."""
        return self.words(f"config.{key}", **{name: shown(value) for name, value in (values or {}).items()})

    def write(self, text: str) -> str:
        """The hint that gives the exact text to write."""
        return self.words("config.write", text=shown(text)) if text else ""

    def guess(self, word: str, known: Iterable[str]) -> str:
        """The hint `did you mean …?`, or nothing."""
        close = nearest(word, known)
        return self.words("config.did_you_mean", guess=close) if close else ""

    @property
    def failed(self) -> bool:
        return any(p.severity == "error" for p in self.problems)

    def sorted(self) -> tuple[Problem, ...]:
        """In the order of the files and lines; the same problem once."""
        return tuple(dict.fromkeys(sorted(self.problems, key=lambda p: (p.file, p.line, p.column, p.message))))
