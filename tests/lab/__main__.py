"""`python -m tests.lab --scenario NAME --port N --now T` serves a scenario until it is interrupted."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence

from .model import iso, utc
from .scenarios import names, scenario
from .server import Lab


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the address and the instant as one line, then serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    parser.add_argument("--scenario", choices=names(), default="kota_contoh")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--now", type=utc, default=None, help="the lab's clock, an ISO instant")
    chosen = parser.parse_args(arguments)
    lab = Lab(scenario(chosen.scenario), chosen.port, chosen.now)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"{lab.url} {chosen.scenario} {iso(lab.clock.now())}", flush=True)
    try:
        lab.serve()
    except KeyboardInterrupt:
        return 0
    finally:
        lab.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
