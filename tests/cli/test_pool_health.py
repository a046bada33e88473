"""What is said of the health of a pool: of the credentials that are used here, and of no others."""

from __future__ import annotations

from tests.lab import youtube_api as api

from .office import Office
from .test_check_plan import FIRST, SECOND, keys, office, platform

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
