"""A real LibreOffice, without a window, that opens files and saves them again."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

PATIENCE = 180  # seconds; the first start makes a profile


def saved(files: Sequence[Path], folder: Path, kind: str = "xlsx") -> list[Path]:
    """The same files as LibreOffice saves them in `folder`, one start for all."""
    command = ["soffice", "--headless", "--norestore", f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
    told = subprocess.run(
        [*command, "--convert-to", kind, "--outdir", str(folder), *map(str, files)],
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "Asia/Jakarta"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    made = [folder / f"{file.stem}.{kind.partition(':')[0]}" for file in files]
    assert all(path.exists() for path in made), told.stderr
    return made
