"""A list of 1,865 accounts with the defects of a published government list, counted there, under fictional names.

The counts were measured on the list of social media accounts that the Government of Canada publishes (1,865 rows,
2026-08). Not a row of it is here: every handle ends in `contoh`.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

from auditor.config.sheets import Row, Sheet

HEAD = ("platform", "language", "url", "organization", "org_id")
OFFICES = 240
ROWS = 1865
BY_COLUMN = {"Facebook": 736, "X": 666, "Instagram": 154, "YouTube": 152, "LinkedIn": 141, "Flickr": 16}
MISSPELT = ("Youtube",) * 10 + ("x",) * 2 + ("Linkedin", "Intagram")
MISMATCHED = (("Instagram", "youtube"), ("Instagram", "linkedin"), ("Facebook", "linkedin"), ("X", "linkedin"))
YOUTUBE = ("user",) * 75 + ("channel",) * 45 + ("bare",) * 19 + ("at",) * 10 + ("c",) * 4
SAME_NAME, IDENTICAL, DUPLICATES = 3, 2, 17
NO_SCHEME, PLAIN_HTTP, QUERIES, SLASHES, AT_IN_PATH, CAPITALS = 2, 13, 104, 421, 2, 22
TWITTER, NO_ID, ODD_LANGUAGE = 645, 481, 14
QUERY = ("?lang=id",) * 47 + ("?hl=id",) * 10 + ("?ref=contoh",) * 8 + ("?__tn__=contoh",) * 8 + ("#isi",) * 31


@dataclass
class Dirty:
    """The list, and which rows (by their address) carry what an importer must tell."""

    sheet: Sheet
    misspelt: set[str] = field(default_factory=set)  # places
    mismatched: set[str] = field(default_factory=set)
    flickr: set[str] = field(default_factory=set)


@dataclass
class _Entry:
    column: str
    host: str
    url: str
    label: str = ""
    sealed: bool = False  # carries a defect that leaves no room for another
    office: int = 0

    def __post_init__(self) -> None:
        self.label = self.label or self.column


def dirty(seed: int = 20260823) -> Dirty:
    """The list of one seed; always the same counts."""
    rng = random.Random(seed)
    entries = _clean(rng)
    _twice(entries, rng)
    _disturb(entries, rng)
    _misspell(entries, rng)
    rng.shuffle(entries)
    ids = set(rng.sample(range(ROWS), ROWS - NO_ID))
    odd = set(rng.sample(range(ROWS), ODD_LANGUAGE))
    rows = [Row("kotor.csv:1", 1, HEAD)]
    found = Dirty(Sheet("kotor.csv", ()))
    for index, entry in enumerate(entries):
        place = f"kotor.csv:{index + 2}"
        language = "Bilingue" if index in odd else ("Indonesia", "English")[index % 2]
        office_id = f"kantor-{entry.office}" if index in ids else ""
        cells = (entry.label, language, entry.url, f"Kantor {entry.office} Kota Contoh", office_id)
        rows.append(Row(place, index + 2, cells))
        if entry.label != entry.column:
            found.misspelt.add(place)
        if entry.host == "flickr":
            found.flickr.add(place)
        elif entry.host != entry.column.lower():
            found.mismatched.add(place)
    found.sheet = Sheet("kotor.csv", tuple(rows))
    return found


def _clean(rng: random.Random) -> list[_Entry]:
    """Every account once, in the forms its platform has; the places of duplicates are left free."""
    copies = {"Facebook": 6, "X": 8, "Instagram": 2, "YouTube": 1}
    taken = {column: sum(one == column for one, _ in MISMATCHED) for column in BY_COLUMN}
    plan = [(column, column.lower()) for column, n in BY_COLUMN.items() for _ in range(n - taken[column])]
    for column, count in copies.items():
        for _ in range(count):
            plan.remove((column, column.lower()))
    plan += MISMATCHED
    forms = list(YOUTUBE)
    forms.remove("user")  # its copy comes later
    rng.shuffle(forms)
    counters: dict[str, int] = {}
    entries = []
    for column, host in plan:
        number = counters[host] = counters.get(host, -1) + 1
        form = forms.pop() if host == "youtube" else ""
        entries.append(_Entry(column, host, _address(host, number, form), office=rng.randrange(OFFICES)))
    _same_names(entries)
    return entries


def _address(host: str, number: int, form: str) -> str:
    name = f"akun{number}.contoh"
    match host, form:
        case "facebook", _ if number < 3:
            return f"https://www.facebook.com/profile.php?id=1000000000{number:03}"
        case "facebook", _ if number < 17:
            return f"https://www.facebook.com/pages/Kantor-Contoh/2000000000{number:03}"
        case "facebook", _ if number < 20:
            return f"https://www.facebook.com/people/Kantor-Contoh/3000000000{number:03}"
        case "facebook", _:
            return f"https://www.facebook.com/{name}"
        case "x", _:
            return f"https://{'twitter.com' if number < TWITTER else 'x.com'}/akun{number}_contoh"
        case "instagram", _:
            return f"https://www.instagram.com/{'Akun' if number < CAPITALS else 'akun'}{number}.contoh"
        case "linkedin", _:
            return f"https://www.linkedin.com/company/akun{number}-contoh"
        case "flickr", _:
            return f"https://www.flickr.com/photos/akun{number}contoh"
        case _, "channel":
            return f"https://www.youtube.com/channel/UC{number:06}kanal-kota-contQ"
    tops = {"user": "user/", "at": "@", "c": "c/", "bare": ""}
    return f"https://www.youtube.com/{tops[form]}akun{number}contoh"


def _same_names(entries: list[_Entry]) -> None:
    """Three channels by `/user/` have the name that three others have by `/@`."""
    users = [entry for entry in entries if "/user/" in entry.url]
    handles = [entry for entry in entries if "youtube.com/@" in entry.url]
    for user, handle in zip(users[:SAME_NAME], handles, strict=False):
        handle.url = f"https://www.youtube.com/@{user.url.rpartition('/')[2]}"
        user.sealed = handle.sealed = True


def _twice(entries: list[_Entry], rng: random.Random) -> None:
    """Seventeen copies: byte for byte, after folding, with a tail."""

    def pick(host: str, count: int) -> list[_Entry]:
        free = [e for e in entries if e.host == host == e.column.lower() and not e.sealed and _named(e.url)]
        return rng.sample(free, count)

    copies = [(e, e.url) for e in pick("instagram", IDENTICAL)]
    old_hosts = [e for e in entries if "twitter.com" in e.url and e.column == "X"]
    copies += [(e, e.url.replace("twitter.com", "x.com")) for e in rng.sample(old_hosts, 8)]
    copies += [(e, e.url.replace("akun", "AKUN") + "/") for e in pick("facebook", 6)]
    tailed = next(e for e in entries if "/user/" in e.url and not e.sealed)
    copies.append((tailed, tailed.url + "/featured"))
    for first, url in copies:
        first.sealed = True
        entries.append(_Entry(first.column, first.host, url, sealed=True, office=first.office))


def _named(url: str) -> bool:
    return not re.search(r"/pages/|/people/|profile\.php", url)


def _disturb(entries: list[_Entry], rng: random.Random) -> None:
    """Schemes, queries, slashes and signs, each on rows of its own."""
    facebook = next(e for e in entries if e.host == "facebook" and not e.sealed and _named(e.url))
    linkedin = next(e for e in entries if e.host == "linkedin" and not e.sealed)
    for entry in (facebook, linkedin):
        entry.url, entry.sealed = entry.url.removeprefix("https://"), True
    for entry in [e for e in entries if e.host == "x" and not e.sealed][:AT_IN_PATH]:
        entry.url, entry.sealed = entry.url.replace(".com/", ".com/@"), True
    free = [e for e in entries if not e.sealed and e.host != "flickr" and _named(e.url)]
    rng.shuffle(free)
    slashes = SLASHES - sum(entry.url.endswith("/") for entry in entries)
    for entry in free[:PLAIN_HTTP]:
        entry.url = entry.url.replace("https:", "http:")
    for entry, query in zip(free[PLAIN_HTTP:], QUERY, strict=False):
        entry.url += query
    for entry in free[PLAIN_HTTP + QUERIES : PLAIN_HTTP + QUERIES + slashes]:
        entry.url += "/"


def _misspell(entries: list[_Entry], rng: random.Random) -> None:
    proper = {"Youtube": "YouTube", "x": "X", "Linkedin": "LinkedIn", "Intagram": "Instagram"}
    for label in MISSPELT:
        fitting = [
            e for e in entries if e.column == e.label == proper[label] and e.host == e.column.lower() and not e.sealed
        ]
        rng.choice(fitting).label = label
