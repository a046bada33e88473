"""Help and usage errors in the chosen language; click by itself speaks English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import click

from auditor.words import Words

HEADINGS: Mapping[str, str] = {"Options": "options", "Commands": "commands"}  # of click -> key of the catalogue
METAVARS = re.compile(r"\b(?:OPTIONS|COMMAND|ARGS|DIRECTORY)\b")
HELP = "Show this message and exit."


class Page(click.HelpFormatter):
    """A help page whose fixed phrases come from the catalogue."""

    words: Words

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line that says how a command is typed."""
        super().write_usage(prog, _metavars(args, self.words), prefix or f"{self.words('usage.usage')} ")

    def write_heading(self, heading: str) -> None:
        """Above options and commands."""
        super().write_heading(self.words(f"usage.{HEADINGS[heading]}") if heading in HEADINGS else heading)

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Options and commands with what they do."""
        said = [(name, self.words("usage.help") if text == HELP else text) for name, text in rows]
        super().write_dl(said, col_max, col_spacing)


def speak(command: click.Command, w: Words) -> click.Command:
    """The command, and those below it, with help pages in this language."""
    page = type("Page", (Page,), {"words": w})
    command.context_class = type("Context", (click.Context,), {"formatter_class": page})
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        speak(below, w)
    return command


def usage_error(error: click.UsageError, w: Words) -> str:
    """How the command is typed, where its help is, and what was wrong."""
    if error.ctx is None:
        return _wrong(error, w)
    hint = w("usage.try", command=f"{error.ctx.command_path} --help")
    return "\n".join((error.ctx.get_usage(), hint, "", _wrong(error, w)))


def no_command(name: str, known: Sequence[str], w: Words) -> str:
    """What was typed is no command; the one it resembles, and where all of them stand."""
    from auditor.config.problems import nearest

    close = nearest(name, known)
    meant = [w("usage.meant", names=close)] if close else []
    return " ".join((w("usage.no_command", name=_shown(name)), *meant, w("usage.try", command="auditor --help")))


def _wrong(error: click.UsageError, w: Words) -> str:
    if isinstance(error, click.NoSuchOption):
        said = w("usage.no_option", name=_shown(error.option_name))
        return f"{said} {w('usage.meant', names=', '.join(error.possibilities))}" if error.possibilities else said
    if isinstance(error, click.BadOptionUsage):
        return w("usage.option_value", name=_shown(error.option_name))
    if isinstance(error, click.MissingParameter):
        return w("usage.missing", name=_name(error, w))
    if isinstance(error, click.BadParameter):
        kind = error.param.type if error.param else None
        if isinstance(kind, click.Choice):
            typed = _shown(error.message.rpartition(" is not one of ")[0].strip("'\""))
            return w("usage.choice", name=_name(error, w), text=typed, options=", ".join(map(str, kind.choices)))
        if isinstance(kind, click.Path) and not kind.file_okay:
            return w("usage.folder", name=_name(error, w))
        if isinstance(kind, click.File):
            return w("usage.file", name=_name(error, w))
        return w("usage.value", name=_name(error, w))
    if error.ctx is not None and isinstance(error.ctx.command, click.Group):
        return w("usage.choose_command", names=", ".join(error.ctx.command.list_commands(error.ctx)))
    _, _, names = error.format_message().partition("(")
    return w("usage.extra", names=_shown(names.rstrip(").")) or "–")


def _name(error: click.BadParameter, w: Words) -> str:
    """The option or argument as it is typed."""
    if error.param is None:
        return ""
    if isinstance(error.param, click.Option):
        return "/".join(error.param.opts)
    return _metavars(error.param.human_readable_name, w)


def _metavars(text: str, w: Words) -> str:
    return METAVARS.sub(lambda found: w(f"usage.word.{found[0].lower()}"), text)


def _shown(text: str) -> str:
    from auditor.config.problems import shown

    return shown(text)
