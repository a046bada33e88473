"""Documented refusals, at random, for weeks: nobody's status changes, and no secret is written anywhere.

Some 600 looks by default; ten thousand in the nightly profile.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.cli import run
from tests.e2e.refuser import Refuser, documented
from tests.lab.model import Account, Scenario, utc
from tests.lab.rhythm import steady
from tests.lab.server import Lab, secrets

NOW = utc("2026-11-02T02:00:00")
ABOUT_NOBODY = {
    "ambiguous_absence",
    "rate_limited",
    "quota_exhausted",
    "credential_rejected",
    "permission_missing",
    "our_request_invalid",
    "unreachable",
    "unrecognised",
}
ABSENT = {"gone", "suspended", "protected", "wrong_kind"}  # they count only beside a healthy control, and none answers
PLATFORMS = ("facebook", "instagram", "threads", "tiktok", "x", "youtube")
LOOKS = 10_000 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 600
STALE = timedelta(days=10)
