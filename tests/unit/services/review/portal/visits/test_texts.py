"""The portal's words: complete, and in the browser's language."""

import json
import re
from pathlib import Path
from string import Formatter

import pytest

from services.review.errors import ReviewError
from services.review.portal import app
from services.review.portal.visits import texts
from services.review.portal.visits.texts import Texts, texts_for

PORTAL = Path(app.__file__).parent  # importing it has imported all that can be refused


def sentences_of(language):
    """All sentences of a language; a key may stand in one file only."""
    pairs = []
    for file in sorted((PORTAL / "locale" / language).glob("*.json")):
        json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=pairs.extend)
    assert len({key for key, _ in pairs}) == len(pairs), "a key stands twice"
    return dict(pairs)


ENGLISH = sentences_of("en")


def used_keys():
    for file in [*PORTAL.rglob("*.py"), *PORTAL.rglob("*.html")]:
        yield from re.findall(r'(?:texts|\bt)\("([a-z_]+\.[A-Za-z_]+)"[,)]', file.read_text(encoding="utf-8"))


def test_every_key_a_page_uses_is_there():
    assert len(set(used_keys())) > 20
    assert set(used_keys()) <= set(ENGLISH)


def kinds_of(error):
    return {error.__name__}.union(*(kinds_of(kind) for kind in error.__subclasses__()))


def test_errors_in_the_list_exist():
    named = {key.removeprefix("error.") for key in ENGLISH if re.match(r"error\.[A-Z]", key)}
    assert named <= kinds_of(ReviewError)


@pytest.mark.parametrize("language", sorted(texts.languages() - {"en"}))
def test_other_languages_fill_in_the_same_values(language):
    sentences = sentences_of(language)

    def values(sentence):
        return {name for _, name, _, _ in Formatter().parse(sentence) if name}

    assert set(sentences) == set(ENGLISH)
    assert {key: values(text) for key, text in sentences.items()} == {key: values(ENGLISH[key]) for key in sentences}


@pytest.mark.parametrize("header", ["", "xx", "xx-YY,en;q=0.5", "../../settings", "EN-gb"])
def test_a_language_there_is_no_file_of_falls_back(header):
    assert texts_for(header).language == "en"


def test_values_are_filled_in():
    assert Texts("en")("jobs.no_more", title="Cats") == "There are no more tasks for you in “Cats”. Thank you."
