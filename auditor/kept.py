"""Today's page, worked out where something was just judged, so that printing it costs next to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from auditor.core.audit import Audit
from auditor.reports.today import KEPT
from auditor.store.verbs import Store

KEPT_UP_TO = 500  # accounts: judging everybody after each round must stay a small part of it


def keep_today(store: Store, found: Audit, files: str, tick: int) -> None:
    """Keep the page of an audit in every language.

    It holds for the newest run, for configuration files with the fingerprint `files`, and until the clock alone would
    change it. `tick` is the daemon's, in seconds. Nothing is kept of a very long list.
    """
    from auditor.reports.today import to_text
    from auditor.reports.today_view import today_view, valid_until
    from auditor.words import LANGUAGES, words

    runs = store.runs(1)
    if not runs or len(found.rows) > KEPT_UP_TO:
        return
    pages = {language: to_text(today_view(found, words(language))) for language in LANGUAGES}
    until = valid_until(found).astimezone(UTC).isoformat()
    detail = {"run": str(runs[0].id), "files": files, "rehearsal": str(found.rehearsal), "until": until}
    store.beat(KEPT, found.as_of, detail | {"tick": str(tick)} | pages)


def kept_today(store: Store, now: datetime, files: str, *, rehearsal: bool) -> Mapping[str, str] | None:
    """The page in every language, if neither looks nor files nor the hour changed it since; else None."""
    kept, runs = store.heartbeat(KEPT), store.runs(1)
    if kept is None or not runs:
        return None
    at, detail = kept
    same = (detail["run"], detail["files"], detail["rehearsal"]) == (str(runs[0].id), files, str(rehearsal))
    return detail if same and at <= now < datetime.fromisoformat(detail["until"]) else None
