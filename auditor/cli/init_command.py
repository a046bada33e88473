"""`auditor init`: four questions, or the same as options; then a configuration that holds what could be found."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from auditor.words import LANGUAGES, Words, words

from .session import Session


def make(w: Words) -> click.Command:
    """The command in one language."""

    @click.command("init", help=w("cli.init_help"))
    @click.argument("directory", required=False, type=click.Path(file_okay=False, path_type=Path))
    @click.option("--name", help=w("init.name_help"))
    @click.option("--website", metavar="URL", help=w("init.website_help"))
    @click.option("--list", "table", metavar="FILE", type=click.Path(path_type=Path), help=w("init.list_help"))
    @click.option("--language", type=click.Choice(LANGUAGES), help=w("init.language_help"))
    @click.option("--timezone", metavar="ZONE", help=w("init.timezone_help"))
    @click.option("--yes", is_flag=True, help=w("init.yes_help"))
    @click.option("--offline", is_flag=True, help=w("init.offline_help"))
    @click.pass_obj
    def init(
        session: Session,
        directory: Path | None,
        name: str | None,
        website: str | None,
        table: Path | None,
        language: str | None,
        timezone: str | None,
        yes: bool,
        offline: bool,
    ) -> int:
        from auditor.config.init import must_be_free

        from .answers import Answers, asked, beginning, language_for, zone_for
        from .starting import start

        target = directory or session.directory
        must_be_free(target, words(language) if language else w)
        silent = yes or not sys.stdin.isatty() or any((name, website, table, language, timezone))
        zone = zone_for(timezone, w)
        chosen = language or language_for(session.lang, zone, w)
        answers = Answers(name or "", website or "", table, chosen) if silent else asked(words(chosen))
        w_chosen = words(answers.language)
        begun = beginning(answers, zone, w_chosen)
        chosen_session = Session(target, answers.language, session.now_text)
        return start(chosen_session, begun, answers.table, w_chosen, offline=offline)

    return init
