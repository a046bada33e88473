"""Whose row it is: by the key of the list, by the account's address, or by what a post's address tells.

A post's address proves when, never whose. It narrows the choice; the person who pastes it answers for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import urlsplit

from auditor.core.address import Address, AddressForm, read_key
from auditor.core.post_link import PostLink
from auditor.core.register import Account, Register
from auditor.store.verbs import AccountState

from .answers import Answers, ReadLink
from .outcome import Note, Unstated

Choose = Callable[[PostLink, Sequence[Account]], "Account | None"]
NAMED = 5  # accounts a message names


@dataclass(frozen=True)
class Roll:
    """The accounts of the list, under every name the list and the store know."""

    register: Register
    forms: Mapping[str, AddressForm]
    find: Callable[[str], AccountState | None]

    def by_key(self, written: str) -> tuple[Account, tuple[Note, ...]]:
        """By key, today's or an older one; else any way a list may write an account. Unstated: not listed."""
        listed = self.register.account
        if written in listed:
            return listed[written], ()
        address = read_key(written, self.forms)
        key = address.key if isinstance(address, Address) else written
        if key in listed:
            return listed[key], ()
        state = self.find(key)
        if state is not None and state.key in listed:
            return listed[state.key], (Note("renamed", {"old": key, "new": state.key}, repair=True),)
        close = get_close_matches(key[:200], listed, n=3, cutoff=0.5)
        raise Unstated("not_listed", account=written, close=", ".join(close))

    def of_row(self, answers: Answers) -> tuple[Account, tuple[Note, ...]] | None:
        """The account a row names; None: it names none. A key that stands beside another account is a mixed-up row."""
        written = [text for text in (answers.key, answers.account, answers.link) if text]
        if not written:
            return None
        if not answers.key:
            return self._first_of(written)
        account, notes = self.by_key(answers.key)
        for text in written[1:]:
            beside = self._listed(text)
            if beside is not None and beside != account:
                raise Unstated("mixed_row", key=account.key, other=beside.key)
        return account, notes

    def _first_of(self, written: Sequence[str]) -> tuple[Account, tuple[Note, ...]]:
        for text in written[:-1]:
            if self._listed(text) is not None:
                return self.by_key(text)
        return self.by_key(written[-1])

    def _listed(self, text: str) -> Account | None:
        try:
            return self.by_key(text)[0]
        except Unstated:
            return None

    def of_link(self, link: PostLink, choose: Choose, among: Sequence[Account]) -> tuple[Account, tuple[Note, ...]]:
        """The account of a post without another word: the listed one with the handle in its address, or the only one.

        Of several the person chooses. Unstated: none is listed, or nobody can be asked.
        """
        here = [a for a in (among or self.register.accounts) if a.ref.platform == link.platform]
        if link.handle is not None and not _is_number(link.handle):
            named = next((a for a in here if self.is_called(a, link.handle)), None)
            if named is None:
                raise Unstated("handle_not_listed", handle=link.handle, close=near(link.handle, here))
            return named, ()
        if not here:
            raise Unstated("platform_not_listed", platform=link.platform)
        if len(here) == 1:
            return here[0], (Note("only_one", {"account": here[0].key}),)
        chosen = choose(link, here)
        if chosen is None:
            names = ", ".join(a.key for a in here[:NAMED]) + (", …" if len(here) > NAMED else "")
            raise Unstated("which", names=names, link=link.url)
        return chosen, ()

    def is_called(self, account: Account, handle: str) -> bool:
        """The handle is the account's, its predecessor's, or one the store knows it by."""
        handle = handle.casefold()
        if handle in (account.ref.handle.casefold(), (account.predecessor or "").casefold()):
            return True
        state, own = self.find(account.key), self.find(self._key(account, handle))
        if state is None:
            return False
        return state.handle.casefold() == handle or (own is not None and own.id == state.id)

    def _key(self, account: Account, handle: str) -> str:
        address = read_key(f"{account.ref.platform}:{handle}", self.forms)
        return address.key if isinstance(address, Address) else f"{account.ref.platform}:{handle}"

    def reader(self, account: Account, read_link: ReadLink) -> ReadLink:
        """Posts of a site have no form of their own: a page on the host of a listed feed may be its newest article."""
        platform = account.ref.platform
        if not self.forms[platform].whole:
            return read_link
        return lambda text: _page_of(account, text) or read_link(text)

    def must_fit(self, account: Account, link: PostLink) -> None:
        """Unstated: the post is on another platform, or its address names somebody else."""
        if link.platform != account.ref.platform:
            raise Unstated("other_platform", platform=link.platform, account=account.key)
        if link.handle is None or self.is_called(account, link.handle):
            return
        if _is_number(link.handle):  # a page by its number: nothing to compare it with unless that is known
            state = self.find(account.key)
            known = state.native_id if state else account.ref.native_id
            if known is None or known == link.handle:
                return
        raise Unstated("other_handle", handle=link.handle, account=account.key)


def _page_of(account: Account, text: str) -> PostLink | None:
    try:
        page, feed = urlsplit(text), urlsplit(account.ref.handle)
        there, here = (page.hostname or "").removeprefix("www."), (feed.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if page.scheme not in ("http", "https") or not there or there != here or not page.path.strip("/"):
        return None
    return PostLink(account.ref.platform, text, text, None, None)


def _is_number(handle: str) -> bool:
    return handle.isascii() and handle.isdecimal()


def near(handle: str, accounts: Sequence[Account]) -> str:
    """Listed accounts whose handle resembles a mistyped one."""
    by_handle = {a.ref.handle: a.key for a in accounts}
    return ", ".join(by_handle[h] for h in get_close_matches(handle[:200], by_handle, n=3, cutoff=0.6))
