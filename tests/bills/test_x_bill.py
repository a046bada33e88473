"""The bill of X: users once a week, posts only where there are new ones, and a ledger that agrees with the double."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.core.model import Observation, Seen, Verdict
from auditor.poll.swept import Swept
from auditor.rounds import InForce, Rounds, load_in_force
from auditor.routes import shut_gates
from auditor.store.sqlite import open_store
from tests.lab import x as lab_x
from tests.lab.model import Account, Post, Scenario, State, utc
from tests.lab.server import Lab
from tests.lab.wire import Reply, Request

NOW = utc("2026-11-09T03:00:00")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WEEK = 7 * DAY
BORN = utc("2012-01-01")
VARIABLE = "AUDITOR_X_BEARER_TOKEN"
NAMES = ("users", "timelines", "usd", "posts")


class Till(Lab):
    """An answer that broke off was no successful one, and is not billed."""

    def reply(self, request: Request) -> Reply:
        bill = self.faces["x"].bill(request.headers.get("authorization", "").removeprefix("Bearer "))
        before = (bill.users, bill.posts)
        reply = super().reply(request)
        if reply.cut:
            bill.users, bill.posts = before
        return reply


@dataclass
class Desk:
    """One office with a token of X. Every round is a new process on the same database."""

    folder: Path
    lab: Lab
    more: Mapping[str, Any] = field(default_factory=dict)
    token: str = lab_x.TOKEN
    force: InForce = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        platform = lab_x.settings(self.lab.url + lab_x.PREFIX)["x"] | {"enabled": True, **self.more}
        settings = {
            "database": "auditor.db",
            "language": "en",
            "timezone": "Asia/Jakarta",
            "network": {"timeout_seconds": 1, "hosts": {}, "sentinels": []},
            "platforms": {"x": platform},
        }
        listed = [{"x": a.handle} for a in self.lab.scenario.accounts if a.listed]
        agency = {"id": "dinas-contoh", "name": "Dinas Contoh", "accounts": listed}
        register = {"defaults": {"timezone": "Asia/Jakarta"}, "agencies": [agency]}
        for name, document in (("auditor.yaml", settings), ("accounts.yaml", register)):
            (self.folder / name).write_text(json.dumps(document), "utf-8")
        loaded = load_in_force(self.folder, "en")
        assert isinstance(loaded, InForce), loaded
        self.force = loaded

    @contextmanager
    def rounds(self, now: datetime) -> Iterator[Rounds]:
        path = self.force.settings.database
        with closing(open_store(path, now)) as store:
            found = Rounds(
                force=self.force,
                store=store,
                facts=lambda: open_store(path, now, read_only=True),
                clock=lambda: now,
                secrets={VARIABLE: self.token},
            )
            found.enter()
            yield found

    def round(self, now: datetime) -> Swept:
        """Look at everybody whose lane does not wait."""
        self.lab.clock.set(now)
        with self.rounds(now) as rounds:
            return rounds.poll("poll", rounds.owed(everything=True))[0]

    @property
    def ledger(self) -> dict[str, int]:
        """All that was ever written down."""
        with self.rounds(NOW) as rounds:
            return {name: rounds.store.spent(f"x:{VARIABLE} {name}", BORN) for name in NAMES}

    @property
    def counted(self) -> dict[str, int]:
        """What the double counted: requests that reached it, and what it billed."""
        paths = [r.path for r in self.lab.requests if r.face == "x"]
        timelines = sum(path.endswith("/tweets") for path in paths)
        bill = self.lab.faces["x"].bill(self.token)
        return {"users": len(paths) - timelines, "timelines": timelines, "usd": bill.usd, "posts": bill.posts}

    def history(self, handle: str, now: datetime) -> Sequence[Observation]:
        with self.rounds(now) as rounds:
            state = rounds.store.find(f"x:{handle}")
            assert state is not None
            return rounds.store.history(state.id, now)

    def verdicts(self, now: datetime) -> dict[str, Verdict]:
        with self.rounds(now) as rounds:
            return {row.account.ref.handle: row.verdict for row in rounds.audit(now).rows}


@contextmanager
def desk(folder: Path, accounts: Sequence[Account], variant: str = "a", **more: Any) -> Iterator[Desk]:
    with Till(Scenario("x", NOW, tuple(accounts), variants={"x": variant})) as lab:
        yield Desk(folder, lab, more)


def account(handle: str, *ago: float, states: Sequence[State] = (), **more: Any) -> Account:
    """Posts made so many days before the first look; negative: after it."""
    posts = tuple(Post(NOW - age * DAY) for age in ago)
    return Account(f"x:{handle}", "x", handle, BORN, posts, tuple(states), title="Dinas Contoh", **more)


def city() -> list[Account]:
    """A thousand accounts: a tenth posts once or twice in the week that follows the first look."""
    found = []
    for n in range(1000):
        news = [-2.0, -4.0][: 1 + n // 10 % 2] if n % 10 == 0 else []
        found.append(account(f"dinas_{n}", *news, *(3 + 7 * k for k in range(8))))
    return found


def test_a_week_of_a_thousand_accounts_costs_ten_look_ups_and_a_dollar_of_posts(tmp_path: Path) -> None:
    """Nine hundred are quiet and cost nothing but their look-up; the ledger says what the double counted."""
    with desk(tmp_path, city(), quota={"usd": 100}) as office:
        office.round(NOW)
        first = office.counted
        assert first == {"users": 10, "timelines": 1000, "usd": 10 * 1000 + 25 * 1000, "posts": 5000}
        assert office.ledger == first
        swept = office.round(NOW + WEEK)
        week = {name: units - first[name] for name, units in office.counted.items()}
        assert (swept.looked, swept.seen) == (1000, 1000)
        assert week == {"users": 10, "timelines": 1000, "usd": 10 * 1000 + 5 * 150, "posts": 150}
        assert 5 * week["posts"] <= 1000, "a dollar"
        assert office.ledger == office.counted


def test_between_two_weekly_look_ups_a_look_at_a_quiet_account_is_free(tmp_path: Path) -> None:
    with desk(tmp_path, [account("sepi", 3, 9), account("ramai", -0.5, -1.5, -2.5, 3, 9)]) as office:
        office.round(NOW)
        before = office.counted
        for day in (1, 2, 3):
            office.round(NOW + day * DAY)
        after = office.counted
        assert after["users"] == before["users"]
        assert after["posts"] - before["posts"] == 3
        assert office.ledger == after
        assert office.history("sepi", NOW + 3 * DAY)[-1].outcome == Seen(
            lab_x.user_id(office.lab.scenario.account("x:sepi")), "sepi", (), NOW + 2 * DAY
        )


def test_where_nobody_vouches_for_the_lane_a_silence_is_read_in_full_and_vouches_for_itself(tmp_path: Path) -> None:
    """An answer that names only what is new would be the same from a lane that names nothing at all."""
    with desk(tmp_path, [account("sunyi", 60, 70)]) as office:
        for days in (0, 1, 9):
            office.round(NOW + days * DAY)
        verdict = office.verdicts(NOW + 9 * DAY)["sunyi"]
        assert (verdict.status, verdict.confirmed) == ("inactive", True)
        assert office.ledger == office.counted


def test_one_silent_account_that_was_read_in_full_vouches_for_the_others(tmp_path: Path) -> None:
    """Where no control is named and the silent ones come first, they cost five posts together, not five each."""
    silent = [account(f"sunyi_{n}", *range(60, 120, 10)) for n in range(30)]
    with desk(tmp_path, silent) as office:
        office.round(NOW)
        office.round(NOW + WEEK)
        before = office.counted
        office.round(NOW + 2 * WEEK)
        assert office.counted["posts"] - before["posts"] == 5
        assert {(v.status, v.confirmed) for v in office.verdicts(NOW + 2 * WEEK).values()} == {("inactive", True)}
        assert office.ledger == office.counted


def few() -> list[Account]:
    gone = State("deleted", NOW - 90 * DAY)
    return [account(f"dinas_{n}", 1, 4, 9) for n in range(8)] + [account("hilang", 1, states=[gone])]


FAULTS: dict[str, list[dict[str, Any]]] = {
    "nothing": [],
    "too many requests": [{"kind": "too_many", "times": 2}],
    "too many requests for timelines": [{"kind": "too_many", "path": "/tweets", "times": 3}],
    "out of credits": [{"kind": "too_many", "variant": "b", "path": "/tweets", "times": 1}],
    "out of order": [{"kind": "down", "times": 3}],
    "every timeline 404": [{"kind": "down", "variant": "b", "path": "/tweets", "times": 9}],
    "a time-out": [{"kind": "hang", "path": "/tweets", "times": 1}],
    "a connection that is dropped": [{"kind": "drop", "times": 2}],
    "a body that breaks off": [{"kind": "cut", "path": "/tweets", "times": 2}],
    "a look-up that breaks off": [{"kind": "cut", "path": "/2/users", "times": 1}],
    "a page of a gateway": [{"kind": "challenge", "path": "/tweets", "times": 2}],
    "nothing at all": [{"kind": "empty", "times": 2}],
}


@pytest.mark.parametrize("variant", ["a", "b"])
@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS.keys())
def test_the_ledger_says_what_the_double_counted_whatever_goes_wrong(
    tmp_path: Path, faults: list[dict[str, Any]], variant: str
) -> None:
    with desk(tmp_path, few(), variant) as office:
        office.lab.break_with(*faults)
        office.round(NOW)
        assert office.ledger == office.counted
        for day in (1, 2, 9):
            office.round(NOW + day * DAY)
            assert office.ledger == office.counted
        healthy = {h: v for h, v in office.verdicts(NOW + 9 * DAY).items() if h != "hilang"}
        assert len(healthy) == 8
        assert {v.status for v in healthy.values()} <= {"active", "slow"}
        assert all(v.last_post is not None for v in healthy.values())


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (lab_x.WRONG, "credential_rejected"),
        (lab_x.OWNER_SUSPENDED, "credential_rejected"),
        (lab_x.NOT_ENROLLED, "permission_missing"),
        (lab_x.UNSUPPORTED, "our_request_invalid"),
        (lab_x.BROKE, "quota_exhausted"),
        (lab_x.CAPPED, "quota_exhausted"),
    ],
)
@pytest.mark.parametrize("variant", ["a", "b"])
def test_a_token_that_does_not_work_costs_nothing_and_says_nothing_of_anybody(
    tmp_path: Path, token: str, reason: str, variant: str
) -> None:
    with desk(tmp_path, few(), variant) as office:
        office.token = token
        swept = office.round(NOW)
        assert set(swept.missed) == {reason}
        assert (office.ledger["usd"], office.ledger["posts"]) == (0, 0)
        assert {v.status for v in office.verdicts(NOW).values()} == {"unknown"}


@pytest.mark.parametrize("said", [False, None])
def test_without_the_offices_word_about_the_terms_nothing_is_asked(tmp_path: Path, said: bool | None) -> None:
    with desk(tmp_path, few(), government_use_acknowledged=said) as office:
        swept = office.round(NOW)
        assert (swept.looked, office.lab.requests) == (0, [])
        assert shut_gates(office.force.settings, {VARIABLE: office.token}) == ("x",)
        assert {v.status for v in office.verdicts(NOW).values()} == {"unknown"}


def test_a_budget_that_is_used_up_stops_the_lane_until_the_month_is_over(tmp_path: Path) -> None:
    """Fifteen cents a month is what the office wrote down: one look-up, and a few timelines."""
    with desk(tmp_path, few(), quota={"usd": 0.15}) as office:
        swept = office.round(NOW)
        assert swept.missed == {"quota_exhausted": 1}
        assert 100 < office.ledger["usd"] <= 150
        assert office.ledger == office.counted
        calls = len(office.lab.requests)
        office.round(NOW + HOUR)
        assert len(office.lab.requests) == calls
        office.round(utc("2026-12-01T00:10:00"))
        assert len(office.lab.requests) > calls


def test_the_last_request_of_a_window_is_the_last_until_it_ends(tmp_path: Path) -> None:
    """429 is never provoked."""
    with desk(tmp_path, few()) as office:
        office.lab.faces["x"].limits["timelines"] = 5
        office.round(NOW)
        assert office.counted["timelines"] == 5
        office.round(NOW + timedelta(minutes=1))
        assert office.counted["timelines"] == 5
        office.round(NOW + timedelta(minutes=15))
        assert office.counted["timelines"] == 10
        assert office.ledger == office.counted


@pytest.mark.parametrize("variant", ["a", "b"])
def test_what_became_of_accounts_is_told_apart(tmp_path: Path, variant: str) -> None:
    later = NOW + DAY
    accounts = [
        account("ramai", *range(-20, 20, 2)),
        account("ganti_nama", *range(-20, 20, 2), renames=((later, "nama_baru"),)),
        account("diambil", 1, states=[State("taken", later)]),
        account("ditangguhkan", 1, states=[State("suspended", later)]),
        account("terhapus", 1, states=[State("deleted", later)]),
        account("terkunci", 1, states=[State("protected", later)]),
        account("disembunyikan", *range(-20, 20, 2), states=[State("withheld", later)]),
    ]
    with desk(tmp_path, accounts, variant) as office:
        for day in (0, 7, 9, 11, 13):
            office.round(NOW + day * DAY)
        at = NOW + 13 * DAY
        found = office.verdicts(at)
        lost = {h: (v.reason, v.reason_detail) for h, v in found.items() if v.status == "lost" and h != "diambil"}
        assert lost == {
            "ditangguhkan": ("absent", "suspended"),
            "terhapus": ("absent", "gone"),
            "terkunci": ("absent", "protected"),
        }
        assert (found["diambil"].status, found["diambil"].reason) == ("lost", "taken")
        renamed = office.history("ganti_nama", at)[1].outcome
        assert isinstance(renamed, Seen)
        assert renamed.handle == "nama_baru"
        sights = [o.outcome for o in office.history("disembunyikan", at) if isinstance(o.outcome, Seen)]
        assert any("withheld" in seen.flags for seen in sights)
        assert {found[h].status for h in ("ramai", "ganti_nama", "disembunyikan")} == {"active"}
        assert office.ledger == office.counted


def test_one_empty_answer_makes_nobody_silent_for_certain(tmp_path: Path) -> None:
    """Empty timelines of busy accounts have been reported: it takes a second look in another hour.

    The control costs one user and five posts, each time.
    """
    control = account("kendali", *range(-20, 20, 2), listed=False)
    with desk(tmp_path, [account("sepi", 29, 60), control], controls=["kendali"]) as office:
        office.round(NOW)
        at = NOW + 10 * DAY
        before = office.counted
        office.round(at)
        taken = {name: units - before[name] for name, units in office.counted.items()}
        assert taken == {"users": 2, "timelines": 2, "usd": 10 + 10 + 25, "posts": 5}
        first = office.verdicts(at)["sepi"]
        assert (first.status, first.confirmed) == ("inactive", False)
        assert first.confirmable_at is not None
        office.round(first.confirmable_at)
        assert office.verdicts(first.confirmable_at)["sepi"].confirmed
        assert office.ledger == office.counted
