"""Today's page, worked out where something was just judged, so that printing it costs next to nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from auditor.core.audit import Audit
from auditor.reports.today import KEPT
from auditor.store.verbs import Store

KEPT_FROM, KEPT_UP_TO = 40, 500  # accounts: below, the page is quickly worked out; above, judging all is no small part


def keep_today(store: Store, judge: Callable[[], Audit], files: str, tick: int, reads: str = "") -> None:
    """Keep the page of an audit in every language.

    It holds for the facts as they stood before `judge` read them, for configuration files with the fingerprint
    `files`, and until the clock alone would change it. `tick` is the daemon's, in seconds; `reads` names what machines
    here can look at. Nothing is kept of a very long list.
    """
    from auditor.reports.today import to_text
    from auditor.reports.today_view import today_view, valid_until
    from auditor.words import LANGUAGES, words

    if not store.runs(1):
        return
    mark = store.mark()  # another process may write while this one judges: then the page is of a time gone by
    found = judge()
    if len(found.rows) > KEPT_UP_TO:
        return
    pages = {language: to_text(today_view(found, words(language))) for language in LANGUAGES}
    until = valid_until(found).astimezone(UTC).isoformat()
    detail = {"mark": mark, "files": files, "rehearsal": str(found.rehearsal), "until": until}
    store.beat(KEPT, found.as_of, detail | {"tick": str(tick), "reads": reads} | pages)


def kept_today(store: Store, now: datetime, files: str, *, rehearsal: bool) -> Mapping[str, str] | None:
    """The page in every language, if neither looks nor files nor the hour changed it since; else None."""
    kept = store.heartbeat(KEPT)
    if kept is None:
        return None
    at, detail = kept
    same = (detail.get("files"), detail.get("rehearsal")) == (files, str(rehearsal)) and _is_of(store, detail)
    return detail if same and at <= now < datetime.fromisoformat(detail["until"]) else None


def _is_of(store: Store, detail: Mapping[str, str]) -> bool:
    """Nothing was written since; a page that an older version kept says nothing of it."""
    return detail.get("mark") == store.mark()
