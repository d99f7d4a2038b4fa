"""What reviews Rekognition's and Textract's answers, and overlays of image classifiers."""

import html
import json

import pytest

MODERATION = "AWS/Rekognition/DetectModerationLabels/Image/V3"
FORMS = "AWS/Textract/AnalyzeDocument/Forms/V1"


def moderation(categories):
    return f"""<crowd-form><crowd-rekognition-detect-moderation-labels src="/scene.svg" header="Unsafe?"
      categories="{html.escape(categories)}" exclusion-category="{{ text: 'None of these' }}">
      </crowd-rekognition-detect-moderation-labels></crowd-form>"""


OBJECTS = "[{ name: 'Weapons', parentName: 'Violence', }, { name: 'Smoking', parentName: '' },]"


@pytest.mark.parametrize(
    ("categories", "expected"),
    [("['Weapons','Smoking']", ["Smoking"]), (OBJECTS, [{"name": "Smoking", "parentName": ""}])],
)
def test_moderation_labels_come_back_as_they_were_given(open_task, categories, expected):
    task = open_task(moderation(categories))
    task.frame.get_by_role("checkbox", name="Smoking").check()

    assert task.submits() == {MODERATION: {"moderationLabels": expected}}


def test_no_moderation_label(open_task):
    task = open_task(moderation(OBJECTS))
    task.frame.get_by_role("checkbox", name="Smoking").check()
    task.frame.get_by_role("checkbox", name="None of these").check()

    assert task.submits() == {MODERATION: {"moderationLabels": []}}


def test_moderation_labels_are_restored(open_task):
    task = open_task(moderation(OBJECTS))
    chosen = [{"name": "Weapons", "parentName": "Violence"}]
    task.tells({"type": "shell:restore", "answer": {MODERATION: {"moderationLabels": chosen}}})
    task.wait_for("crowd:restored")

    assert task.submits() == {MODERATION: {"moderationLabels": chosen}}


def block(kind, identity, text, left, links):
    return {
        "blockType": "KEY_VALUE_SET", "entityTypes": [kind], "id": identity, "text": text, "confidence": 80.5,
        "relationships": links, "geometry": {"boundingBox": {"left": left, "top": 0.5, "width": 0.2, "height": 0.1}},
    }  # fmt: skip


BLOCKS = [
    block("KEY", "k1", "Name:", 0.1, [{"type": "VALUE", "ids": ["v1"]}]),
    block("VALUE", "v1", "Adu", 0.4, [{"type": "CHILD", "ids": ["w1"]}]),
    block("KEY", "k2", "Town", 0.1, [{"type": "VALUE", "ids": ["v2"]}]),
    block("VALUE", "v2", "Rome", 0.4, []),
]
KEYS = [{"importantFormKey": "Full name", "importantFormKeyAliases": ["name"]}, {"importantFormKey": "Date"}]


def textract(blocks=None, attributes=""):
    return f"""<crowd-form><crowd-textract-analyze-document src="/scene.svg" header="Check the pairs"
      initial-value="{html.escape(json.dumps(blocks or BLOCKS))}" keys='{json.dumps(KEYS)}'
      block-types="['KEY_VALUE_SET']" {attributes}></crowd-textract-analyze-document></crowd-form>"""


def word(identity, text):
    return {"blockType": "WORD", "id": identity, "text": text}


def pair_block(kind, identity, text, *, value=None, words=()):
    links = [{"ids": [value], "type": "VALUE"}] if value else []
    links += [{"ids": list(words), "type": "CHILD"}] if words else []
    return {"blockType": "KEY_VALUE_SET", "entityTypes": [kind], "id": identity, "relationships": links, "text": text}


def test_pairs_are_corrected_refused_and_added(open_task):
    task = open_task(textract())
    pairs = task.frame.locator("fieldset.pair")
    assert pairs.count() == 3
    pairs.nth(0).get_by_label("Value", exact=True).fill("Ada")
    pairs.nth(1).get_by_label("No").check()
    assert task.frame.get_by_role("checkbox", name="Key not found").is_checked()
    pairs.nth(2).get_by_label("Value", exact=True).fill("1815")

    assert task.submits() == {
        FORMS: {
            "blocks": [
                pair_block("KEY", "k1", "Name:", value="v1", words=["k1-word-1"]),
                pair_block("VALUE", "v1", "Ada", words=["w1"]),
                pair_block("KEY", "added-key-1", "Date", value="added-value-1", words=["added-key-1-word-1"]),
                pair_block("VALUE", "added-value-1", "1815", words=["added-value-1-word-1"]),
                word("k1-word-1", "Name:"),
                word("w1", "Ada"),
                word("added-key-1-word-1", "Date"),
                word("added-value-1-word-1", "1815"),
            ]
        }
    }


