"""What lists call platforms: in a column of labels, and as headings of columns."""

from __future__ import annotations

from dataclasses import dataclass

from .names import ALIASES
from .problems import nearest
from .sheets import fold

WEBSITE = "website"
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
    "whatsapp_channel": ("Saluran WhatsApp", "Kanal WhatsApp", "WhatsApp Saluran", "Channel WhatsApp"),
    WEBSITE: (
        *("Web", "Situs", "Situs Web", "Website Resmi", "Situs Resmi", "Laman", "Laman Web", "Laman Resmi", "Portal"),
        *("Website OPD", "Web OPD", "Alamat Web", "Alamat Website", "Homepage", "Home Page", "Web Site"),
    ),
}
AROUND = (
    *("akun {}", "link {}", "tautan {}", "url {}", "alamat {}", "username {}", "nama akun {}", "akun resmi {}"),
    *("{} url", "{} link", "{} account", "{} handle", "{} page", "{} username", "account {}", "channel {}"),
    *("kanal {}", "halaman {}", "fanspage {}", "fanpage {}", "official {}", "{} resmi", "{} official", "link akun {}"),
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


def _by_word() -> dict[str, str]:
    words = {fold(name): platform for platform, name in NAMES.items()}
    words |= {fold(platform): platform for platform in NAMES}
    return words | {alias: meant for alias, meant in ALIASES.items() if meant != "feed" or alias == "rss"}


_BY_WORD = _by_word()
_LONG = [word for word in _BY_WORD if len(word) > 4]  # short ones resemble too much
