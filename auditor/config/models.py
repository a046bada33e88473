"""The three files as pydantic models: the source of the JSON Schemas, and of the shapes of policy and settings.

Imported only where a file is validated or a schema is made: commands that read the store never load pydantic.
Every scalar of the register may be written without quotes and is read as text, so its schema accepts any scalar.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, create_model
from pydantic_core import PydanticCustomError

from auditor.fetch.network import SENTINELS

from .days import NoDay, read_day
from .names import CLOSING, EXEMPTIONS, PLATFORMS

Scalar = Annotated[str | None, WithJsonSchema({"type": ["string", "number", "boolean", "null"]})]
DAY_PATTERN = r"^\d{4}-\d{2}-\d{2}$"


def _written(value: Any) -> Any:
    """Numbers are text where text is due: `set_by: 2026`."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _day(value: Any) -> Any:
    found = read_day(value) if isinstance(value, str) else value
    if isinstance(found, NoDay):
        raise PydanticCustomError("day", "not a day", {"code": found.code, "hint": found.suggestion, **found.values})
    return value


Written = Annotated[str, BeforeValidator(_written), WithJsonSchema({"type": ["string", "number"]})]
Day = Annotated[str, BeforeValidator(_day), WithJsonSchema({"type": "string", "pattern": DAY_PATTERN})]
Days = Annotated[int, Field(ge=0, le=3650)]
Percent = Annotated[int, Field(ge=0, le=100)]


