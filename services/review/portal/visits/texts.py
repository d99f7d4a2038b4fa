"""The texts of the portal: a folder for each language, in it a file for each page."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

LOCALES = Path(__file__).parents[1] / "locale"
FALLBACK = "en"
LANGUAGE_COOKIE = "nightloop_language"  # separate from the session: the choice outlives it
# Each language's own name, for people who do not read the page's language.
NAMES = {"en": "English", "ja": "日本語"}


class Texts:
    """The sentences of one language; a missing key is taken from English."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._sentences = _read(FALLBACK) | _read(language)

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence of a key with its values filled in."""
        return self._sentences[key].format(**values)

    def has(self, key: str) -> bool:
        """Tell whether there is a sentence for this key."""
        return key in self._sentences


def texts_for(accept_language: str, chosen: str = "") -> Texts:
    """Choose the language a worker has set, or else the first their browser asks for that has a folder."""
    if chosen in languages():
        return Texts(chosen)
    for part in accept_language.split(",")[:10]:
        language = part.partition(";")[0].strip().lower().partition("-")[0]
        if language in languages():
            return Texts(language)
    return Texts(FALLBACK)


@cache
def languages() -> frozenset[str]:
    """List the languages that have a folder."""
    return frozenset(path.name for path in LOCALES.iterdir() if path.is_dir())


@cache
def _read(language: str) -> dict[str, str]:
    files = sorted((LOCALES / language).glob("*.json"))
    return {key: sentence for file in files for key, sentence in json.loads(file.read_text(encoding="utf-8")).items()}
