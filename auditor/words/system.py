"""Why the system refused a file, in words; the system itself answers in English."""

from __future__ import annotations

import errno

from . import Words


def refusal(error: Exception, w: Words) -> str:
    """The cause of an OSError; of any other error its kind."""
    code = getattr(error, "errno", None)
    key = f"system.{errno.errorcode.get(code, '')}" if isinstance(code, int) else ""
    if key and w.has(key):
        return w(key)
    return getattr(error, "strerror", None) or type(error).__name__
