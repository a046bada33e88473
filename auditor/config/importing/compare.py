"""Lines against the register: what is new, what differs, what stands there twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from auditor.config.days import NoDay, read_opened
from auditor.config.entries import NATIVE
from auditor.core.address import Address, AddressForm, read_address
from auditor.core.register import Account, Register
from auditor.core.url import Private

from .lines import Line, Lines
from .offices import Office, Offices
from .plan import CHECK, Addition, Change, Effect, ImportPlan, Item, Outcome, Remark
from .reading import clean_text, read_line
from .warnings import warned

SHORT_ID = 5  # digits; a shorter "id" is the number of a row


def compare(
    found: Lines,
    register: Register | None,
    forms: Mapping[str, AddressForm],
    *,
    agency: str | None,
    profiles: frozenset[str],
    private: Private,
) -> ImportPlan:
    """The plan for the lines of one list."""
    work = _Comparison(register, forms, profiles, private, Offices(register, agency))
    items = [work.item(line) for line in found.lines]
    items = warned(items, register, work.offices.names)
    present = {item.key for item in items} | {account.key for account in work.matched}
    accounts = register.accounts if register else ()
    return ImportPlan(
        source=found.source,
        items=tuple(items),
        agencies=tuple(work.offices.added.values()),
        additions=tuple(_addition(item, forms, private) for item in items if item.effect is Effect.NEW),
        changes=tuple(work.changes),
        websites=work.websites,
        kept=tuple(account.key for account in accounts if account.key not in present),
        ignored=found.ignored,
        titles=found.titles,
        stale=bool(found.register and register and found.register != register.sha256),
    )


@dataclass(slots=True)
class _Comparison:
    register: Register | None
    forms: Mapping[str, AddressForm]
    profiles: frozenset[str]
    private: Private
    offices: Offices
    seen: dict[str, str] = field(default_factory=dict)  # key -> place in the list
    ids: dict[tuple[str, str], str] = field(default_factory=dict)  # (platform, native id) -> place in the list
    matched: list[Account] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    websites: dict[str, str] = field(default_factory=dict)
    _natives: dict[tuple[str, str], Account] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for account in self.register.accounts if self.register else ():
            if account.ref.native_id:
                self._natives[(account.ref.platform, account.ref.native_id)] = account

    def item(self, line: Line) -> Item:
        """What becomes of one line."""
        office = self.offices.find(line.office, line.office_id, carried=line.carried)
        item = Item(
            line.place, line.cells, line.written, Outcome.REJECTED, Effect.NONE, office.id, repairs=line.repairs
        )
        if office.reason is not None and office.reason.code != "no_office":
            return replace(item, reason=office.reason)
        if not line.written:
            return self._office_only(item, line, office)
        reading = read_line(line, self.forms, self.private)
        item = replace(item, remarks=reading.remarks)
        if reading.reason is not None or office.reason is not None:
            return replace(item, reason=reading.reason or office.reason)
        repairs = (*reading.repairs, *(("office_above",) if line.carried and office.named else ()))
        item = replace(item, repairs=repairs, outcome=Outcome.REPAIRED if repairs else Outcome.ACCEPTED)
        if reading.address is None:
            return self._site(item, reading.website, office)
        return self._account(item, line, reading.address, office)

    def _office_only(self, item: Item, line: Line, office: Office) -> Item:
        """A row without any account: of a wide list an office that has none, else an empty line."""
        if office.reason is not None or not office.named or not (line.wide or line.website):
            return replace(item, reason=Remark("empty") if office.reason is None else office.reason)
        item = replace(item, outcome=Outcome.ACCEPTED, effect=Effect.OFFICE, remarks=office.remarks)
        self.offices.add(office)
        return self._beside(item, line.website, office)

    def _site(self, item: Item, website: str, office: Office) -> Item:
        item = replace(item, effect=Effect.OFFICE, remarks=(*item.remarks, *office.remarks))
        self.offices.add(office)
        return self._with_site(item, website, office)

    def _with_site(self, item: Item, website: str, office: Office) -> Item:
        """A web site fills an office that has none; another one is only named."""
        before = self.websites.get(office.id) or self.offices.website(office.id)
        if not before:
            if office.id in self.offices.added:
                self.offices.added[office.id] = replace(self.offices.added[office.id], website=website)
            else:
                self.websites[office.id] = website
        elif before.rstrip("/") != website.rstrip("/"):
            remark = Remark("website_differs", {"known": before, "website": website})
            return replace(item, website=website, remarks=(*item.remarks, remark))
        return replace(item, website=website)

    def _beside(self, item: Item, text: str, office: Office) -> Item:
        """The web site that a column of its own names beside an account."""
        if not text:
            return item
        line = Line(item.place, item.cells, written=text, label="website", wide=True)
        reading = read_line(line, self.forms, self.private)
        if reading.website:
            return self._with_site(item, reading.website, office)
        remark = Remark("website_unread", {"text": text})
        return replace(item, remarks=(*item.remarks, remark))

    def _account(self, item: Item, line: Line, address: Address, office: Office) -> Item:
        native, said = self._native(line, address)
        item = replace(
            item,
            address=address,
            id=native if native != address.native_id else "",
            note=clean_text(line.note),
            remarks=(*item.remarks, *said),
        )
        first = self.seen.get(address.key)
        same_id = self.ids.get((address.platform, native)) if native else None
        if first or same_id:
            remarks = item.remarks if first else (*item.remarks, Remark("same_id", {"id": native}))
            return replace(
                item, outcome=Outcome.DUPLICATE, effect=Effect.NONE, twin=first or same_id or "", remarks=remarks
            )
        self.seen[address.key] = item.place
        if native:
            self.ids[(address.platform, native)] = item.place
        item = self._particulars(item, line)
        listed = self._listed(address, native)
        if listed is not None:
            return self._known(self._beside(item, line.website, office), listed, native, office)
        self.offices.add(office)
        item = replace(item, effect=Effect.NEW, remarks=(*item.remarks, *office.remarks))
        return self._beside(item, line.website, office)

    def _listed(self, address: Address, native: str) -> Account | None:
        if self.register is None:
            return None
        return self.register.account.get(address.key) or self._natives.get((address.platform, native))

    def _native(self, line: Line, address: Address) -> tuple[str, tuple[Remark, ...]]:
        """The stable id, where the column holds one: many lists number their rows under the same heading."""
        given, own = line.id.strip(), address.native_id or ""
        if not given or given == own:
            return own, ()
        listed = self.register.account.get(address.key) if self.register else None
        if listed is not None and listed.ref.native_id == given:
            return given, ()
        pattern = NATIVE.get(address.platform)
        if own:
            return own, (Remark("id_differs", {"id": given, "handle": own}, warning=True),)
        if pattern is None or not pattern.fullmatch(given) or len(given) < SHORT_ID:
            return own, (Remark("id_unlike", {"id": given}),)
        return given, ()

    def _particulars(self, item: Item, line: Line) -> Item:
        """Age and profile, where they can be used."""
        remarks = list(item.remarks)
        opened, profile = line.opened.strip(), line.profile.strip()
        day = read_opened(opened) if opened else None
        if isinstance(day, NoDay):
            remarks.append(Remark("opened_unread", {"text": opened}, day.suggestion))
            opened = ""
        if profile and profile not in self.profiles:
            remarks.append(Remark("profile_unknown", {"profile": profile}, ", ".join(sorted(self.profiles))))
            profile = ""
        return replace(item, opened=opened, profile=profile, remarks=tuple(remarks))

    def _known(self, item: Item, listed: Account, native: str, office: Office) -> Item:
        """A listed account: what the list says differently of it. An empty cell takes nothing away."""
        self.matched.append(listed)
        fields = _differences(item, listed, native)
        remarks = list(item.remarks)
        if listed.key != item.key:
            remarks.append(Remark("other_handle", {"account": listed.key}, warning=True))
        if native and listed.ref.native_id and native != listed.ref.native_id:
            remarks.append(Remark("id_differs", {"id": native, "handle": listed.ref.native_id}, warning=True))
        moves = office.named and office.id != listed.agency
        if moves and any(remark.code == "office_near" for remark in office.remarks):
            remarks.extend(office.remarks)
            moves = False
        item = replace(item, effect=Effect.LISTED, twin=listed.place, remarks=tuple(remarks))
        if moves:
            self.offices.add(office)
        if not fields and not moves:
            return replace(item, agency=listed.agency)
        target = office.id if moves else ""
        self.changes.append(Change(listed.key, listed.place, listed.written, fields, target, listed.agency))
        return replace(item, effect=Effect.CHANGED, agency=target or listed.agency)


def _differences(item: Item, listed: Account, native: str) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    if native and listed.ref.native_id is None:
        found["id"] = ("", native)
    if item.opened and read_opened(item.opened) != listed.opened:
        found["opened"] = (listed.opened.isoformat() if listed.opened else "", item.opened)
    if item.profile and item.profile != listed.profile:
        found["profile"] = (listed.profile or "", item.profile)
    if item.note and item.note != clean_text(listed.note or ""):
        found["note"] = (listed.note or "", item.note)
    return found


def _addition(item: Item, forms: Mapping[str, AddressForm], private: Private) -> Addition:
    """The entry of a new account: its URL, and a note where a person should look again."""
    address = item.address
    if address is None:
        raise ValueError("no address")  # effect NEW implies one
    again = read_address(address.url, forms, None, private)
    plain = isinstance(again, Address) and again.key == address.key
    return Addition(
        agency=item.agency,
        key=address.key,
        url=address.url if plain else address.handle,
        platform="" if plain else address.platform,
        id=item.id,
        opened=item.opened,
        profile=item.profile,
        note=item.note or (CHECK if item.warned else ""),
    )
