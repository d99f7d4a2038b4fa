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


@pytest.mark.parametrize(
    ("inner", "things"),
    [
        ("<crowd-bounding-box></crowd-bounding-box>", ["crowd-bounding-box"]),
        ("<crowd-polygon name=''></crowd-polygon><crowd-polygon name></crowd-polygon>", ["crowd-polygon"]),
        ("<crowd-input></crowd-input><CROWD-CLASSIFIER></CROWD-CLASSIFIER>", ["crowd-classifier", "crowd-input"]),
        ("<crowd-bounding-box name='a'></crowd-bounding-box><crowd-line name=b></crowd-line>", []),
        ("<crowd-text-ranking crowd-form-element-id='old'></crowd-text-ranking>", []),
        ("<crowd-textract-analyze-document></crowd-textract-analyze-document>", []),
        ("<crowd-button></crowd-button><crowd-checkbox></crowd-checkbox><crowd-slider></crowd-slider>", []),
        ("<!-- <crowd-input> --><script>'<crowd-input>'</script>", []),
    ],
)
def test_what_has_no_name_is_reported_once(inner, things):
    findings = report(f"{LOADS}<crowd-form>{inner}</crowd-form>")

    assert [(finding.code, finding.thing) for finding in findings] == [("NoName", thing) for thing in things]
    assert all(f'under "{finding.thing}"' in finding.message for finding in findings)


@pytest.mark.parametrize(
    ("script", "codes"),
    [
        ("customElements.define('crowd-stars', class extends HTMLElement {})", []),
        ('if (1 < 2) { window.customElements . define ( "crowd-stars" , Stars) }', []),
        ("for (const tag of [`crowd-stars`]) customElements.define(tag, Stars)", []),
        ("customElements.define('crowd-moons', Moons)", ["UnsupportedElement"]),
        ("document.querySelector('crowd-stars')", ["UnsupportedElement"]),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_an_element_that_the_template_defines_is_none_that_is_missing(script, codes, order):
    parts = ["<crowd-form><crowd-stars></crowd-stars></crowd-form>", f"<script>{script}</script>"]

    assert [finding.code for finding in report(LOADS + "".join(parts[::order]))] == codes


def test_a_finding_names_the_element():
    (finding,) = report(LOADS + "<crowd-form><crowd-magic></crowd-magic></crowd-form>")

    assert "<crowd-magic>" in finding.message


def test_all_documented_elements_of_texts_and_small_ones_are_there():
    assert {
        "crowd-badge", "crowd-entity-annotation", "crowd-fab", "crowd-icon-button", "crowd-modal", "crowd-toast",
        "crowd-question-answer-generation", "crowd-rekognition-detect-moderation-labels", "crowd-text-ranking",
        "crowd-textract-analyze-document",
    } <= known_elements() - DATA_TAGS  # fmt: skip
