"""The answer of a form's review as AWS's own parser of such answers walks it: from key to value to words, by id."""

import html
import json

import pytest

FORMS = "AWS/Textract/AnalyzeDocument/Forms/V1"


def read_as_aws_does(answer):
    """Key and value of each pair, by the rules of `a2irp` in AWS's amazon-textract-response-parser.

    All ids must lead to a block; a key without words is left out; only WORD blocks hold text, and each must have one.
    """
    blocks = answer[FORMS]["blocks"]
    by_id = {block["id"]: block for block in blocks}
    assert len(by_id) == len(blocks), "an id is given twice"

    def text(ids):
        children = [by_id[identity] for identity in ids]
        return " ".join(child["text"] for child in children if child["blockType"] == "WORD")

    fields = []
    for block in blocks:
        if block["blockType"] != "KEY_VALUE_SET" or "KEY" not in block["entityTypes"]:
            continue
        key = value = None
        for link in block["relationships"]:
            if link["type"] == "CHILD":
                key = text(link["ids"])
            for identity in link["ids"] if link["type"] == "VALUE" else []:
                assert "VALUE" in by_id[identity]["entityTypes"]
                for inner in by_id[identity]["relationships"]:
                    value = text(inner["ids"]) if inner["type"] == "CHILD" else value
        if key is not None:
            fields.append((key, value))
    return fields


def upper(kind, identity, *, entity=None, text=None, status=None, **links):
    block = {"BlockType": kind, "Id": identity, "Confidence": 90.0}
    block |= {"EntityTypes": [entity]} if entity else {}
    block |= {"Text": text} if text is not None else {}
    block |= {"SelectionStatus": status} if status else {}
    relations = [{"Type": name.upper(), "Ids": ids} for name, ids in links.items()]
    return block | ({"Relationships": relations} if relations else {})


WORDS = {
    "a": "Full", "b": "name:", "c": "Ada", "d": "Lovelase", "e": "Town:", "f": "Agreed", "h": "Street", "i": "Saint",
    "j": "James", "l": "Date",
}  # fmt: skip
FORM = [
    upper("PAGE", "p", child=["k1", "v1"]),
    upper("KEY_VALUE_SET", "k1", entity="KEY", value=["v1"], child=["a", "b"]),
    upper("KEY_VALUE_SET", "v1", entity="VALUE", child=["c", "d"]),
    upper("KEY_VALUE_SET", "k2", entity="KEY", value=["v2"], child=["e"]),
    upper("KEY_VALUE_SET", "v2", entity="VALUE"),
    upper("KEY_VALUE_SET", "k3", entity="KEY", value=["v3"], child=["f"]),
    upper("KEY_VALUE_SET", "v3", entity="VALUE", child=["g"]),
    upper("KEY_VALUE_SET", "k4", entity="KEY", value=["v4", "v5"], child=["h"]),
    upper("KEY_VALUE_SET", "v4", entity="VALUE", child=["i"]),
    upper("KEY_VALUE_SET", "v5", entity="VALUE", child=["j"]),
    upper("KEY_VALUE_SET", "k6", entity="KEY", value=["nowhere"], child=["gone", "l"]),
    *(upper("WORD", identity, text=text) for identity, text in WORDS.items()),
    upper("SELECTION_ELEMENT", "g", status="SELECTED"),
]


@pytest.fixture
def open_form(open_task):
    def open_it(blocks, keys=()):
        return open_task(f"""<crowd-form><crowd-textract-analyze-document src="/scene.svg" header="Check"
          initial-value="{html.escape(json.dumps(blocks))}" keys='{json.dumps(list(keys))}'>
          </crowd-textract-analyze-document></crowd-form>""")

    return open_it


def value_of(task, number):
    return task.frame.locator("fieldset.pair").nth(number).get_by_label("Value", exact=True)


def test_what_nobody_changed_is_read_as_it_was(open_form):
    answer = open_form(FORM).submits()

    assert read_as_aws_does(answer) == [
        ("Full name:", "Ada Lovelase"),
        ("Town:", None),
        ("Agreed", ""),
        ("Street", "Saint James"),
        ("Date", None),
    ]
    assert {"blockType": "SELECTION_ELEMENT", "id": "g", "selectionStatus": "SELECTED"} in answer[FORMS]["blocks"]
    assert {"blockType": "WORD", "id": "d", "text": "Lovelase"} in answer[FORMS]["blocks"]


@pytest.mark.parametrize(
    "text", ["Ada", "Ada Lovelace", "Augusta Ada King Lovelace", "", "  Ada   Lovelace ", "愛達 羅夫"]
)
def test_a_corrected_value_is_read_as_it_was_written(open_form, text):
    task = open_form(FORM)
    value_of(task, 0).fill(text)
    answer = task.submits()

    assert read_as_aws_does(answer)[0] == ("Full name:", " ".join(text.split()) or None)
    [block] = [block for block in answer[FORMS]["blocks"] if block["id"] == "v1"]
    assert block["text"] == text


