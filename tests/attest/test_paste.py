"""A pasted line: a link, and perhaps its account before it and its date behind it."""

from __future__ import annotations

import pytest

from auditor.attest.answers import Answers
from auditor.attest.paste import line

from .build import OFFICES_LINK, X, facebook_link, read_link

LINES = {
    "a link": (OFFICES_LINK, ("", OFFICES_LINK, "")),
    "a link in angle brackets, as mail programs write it": (f"<{OFFICES_LINK}>", ("", OFFICES_LINK, "")),
    "a link with a byte order mark before it": (f"\ufeff{OFFICES_LINK}", ("", OFFICES_LINK, "")),
    "an account and a link": (f"{X}\t{OFFICES_LINK}", (X, OFFICES_LINK, "")),
    "an account, a link and a date": (f"{X} {OFFICES_LINK} 12 Nov 2026", (X, OFFICES_LINK, "12 Nov 2026")),
    "a link and a date": (f"{facebook_link()}  12/11/2026", ("", facebook_link(), "12/11/2026")),
    "an account by its address": (
        f"https://x.com/dinas_contoh {OFFICES_LINK}",
        ("https://x.com/dinas_contoh", OFFICES_LINK, ""),
    ),
    "an account and a link that is none": (f"{X} https://contoh.example/a", (X, "https://contoh.example/a", "")),
    "a word": ("halo", ("", "halo", "")),
}


@pytest.mark.parametrize(("text", "meant"), LINES.values(), ids=LINES)
def test_a_line_is_taken_apart_as_it_is_meant(text: str, meant: tuple[str, str, str]) -> None:
    found = line(f"{text}\n", 3, "stdin", read_link)
    assert isinstance(found, Answers)
    assert (found.account, found.post_link, found.date) == meant
    assert found.place == "stdin:3"


@pytest.mark.parametrize("text", ["", " \t\n", "# catatan", "\x1b[0m\n"])
def test_empty_lines_and_remarks_are_nobodys(text: str) -> None:
    assert line(text, 1, "stdin", read_link) is None
