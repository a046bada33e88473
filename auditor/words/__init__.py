"""Every word a person reads, by language. Catalogues are JSON files, one per topic and language.

`words("id")("report.title", office="Kota Contoh")` looks up the key `title` of `catalogue/report.id.json`.
A test holds both languages to the same keys and the same placeholders.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

LANGUAGES = ("id", "en")


class Words:
    """The catalogue of one language. Asking for a key that does not exist is a defect and raises KeyError."""

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"no such language: {language}")
        self.language = language

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of `topic.key`, its `{placeholders}` filled."""
        topic, _, name = key.partition(".")
        text = _topic(topic, self.language)[name]
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        """Whether the key exists: for words that name data (an exemption kind, a flag) which may have no label."""
        topic, _, name = key.partition(".")
        return name in _topic(topic, self.language)


@cache
def _topic(topic: str, language: str) -> dict[str, str]:
    text = resources.files(__name__).joinpath(f"catalogue/{topic}.{language}.json").read_text("utf-8")
    catalogue: dict[str, str] = json.loads(text)
    return catalogue


@cache
def words(language: str) -> Words:
    """The one catalogue object of a language."""
    return Words(language)
