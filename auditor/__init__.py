"""Sees whether official accounts still post, says so with evidence, and prepares, never executes, their closing."""

__version__ = "0.1.0"
