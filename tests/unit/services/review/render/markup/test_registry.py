"""What the service knows of its elements: the registry that the page itself loads."""

from services.review.render.markup.registry import ELEMENTS_FOLDER, elements_with, known_elements


def test_the_elements_are_those_that_have_a_file_and_data():
    files = {path.stem for path in ELEMENTS_FOLDER.rglob("crowd-*.js")}

    assert len(files) >= 36
    assert known_elements() == files | {"crowd-slider-label", "iron-icon"}


def test_every_line_of_the_registry_is_read():
    text = (ELEMENTS_FOLDER / "registry.js").read_text(encoding="utf-8")
    table = text[text.index("export const ELEMENTS = {") :].splitlines()[1:-1]

    assert len(table) == len(known_elements())


def test_what_they_are_said_to_be():
    assert elements_with("data") == {"crowd-slider-label"}
    assert elements_with("form") == {"crowd-form", "crowd-entity-annotation"}
    assert elements_with("labels") == {
        "crowd-bounding-box", "crowd-keypoint", "crowd-line", "crowd-polygon", "crowd-polyline",
    }  # fmt: skip
    assert elements_with("labels") < elements_with("named") < known_elements()
    assert {"crowd-input", "crowd-text-area", "crowd-classifier"} < elements_with("named")


def test_all_documented_elements_of_texts_and_small_ones_are_there():
    assert {
        "crowd-badge", "crowd-entity-annotation", "crowd-fab", "crowd-icon-button", "crowd-modal", "crowd-toast",
        "crowd-question-answer-generation", "crowd-rekognition-detect-moderation-labels", "crowd-text-ranking",
        "crowd-textract-analyze-document",
    } <= known_elements()  # fmt: skip
