"""One import from its first row to its last: each row judged by what is known, the rows before it included."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from auditor.core.address import AddressProblem
from auditor.core.advice import advise
from auditor.core.audit import Audited, Rhythm
from auditor.core.model import HAND, Observation, Status
from auditor.core.policy import PolicyBook, resolve
from auditor.core.reach import Reach
from auditor.core.reading import Reading, read
from auditor.core.register import Account
from auditor.core.verdict import decide_reading
from auditor.store.verbs import AccountState, Attestation, Look, Store

from .answers import Answers, ReadLink, Vocabulary, digest, told
from .outcome import Kind, Note, Rejection, Result, Unstated
from .person import same_person
from .statement import POST, About, Statement, Sure, Told, state
from .when import Moment
from .whose import Choose, Roll

LIVELY = frozenset({Status.ACTIVE, Status.SLOW})
DRAWN_SHARE, DRAWN_LEAST = 10, 3  # of managers' answers a tenth is checked by somebody else, and three at least


@dataclass(frozen=True, slots=True)
class Sitting:
    """What holds for a whole import: who looks and when, unless a row says otherwise."""

    now: datetime
    office: str  # whom the people who look work for
    by: str = ""
    second: str = ""
    at: str = ""
    manager: bool = False
    among: tuple[Account, ...] = ()  # the accounts that were named beside the command


@dataclass
class Desk:
    """Takes rows in their order. Nothing is written: `looks` of the results are for the recorder."""

    sitting: Sitting
    roll: Roll
    book: PolicyBook
    reach: Reach
    store: Store
    said: Vocabulary
    read_link: ReadLink
    choose: Choose = lambda link, accounts: None  # noqa: ARG005 — nobody to ask
    sure: Sure = lambda odd: False  # noqa: ARG005 — nobody to ask
    day: Callable[[], str] = str  # of a post whose address carries none; "": nobody to ask
    results: list[Result] = field(default_factory=list)
    left_blank: int = 0
    _told: dict[str, list[tuple[datetime, Observation, Attestation]]] = field(default_factory=dict)
    _shown: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _linked: dict[str, str] = field(default_factory=dict)  # address of a post -> the account it was first given for
    _sources: set[str] = field(default_factory=set)
    _rows: list[Answers] = field(default_factory=list)

    def __post_init__(self) -> None:
        for key, state_ in self.store.states().items():
            for at, earlier in self.store.attestations(state_.id, self.sitting.now):
                if earlier.screenshot:
                    self._shown.setdefault(earlier.screenshot, (key, at))
                if earlier.link:
                    self._linked.setdefault(earlier.link, key)

    def take(self, answers: Answers) -> Result | None:
        """One row. None: nobody answered it."""
        if not answers.is_answered:
            self.left_blank += 1
            return None
        sitting = self.sitting
        answers = replace(
            answers.with_defaults(by=sitting.by, second=sitting.second, at=sitting.at),
            manager=answers.manager or sitting.manager,
        )
        result = self._result(answers)
        self.results.append(result)
        self._rows.append(answers)
        return result

    def again(self) -> None:
        """Rejected rows once more, while one of them is helped by a row below it: order decides nothing.

        Without it a second import would know more than the first and take what that refused.
        """
        helped = True
        while helped:
            helped = False
            for place, result in enumerate(self.results):
                if result.kind is Kind.REJECTED:
                    self.results[place] = self._result(self._rows[place])
                    helped = helped or self.results[place].counts

    def _result(self, answers: Answers) -> Result:
        account = None
        try:
            account, notes = self._whose(answers)
            return self._dated(answers, account, notes)
        except Unstated as unstated:
            return Result(answers.place, Kind.REJECTED, account, unstated.why)

    def _dated(self, answers: Answers, account: Account, notes: tuple[Note, ...]) -> Result:
        """The row; its date asked for where only that is missing."""
        try:
            return self._taken(answers, account, notes)
        except Unstated as unstated:
            day = self.day() if unstated.why.code == "ask_date" else ""
            if not day:
                raise
        return self._taken(replace(answers, date=day), account, notes)

    def _whose(self, answers: Answers) -> tuple[Account, tuple[Note, ...]]:
        found = self.roll.of_row(answers)
        if found is not None:
            return found
        link = self.read_link(answers.post_link)
        if not isinstance(link, AddressProblem):
            return self.roll.of_link(link, self.choose, self.sitting.among)
        raise Unstated("address", problem=link) if answers.post_link else Unstated("whose")

    def _taken(self, answers: Answers, account: Account, notes: tuple[Note, ...]) -> Result:
        read_link = self.roll.reader(account, self.read_link)
        source = digest(answers, account.key, self.said, read_link)
        if source in self._sources or self.store.attested([source]):
            return Result(answers.place, Kind.UNCHANGED, account, _known(answers), row=self._judged(account))
        zone = self.roll.register.agency[account.agency].zone
        found = told(answers, self.said, read_link, zone, self.sitting.now)
        if found.link is not None:
            self.roll.must_fit(account, found.link)
        state_ = self.roll.find(account.key)
        about = self._about(account, state_)
        found, when = _dated(answers, found, about, self.sitting.now)
        statement = state(found, about, office=self._office(account, found), source=source, sure=self.sure)
        self._sources.add(source)
        look = statement.observation
        self._told.setdefault(account.key, []).append((look.observed_at, look, statement.attestation))
        if found.screenshot is not None:
            self._shown.setdefault(found.screenshot.sha256, (account.key, look.observed_at))
        again: tuple[Note, ...] = ()
        if found.link is not None and (other := self._linked.setdefault(found.link.url, account.key)) != account.key:
            again = (Note("link_again", {"account": other}),)
        row = self._judged(account)
        if row.verdict.status not in LIVELY:  # of those nothing hangs on the time
            notes = (*notes, *when)
        notes = (*notes, *again, *statement.notes, *([Note("automatic")] if row.policy.connected else []))
        return Result(
            answers.place,
            Kind.REPAIRED if any(note.repair for note in notes) else Kind.ACCEPTED,
            account,
            notes=notes,
            look=_look(state_, statement),
            row=row,
            minted_at=statement.attestation.minted_at,
        )

    def _office(self, account: Account, found: Told) -> str:
        return account.agency if found.manager else self.sitting.office

    @property
    def accepted(self) -> bool:
        """Something is to be recorded."""
        return any(result.counts for result in self.results)

    @property
    def rejected(self) -> bool:
        """Something was refused."""
        return any(result.kind is Kind.REJECTED for result in self.results)

    # --- what is known ---

    def _history(self, account: Account, state_: AccountState | None) -> list[Observation]:
        known = self.store.history(state_.id, self.sitting.now) if state_ else ()
        return [*known, *(look for _, look, _ in self._told.get(account.key, ()))]

    def _reading(self, account: Account, history: Sequence[Observation]) -> Reading:
        agency = self.roll.register.agency[account.agency]
        return read(history, resolve(self.book, account, agency, self.sitting.now).counts, self.sitting.now)

    def _about(self, account: Account, state_: AccountState | None) -> About:
        earlier = list(self.store.attestations(state_.id, self.sitting.now)) if state_ else []
        earlier += [(at, attestation) for at, _, attestation in self._told.get(account.key, ())]
        return About(
            native_id=(state_.native_id if state_ else account.ref.native_id) or "",
            handle=state_.handle if state_ else account.ref.handle,
            zone=self.roll.register.agency[account.agency].zone,
            posts=self._reading(account, self._history(account, state_)).posts,
            earlier=tuple(earlier),
            shown=self._shown,
            key=account.key,
        )

    def _judged(self, account: Account) -> Audited:
        """The account as it stands with what was told in this import."""
        state_, now = self.roll.find(account.key), self.sitting.now
        agency = self.roll.register.agency[account.agency]
        history = self._history(account, state_)
        native_id = state_.native_id if state_ else account.ref.native_id
        connected = self.reach.reads(replace(account.ref, native_id=native_id))
        policy = resolve(self.book, account, agency, now, connected=connected)
        verdict = decide_reading(history, read(history, policy.counts, now), policy, now)
        return Audited(
            account=account,
            agency=agency,
            policy=policy,
            verdict=verdict,
            rhythm=Rhythm(),
            advice=advise(verdict, policy),
            native_id=native_id,
            route=HAND,
            observations=len(history),
        )

    # --- at the end ---

    def draw(self) -> tuple[Result, ...]:
        """Of the managers' answers a tenth, three at least, by lot for a check by somebody else.

        The lot lies in the digests of the rows: nobody chooses, and drawing again draws the same.
        """
        told_by = [r for r in self.results if r.look and r.look.attestation and r.look.attestation.manager]
        count = min(len(told_by), max(DRAWN_LEAST, -(-len(told_by) // DRAWN_SHARE)))
        chosen = sorted(told_by, key=_lot)[:count]
        places = {id(r) for r in chosen}
        self.results = [_drawn(r) if id(r) in places else r for r in self.results]
        return tuple(r for r in self.results if r.look and r.look.attestation and r.look.attestation.drawn)


def _dated(answers: Answers, found: Told, about: About, now: datetime) -> tuple[Told, tuple[Note, ...]]:
    """When a row without a time was looked at, if that is not now.

    Of a worksheet of ours: since it was made. Of another table, where the same person says the same again: then, for
    more cells filled in are no second look; another screenshot is one.
    """
    if answers.at or answers.day:
        return found, ()
    if answers.issued is not None:
        day = about.day(found.at.first)
        return found, (Note("as_issued", {"day": day}),) if day < about.day(now) else ()
    at = next((at for at, earlier in reversed(about.earlier) if _is_more_of(earlier, found)), None)
    if at is None:
        return found, ()
    return replace(found, at=Moment(at, at)), (Note("more_of", {"day": about.day(at)}),)


def _is_more_of(earlier: Attestation, found: Told) -> bool:
    said = POST if found.link is not None else found.said
    shot = found.screenshot.sha256 if found.screenshot else None
    return (
        (earlier.said, earlier.link, earlier.typed_on) == (said, found.link.url if found.link else None, found.typed_on)
        and earlier.screenshot in (None, shot)
        and same_person(earlier.by, found.by)
    )


def _known(answers: Answers) -> Rejection:
    """A row without a sheet's id, a time or a day cannot be told from the same answer of another week."""
    return Rejection("known" if answers.worksheet or answers.at or answers.day else "known_untimed")


def _lot(result: Result) -> str:
    source = result.look.attestation.source if result.look and result.look.attestation else ""
    return hashlib.sha256(f"lot {source}".encode()).hexdigest()


def _drawn(result: Result) -> Result:
    if result.look is None or result.look.attestation is None:
        return result
    return replace(result, look=replace(result.look, attestation=replace(result.look.attestation, drawn=True)))


def _look(state_: AccountState | None, statement: Statement) -> Look:
    """Ready to be recorded; an account the store does not know yet gets its number there."""
    return Look(state_.id if state_ else 0, statement.observation, attestation=statement.attestation, why=HAND)
