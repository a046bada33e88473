"""The command line: parse, call, print, exit code. Each command is a module with `make(words) -> click.Command`."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from auditor import __version__
from auditor.errors import Exit, UserError
from auditor.words import LANGUAGES, Words, words

from .asked import language_of
from .session import Session
from .speaking import no_command, speak, usage_error

ENDING = "_command"


def commands() -> list[str]:
    """Every command by name. Adding one touches no other file."""
    return sorted(m.name.removesuffix(ENDING) for m in pkgutil.iter_modules(__path__) if m.name.endswith(ENDING))


class Commands(click.Group):
    """Commands are imported when they are asked for: `report` must not pay for `run`."""

    def __init__(self, w: Words, **options: object) -> None:
        super().__init__(name="auditor", **options)  # type: ignore[arg-type]
        self.words = w

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 — click's signature
        """All of them, by name."""
        return commands()

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """One of them, in the chosen language."""
        if cmd_name not in commands():
            return None
        command: click.Command = import_module(f"{__name__}.{cmd_name}{ENDING}").make(self.words)
        return speak(command, self.words)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is typed first; one that looks like it is offered."""
        if args and args[0] not in commands() and not args[0].startswith("-"):
            raise UserError(no_command(args[0], commands(), self.words), Exit.USAGE)
        return super().resolve_command(ctx, args)


def make(w: Words) -> click.Group:
    """The whole program in one language."""

    def enter(ctx: click.Context, config: str | None, lang: str | None, now: str | None) -> int:
        ctx.obj = Session.of(config, lang, now)
        return _alone(ctx) if ctx.invoked_subcommand is None else int(Exit.OK)

    group = Commands(w, callback=click.pass_context(enter), help=w("cli.help"), invoke_without_command=True)
    group.params += [
        click.Option(["--config"], metavar="DIR", help=w("cli.config_help")),
        click.Option(["--lang"], type=click.Choice(LANGUAGES), help=w("cli.lang_help")),
        click.Option(["--now"], metavar="T", help=w("cli.now_help")),
    ]
    speak(group, w)
    return click.version_option(__version__, prog_name="auditor", help=w("cli.version_help"))(group)


def _alone(ctx: click.Context) -> int:
    """`auditor` and nothing else: today. Without a configuration the help, and which folders were looked in."""
    session: Session = ctx.obj
    if session.directory.is_dir():
        from .today import today

        return today(session)
    click.echo(ctx.get_help())
    try:
        session.must_exist()
    except UserError as error:
        click.echo(str(error), err=True)
    return int(Exit.OK)


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. What a person can mend is one sentence on standard error."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        result = make(words(language_of(arguments))).main(arguments, prog_name="auditor", standalone_mode=False)
    except click.UsageError as error:
        click.echo(usage_error(error, words(language_of(arguments))), err=True)
        return int(Exit.USAGE)
    except click.ClickException as error:
        error.show()
        return int(Exit.USAGE)
    except click.exceptions.Abort:
        click.echo(words(language_of(arguments))("usage.aborted"), err=True)
        return int(Exit.FAILED)
    except UserError as error:
        click.echo(str(error), err=True)
        return int(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        return int(Exit.OK)
    return result if isinstance(result, int) else int(Exit.OK)
