"""What is wrong with a configuration: every problem with its place, a sentence and the text to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from typing import Literal, TypeAlias

from auditor.words import Words

Severity: TypeAlias = Literal["error", "warning", "info"]
ENTRY = re.compile(r"^agencies\.\d+(?:\.accounts\.\d+)?\.?")
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
    about: str = ""  # the entry in words: `account 3 of Dinas Kesehatan`; people read it in place of the path

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}: "
        return where + self._subject() + (f"; {self.hint}" if self.hint else "")

    def _subject(self) -> str:
        """Which entry of which office, which key of it where the sentence does not say, and what is wrong."""
        if not self.about:
            return (f"{self.path}: " if self.path else "") + self.message
        sentence = self.message.removeprefix(f"{self.about}: ")
        key = ENTRY.sub("", self.path)
        said = re.search(rf"(?<![\w-]){re.escape(key.rpartition('.')[2])}(?![\w-])", sentence)
        return f"{self.about}: " + ("" if said or not key else f"{shown(key)}: ") + sentence


def problems_json(problems: Iterable[Problem]) -> list[dict[str, object]]:
    """The shape of `check --format json`: the path, and no words for it."""
    return [{name: value for name, value in asdict(p).items() if name != "about"} for p in problems]


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
    mended: set[tuple[str, int, int]] = field(default_factory=set)  # places of values that YAML refused

    def say(
        self,
        file: str,
        place: tuple[int, int],
        path: str,
        message: str,
        hint: str = "",
        severity: Severity = "error",
        about: str = "",
    ) -> None:
        """A problem whose sentence is already worded. What is wrong with a value set right in memory is said once."""
        if (file, *place) not in self.mended:
            self.problems.append(Problem(file, *place, path, message, hint, severity, about))

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
        office: str = "",
    ) -> None:
        """`key` names the sentence in the catalogue `config`; `hint` and `about`, what it speaks of, are worded.

        `office`: its name, where the problem is no account's.
        """
        message = self.word(key, values)
        self.say(file, place, path, f"{about}: {message}" if about else message, hint, severity, about or office)

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
