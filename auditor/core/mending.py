"""What is to be done about a blind spot: the key of a sentence, and the one command that goes with it."""

from __future__ import annotations

from collections.abc import Mapping

from .audit import BlindKind
from .model import Miss, Reason

STATUS = "auditor status"
_KNOWN = {
    Miss.PERMISSION_MISSING: ("permission", "auditor check --live"),
    Miss.QUOTA_EXHAUSTED: ("quota", "auditor check"),
    Miss.RATE_LIMITED: ("quota", "auditor check"),
    Miss.UNRECOGNISED: ("changed", STATUS),
    "frozen": ("frozen", "auditor brake show"),
    "stale": ("stale", "auditor poll"),
}


def mend(kind: BlindKind, subject: str, platform: str, reason: str, remedies: Mapping[str, str]) -> tuple[str, str]:
    """(word, command). `remedies`: platform -> the command that connects it."""
    remedy = remedies.get(platform)
    match kind:
        case BlindKind.NETWORK:
            return "network", "auditor check --live"
        case BlindKind.AGENCY:
            return "agency", f"auditor report --agency {subject}"
        case _ if reason == Reason.NOT_CONNECTED:
            return "connect", remedy or "auditor worksheet"
        case _ if reason == Miss.CREDENTIAL_REJECTED:
            _, _, owner = subject.partition(":@")
            whose = f" --account {owner}" if owner else ""
            return "token", remedy + whose if remedy else STATUS
        case _:
            return _KNOWN.get(reason, ("wait", STATUS))
