"""Two classes: what a person can mend, and what was refused on purpose. Both carry the exit code that cron reads."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes are API (see docs/cli.md)."""

    OK = 0
    FAILED = 1
    USAGE = 2  # a bad option, instant or file name
    REFUSED = 3  # lock held, database newer than the program
    CONFIG = 4  # the configuration has errors
    DAMAGED = 5  # verify found damage
    BLIND = 8  # a lane that worked before is blind
    CREDENTIAL = 16  # a credential was rejected
    HELD = 32  # the brake holds
    MATCHED = 64  # report --fail-on


class UserError(Exception):
    """Something a person can mend. The message says where, what and what to do."""

    exit_code: Exit = Exit.FAILED

    def __init__(self, message: str, exit_code: Exit = Exit.FAILED) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class RefusedError(UserError):
    """The program declines: a lock is held, the database is newer than the program."""

    def __init__(self, message: str) -> None:
        super().__init__(message, Exit.REFUSED)