def test_values_that_were_blank_of_several_blocks_or_missing_are_written(open_form):
    task = open_form(FORM, keys=[{"importantFormKey": "Policy no"}])
    for number, text in [(1, "Rome"), (3, "Saint James Square"), (4, "1815-12-10"), (5, "17 b")]:
        value_of(task, number).fill(text)
    read = read_as_aws_does(task.submits())

    assert read[1] == ("Town:", "Rome")
    assert read[3:] == [("Street", "Saint James Square"), ("Date", "1815-12-10"), ("Policy no", "17 b")]


def test_a_tick_is_changed_and_a_key_is_corrected(open_form):
    task = open_form(FORM)
    value_of(task, 2).fill("NOT_SELECTED")
    task.frame.locator("fieldset.pair").nth(0).get_by_label("Key", exact=True).fill("First names and surname:")
    answer = task.submits()

    assert {"blockType": "SELECTION_ELEMENT", "id": "g", "selectionStatus": "NOT_SELECTED"} in answer[FORMS]["blocks"]
    assert read_as_aws_does(answer)[0] == ("First names and surname:", "Ada Lovelase")


def test_a_word_of_two_pairs_is_not_changed_for_both(open_form):
    shared = [
        upper("KEY_VALUE_SET", "k1", entity="KEY", value=["v1"], child=["a"]),
        upper("KEY_VALUE_SET", "v1", entity="VALUE", child=["w"]),
        upper("KEY_VALUE_SET", "k2", entity="KEY", value=["v2"], child=["b"]),
        upper("KEY_VALUE_SET", "v2", entity="VALUE", child=["w"]),
        upper("WORD", "a", text="From"),
        upper("WORD", "b", text="To"),
        upper("WORD", "w", text="Rome"),
    ]
    task = open_form(shared)
    value_of(task, 1).fill("Oslo")

    assert read_as_aws_does(task.submits()) == [("From", "Rome"), ("To", "Oslo")]


def test_a_refused_pair_leaves_no_word_behind(open_form):
    task = open_form(FORM[:5] + FORM[11:16])
    task.frame.locator("fieldset.pair").nth(0).get_by_label("No").check()
    answer = task.submits()

    assert [block["id"] for block in answer[FORMS]["blocks"]] == ["k2", "v2", "e"]


TILTED = [{"X": 0.5, "Y": 0.2}, {"X": 0.9, "Y": 0.4}, {"X": 0.8, "Y": 0.6}, {"X": 0.4, "Y": 0.4}]
BOX = {"BoundingBox": {"Left": 0.4, "Top": 0.2, "Width": 0.5, "Height": 0.4}}


@pytest.mark.parametrize(
    ("geometry", "corners"),
    [
        ({"Polygon": TILTED}, 4),
        ({"Polygon": TILTED} | BOX, 4),
        ({"polygon": [{"x": p["X"], "y": p["Y"]} for p in TILTED]}, 4),
        (BOX, 4),
        ({"Polygon": [*TILTED, {"X": 0.45, "Y": 0.3}]}, 5),
        ({"Polygon": TILTED[:2]} | BOX, 4),
        ({"Polygon": [{"X": None, "Y": 1}] * 4} | BOX, 4),
    ],
)
def test_the_area_of_a_pair_is_drawn_as_it_was_given(open_form, geometry, corners):
    blocks = [dict(block) for block in FORM]
    blocks[2]["Geometry"] = geometry
    task = open_form(blocks)
    value_of(task, 0).click()
    area, page = (task.frame.locator(at) for at in (".area.value", ".page img"))
    shown, sheet = area.bounding_box(), page.bounding_box()
    share = [
        (shown["x"] - sheet["x"]) / sheet["width"],
        (shown["y"] - sheet["y"]) / sheet["height"],
        shown["width"] / sheet["width"],
        shown["height"] / sheet["height"],
    ]

    assert share == pytest.approx([0.4, 0.2, 0.5, 0.4], abs=0.01)
    assert len(area.get_attribute("points").split()) == corners
    assert not task.frame.locator(".area.key").is_visible(), "where the key is was not given"


def test_a_place_further_down_the_page_is_scrolled_to(open_form, site):
    site.put(
        "/scene.svg",
        '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="4000"><rect width="100%" height="100%"/></svg>',
        "image/svg+xml",
    )
    blocks = [dict(block) for block in FORM]
    blocks[1]["Geometry"] = {"Polygon": [{"X": 0.1, "Y": 0.9}, {"X": 0.3, "Y": 0.9}, {"X": 0.3, "Y": 0.92}]}
    task = open_form(blocks)
    value_of(task, 0).click()
    task.settle()
    shown = task.frame.locator(".area.key").evaluate(
        "(e) => { const r = e.getBoundingClientRect(); return [r.top, r.bottom]; }"
    )
    height = task.runs("() => innerHeight")

    assert 0 <= shown[0] < shown[1] <= height
