"""What `attest` prints: one line a row, the counts, whom the lot chose; and the same as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import wrap
from typing import Any

from auditor.config.addresses import explain
from auditor.config.problems import Findings
from auditor.core.address import AddressProblem
from auditor.core.audit import Audited
from auditor.core.model import SILENT, Seen
from auditor.core.register import Account
from auditor.reports.clean import clean
from auditor.reports.facts import days_quiet
from auditor.reports.labels import count, missing_words, platform_title, proven, shell_word, status_label
from auditor.reports.rows import instant
from auditor.words import Words, dates

from .outcome import Kind, Note, Rejection, Result
from .statement import NOTHING_NEW, POST, SAID

_SIGNS = {Kind.ACCEPTED: "✓", Kind.REPAIRED: "✓", Kind.REJECTED: "✗", Kind.UNCHANGED: "="}
_ASCII = {"✓": "+", "✗": "x", "→": "->", "…": "...", "·": "-", "–": "-", "±": "+-", "“": '"', "”": '"', "’": "'"}


@dataclass(frozen=True, slots=True)
class Page:
    """How results are printed. Every text from outside is cleaned here."""

    w: Words
    width: int = 100
    ascii_only: bool = False

    def result(self, result: Result) -> str:
        """The line of one row, broken where it does not fit; what was set right stands below it."""
        name = clean(result.account.key, 160) if result.account else ""
        sign = _SIGNS[result.kind]
        if result.reason is not None:
            where = [clean(result.place, 120), name] if name else [clean(result.place, 120)]
            return self._block(f"  {sign} ", [*where, self.reason(result.reason)])
        parts = [name, self._told(result)]
        if result.row is not None:
            parts.append(f"→ {self.status(result.row)}")
        lines = [self._block(f"  {sign} ", parts)]
        lines += [self._block("      ", [self.note(note)]) for note in result.notes]
        if result.row is not None and result.row.verdict.owed:
            owed = missing_words(result.row.verdict.owed, self.w)
            lines.append(self._block("      ", [self.w("attest.owed", missing=owed)]))
        return "\n".join(lines)

    def _told(self, result: Result) -> str:
        """What the row says of the newest post."""
        look = result.look
        if look is None or look.attestation is None:
            return ""
        said, outcome = look.attestation.said, look.observation.outcome
        if said == POST and isinstance(outcome, Seen) and result.row is not None:
            zone = result.row.agency.zone
            at = outcome.posts[0].posted_at
            minted = look.attestation.minted_at
            inside = minted is not None and minted.replace(microsecond=0) == at
            return self.w("attest.inside" if inside else "attest.typed", day=self.day(at.astimezone(zone).date()))
        words = self.w(f"worksheet.said.{said}")
        if said == NOTHING_NEW and isinstance(outcome, Seen) and outcome.horizon and result.row is not None:
            day = outcome.horizon.astimezone(result.row.agency.zone).date()
            return self.w("attest.since", said=words, day=self.day(day))
        return words

    def status(self, row: Audited) -> str:
        """What the account is after this look, in the words of every report, and for how many days."""
        at = row.verdict.observed_at
        until = proven(row, at, self.w) if at else None
        label = until or status_label(row, self.w)
        days = days_quiet(row) if row.verdict.status in SILENT else None
        label = label[:1].lower() + label[1:]
        return label if days is None else count("attest.days", days, self.w, status=label)

    def reason(self, reason: Rejection) -> str:
        """Why a row is none, and what to do."""
        problem = reason.values.get("problem")
        if isinstance(problem, AddressProblem):
            return self._address(problem)
        return self.w(f"attest.why.{reason.code}", **self.worded(reason.values))

    def _address(self, problem: AddressProblem) -> str:
        key = f"attest.link.{problem.code}"
        if self.w.has(key):
            values = {name: clean(value, 120) for name, value in problem.values.items()}
            values["platform"] = platform_title(values.get("platform", ""), self.w)
            return self.w(key, **values)
        message, hint = explain(problem, Findings(self.w))
        return clean(f"{message} ({hint})" if hint else message, 400)

    def note(self, note: Note) -> str:
        """What was set right, or is worth knowing."""
        return self.w(f"attest.{'repair' if note.repair else 'note'}.{note.code}", **self.worded(note.values))

    def worded(self, values: Mapping[str, object]) -> dict[str, object]:
        """Values as a sentence takes them: days in words, everything from outside cleaned."""
        phrases = {code: self.w(f"worksheet.said.{code}") for code in SAID}
        worded: dict[str, object] = {**phrases, "options": ", ".join(phrases.values())}
        for name, value in values.items():
            if isinstance(value, date):
                worded[name] = self.day(value)
            elif name == "platform":
                worded[name] = platform_title(str(value), self.w)
            elif name == "column":
                worded[name] = self.w(f"worksheet.column.{value}")
            else:
                worded[name] = value if isinstance(value, int) else clean(str(value), 400) or "–"
        return worded

    def day(self, value: date) -> str:
        """ "9 Okt 2026"."""
        return f"{dates.short_day(value, self.w)} {value.year}"

    def question(self, accounts: Sequence[Account], day: date | None) -> str:
        """Which account a post is of, numbered."""
        head = self.w("attest.which_read", day=self.day(day)) if day else self.w("attest.which")
        names = [f"[{n}] {clean(a.key, 160)}" for n, a in enumerate(accounts, 1)]
        return self._block("  ? ", [head, *names])

    def end(self, results: Sequence[Result], left_blank: int, drawn: Sequence[Result], *, dry_run: bool) -> str:
        """The counts, and whom the lot chose for a check by somebody else."""
        counts = Counter(r.kind for r in results)
        said = {kind.value: counts[kind] for kind in Kind}
        lines = [self._block("", [self.w("attest.dry_run" if dry_run else "attest.counts", **said)])]
        if left_blank:
            lines.append(count("attest.blank", left_blank, self.w))
        if counts[Kind.REJECTED]:
            lines.append(self._block("", [count("attest.mend", counts[Kind.REJECTED], self.w)]))
        if drawn:
            lines.append(self._block("", [count("attest.drawn", len(drawn), self.w)]))
            lines += [f"  auditor attest {shell_word(r.account.key)}" for r in drawn if r.account]
        return self.plain("\n".join(lines))

    def _block(self, start: str, parts: Sequence[str]) -> str:
        """Parts side by side, two blanks apart, while they fit; then below one another."""
        lines, indent = [start], " " * max(len(start), 4) if start.strip() else start
        for part in parts:
            joined = lines[-1] + ("" if lines[-1] in (start, indent) else "  ") + part
            if len(joined) <= self.width:
                lines[-1] = joined
                continue
            if lines[-1] not in (start, indent):
                lines.append(indent)
            first = lines.pop()
            lines += wrap(part, self.width, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)
        return self.plain("\n".join(lines))

    def plain(self, text: str) -> str:
        """ASCII where the terminal knows nothing else."""
        if not self.ascii_only:
            return text
        text = "".join(_ASCII.get(c, c) for c in text)
        return text.encode("ascii", "replace").decode("ascii")


def results_json(results: Sequence[Result], page: Page) -> str:
    """Counts and rows for other programs; instants in UTC."""
    counts = Counter(r.kind for r in results)
    document = {kind.value: counts[kind] for kind in Kind} | {"rows": [_row(r, page) for r in results]}
    ordered = {name: document[name] for name in ("accepted", "repaired", "rejected", "unchanged", "rows")}
    return json.dumps(ordered, ensure_ascii=False, indent=1)


def _row(result: Result, page: Page) -> dict[str, Any]:
    verdict = result.row.verdict if result.row else None
    repairs = " ".join(page.note(note) for note in result.notes if note.repair)
    return {
        "place": clean(result.place),
        "account": result.account.key if result.account else None,
        "result": result.kind.value,
        "reason": page.reason(result.reason) if result.reason else repairs or None,
        "status": verdict.status.value if verdict else None,
        "last_post_at": instant(verdict.last_post.posted_at) if verdict and verdict.last_post else None,
        "minted_at": instant(result.minted_at),
    }
