"""`auditor` and nothing else: what is to be done today, on at most twelve lines, from the store alone."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.clock import system
from auditor.config.files import fingerprint
from auditor.errors import Exit, UserError
from auditor.reports.layout import to_ascii
from auditor.reports.today import Today, from_text, is_alive, today_lines
from auditor.words import words

from .page import page
from .session import Session

if TYPE_CHECKING:
    from auditor.store.verbs import Store


def today(session: Session) -> int:
    """Print it. Asks nobody, writes nothing."""
    found, alive, language = _kept(session) or _worked_out(session)
    how = page(ascii_only=_plain_terminal())
    for line in today_lines(found, alive, words(language), how.width):
        click.echo(to_ascii(line) if how.ascii_only else line)
    return int(Exit.OK)


def _worked_out(session: Session) -> tuple[Today, bool | None, str]:
    """Judged now, by the files as they are."""
    from auditor.judge import audit
    from auditor.reports.today_view import today_view

    force = session.in_force(headed=True)
    settings, w = force.settings, session.words(force.settings)
    now = session.clock(force)()
    with closing(session.store(settings, now)) as store:
        found = audit(store, session.bench(store, force, None), now, force.warnings)
        alive = _alive(store, settings.tick_seconds, now)
    return today_view(found, w), alive, w.language


def _kept(session: Session) -> tuple[Today, bool | None, str] | None:
    """As worked out when something was last judged, if neither files, looks nor the hour changed it since."""
    now = _now(session.now_text)
    database, language = _where(session.directory)
    if now is None or database is None:
        return None
    from auditor.kept import kept_today
    from auditor.store.sqlite import open_store

    language = session.lang or language
    try:
        with closing(open_store(database, now, read_only=True, language=language)) as store:
            # A page kept in a rehearsal shows that these files passed its check: nobody off this machine is asked.
            detail = kept_today(store, now, fingerprint(session.directory), rehearsal=session.now_text is not None)
            if detail is None:
                return None
            return from_text(detail[language]), _alive(store, int(detail["tick"]), now), language
    except (UserError, KeyError, ValueError):
        return None  # whatever is wrong is said, or mended, where the page is worked out


def _now(text: str | None) -> datetime | None:
    """The system's instant, or the one of a rehearsal. None: only the settings can tell what is meant."""
    if text is None:
        return system()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _where(directory: Path) -> tuple[Path | None, str]:
    """Database and language that auditor.yaml names. They are checked where they are used."""
    from auditor.config.mend import read_document
    from auditor.config.nodes import Table, Text
    from auditor.config.settings import asked_language, settings_source

    source = settings_source(directory)
    node = None if source is None or source.trouble else read_document(source.text).node
    named = node.get("database") if isinstance(node, Table) else None
    database = directory / (named.value if isinstance(named, Text) else "auditor.db")
    return database if database.is_file() else None, asked_language(source)


def _alive(store: Store, tick_seconds: int, now: datetime) -> bool | None:
    beat = store.heartbeat("daemon")
    return is_alive(beat[0] if beat else None, beat[1] if beat else {}, tick_seconds, now)


def _plain_terminal() -> bool:
    """The C locale, where Python writes UTF-8 all the same: whose terminal it is may show ASCII only."""
    if os.environ.get("PYTHONIOENCODING") or os.environ.get("PYTHONUTF8"):
        return False
    return (os.environ.get("LC_ALL") or os.environ.get("LANG")) in ("C", "POSIX")
