"""What lists call platforms: in a column of labels, and as headings of columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from auditor.config.names import ALIASES
from auditor.config.problems import nearest
from auditor.config.sheets import fold

WEBSITE = "website"
NUMBERED = frozenset({"facebook", "whatsapp_channel"})  # here a number may be a page, or a telephone's
PAGE_ID = 8  # digits; a shorter number is a count
NAMES = {
    "bluesky": "Bluesky",
    "facebook": "Facebook",
    "feed": "Feed",
    "instagram": "Instagram",
    "linkedin": "LinkedIn",
    "mastodon": "Mastodon",
    "telegram": "Telegram",
    "threads": "Threads",
    "tiktok": "TikTok",
    "whatsapp_channel": "WhatsApp Channel",
    "x": "X",
    "youtube": "YouTube",
    WEBSITE: "Website",
}
OTHER_NAMES = {  # as good as the name itself
    "x": ("X/Twitter", "Twitter/X", "X formerly Twitter", "X d/h Twitter", "X dulu Twitter"),
    "feed": ("RSS", "RSS Feed", "Feed RSS", "Umpan RSS"),
    "whatsapp_channel": (
        "Saluran WhatsApp",
        "Kanal WhatsApp",
        "WhatsApp Saluran",
        "Channel WhatsApp",
        "Saluran WA",
        "Kanal WA",
        "WA Channel",
        "Channel WA",
    ),
    WEBSITE: (
        *("Web", "Situs", "Situs Web", "Website Resmi", "Situs Resmi", "Laman", "Laman Web", "Laman Resmi", "Portal"),
        *("Website OPD", "Web OPD", "Alamat Web", "Alamat Website", "Homepage", "Home Page", "Web Site"),
    ),
}
AROUND = (
    *("akun {}", "link {}", "tautan {}", "url {}", "alamat {}", "username {}", "nama akun {}", "akun resmi {}"),
    *("{} url", "{} link", "{} account", "{} handle", "{} page", "{} username", "account {}", "channel {}"),
    *("kanal {}", "halaman {}", "fanspage {}", "fanpage {}", "official {}", "{} resmi", "{} official", "link akun {}"),
    *("nama {}", "nama pengguna {}"),
)
TOTALS = frozenset(
    (
        *("jumlah", "total", "jumlahtotal", "subtotal", "grandtotal", "jumlahakun", "totalakun", "totaljumlah"),
        *("totalkeseluruhan", "jumlahkeseluruhan", "jumlahseluruhnya", "totalseluruh"),
    )
)
ANSWERS = frozenset(  # say that there is an account, or where to click, and not which
    (
        *("", "ada", "ya", "sudah", "punya", "aktif", "tidakaktif", "kurangaktif", "nonaktif", "v", "x", "o", "y"),
        *("yes", "no", "active", "inactive", "available", "tersedia", "link", "tautan", "url", "klik", "klikdisini"),
        *("disini", "lihat", "lihatdisini", "buka", "here", "clickhere", "click", "view", "open", "visit", "akun"),
        *("profil", "profile", "halaman", "page", "username", "website", "web", "situs", "official", "resmi"),
    )
)


@dataclass(frozen=True, slots=True)
class Label:
    """A platform as a list names it. `instead`: how it is properly written, where it was not."""

    text: str
    platform: str | None = None  # None: no platform that is known
    instead: str = ""


def column_names() -> dict[str, set[str]]:
    """Platform, or website -> the headings a column of its accounts goes by."""
    found: dict[str, set[str]] = {}
    for platform, name in NAMES.items():
        aliases = {alias for alias, meant in ALIASES.items() if meant == platform and platform != "feed"}
        bare = {name, *OTHER_NAMES.get(platform, ()), *aliases}
        found[platform] = bare | {form.format(word) for word in bare for form in AROUND}
    return found


@lru_cache(maxsize=1024)
def read_label(text: str) -> Label:
    """The platform a label means. Case counts: lists are compared by eye as well."""
    text = " ".join(text.split())
    word = fold(text)
    for platform, name in NAMES.items():
        if text == name or word in {fold(other) for other in OTHER_NAMES.get(platform, ())}:
            return Label(text, platform)
    meant = _BY_WORD.get(word) or _BY_WORD.get(nearest(word, _LONG), "") if word else ""
    if not meant:
        return Label(text)
    # Every spelling of "website" means the same to everybody.
    return Label(text, meant, "" if meant == WEBSITE else NAMES[meant])


def says_no_name(text: str, platform: str | None = None) -> bool:
    """Whether a cell only answers (ada, √), points (klik di sini), counts (1), or repeats the platform's name.

    Whoever's handle is such a word writes it with "@" or as a link. Facebook has pages without any name but a number.
    """
    if "@" in text or "/" in text:
        return False
    digits = text.replace(".", "").replace(",", "").strip()
    word = fold(text)
    counts = digits.isdecimal() and (platform not in NUMBERED or len(digits) < PAGE_ID)
    return counts or word in ANSWERS or word in _BY_WORD


def _by_word() -> dict[str, str]:
    words = {fold(name): platform for platform, name in NAMES.items()}
    words |= {fold(platform): platform for platform in NAMES}
    return words | {alias: meant for alias, meant in ALIASES.items() if meant != "feed" or alias == "rss"}


_BY_WORD = _by_word()
_LONG = [word for word in _BY_WORD if len(word) > 4]  # short ones resemble too much
