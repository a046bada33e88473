"""What is said of the health of a pool: of the credentials that are used here, and of no others."""

from __future__ import annotations

from contextlib import closing

from auditor.core.quota import Quota
from auditor.platforms import platforms
from auditor.store.sqlite import open_store
from auditor.store.verbs import Charge
from tests.lab import youtube_api as api

from .office import Office
from .test_check_plan import FIRST, NOW, SECOND, keys, office, platform

__all__ = ["office"]


def test_a_rejected_credential_that_left_the_pool_is_no_blind_spot_any_more(office: Office) -> None:
    platform(office, "youtube", token_envs=[FIRST, SECOND])
    keys(office, **{FIRST: api.KEY, SECOND: api.WRONG})
    assert office("poll").code == 16
    assert [spot["reason"] for spot in office("report", "--format", "json").json["blind_spots"]] == [
        "credential_rejected"
    ]
    platform(office, "youtube", token_envs=[FIRST])
    assert office("report", "--format", "json").json["blind_spots"] == []
    status = office("status", "--format", "json").json
    assert status["blind_spots"] == []
    assert {(row["failing_since"], row["reason"]) for row in status["platforms"]} == {(None, None)}


def test_units_that_a_program_with_one_credential_a_platform_spent_today_are_spent(office: Office) -> None:
    keyed = platforms()["youtube"].keyed
    assert keyed is not None
    assert isinstance(keyed.capability.quota, Quota)
    with closing(open_store(office.config / "auditor.db", NOW)) as store:
        store.spend([Charge("youtube", keyed.capability.quota.window(NOW)[0], 78)])
    keys(office, **{FIRST: api.KEY})
    office.lab.forget()
    office("poll")
    (quota,) = office("status", "--format", "json").json["quota"]
    assert (quota["lane"], quota["spent"]) == (f"youtube:{FIRST} call", 78 + len(office.lab.requests))
