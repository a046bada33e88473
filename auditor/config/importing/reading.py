"""One account as a list writes it: which account it is, what was set right, or why it is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from auditor.core.address import Address, AddressForm, AddressProblem, read_address, read_key
from auditor.core.url import Private, Url, take_apart

from .labels import NAMES, WEBSITE, Label, read_label, says_no_name
from .lines import Line
from .plan import Remark

LINK_INSIDE = re.compile(r"https?://\S+")
NAME_INSIDE = re.compile(r"(?:[\w ./]+:\s*)?(@[\w.]+)\s*(?:\([^()]*\))?")  # of "@two words" nothing is certain
HOST = re.compile(r"(?:[\w-]+\.)+[A-Za-z]{2,}(?::\d+)?(?:/\S*)?")
MENDABLE = frozenset({"quotes", "invisible", "malformed"})
UNPLACED = frozenset({"no_platform", "not_a_feed", "colon_blank"})  # the host says nothing: the label may


@dataclass(frozen=True, slots=True)
class Reading:
    """An address, a web site, or the reason why neither."""

    address: Address | None = None
    website: str = ""
    reason: Remark | None = None
    repairs: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()


def read_line(line: Line, forms: Mapping[str, AddressForm], private: Private) -> Reading:
    """What one line names. The platform comes from the host; a label serves where there is no host."""
    label = Label(line.label, line.label) if line.wide and line.label else read_label(line.label)
    text = line.written
    if text.startswith("="):
        return Reading(reason=Remark("formula", {"text": text}))
    if says_no_name(text, label.platform):
        return Reading(reason=Remark("no_name", {"text": text}), remarks=_about_label(label, None))
    website = _website(text, label, forms, private)
    if website is not None:
        return website
    found, repairs = _address(text, label, forms, private)
    if isinstance(found, AddressProblem):
        return Reading(reason=_reason(found, label, text), remarks=_about_label(label, None))
    more = _repairs(text, found, forms) if not repairs or "link_made" in repairs else ()
    remarks = (*_about_label(label, found), *_about_handle(line, found, forms, private))
    codes = {"platform_spelling": "platform_name", "platform_disagrees": "platform_by_host"}
    told = tuple(codes[remark.code] for remark in remarks if remark.code in codes)
    return Reading(
        found, repairs=tuple(dict.fromkeys((*line.repairs, *repairs, *found.repairs, *more, *told))), remarks=remarks
    )


def _address(
    text: str, label: Label, forms: Mapping[str, AddressForm], private: Private
) -> tuple[Address | AddressProblem, tuple[str, ...]]:
    """Tried as written, by its label, and with what is certainly no part of it taken off."""
    found = _placed(text, label, forms, private)
    if isinstance(found, Address):
        return found, () if _is_link(text, found) else ("link_made",)
    if found.code in MENDABLE and found.suggestion:
        again = _placed(found.suggestion, label, forms, private)
        if isinstance(again, Address):
            return again, ("signs_dropped",)
    name = NAME_INSIDE.fullmatch(text)
    inside = [name[1]] if name else LINK_INSIDE.findall(text)
    if len(inside) == 1 and inside[0] != text:
        again = _placed(inside[0].rstrip(".,;)"), label, forms, private)
        if isinstance(again, Address):
            return again, ("text_dropped",)
    return found, ()


def _placed(text: str, label: Label, forms: Mapping[str, AddressForm], private: Private) -> Address | AddressProblem:
    found = read_address(text, forms, None, private)
    if isinstance(found, Address) or found.code not in UNPLACED:
        return found
    if found.code == "colon_blank":
        return read_key(text.replace(": ", ":"), forms, private)
    if label.platform in forms:
        return read_address(text, forms, label.platform, private)
    return found


def _is_link(text: str, found: Address) -> bool:
    return "/" in text or text == found.url


def _website(text: str, label: Label, forms: Mapping[str, AddressForm], private: Private) -> Reading | None:
    """A home page is the office's web site. None: it is something else."""
    found = read_address(text, forms, None, private)
    if isinstance(found, Address) or found.code not in UNPLACED or not HOST.fullmatch(re.sub(r"^https?://", "", text)):
        return None
    url = take_apart(text, private)
    if isinstance(url, AddressProblem):
        return None
    home = found.code == "not_a_feed" and url.parts.path in ("", "/") and not url.parts.query
    if label.platform != WEBSITE and not (home and not label.text):
        return None
    shown = re.sub(r"[\x00-\x20]", "", url.parts.geturl())
    return Reading(website=shown, repairs=url.repairs, remarks=_about_label(label, None))


