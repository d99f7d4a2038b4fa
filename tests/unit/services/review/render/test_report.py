"""What is said of a template before a worker sees it."""

import pytest

from services.review.render.report import DATA_TAGS, known_elements, report

LOADS = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'


@pytest.mark.parametrize(
    ("template", "codes"),
    [
        (LOADS + "<crowd-form><crowd-badge label='1' /><crowd-slider><crowd-slider-label/></crowd-slider>", []),
        (LOADS + "<crowd-form><crowd-magic></crowd-magic></crowd-form>", ["UnsupportedElement"]),
        (LOADS + "<crowd-entity-annotation name='x'></crowd-entity-annotation>", []),
        (LOADS + "<p>only words</p>", ["NoForm"]),
        ("<crowd-form></crowd-form>", ["NoElements"]),
        (LOADS + "<crowd-form></crowd-form><script src='https://d3js.org/d3.v6.js'></script>", ["BlockedScript"]),
        (
            LOADS + "<!-- <crowd-magic> --><crowd-form>{% for i in (1..2) %}<CROWD-CARD></CROWD-CARD>{% endfor %}",
            [],
        ),
        ("{% if x %}<crowd-Z a='<crowd-form>'>{% endif %}", ["UnsupportedElement", "NoForm", "NoElements"]),
    ],
)
def test_findings(template, codes):
    assert [finding.code for finding in report(template)] == codes


def test_a_finding_names_the_element():
    (finding,) = report(LOADS + "<crowd-form><crowd-magic></crowd-magic></crowd-form>")

    assert "<crowd-magic>" in finding.message


def test_all_documented_elements_of_texts_and_small_ones_are_there():
    assert {
        "crowd-badge", "crowd-entity-annotation", "crowd-fab", "crowd-icon-button", "crowd-modal", "crowd-toast",
        "crowd-question-answer-generation", "crowd-rekognition-detect-moderation-labels", "crowd-text-ranking",
        "crowd-textract-analyze-document",
    } <= known_elements() - DATA_TAGS  # fmt: skip