def test_a_blank_value_and_keys_that_are_not_to_be_changed(open_task):
    task = open_task(textract(attributes="no-key-edit=''"))
    first = task.frame.locator("fieldset.pair").first
    assert not first.get_by_label("Key", exact=True).is_editable()
    first.get_by_label("The value is blank").check()

    assert task.submits()[FORMS]["blocks"][:2] == [
        pair_block("KEY", "k1", "Name:", value="v1", words=["k1-word-1"]),
        pair_block("VALUE", "v1", ""),
    ]


def test_a_pair_is_shown_on_the_page(open_task):
    task = open_task(textract())
    task.frame.get_by_label("Value", exact=True).first.click()
    shown, page = (task.frame.locator(at).bounding_box() for at in (".area.value", ".page img"))

    assert abs((shown["x"] - page["x"]) / page["width"] - 0.4) < 0.01
    assert abs(shown["height"] / page["height"] - 0.1) < 0.02


def test_pairs_are_restored(open_task):
    task = open_task(textract())
    blocks = [
        pair_block("KEY", "k2", "Town", value="v2", words=["k2-word-1"]),
        pair_block("VALUE", "v2", "Roma", words=["v2-word-1"]),
        word("k2-word-1", "Town"),
        word("v2-word-1", "Roma"),
    ]
    answer = {FORMS: {"blocks": blocks}}
    task.tells({"type": "shell:restore", "answer": answer})
    task.wait_for("crowd:restored")

    assert task.submits() == answer


OVERLAYS = {
    "boundingBox": "{boundingBox: {labels: ['cup'],"
    " value: [{label: 'cup', left: 100, top: 60, width: 200, height: 150}]}}",
    "semanticSegmentation": "{semanticSegmentation: {labels: ['cup'], labelMappings: {cup: {color: '#2ca02c'}},"
    " src: '/mask.svg'}}",
    "instanceSegmentation": "{instanceSegmentation: {labels: ['cup'], instances: [{color: '#1f77b4', label: 'cup'}],"
    " src: '/mask.svg'}}",
}


@pytest.mark.parametrize("kind", OVERLAYS)
def test_overlay_is_shown_and_not_to_be_changed(open_task, site, kind):
    site.put("/mask.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>', "image/svg+xml")
    task = open_task(f"""<crowd-form><crowd-image-classifier name="ok" src="/scene.svg" categories="['good', 'bad']"
      overlay="{html.escape(OVERLAYS[kind])}"></crowd-image-classifier></crowd-form>""")
    over = task.frame.locator(".overlay > *").first
    over.wait_for()
    task.settle()
    shown, image = over.bounding_box(), task.frame.locator("img.image").bounding_box()
    share = 0.5 if kind == "boundingBox" else 1
    assert abs(shown["width"] / image["width"] - share) < 0.02
    assert abs(shown["height"] / image["height"] - share) < 0.02
    assert task.frame.locator(".legend").inner_text() == "cup"
    task.frame.get_by_role("radio", name="good").check()

    assert task.submits() == {"ok": {"label": "good"}}


@pytest.mark.parametrize("overlay", ["{boxes: []}", "[1"])
def test_an_overlay_that_cannot_be_read_holds_the_form_back(open_task, overlay):
    task = open_task(f"""<crowd-form><crowd-image-classifier name="ok" src="/scene.svg" categories="['good']"
      overlay="{overlay}"></crowd-image-classifier></crowd-form>""")
    task.frame.locator(".problem").get_by_text("overlay").wait_for()
    task.frame.get_by_role("radio", name="good").check()
    task.frame.get_by_role("button", name="Submit").click()
    task.frame.locator("#message:not(:empty)").wait_for()

    assert task.messages("crowd:submit") == []