class Strict(BaseModel):
    """No unknown key, no coercion."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ExemptEntry(Strict):
    kind: Literal[EXEMPTIONS]  # type: ignore[valid-type]  # the tuple is the one list of kinds
    reason: Scalar
    document: Scalar
    approved_by: Scalar
    from_: Scalar = Field(alias="from")
    until: Scalar
    note: Scalar = None


class ContactEntry(Strict):
    name: Scalar
    email: Scalar = None
    confirmed_on: Scalar = None


class _AccountEntry(Strict):
    platform: Literal[PLATFORMS] | None = None  # type: ignore[valid-type]  # the tuple is the one list of names
    handle: Scalar = None
    url: Scalar = None
    id: Scalar = None
    opened: Scalar = Field(default=None, description="YYYY, YYYY-MM, YYYY-MM-DD")
    predecessor: Scalar = None
    note: Scalar = None
    profile: Scalar = None
    exempt: ExemptEntry | None = None


_short: Any = dict.fromkeys(PLATFORMS, (Scalar, None))
AccountEntry: type[BaseModel] = create_model("AccountEntry", __base__=_AccountEntry, **_short)


class AgencyEntry(Strict):
    name: Scalar
    id: Scalar = None
    parent: Scalar = None
    timezone: Scalar = None
    relation: Literal["inside", "above", "outside"] | None = None
    website: Scalar = None
    contact: ContactEntry | None = None
    profile: Scalar = None
    accounts: list[Annotated[str, WithJsonSchema({"type": "string"})] | AccountEntry] | None = None  # type: ignore[valid-type]  # made above


class DefaultsEntry(Strict):
    timezone: Scalar = None
    parent: Scalar = None
    profile: Scalar = None


class RegisterFile(Strict):
    """accounts.yaml, or one file of accounts/."""

    defaults: DefaultsEntry | None = None
    agencies: list[AgencyEntry] | None


class LegalBasis(Strict):
    title: Written
    checked_by: Written | None = None
    checked_on: Day | None = None


class Statement(Strict):
    name: Written = "default"
    set_by: Written | None = None
    note: Written = "Ambang batas kebijakan instansi; bukan ketentuan nasional."
    sentence: Written = "Bahan klarifikasi, bukan dasar sanksi atau pengurangan TPP sebelum masa sanggah selesai."
    legal_basis: list[LegalBasis] = []


class ProfileEntry(Strict):
    """A profile named as one of the four overrides it in part; a new one needs every key."""

    active_max_days: Days | None = None
    min_posts_30d: Annotated[int, Field(ge=0, le=10_000)] | None = None
    slow_max_days: Days | None = None
    notice_days: Days | None = None
    candidate_days: Days | None = None
    may_recommend_closure: bool | None = None


class NeverPosted(Strict):
    notice_days: Days = 90
    candidate_days: Days = 180


class ObservationRules(Strict):
    window_days: Days = 90
    long_window_days: Days = 365
    min_looks: Annotated[int, Field(ge=2, le=10)] = 2
    looks_apart_days: Days = 7
    fresh_evidence_max_days: Days = 3
    stale_after_days: Annotated[int, Field(ge=1, le=365)] = 10
    tries_per_round: Annotated[int, Field(ge=1, le=10)] = 2
    max_age_days: Annotated[int, Field(ge=1, le=365)] = 7


class AbsenceRules(Strict):
    confirmations: Annotated[int, Field(ge=1, le=20)] = 3
    span_hours: Annotated[int, Field(ge=0, le=8760)] = 72
    max_apart_days: Annotated[int, Field(ge=1, le=365)] = 14


class Guards(Strict):
    max_changes_percent: Percent = 20
    max_changes_from: Annotated[int, Field(ge=1)] = 5
    release_after_days: Annotated[int, Field(ge=1, le=90)] = 3
    frozen_counters_percent: Percent = 60


Round = Literal["daily", "weekly", "monthly", "quarterly", "yearly"]


class Rounds(Strict):
    look: Round = "weekly"
    report: Round = "monthly"
    closure: Round = "quarterly"


class Ladder(Strict):
    starts_on: Day | None = None
    new_cases_per_week: Annotated[int, Field(ge=0)] = 10
    order: Literal["longest_silence"] = "longest_silence"
    group_letters_by: list[Literal["agency", "stage"]] = ["agency", "stage"]
    notice_reply_days: Days = 14
    reminder_reply_days: Days = 14
    objection_working_days: Days = 5
    announce_days_before: list[Days] = [30, 14, 2]


class Signers(Strict):
    notice: Written = "kepala_diskominfo"
    reminder: Written = "sekda_an_kepala_daerah"
    recommendation: Written = "kepala_diskominfo"
    decision: Written = "sekda"


Related = Literal["inside", "above", "outside"]


class Relations(Strict):
    default: Related = "inside"
    case: list[Related] = ["inside"]
    nota_dinas_upward: list[Related] = ["above"]
    in_totals: list[Related] = ["inside", "above"]


class Recovery(Strict):
    min_posts: Annotated[int, Field(ge=1)] = 2
    within_days: Days = 14
    stable_days: Days = 30


class ExemptionRules(Strict):
    max_months: Annotated[int, Field(ge=1, le=24)] = 6
    max_months_guard: Annotated[int, Field(ge=1, le=36)] = 12


class Closing(Strict):
    default_mode: Literal[CLOSING] = "frozen"  # type: ignore[valid-type]  # the tuple is the one list of modes
    archive_notice_weeks: Annotated[int, Field(ge=0, le=520)] = 8
    redirect_note_months: Annotated[int, Field(ge=0, le=120)] = 12


class AfterClosing(Strict):
    watch_months: Annotated[int, Field(ge=0, le=120)] = 24
    handle_check_days: Days = 30
    login_days: dict[str, Days] = {"x": 25, "tiktok": 150, "instagram": 90, "facebook": 90, "youtube": 365}


class ReliefEntry(Strict):
    name: Written
    from_: Day = Field(alias="from")
    until: Day
    extra_days: Days
    agencies: list[str] = []


class Notify(Strict):
    circle: Literal["internal", "opd"] = "internal"
    opd_needs_release: bool = True
    at_once: list[Literal["lost"]] = ["lost"]
    hours: Annotated[str, Field(pattern=r"^\d{2}[.:]\d{2}-\d{2}[.:]\d{2}$")] = "07.30-16.00"
    days: Literal["working", "all"] = "working"
    training_days: Days = 7


class HandLooks(Strict):
    minutes_per_week: Annotated[int, Field(ge=0, le=10_080)] = 30
    seconds_each: Annotated[int, Field(ge=1, le=3600)] = 40


class PolicyFile(Strict):
    """policy.yaml: thresholds and rules of one office. None of the numbers is a national rule."""

    policy: Statement = Statement()
    profiles: dict[str, ProfileEntry] = {}
    default_profile: str = "standard"
    profile_by_platform: dict[str, str] = {"youtube": "video", "linkedin": "video"}
    closure_forbidden_for: list[str] = ["feed"]
    counted_kinds: list[Literal["original", "repost", "reply"]] = ["original"]
    new_account_days: Days = 90
    unknown_age_first_letter_days: Days = 90
    min_active_days_for_candidate: Days = 5
    never_posted: NeverPosted = NeverPosted()
    observation: ObservationRules = ObservationRules()
    absence: AbsenceRules = AbsenceRules()
    guards: Guards = Guards()
    rounds: Rounds = Rounds()
    ladder: Ladder = Ladder()
    signers: Signers = Signers()
    relations: Relations = Relations()
    recovery: Recovery = Recovery()
    exemption: ExemptionRules = ExemptionRules()
    closing: Closing = Closing()
    after_closing: AfterClosing = AfterClosing()
    calendar_relief: list[ReliefEntry] = []
    public_naming: bool = False
    notify: Notify = Notify()
    hand_looks: HandLooks = HandLooks()


class ScheduleEntry(Strict):
    tick_seconds: Annotated[int, Field(ge=1, le=86_400)] = 60
    report: str | None = "0 7 * * 1"
    backup: str | None = "30 2 * * *"


class NetworkEntry(Strict):
    proxy: str | None = None
    private_hosts: list[str] = []
    allow_private: list[str] = []
    hosts: dict[str, str] = {}
    sentinels: list[str] = list(SENTINELS)
    max_body_bytes: Annotated[int, Field(ge=1024, le=1_073_741_824)] = 10_485_760
    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 20.0


EnvName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class PlatformEntry(Strict):
    """Secrets are named by their environment variables, never written here."""

    enabled: bool | None = None
    base_url: str | None = None
    feed_url: str | None = None
    embed_url: str | None = None
    controls: list[Written] | None = None
    key_env: EnvName | None = None
    token_env: EnvName | None = None
    token_envs: list[EnvName] = []
    tokens_env: EnvName | None = None
    user_id_env: EnvName | None = None
    app_secret_env: EnvName | None = None
    client_key_env: EnvName | None = None
    client_secret_env: EnvName | None = None
    government_use_acknowledged: bool | None = None
    dialect: Literal["auto", "tweet", "post"] | None = None
    embed: bool | None = None
    quota: dict[Annotated[str, Field(pattern=r"^[a-z_]+$")], Annotated[float, Field(ge=0, le=1e12)]] = {}
    keep_days: Annotated[int, Field(ge=1, le=36_500)] | None = None


class SettingsFile(Strict):
    """auditor.yaml: where things lie and how this office reaches the world. Relative paths are relative to it."""

    database: str = "auditor.db"
    reports_dir: str = "reports"
    language: Literal["id", "en"] = "id"
    timezone: str = "Asia/Jakarta"
    schedule: ScheduleEntry = ScheduleEntry()
    network: NetworkEntry = NetworkEntry()
    platforms: dict[str, PlatformEntry] = {}
    demonstration: bool = False
