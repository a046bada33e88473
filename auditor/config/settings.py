"""auditor.yaml: where things lie and how this office reaches the world."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, TypeAlias

from auditor.core.address import Address, AddressForm, read_address
from auditor.fetch.network import SENTINELS, Network
from auditor.words import LANGUAGES, words

from .checks import is_cron, is_origin, is_web, private_allowed
from .files import SETTINGS, Source, read_source
from .mend import read_document
from .names import ALIASES, ENV_KEYS, OPTIONS, PLATFORMS
from .nodes import Node, Table, Text, locate
from .problems import Findings, Problem, nearest
from .zones import zone_instead, zone_of

Forms: TypeAlias = Mapping[str, AddressForm]

REPORT, BACKUP = "0 7 * * 1", "30 2 * * *"


@dataclass(frozen=True, slots=True)
class PlatformSettings:
    """`secret_envs`: key -> environment variable; the items of `token_envs` have the keys token_envs.0, .1 …"""

    name: str
    enabled: bool | None  # None: whatever works without asking, and whatever there is a credential for
    base_url: str | None  # None: the platform's own
    feed_url: str | None
    embed_url: str | None
    controls: tuple[str, ...] | None  # canonical handles; as written where no platform was known. None: the shipped
    secret_envs: Mapping[str, str]
    options: Mapping[str, object]
    quota: Mapping[str, float]  # another allowance by the name of what is counted; `usd` in dollars
    keep_days: int | None  # what was read is kept so long without reading it again; None: as the terms allow


@dataclass(frozen=True, slots=True)
class Settings:
    """Every platform has an entry, whether the file names it or not."""

    directory: Path
    database: Path
    reports_dir: Path
    language: str
    timezone: str
    zone: tzinfo
    tick_seconds: int
    report_cron: str | None  # five fields, in `timezone`; 0 and 7 are Sunday, as in cron
    backup_cron: str | None
    network: Network
    platforms: Mapping[str, PlatformSettings]
    demonstration: bool


@dataclass(frozen=True, slots=True)
class Rejected:
    """Nothing is loaded. `settings`: where at least auditor.yaml was in order."""

    problems: tuple[Problem, ...]
    settings: Settings | None


def load_settings(directory: Path, language: str | None = None) -> Settings | Rejected:
    """The settings alone. A missing auditor.yaml means the defaults."""
    source = settings_source(directory)
    found = Findings(words(language or asked_language(source)))
    settings = read_settings(directory, source, found, {})
    if settings is None or found.failed:
        return Rejected(found.sorted(), None)
    return settings


def asked_language(source: Source | None) -> str:
    """The language that auditor.yaml asks for, before anything of it is checked."""
    return "id" if source is None or source.trouble else language_of(read_document(source.text).node)


def settings_source(directory: Path) -> Source | None:
    """The text of auditor.yaml; None: there is none."""
    path = directory / SETTINGS
    return read_source(directory, path) if path.exists() else None


def language_of(node: Node | None) -> str:
    """The language the file asks for, whatever else is wrong with it."""
    value = node.get("language") if isinstance(node, Table) else None
    return value.value if isinstance(value, Text) and value.value in LANGUAGES else "id"


def read_settings(directory: Path, source: Source | None, found: Findings, forms: Forms) -> Settings | None:
    """The full validation, or None with the problems in `found`."""
    from .troubles import document_of

    node = Table((), 1, 1) if source is None else document_of(source, found)
    if node is None:
        return None
    if source is None:
        return build({}, node, found, directory, forms)
    from .models import SettingsFile
    from .shapes import shape

    before = len(found.problems)
    shaped = shape(SettingsFile, source.name, node, found)
    settings = None if shaped is None else build(shaped.written, node, found, directory, forms)
    return None if len(found.problems) > before else settings


def build(
    data: Mapping[str, Any], node: Node | None, found: Findings, directory: Path, forms: Forms
) -> Settings | None:
    """Values of the right shape, checked for their meaning. None: something was found."""
    reader = _Reader(data, node, found, forms)
    before = len(found.problems)
    timezone = data.get("timezone", "Asia/Jakarta")
    zone = zone_of(timezone)
    if zone is None:
        reader.fault(("timezone",), "time_zone", {"text": timezone}, found.write(zone_instead(timezone)))
    schedule = data.get("schedule", {})
    report, backup = schedule.get("report", REPORT), schedule.get("backup", BACKUP)
    for key, cron in (("report", report), ("backup", backup)):
        if cron is not None and not is_cron(cron):
            reader.fault(("schedule", key), "cron", {"text": cron})
    network = reader.network()
    platforms = reader.platforms(network)
    if zone is None or any(p.severity == "error" for p in found.problems[before:]):
        return None
    return Settings(
        directory=directory,
        database=directory / data.get("database", "auditor.db"),
        reports_dir=directory / data.get("reports_dir", "reports"),
        language=data.get("language", "id"),
        timezone=timezone,
        zone=zone,
        tick_seconds=schedule.get("tick_seconds", 60),
        report_cron=report,
        backup_cron=backup,
        network=network,
        platforms=platforms,
        demonstration=data.get("demonstration", False),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    data: Mapping[str, Any]
    node: Node | None
    found: Findings
    forms: Forms

    def fault(
        self,
        path: tuple[str | int, ...],
        key: str,
        values: Mapping[str, object],
        hint: str = "",
        *,
        at_key: bool = False,
    ) -> None:
        place = locate(self.node, path, key=at_key)
        self.found.add(SETTINGS, place, ".".join(map(str, path)), key, values, hint=hint)

    def network(self) -> Network:
        data = self.data.get("network", {})
        proxy = data.get("proxy")
        if proxy is not None and not is_web(proxy, ("http", "https", "socks5", "socks5h")):
            self.fault(("network", "proxy"), "not_url", {"text": proxy})
        for i, name in enumerate(data.get("private_hosts", [])):
            if not re.fullmatch(r"(?:\*\.)?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*", name):
                self.fault(("network", "private_hosts", i), "host_name", {"text": name})
        for host, origin in data.get("hosts", {}).items():
            if not re.fullmatch(r"(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?", host):
                self.fault(("network", "hosts", host), "host_name", {"text": host}, at_key=True)
            if not is_origin(origin):
                self.fault(("network", "hosts", host), "origin", {"text": origin})
        for i, url in enumerate(data.get("sentinels", [])):
            if not is_web(url):
                self.fault(("network", "sentinels", i), "not_url", {"text": url})
        return Network(
            proxy=proxy,
            private_hosts=tuple(name.lower() for name in data.get("private_hosts", [])),
            allow_private=tuple(self._networks(data.get("allow_private", []))),
            hosts={host.lower(): origin.rstrip("/") for host, origin in data.get("hosts", {}).items()},
            sentinels=tuple(data.get("sentinels", SENTINELS)),
            max_body_bytes=data.get("max_body_bytes", 10_485_760),
            timeout_seconds=float(data.get("timeout_seconds", 20.0)),
        )

    def _networks(self, written: list[str]) -> list[IPv4Network | IPv6Network]:
        networks = []
        for i, text in enumerate(written):
            try:
                networks.append(ip_network(text, strict=False))
            except ValueError:
                self.fault(("network", "allow_private", i), "cidr", {"text": text})
        return networks

    def platforms(self, network: Network) -> dict[str, PlatformSettings]:
        written = self.data.get("platforms", {})
        for name in written:
            if name not in PLATFORMS:
                close = ALIASES.get(name.lower()) or nearest(name, PLATFORMS)
                hint = self.found.words("config.did_you_mean", guess=close) if close else ""
                self.fault(("platforms", name), "unknown_platform", {"platform": name}, hint, at_key=True)
        return {name: self._platform(name, written.get(name, {}), network) for name in PLATFORMS}

    def _platform(self, name: str, data: Mapping[str, Any], network: Network) -> PlatformSettings:
        for key in ("base_url", "feed_url", "embed_url"):
            url = data.get(key)
            if url is not None and not is_web(url):
                self.fault(("platforms", name, key), "not_url", {"text": url})
        envs: dict[str, str] = {}
        for key in ENV_KEYS:
            value = data.get(key)
            if isinstance(value, str):
                envs[key] = value
            elif value:
                envs.update({f"{key}.{i}": item for i, item in enumerate(value)})
        return PlatformSettings(
            name=name,
            enabled=data.get("enabled"),
            base_url=_trimmed(data.get("base_url")),
            feed_url=_trimmed(data.get("feed_url")),
            embed_url=_trimmed(data.get("embed_url")),
            controls=None if data.get("controls") is None else tuple(self._controls(name, data["controls"], network)),
            secret_envs=envs,
            options={key: data[key] for key in OPTIONS if data.get(key) is not None},
            quota={name: float(units) for name, units in data.get("quota", {}).items()},
            keep_days=data.get("keep_days"),
        )

    def _controls(self, name: str, written: list[object], network: Network) -> list[str]:
        if name not in self.forms:
            return [str(text) for text in written]
        controls = []
        for i, text in enumerate(written):
            address = read_address(str(text), self.forms, name, private_allowed(network))
            if isinstance(address, Address):
                controls.append(address.handle)
            else:
                from .addresses import explain

                message, hint = explain(address, self.found)
                path = ("platforms", name, "controls", i)
                self.found.say(SETTINGS, locate(self.node, path), ".".join(map(str, path)), message, hint)
        return controls


def _trimmed(url: str | None) -> str | None:
    return None if url is None else url.rstrip("/")
