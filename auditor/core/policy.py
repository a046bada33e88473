"""Which rules apply to one account: profile, exemption, relief, age, and whether closing may be proposed at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo

from .model import PostKind
from .register import Account, Agency, Exemption, Relation

DAY = timedelta(days=1)
HAND_EVERY = timedelta(days=28)  # a silent account that only people can read is looked at this often
ACCESS_LOST = "access_lost"  # not a pass: it switches to the incident path


@dataclass(frozen=True, slots=True)
class Profile:
    """Thresholds in whole days of 24 hours; `min_posts_30d` in counted posts."""

    name: str
    active_max_days: int
    min_posts_30d: int
    slow_max_days: int
    notice_days: int
    candidate_days: int
    may_recommend_closure: bool


@dataclass(frozen=True, slots=True)
class ReliefDays:
    """A holiday or a declared disaster: days in the agency's zone, both inclusive. No agencies named: all of them."""

    name: str
    start: date
    until: date
    extra_days: int
    agencies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PolicyBook:
    """The written policy: what `policy.yaml` says, defaults filled in. `version` is the hash of its canonical form."""

    name: str
    version: str
    set_by: str | None
    profiles: Mapping[str, Profile]
    default_profile: str
    profile_by_platform: Mapping[str, str]
    closure_forbidden_for: frozenset[str]
    counted_kinds: frozenset[PostKind]
    note: str
    sentence: str
    new_account_days: int = 90
    unknown_age_first_letter_days: int = 90
    min_active_days_for_candidate: int = 5
    never_posted_notice_days: int = 90
    never_posted_candidate_days: int = 180
    window_days: int = 90
    long_window_days: int = 365
    looks_apart_days: int = 7
    fresh_evidence_max_days: int = 3
    stale_after_days: int = 10
    max_age_days: int = 7
    absence_confirmations: int = 3
    absence_span_hours: int = 72
    absence_max_apart_days: int = 14
    max_changes_percent: int = 20
    max_changes_from: int = 5
    release_after_days: int = 3
    frozen_counters_percent: int = 60
    relief: tuple[ReliefDays, ...] = ()
    ladder_starts_on: date | None = None
    hand_minutes_per_week: int = 30
    hand_seconds_each: int = 40
    document: str = field(default="", compare=False, repr=False)  # the whole written policy, canonical JSON


@dataclass(frozen=True, slots=True)
class Relief:
    """Relief days resolved to instants: `start <= t < end`."""

    start: datetime
    end: datetime
    extra: timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy as it applies to one account at one instant. Durations, not numbers."""

    profile: str
    active_max: timedelta
    min_posts: int
    window: timedelta
    slow_max: timedelta
    notice_after: timedelta
    candidate_after: timedelta
    never_posted_notice: timedelta
    never_posted_candidate: timedelta
    closure_allowed: bool
    letters: bool  # only to offices that are ours: relation inside
    counts: frozenset[PostKind]
    stale_after: timedelta
    looks_apart: timedelta
    fresh_evidence: timedelta
    absences: int
    absences_over: timedelta
    absences_apart: timedelta
    new_account: timedelta
    unknown_age_first_letter: timedelta
    min_post_days: int
    opened: datetime | None = None
    exempt: bool = False
    relief: tuple[Relief, ...] = ()
    connected: bool = True  # a machine here can look at it


def midnight(day: date, zone: tzinfo) -> datetime:
    """The first instant of a day in a zone."""
    return datetime.combine(day, time(), zone)


def is_exempt(exemption: Exemption | None, zone: tzinfo, as_of: datetime) -> bool:
    """True from the first instant of the first day to the last instant of the last, in the agency's zone."""
    if exemption is None or exemption.kind == ACCESS_LOST:
        return False
    return midnight(exemption.start, zone) <= as_of < midnight(exemption.until + DAY, zone)


def applicable_profiles(book: PolicyBook, account: Account, agency: Agency) -> list[Profile]:
    """The account's own, else the platform's, else the agency's, else the default: the first of these judges."""
    named = [account.profile, book.profile_by_platform.get(account.ref.platform), agency.profile]
    found = [book.profiles[name] for name in named if name is not None]
    return found or [book.profiles[book.default_profile]]


def resolve(book: PolicyBook, account: Account, agency: Agency, as_of: datetime, *, connected: bool = True) -> Policy:
    """One account's policy. Closing may be proposed only if every profile that is set allows it."""
    profiles = applicable_profiles(book, account, agency)
    chosen = profiles[0]
    closure = all(p.may_recommend_closure for p in profiles) and account.ref.platform not in book.closure_forbidden_for
    return Policy(
        profile=chosen.name,
        active_max=chosen.active_max_days * DAY,
        min_posts=chosen.min_posts_30d,
        window=30 * DAY,
        slow_max=chosen.slow_max_days * DAY,
        notice_after=chosen.notice_days * DAY,
        candidate_after=chosen.candidate_days * DAY,
        never_posted_notice=book.never_posted_notice_days * DAY,
        never_posted_candidate=book.never_posted_candidate_days * DAY,
        closure_allowed=closure and agency.relation is Relation.INSIDE,
        letters=agency.relation is Relation.INSIDE,
        counts=book.counted_kinds,
        stale_after=book.stale_after_days * DAY,
        looks_apart=book.looks_apart_days * DAY,
        fresh_evidence=book.fresh_evidence_max_days * DAY,
        absences=book.absence_confirmations,
        absences_over=timedelta(hours=book.absence_span_hours),
        absences_apart=book.absence_max_apart_days * DAY,
        new_account=book.new_account_days * DAY,
        unknown_age_first_letter=book.unknown_age_first_letter_days * DAY,
        min_post_days=book.min_active_days_for_candidate,
        opened=None if account.opened is None else midnight(account.opened, agency.zone),
        exempt=is_exempt(account.exempt, agency.zone, as_of),
        relief=tuple(
            Relief(midnight(r.start, agency.zone), midnight(r.until + DAY, agency.zone), r.extra_days * DAY)
            for r in book.relief
            if not r.agencies or agency.id in r.agencies
        ),
        connected=connected,
    )
