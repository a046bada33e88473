"""What owners consented to: one JSON file beside auditor.yaml, nobody else's to read, replaced as a whole.

`{"handle": {"app", "known_as", "open_id", "access_token", "expires_at", "refresh_token", "refresh_expires_at"}}`.
Every process that changes it holds its lock from reading to writing, so that nobody writes over another's tokens.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from auditor.errors import Exit, UserError
from auditor.fetch.grant import Grant
from auditor.words import Words
from auditor.words.system import refusal

OTHERS = 0o077  # permission bits of everybody else


@dataclass(frozen=True, slots=True)
class Consent:
    """One owner's. `known_as` is the account's id in the store.

    An id is told per app: while the same app asks, another id is another account; a new app is told a new id of the
    same account, which stays known as it was.
    """

    grant: Grant
    app: str = field(repr=False)  # the key of the app that it was given to
    known_as: str = ""


@dataclass(frozen=True, slots=True)
class Vault:
    """The consents of one platform. `sync` brings a file to the disk before it bears its name."""

    directory: Path
    platform: str
    words: Words
    sync: Callable[[int], None] = os.fsync

    @property
    def path(self) -> Path:
        """`.tiktok.json`, for instance."""
        return self.directory / f".{self.platform}.json"

    def read(self) -> Mapping[str, Consent]:
        """handle -> consent. UserError: others may read the file, or it is none of ours; what it holds is not said."""
        try:
            if self.path.stat().st_mode & OTHERS:
                raise UserError(self.words("config.env_mode", path=self.path), Exit.CONFIG)
            document = json.loads(self.path.read_text("utf-8"))
            return {owner: _consent(entry) for owner, entry in sorted(document.items())}
        except FileNotFoundError:
            return {}
        except OSError as error:
            detail = refusal(error, self.words)
            raise UserError(self.words("config.env_unreadable", path=self.path, detail=detail), Exit.CONFIG) from None
        except (ValueError, AttributeError, KeyError, TypeError):
            said = self.words(f"connect.{self.platform}.vault_damaged", path=self.path)
            raise UserError(said, Exit.CONFIG) from None

    @contextmanager
    def held(self) -> Iterator[Held]:
        """Nobody else changes it until the block ends. UserError: it cannot be written."""
        try:
            lock = os.open(self.path.with_name(f"{self.path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._unwritten(error) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield Held(self)
        finally:
            os.close(lock)

    def keep(self, owner: str, consent: Consent) -> None:
        """One owner's, as of now; all others stay."""
        with self.held() as held:
            held.keep(owner, consent)

    def replace(self, consents: Mapping[str, Consent]) -> None:
        """The whole file, by whoever holds it."""
        path = self.path.resolve()
        beside = path.with_name(f"{path.name}.{os.getpid()}.new")
        document = {owner: _entry(consent) for owner, consent in sorted(consents.items())}
        try:
            beside.unlink(missing_ok=True)
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(json.dumps(document, indent=1).encode())
                file.flush()
                self.sync(file.fileno())
            beside.replace(path)
        except OSError as error:
            raise self._unwritten(error) from None
        finally:
            beside.unlink(missing_ok=True)

    def _unwritten(self, error: OSError) -> UserError:
        return UserError(self.words("connect.not_written", path=self.path, detail=refusal(error, self.words)))


@dataclass(frozen=True, slots=True)
class Held:
    """The vault while it is ours alone."""

    vault: Vault

    def get(self, owner: str) -> Consent | None:
        """As it stands now."""
        return self.vault.read().get(owner)

    def keep(self, owner: str, consent: Consent) -> None:
        """Write one owner's."""
        self.vault.replace({**self.vault.read(), owner: consent})


def _entry(consent: Consent) -> dict[str, Any]:
    grant = consent.grant
    return {
        "app": consent.app,
        "known_as": consent.known_as or grant.open_id,
        "open_id": grant.open_id,
        "access_token": grant.access_token,
        "expires_at": grant.expires_at.astimezone(UTC).isoformat(),
        "refresh_token": grant.refresh_token,
        "refresh_expires_at": grant.refresh_expires_at.astimezone(UTC).isoformat(),
        "scopes": sorted(grant.scopes),
    }


def _consent(entry: Mapping[str, Any]) -> Consent:
    """ValueError, KeyError, TypeError: none of ours."""
    texts = {name: entry[name] for name in ("open_id", "access_token", "refresh_token")}
    dates = [datetime.fromisoformat(entry[name]) for name in ("expires_at", "refresh_expires_at")]
    app, known_as = entry.get("app", ""), entry.get("known_as", texts["open_id"])
    if not all(isinstance(text, str) for text in (*texts.values(), app, known_as)) or any(
        d.tzinfo is None for d in dates
    ):
        raise ValueError("a text or an instant is wanted")
    grant = Grant(**texts, expires_at=dates[0], refresh_expires_at=dates[1], scopes=frozenset(entry.get("scopes", ())))
    return Consent(grant, app, known_as)
