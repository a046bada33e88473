"""Entry point: `auditor` and `python -m auditor`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; the exit code is API."""
    from auditor.cli import run

    sys.exit(run())


if __name__ == "__main__":
    main()
