"""Who plays: the living and the silent account of a situation, their neighbours and the control, on the double."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from tests.lab.model import Account, Scenario
from tests.lab.rhythm import steady
from tests.lab.world import World, secrets

from .changes import CHANGES, Story
from .situation import DAY, Element, Office, Situation, at

HOST = "sosial.kotacontoh.example"
NAMES = {"living": "hidup", "silent": "senyap", "control": "kontrol"}
SLOW_MAX = {"strict": 14, "standard": 30, "lenient": 60, "video": 90}
HANDLES = {
    "bluesky": "{}.kota.contoh",
    "mastodon": "{}",
    "telegram": "{}_contoh",
    "feed": "https://{}.kotacontoh.example/feed/",
    "youtube": "UC{:0<9}kota-contoh9A",
    "x": "{}_contoh",
    "instagram": "{}.contoh",
    "facebook": "{}.contoh",
    "threads": "{}.contoh",
    "tiktok": "{}.contoh",
}
VARIABLES = {
    "youtube": {"AUDITOR_YOUTUBE_API_KEY"},
    "x": {"AUDITOR_X_BEARER_TOKEN"},
    "instagram": {"AUDITOR_META_ACCESS_TOKEN", "AUDITOR_INSTAGRAM_USER_ID"},
    "facebook": {"AUDITOR_META_ACCESS_TOKEN"},
    "threads": {"AUDITOR_THREADS_ACCESS_TOKEN"},
}
CLOSED = {"x": {"government_use_acknowledged": True}, "tiktok": {"embed": True}}  # words that open a route


@dataclass(frozen=True)
class Cast:
    """The accounts of one situation. Both of the two get every change that is not for one alone."""

    situation: Situation

    @property
    def office(self) -> Office:
        """As the situation has it."""
        return self.situation.office

    @property
    def platform(self) -> str:
        """As accounts name it."""
        return self.situation.platform.removesuffix("_feed")

    @property
    def end(self) -> datetime:
        """The last round."""
        return at(self.office.days)

    @cached_property
    def accounts(self) -> Mapping[str, Account]:
        """By role: living, silent, control, neighbour1 …"""
        found = {"living": self._made("living", None), "silent": self._made("silent", self.office.stops)}
        for n in range(1, self.office.neighbours + 1):
            found[f"neighbour{n}"] = self._made(f"neighbour{n}", None)
        if self.office.control and self.platform != "feed":
            found["control"] = replace(self._made("control", None), listed=False)
        for role, account in found.items():
            for element in self.situation.wire:
                if element.sort == "world" and _for(element, role):
                    account = self._changed(account, element)
            found[role] = account
        return found

    def keys(self) -> Mapping[str, frozenset[str]]:
        """The words of `who` -> keys of accounts."""
        by_role = {role: account.key for role, account in self.accounts.items()}
        near = frozenset(key for role, key in by_role.items() if role.startswith("neighbour"))
        them = frozenset({by_role["living"], by_role["silent"]})
        control = frozenset({by_role["control"]} if "control" in by_role else ())
        one = {role: frozenset({by_role[role]}) for role in ("living", "silent")}
        return {**one, "them": them, "neighbours": near, "listed": them | near, "control": control}

    def entries(self) -> dict[str, str]:
        """Role -> what the list says."""
        return {role: a.key.partition(":")[2] for role, a in self.accounts.items() if a.listed}

    @property
    def slow_max(self) -> timedelta:
        """The policy's limit of a silence."""
        return SLOW_MAX[self.office.profile] * DAY

    @cached_property
    def deadline(self) -> datetime:
        """When the silence of the silent one is due; of one that never posted, when it is first looked at."""
        if self.office.due is not None:
            return at(self.office.due)
        counted = (p for p in self.accounts["silent"].posts if p.kind in ("original", "thread"))
        dates = [min(p.at, p.seen) for p in counted if p.at <= self.end]
        return max(dates) + self.slow_max if dates else at(0)

    def world(self) -> World:
        """The double of this cast, at the beginning."""
        servers = dict.fromkeys({a.host for a in self.accounts.values() if a.platform == "mastodon"}, None)
        usual = {"software": "mastodon", "version": "4.7.3", **self.office.server}
        controls = tuple(a.key for role, a in self.accounts.items() if role == "control")
        return World(
            Scenario(
                self.situation.name,
                at(0),
                tuple(self.accounts.values()),
                servers=dict.fromkeys(servers, usual),
                variants=self.office.variants,
                controls=controls,
            )
        )

    def secrets(self) -> dict[str, str]:
        """The credentials of a healthy day."""
        wanted = VARIABLES.get(self.situation.platform, set())
        return {name: value for name, value in secrets().items() if name in wanted}

    def settings(self, world: World) -> dict[str, Any]:
        """auditor.yaml: the double instead of the world, and only this platform."""
        written = world.configuration()
        platform = written["platforms"].get(self.platform, {"enabled": True}) | CLOSED.get(self.platform, {})
        if self.situation.platform == "youtube_feed":
            platform.pop("base_url", None)
        own = dict(self.office.settings)
        network = written["network"] | own.pop("network", {})
        return {"network": network, "platforms": {self.platform: platform | own.pop(self.platform, {})}, **own}

    def _made(self, role: str, stops: float | None) -> Account:
        name = NAMES.get(role, role.replace("neighbour", "dekat"))
        handle = HANDLES[self.platform].format(name)
        own = f"{name}.kotacontoh.example" if not self.office.twins else HOST
        host = {"mastodon": own, "feed": urlsplit(handle).netloc}.get(self.platform, "")
        key = f"mastodon:@{handle}@{host}" if self.platform == "mastodon" else f"{self.platform}:{handle}"
        born, end = at(-self.office.history), self.end + 2 * DAY
        never = role == "silent" and stops is None
        last = at(stops) if role == "silent" and stops is not None else end
        posts = () if never else steady(f"{self.situation.name} {role}", born + DAY, last, self.office.every)
        options = dict(self.office.options)
        return Account(key, self.platform, handle, born, posts, host=host, title=f"Dinas {name}", options=options)

    def _changed(self, account: Account, element: Element) -> Account:
        story = Story(at(0), self.end, element.first, element.last)
        values = {k: v for k, v in element.values.items() if k != "to"}
        return CHANGES[element.what](account, story, **values)


def _for(element: Element, role: str) -> bool:
    to = element.values.get("to", "both")
    return role == to or (to == "both" and role in ("living", "silent")) or (to == "all")
