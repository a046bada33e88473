"""The problems of X's API v2: what is wrong with a token, a request or an account, in the words of the vendor.

The newer bodies have another host in their types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .wire import Reply, compact

WRONG = "AAAAContohTokenYangSalah0000000000000000002%3D"
OWNER_SUSPENDED = "AAAAContohTokenPemilikDitangguhkan00000003%3D"
NOT_ENROLLED = "AAAAContohTokenTanpaPaket000000000000000004%3D"
UNSUPPORTED = "AAAAContohTokenJenisLain0000000000000000005%3D"
BROKE = "AAAAContohTokenTanpaKredit00000000000000006%3D"
CAPPED = "AAAAContohTokenBatasBulanan0000000000000007%3D"
TOKEN = "AAAAContohTokenYangBekerja00000000000000001%3D"
KNOWN = {TOKEN, OWNER_SUSPENDED, NOT_ENROLLED, UNSUPPORTED, BROKE, CAPPED}
JSON = "application/json; charset=utf-8"


class Refused(Exception):
    """The request is answered with a problem."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(problem.get("title"))
        self.reply = Reply(status, compact(problem), (("Content-Type", JSON),))


@dataclass(frozen=True, slots=True)
class Problems:
    """Bodies, newer or older."""

    new: bool

    def kind(self, name: str) -> str:
        """The type of a problem."""
        return f"https://api.{'x' if self.new else 'twitter'}.com/2/problems/{name}"

    def credential(self, token: str) -> None:
        if token not in KNOWN:
            old = {"errors": [{"message": "Invalid or expired token", "code": 89}]}
            new = {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
            raise Refused(401, new if self.new else old)
        if token == OWNER_SUSPENDED:
            said = "The user used for authentication is suspended"
            raise Refused(
                403, {"title": "Forbidden", "status": 403, "detail": said, "type": self.kind("user-suspended")}
            )
        if token == NOT_ENROLLED:
            reason = {"reason": "client-not-enrolled", "required_enrollment": "Appropriate Level of API Access"}
            raise Refused(
                403, {"client_id": "100", "title": "Client Forbidden", "type": self.kind("client-forbidden")} | reason
            )
        if token == UNSUPPORTED:
            raise Refused(
                403,
                {
                    "title": "Unsupported Authentication",
                    "detail": "Authenticating with Unknown is forbidden for this endpoint.",
                    "type": self.kind("unsupported-authentication"),
                    "status": 403,
                },
            )

    def too_many(self) -> Refused:
        old = {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}
        new = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429}
        return Refused(429, new if self.new else old)

    def broke(self) -> Refused:
        said = "Your enrolled account [100] does not have any credits to fulfill this request."
        old = {"account_id": 1553, "title": "CreditsDepleted", "detail": said, "type": self.kind("credits")}
        new = {"title": "Payment Required", "status": 402, "detail": "credits depleted"}
        return Refused(402, new | {"type": self.kind("credits-depleted")} if self.new else old)

    def invalid(self, name: str, value: str, message: str) -> Refused:
        return Refused(
            400,
            {
                "errors": [{"parameters": {name: [value]}, "message": message}],
                "title": "Invalid Request",
                "detail": "One or more parameters to your request was invalid.",
                "type": self.kind("invalid-request"),
            },
        )

    def not_found(self, value: str, name: str) -> dict[str, Any]:
        said = f"Could not find user with {name}s: [{value}]."
        return self.problem("Not Found Error", said, value, f"{name}s", "resource-not-found")

    def suspended(self, value: str, name: str) -> dict[str, Any]:
        return self.problem(
            "Forbidden", f"User has been suspended: [{value}].", value, f"{name}s", "resource-not-found"
        )

    def problem(self, title: str, detail: str, value: str, parameter: str, kind: str) -> dict[str, Any]:
        return {
            "value": value,
            "detail": detail,
            "title": title,
            "resource_type": "user",
            "parameter": parameter,
            "resource_id": value,
            "type": self.kind(kind),
        }

    def capped(self) -> Refused:
        said = "Usage cap exceeded: Monthly product cap"
        more = {"period": "Monthly", "scope": "Product", "type": self.kind("usage-capped")}
        return Refused(429, {"title": "UsageCapExceeded", "detail": said} | more)

    def denied(self, id_: str) -> dict[str, Any]:
        said = f"Sorry, you are not authorized to see the user with id: [{id_}]."
        row = self.problem("Authorization Error", said, id_, "id", "not-authorized-for-resource")
        return row | {"section": "data"}
