"""Text from outside is made safe before it is printed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings, strategies as st
from rich.cells import cell_len

from auditor.reports.clean import clean
from auditor.reports.layout import clip, clip_middle, pad, scaled, text_width, to_ascii, wrap

HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\x1b\x9b\x9d\x07\n\r\t\x00\u202e\u2066\u200b\ufeff\u200d\ufe0f漢字😀a[]()\u0301 /"),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        pytest.param("Dinas\nKesehatan", "Dinas Kesehatan", id="a line break is a space"),
        pytest.param("a\x1b[31mred\x1b[0m", "a red", id="colour goes, with its parameters"),
        pytest.param("a\x9b31mred", "a red", id="also in its one-byte form"),
        pytest.param("\x1b]0;title\x07name", "name", id="a window title goes, with its text"),
        pytest.param("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link", id="a hidden link goes"),
        pytest.param("\x1b]0;never closed", "", id="an unclosed escape takes what it would have taken"),
        pytest.param("x\x1bPq#0\x1b\\y", "x y", id="a device string goes"),
        pytest.param("abc\u202edef", "abcdef", id="writing direction stays ours"),
        pytest.param("a\u200bb\ufeffc", "abc", id="invisible characters go"),
        pytest.param("a\u3164b", "a b", id="a blank letter is a space"),
        pytest.param("e" + "\u0301" * 50, "e\u0301\u0301", id="a tower of accents is cut"),
        pytest.param("a\ue000b", "a\ufffdb", id="a private character is replaced"),
        pytest.param("[bold]x[/bold]", "[bold]x[/bold]", id="markup is text"),
        pytest.param("=HYPERLINK(1)", "=HYPERLINK(1)", id="a formula is text on a page"),
        pytest.param("  a   b  ", "a b", id="blanks are one blank"),
        pytest.param("", "", id="nothing is nothing"),
    ],
)
def test_what_is_printed_of_a_hostile_text(written: str, printed: str) -> None:
    assert clean(written) == printed


def test_a_huge_text_is_cut_and_shows_it() -> None:
    assert clean("x" * 10_000, 20) == "x" * 19 + "…"
    assert clean("x" * 20, 20) == "x" * 20
    assert clean("\x1b" * 10_000, 20) == "…"


@settings(max_examples=200)
@given(HOSTILE, st.integers(2, 40))
def test_no_control_escape_or_direction_character_survives(text: str, limit: int) -> None:
    safe = clean(text, limit)
    assert len(safe) <= limit
    assert not {unicodedata.category(c) for c in safe} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert clean(safe, limit) == safe


@settings(max_examples=200)
@example("⚊䷀𝍖", 2)
@given(HOSTILE, st.integers(2, 40))
def test_cleaned_text_is_never_measured_narrower_than_a_terminal_draws_it(text: str, width: int) -> None:
    safe = clean(text)
    assert cell_len(safe) <= text_width(safe)
    assert cell_len(clip(safe, width)) <= width
    assert cell_len(clip_middle(safe, width)) <= width
    assert text_width(pad(safe, width)) == text_width(pad(safe, width, right=True)) == width
    assert all(cell_len(line) <= width for line in wrap(safe, width))


@settings(max_examples=200)
@given(HOSTILE)
def test_ascii_keeps_the_width_and_wrapping_keeps_every_character(text: str) -> None:
    safe = clean(text)
    assert to_ascii(safe).isascii()
    assert len(to_ascii(safe)) == text_width(safe)
    assert "".join(wrap(safe, 7)).replace(" ", "") == safe.replace(" ", "")


@settings(max_examples=200)
@given(st.lists(st.integers(0, 200_000), min_size=1, max_size=6), st.integers(6, 120))
def test_a_bar_shows_every_kind_and_never_leaves_its_room(counts: list[int], width: int) -> None:
    cells = scaled(counts, width)
    assert sum(cells) == (width if any(counts) else 0)
    assert [bool(n) for n in counts] == [bool(n) for n in cells]
