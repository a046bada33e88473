"""A double of every platform: one HTTP server on loopback that plays a scenario on a clock of its own.

Standard library only, and nothing of the program under test: what it knows of a platform it knows from that platform.
"""

from __future__ import annotations

from .model import Account, Post, Scenario, State
from .server import Clock, Lab
from .wire import Recorded

__all__ = ["Account", "Clock", "Lab", "Post", "Recorded", "Scenario", "State"]