def _reason(problem: AddressProblem, label: Label, text: str) -> Remark:
    if problem.code in ("not_a_feed", "no_platform") and label.text and label.platform is None:
        return Remark("platform_unread", {"platform": label.text})
    if problem.code == "not_a_feed":
        return Remark("host_unknown", {"host": problem.values["host"]})
    if problem.code == "no_platform":
        return Remark("no_platform", {"text": text})
    return Remark(problem.code, problem.values, problem.suggestion, of_address=True)


def _about_label(label: Label, found: Address | None) -> tuple[Remark, ...]:
    """A label that disagrees with the host, or that is not spelt as it should be."""
    said: list[Remark] = []
    if label.instead:
        said.append(Remark("platform_spelling", {"text": label.text, "platform": label.instead}, label.instead))
    if found is None:
        return tuple(said)
    feed = found.platform == "feed" and label.platform in ("feed", WEBSITE)
    if label.text and not feed and label.platform != found.platform:
        shown = NAMES.get(found.platform, found.platform)
        values = {"text": NAMES.get(label.text, label.text), "platform": shown}
        said.append(Remark("platform_disagrees", values, shown, warning=True))
    return tuple(said)


def _about_handle(line: Line, found: Address, forms: Mapping[str, AddressForm], private: Private) -> tuple[Remark, ...]:
    """Link and handle are two columns of one account: where both can be read they must agree."""
    if not line.handle or any(char.isspace() for char in line.handle):
        return ()  # a display name
    named = read_address(line.handle, forms, found.platform, private)
    if isinstance(named, AddressProblem):
        named = read_key(line.handle, forms, private)
    if isinstance(named, AddressProblem) or named.key == found.key:
        return ()
    if found.platform == "youtube" and found.native_id:
        return ()  # an id and a name cannot be compared
    return (Remark("handle_differs", {"handle": line.handle, "account": found.key}, warning=True),)


def _repairs(text: str, found: Address, forms: Mapping[str, AddressForm]) -> tuple[str, ...]:
    """What of a link was set right besides what `read_address` says of itself."""
    if forms[found.platform].whole:
        return ()
    url = take_apart(text, lambda _: True)
    if isinstance(url, AddressProblem) or not _is_link(text, found):
        name = text.removeprefix("@")
        return (*(("at_removed",) if name != text else ()), *(("lower_cased",) if name != name.lower() else ()))
    return tuple(_of_url(url, found))


def _of_url(url: Url, found: Address) -> list[str]:
    target = urlsplit(found.url)
    path, wanted = unquote(url.parts.path), unquote(target.path)
    said: list[str] = []
    if re.sub(r"^(?:www|m|mobile)\.", "", url.host) != re.sub(r"^www\.", "", target.hostname or ""):
        said.append("host_renamed")
    if path.endswith("/") and not wanted.endswith("/"):
        said.append("slash_dropped")
    if "@" in path and "@" not in wanted:
        said.append("at_removed")
    folded = path.rstrip("/").replace("@", "") if "at_removed" in said else path.rstrip("/")
    goal = wanted.rstrip("/")
    if goal.lower() == folded.lower() and goal != folded:
        said.append("lower_cased")
    elif goal.lower() != folded.lower() and "tail_dropped" not in found.repairs:
        said.append("rewritten")
    return said


def clean_text(text: str, limit: int = 300) -> str:
    """One line of printable text: what a file of ours may hold of a foreign cell."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(printable.split())[:limit].strip()
