"""The words of the portal, by language."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

LOCALES = Path(__file__).parent / "locale"
FALLBACK = "en"


class Texts:
    """The sentences of one language; a key that it lacks is taken from English."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._sentences = _read(FALLBACK) | _read(language)

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence of a key with its values filled in."""
        return self._sentences[key].format(**values)

    def has(self, key: str) -> bool:
        """Tell whether there is a sentence of this key."""
        return key in self._sentences


def texts_for(accept_language: str) -> Texts:
    """Choose the first language a browser asks for that there is a file of."""
    for part in accept_language.split(",")[:10]:
        language = part.partition(";")[0].strip().lower().partition("-")[0]
        if language in languages():
            return Texts(language)
    return Texts(FALLBACK)


@cache
def languages() -> frozenset[str]:
    """List the languages there is a file of."""
    return frozenset(path.stem for path in LOCALES.glob("*.json"))


@cache
def _read(language: str) -> dict[str, str]:
    sentences: dict[str, str] = json.loads((LOCALES / f"{language}.json").read_text(encoding="utf-8"))
    return sentences
