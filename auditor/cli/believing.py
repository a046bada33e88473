"""A person takes back the doubt a lane is under: its rows are right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from auditor.errors import RefusedError
from auditor.words import Words

if TYPE_CHECKING:
    from auditor.store.verbs import Store
    from auditor.store.verbs_brake import Release


def believe(store: Store, lanes: Sequence[str], release: Release, now: datetime, w: Words) -> None:
    """Each named lane, or none of them. Raises RefusedError for one that is under no doubt."""
    from auditor.reports.clean import clean
    from auditor.reports.labels import count

    known = {doubt.lane for doubt in store.doubts(now)}
    for lane in lanes:
        if lane not in known:
            raise RefusedError(w("brake.no_lane", lane=clean(lane, 120), known=", ".join(sorted(known)) or "-"))
    for lane in lanes:
        found = store.release_doubt(lane, release.by, release.office, release.reason, now)
        click.echo(count("brake.lane_released", len(found), w, lane=clean(lane, 120)))
