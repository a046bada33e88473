"""Whether two written names may be those of one person. Where it is doubtful they are: the second must be another."""

from __future__ import annotations

import unicodedata

ADDRESSES = frozenset(  # and what stands before a name without being one
    {"bapak", "bpk", "pak", "bp", "ibu", "bu", "mas", "mbak", "kak", "saudara", "saudari", "sdr", "sdri"}
    | {"drs", "dra", "ir", "hj", "mr", "mrs", "ms"}
)
NOBODY = frozenset({"tidak ada", "belum ada", "tidak", "tanpa", "kosong", "nihil", "none", "nobody", "nil"})


def is_name(text: str) -> bool:
    """Somebody is named; "none" and its like name nobody, nor does an address that slipped into the wrong cell."""
    named = any(c.isalpha() for c in text) and " ".join(text.casefold().split()).strip(".") not in NOBODY
    return named and not holds_address(text)


def holds_address(text: str) -> bool:
    """An address was written, whatever was asked."""
    return any(is_address(word) for word in text.split())


def is_address(word: str) -> bool:
    """A web address, also without its scheme."""
    return "://" in word or ("/" in word and "." in word.partition("/")[0])


def same_person(one: str, other: str) -> bool:
    """Case, accents, dots, order, forms of address and degrees aside; a part of a name or its initial is that name."""
    here, there = _parts(one), _parts(other)
    if "".join(here) == "".join(there):
        return True
    shorter, longer = sorted((here, there), key=len)
    rest = list(longer)
    for part in shorter:
        match = next((other for other in (part, *rest) if other in rest and _stands_for(part, other)), None)
        if match is None:
            return False
        rest.remove(match)
    return bool(shorter)


def _stands_for(part: str, other: str) -> bool:
    if part == other:
        return True
    initial, name = sorted((part, other), key=len)
    return len(initial) == 1 and initial.isalpha() and name.startswith(initial)


def _parts(name: str) -> tuple[str, ...]:
    """Letters and digits of each word; forms of address are left out unless nothing else is there."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    words = ["".join(c for c in word if c.isalnum()) for word in plain.replace(",", " ").split()]
    words = [word for word in words if word]
    return tuple([word for word in words if word not in ADDRESSES] or words)
