"""A plan into files: the new texts are loaded beside the old ones first, and replace them only where they load."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from auditor.config.addresses import explain
from auditor.config.checks import private_allowed
from auditor.config.days import NoDay, read_opened
from auditor.config.files import ACCOUNTS, FOLDER, POLICY, SETTINGS, register_files
from auditor.config.load import HasAddress, Loaded, Rejected, load
from auditor.config.problems import Findings, shown
from auditor.config.rewriting import FileChange, agency_id, moved, rewritten
from auditor.config.rewriting.nodes import FileText, Unwritable, compose, items, value_of
from auditor.core.address import Address, AddressProblem, read_address
from auditor.core.register import Account, Register
from auditor.errors import Exit, UserError
from auditor.words import Words, words
from auditor.words.system import refusal

from .plan import CHECK, Addition, Change, ImportPlan

ADDED_FILE = "impor.yaml"  # of offices that no file of the folder accounts/ holds yet
FAULTS = 3  # problems that a refusal repeats


def write_plan(
    plan: ImportPlan, directory: Path, known: Mapping[str, HasAddress], language: str | None
) -> tuple[Path, ...]:
    """See `importing.apply_import`."""
    if plan.changes_nothing:
        return ()
    before = _loaded(directory, known, language)
    w = words(language or before.settings.language)
    try:
        files = {path.relative_to(directory).as_posix(): FileText.read(path) for path in register_files(directory)}
        texts = _new_texts(plan, files)
        changed = {name: text for name, text in texts.items() if name not in files or text != files[name].text}
        data = {name: files.get(name, FileText("")).encoded(text) for name, text in changed.items()}
        _try_out(directory, data, known, w, before.register, plan)
        return tuple(_replace(directory / name, content) for name, content in data.items())
    except Unwritable as error:
        values = {key: shown(value) for key, value in error.values.items()}
        raise UserError(w(f"accounts.write.{error.code}", **values), Exit.REFUSED) from None
    except OSError as error:
        path, detail = error.filename or directory, refusal(error, w)
        raise UserError(w("accounts.write.failed", path=path, detail=detail)) from None


def write_found(
    directory: Path, known: Mapping[str, HasAddress], found: Iterable[tuple[str, str, str]], language: str | None
) -> tuple[Addition, ...]:
    """See `importing.add_found`."""
    before = _loaded(directory, known, language)
    w = words(language or before.settings.language)
    forms = {name: platform.address for name, platform in known.items()}
    private = private_allowed(before.settings.network)
    listed = set(before.register.account)
    added: list[Addition] = []
    for office, url, note in found:
        if office not in before.register.agency:
            raise UserError(w("accounts.write.office_gone", agency=shown(office)), Exit.USAGE)
        address = read_address(url, forms, None, private)
        feed = isinstance(address, AddressProblem) and address.code == "not_a_feed"
        if feed:
            address = read_address(url, forms, "feed", private)
        if not isinstance(address, Address):
            raise UserError(f"{shown(url)}: {explain(address, Findings(w))[0]}", Exit.USAGE)
        if address.key in listed:
            continue
        listed.add(address.key)
        again = read_address(address.url, forms, None, private)
        plain = isinstance(again, Address) and again.key == address.key
        written = (address.url, "") if plain else (address.handle, address.platform)
        added.append(Addition(office, address.key, written[0], written[1], note=note or CHECK))
    write_plan(ImportPlan("", (), additions=tuple(added)), directory, known, language)
    return tuple(added)


def _loaded(directory: Path, known: Mapping[str, HasAddress], language: str | None) -> Loaded:
    found = load(directory, known, language)
    if isinstance(found, Rejected):
        w = words(language or (found.settings.language if found.settings else "id"))
        raise UserError(w("accounts.write.broken", faults=_faults(found)), Exit.CONFIG)
    return found


def _faults(found: Rejected) -> str:
    errors = [str(problem) for problem in found.problems if problem.severity == "error"]
    return "\n".join(errors[:FAULTS])


def _new_texts(plan: ImportPlan, files: Mapping[str, FileText]) -> dict[str, str]:
    """The text of every file after all changes."""
    homes = _homes(files)
    last = ACCOUNTS if ACCOUNTS in files else f"{FOLDER}/{ADDED_FILE}"
    homes |= {agency.id: last for agency in plan.agencies}
    wanted: dict[str, FileChange] = {name: FileChange() for name in {*files, *homes.values()}}
    for entry in plan.additions:
        wanted[_home(homes, entry.agency)].additions.append(entry)
    for change in plan.changes:
        wanted[_home(homes, change.before)].changes.append(change)
    for office, website in plan.websites.items():
        wanted[_home(homes, office)].websites[office] = website
    wanted.setdefault(last, FileChange()).agencies.extend(plan.agencies)
    texts: dict[str, str] = {}
    for name, what in wanted.items():
        file = files.get(name, FileText("agencies:\n"))
        if name in files or not what.empty:
            texts[name] = file.text if what.empty else rewritten(file.text, what, file.newline)
    moves = [
        (change, _home(homes, change.before), _home(homes, change.agency)) for change in plan.changes if change.agency
    ]
    return _after_moves(texts, files, moves)


def _after_moves(
    texts: dict[str, str], files: Mapping[str, FileText], moves: Sequence[tuple[Change, str, str]]
) -> dict[str, str]:
    touched = {name for _, source, target in moves for name in (source, target)}
    if not touched:
        return texts
    newlines = {name: files[name].newline if name in files else "\n" for name in touched}
    return texts | moved({name: texts[name] for name in touched}, moves, newlines)


def _homes(files: Mapping[str, FileText]) -> dict[str, str]:
    """Office -> the file it stands in."""
    found: dict[str, str] = {}
    for name, file in files.items():
        for agency in items(value_of(compose(file.text), "agencies")):
            found.setdefault(agency_id(agency), name)
    return found


def _home(homes: Mapping[str, str], office: str) -> str:
    if office not in homes:
        raise Unwritable("office_gone", agency=office)
    return homes[office]


def _try_out(
    directory: Path,
    data: Mapping[str, bytes],
    known: Mapping[str, HasAddress],
    w: Words,
    before: Register,
    plan: ImportPlan,
) -> None:
    """The changed files load together with the others, and hold what they held and what was added."""
    with tempfile.TemporaryDirectory(prefix=".impor-", dir=directory) as folder:
        trial = Path(folder)
        names = [path.relative_to(directory).as_posix() for path in register_files(directory)]
        for name in (SETTINGS, POLICY, *names):
            if (directory / name).exists():
                (trial / name).parent.mkdir(exist_ok=True)
                shutil.copyfile(directory / name, trial / name)
        for name, content in data.items():
            (trial / name).parent.mkdir(exist_ok=True)
            (trial / name).write_bytes(content)
        found = load(trial, known, w.language)
    if isinstance(found, Rejected):
        raise UserError(w("accounts.write.rejected", faults=_faults(found)), Exit.REFUSED)
    if _unlike(before, found.register, plan):
        raise Unwritable("file_unclear")


def _unlike(before: Register, after: Register, plan: ImportPlan) -> bool:
    """Whether the new register differs from the old one in anything but the plan."""
    changed = {change.key: change for change in plan.changes}
    added = {entry.key: entry for entry in plan.additions}
    now = {key: replace(account, place="") for key, account in after.account.items()}
    if set(now) != {*before.account, *added}:
        return True
    for key, old in before.account.items():
        change = changed.get(key)
        if change is None and replace(old, place="") != now[key]:
            return True
        if change is not None and _changed(old, change) != now[key]:
            return True
    homes = {key: entry.agency for key, entry in added.items()}
    if any(now[key].agency != office for key, office in homes.items()):
        return True
    offices = {agency.id for agency in before.agencies} | {agency.id for agency in plan.agencies}
    return {agency.id for agency in after.agencies} != offices


def _changed(old: Account, change: Change) -> Account:
    """The listed account as the plan wants it."""
    new = {key: after for key, (_, after) in change.fields.items()}
    opened = read_opened(new["opened"]) if "opened" in new else old.opened
    return replace(
        old,
        place="",
        agency=change.agency or old.agency,
        ref=replace(old.ref, native_id=new.get("id", old.ref.native_id)),
        opened=None if isinstance(opened, NoDay) else opened,
        profile=new.get("profile", old.profile),
        note=new.get("note", old.note),
    )


def _replace(path: Path, content: bytes) -> Path:
    """At once, or not at all; a link stays a link, and the mode stays."""
    target = path.resolve()
    target.parent.mkdir(exist_ok=True)
    number, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, name)
        else:
            Path(name).chmod(0o644)
        Path(name).replace(target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    return path
