"""No work is lost for want of a name, and a template's own elements are asked for theirs."""

import json

import pytest

from services.review.render.markup.registry import elements_with

TOOL = 'src="/scene.svg" labels="[\'cat\']"'
BOX = "[{label: 'cat', left: 10, top: 20, width: 30, height: 40}]"
CAT = {"label": "cat", "left": 10, "top": 20, "width": 30, "height": 40}
SIZE = {"width": 400, "height": 300}


def open_form(open_task, inner):
    return open_task(f"<crowd-form>{inner}</crowd-form>")


def restored(task, answer):
    task.tells({"type": "shell:restore", "answer": answer})
    return task.wait_for("crowd:restored")["left"]


@pytest.mark.parametrize("name", ["", 'name=""'])
def test_boxes_without_a_name_come_under_their_tag(open_task, name):
    task = open_form(open_task, f'<crowd-bounding-box {name} {TOOL} initial-value="{BOX}"></crowd-bounding-box>')
    task.frame.locator("img.photo.shown").wait_for()

    answer = {"boundingBoxes": [CAT], "inputImageProperties": SIZE, "initialValueModified": False}
    assert task.submits() == {"crowd-bounding-box": answer}


DRAWN = ["bounding-box", "polygon", "keypoint", "line", "polyline", "semantic-segmentation", "instance-segmentation"]


def test_every_drawing_tool_answers_without_a_name(open_task):
    tools = "".join(f"<crowd-{kind} {TOOL}></crowd-{kind}>" for kind in DRAWN)
    task = open_form(open_task, tools)
    for index in range(len(DRAWN)):
        task.frame.locator("img.photo.shown").nth(index).wait_for()
    answer = task.submits()

    assert set(answer) == {f"crowd-{kind}" for kind in DRAWN}
    assert all(part["inputImageProperties"] == SIZE for part in answer.values())


CONTROLS = """
  <crowd-classifier categories="['a', 'b']"></crowd-classifier>
  <crowd-classifier-multi-select categories="['c', 'd']"></crowd-classifier-multi-select>
  <crowd-image-classifier src="/scene.svg" categories="['e', 'f']"></crowd-image-classifier>
  <crowd-image-classifier-multi-select src="/scene.svg" categories="['g', 'h']"></crowd-image-classifier-multi-select>
  <crowd-input value="one"></crowd-input><crowd-text-area value="two"></crowd-text-area>
  <crowd-checkbox checked>C</crowd-checkbox><crowd-toggle-button>T</crowd-toggle-button>
  <crowd-radio-group><crowd-radio-button value="yes" checked>Y</crowd-radio-button></crowd-radio-group>
  <crowd-slider value="7"></crowd-slider>
  <crowd-text-ranking text="t" responses='["r"]'
    ordinal-ranking-dimensions='[{"name": "Clarity", "allowTie": true}]'></crowd-text-ranking>
"""


def test_every_other_element_answers_without_a_name(open_task):
    task = open_form(open_task, CONTROLS)
    for choice in ("a", "e"):
        task.frame.get_by_role("radio", name=choice, exact=True).check()
    for choice in ("c", "g"):
        task.frame.get_by_role("checkbox", name=choice, exact=True).check()
    task.frame.locator("crowd-text-ranking").get_by_role("radio").first.check()

    assert task.submits() == {
        "crowd-classifier": {"label": "a"},
        "crowd-classifier-multi-select": {"labels": ["c"]},
        "crowd-image-classifier": {"label": "e"},
        "crowd-image-classifier-multi-select": {"labels": ["g"]},
        "crowd-input": "one",
        "crowd-text-area": "two",
        "crowd-checkbox": {"on": True},
        "crowd-toggle-button": {"on": False},
        "crowd-radio-button": {"yes": True},
        "crowd-slider": 7,
        "crowd-text-ranking": {
            "ordinalRankingDimensions": [{"name": "Clarity", "allowTie": True, "responseRankings": [1]}]
        },
    }


def test_entities_answer_without_a_name(open_task):
    task = open_task("""<crowd-entity-annotation text="Ada" labels="[{label: 'who'}]"
      initial-value="[{label: 'who', startOffset: 0, endOffset: 3}]"></crowd-entity-annotation>""")

    entity = {"label": "who", "startOffset": 0, "endOffset": 3}
    assert task.submits() == {"crowd-entity-annotation": {"entities": [entity], "initialValueModified": False}}


TWO = """<crowd-input label="First"></crowd-input><crowd-input name="crowd-input-2" label="Named"></crowd-input>
  <crowd-input label="Second" id="second"></crowd-input><crowd-checkbox value="v">Tick</crowd-checkbox>
  <crowd-checkbox value="v" checked>Tock</crowd-checkbox>"""


def test_two_without_a_name_do_not_overwrite_one_another_nor_one_that_has_the_name(open_task):
    task = open_form(open_task, TWO)
    for label in ("First", "Named", "Second"):
        task.frame.get_by_label(label).fill(label.lower())
    answer = {
        "crowd-input": "first",
        "crowd-input-2": "named",
        "crowd-input-3": "second",
        "crowd-checkbox": {"v": False},
        "crowd-checkbox-2": {"v": True},
    }
    assert task.submits() == answer

    again = open_form(open_task, TWO)
    assert restored(again, answer) == []
    assert again.frame.get_by_label("Second").input_value() == "second"
    assert again.submits() == answer


def test_disabled_and_empty_ones_keep_their_number(open_task):
    task = open_form(
        open_task, '<crowd-input disabled value="no"></crowd-input><crowd-input value="yes"></crowd-input>'
    )

    assert task.submits() == {"crowd-input-2": "yes"}


def test_two_reviews_of_forms_do_not_overwrite_one_another(open_task):
    links = [{"type": "VALUE", "ids": ["v"]}]
    key_of = {"blockType": "KEY_VALUE_SET", "entityTypes": ["KEY"], "id": "k", "text": "K", "relationships": links}
    value_of = {"blockType": "KEY_VALUE_SET", "entityTypes": ["VALUE"], "id": "v", "text": "V"}
    blocks = [key_of, value_of]
    one = f"<crowd-textract-analyze-document name='mine' src='/scene.svg' initial-value='{json.dumps(blocks)}'>"
    one += "</crowd-textract-analyze-document>"
    task = open_form(open_task, one * 2)
    key = "AWS/Textract/AnalyzeDocument/Forms/V1"

    assert set(task.submits()) == {key, f"{key}-2"}


def test_a_plain_control_without_a_name_is_left_out_as_in_any_form(open_task):
    assert open_form(open_task, '<input value="x"><textarea>y</textarea>').submits() == {}


STARS = """<script>
  class Stars extends HTMLElement {
    #value = null;
    get value() { return this.#value; }
    set value(next) { this.#value = next; this.textContent = JSON.stringify(next); }
  }
  customElements.define('star-rating', Stars);
</script>"""
VALUES = [4, 0, False, "four", ["a", {"b": 1}], {"deep": {"er": None}}]


@pytest.mark.parametrize("value", VALUES, ids=json.dumps)
def test_an_element_of_the_template_is_asked_for_its_value(open_task, value):
    inner = STARS + '<star-rating id="stars" name="rating"></star-rating><star-rating id="none"></star-rating>'
    task = open_form(open_task, inner)
    task.runs("(value) => { stars.value = value; none.value = 'no name'; }", value)
    assert task.submits() == {"rating": value}

    again = open_form(open_task, inner)
    assert restored(again, {"rating": value}) == []
    assert again.submits() == {"rating": value}


@pytest.mark.parametrize("value", ["undefined", "null", "''", "() => 1"])
def test_an_element_of_the_template_that_holds_nothing_adds_nothing(open_task, value):
    task = open_form(
        open_task, STARS + '<star-rating id="stars" name="rating"></star-rating><input name="a" value="b">'
    )
    task.runs(f"() => {{ stars.value = {value}; }}")

    assert task.submits() == {"a": "b"}


def test_what_json_cannot_hold_does_not_take_the_rest_with_it(open_task):
    task = open_form(
        open_task, STARS + '<star-rating id="stars" name="rating"></star-rating><input name="a" value="b">'
    )
    task.runs("() => { Object.defineProperty(stars, 'value', { value: 12n }); }")

    assert task.submits() == {"rating": "12", "a": "b"}


def test_an_element_of_the_template_that_is_chosen_or_not(open_task):
    script = """<script>customElements.define('fancy-switch', class extends HTMLElement {
      checked = false;
      value = 'sure';
      get disabled() { return this.hasAttribute('off'); }
    })</script>"""
    task = open_form(
        open_task,
        script + '<fancy-switch id="s" name="agree"></fancy-switch><fancy-switch name="agree" off></fancy-switch>',
    )
    task.runs("() => { s.checked = true; }")
    assert task.submits() == {"agree": {"sure": True}}
    assert restored(task, {"agree": {"sure": False}}) == []
    assert task.runs("() => s.checked") is False


ASSOCIATED = """<script>customElements.define('plate-number', class extends HTMLElement {
  static formAssociated = true;
  #internals = this.attachInternals();
  connectedCallback() { this.tabIndex = 0; }
  says(value, message = '') {
    this.#internals.setFormValue(value);
    this.#internals.setValidity(message ? { customError: true } : {}, message);
  }
  formStateRestoreCallback(state) { this.says(state); }
})</script>"""


def test_an_element_of_the_template_without_a_value_that_is_chosen(open_task):
    script = "<script>customElements.define('fancy-tick', class extends HTMLElement { checked = true; })</script>"
    task = open_form(open_task, script + '<fancy-tick id="t" name="agree"></fancy-tick>')
    assert task.submits() == {"agree": {"on": True}}
    assert restored(task, {"agree": {"on": False}}) == []
    assert task.runs("() => t.checked") is False


def test_a_form_associated_element_without_a_value_answers_what_it_would_submit(open_task):
    inner = ASSOCIATED + '<plate-number id="p" name="plate"></plate-number><input name="a" value="b">'
    task = open_form(open_task, inner)
    task.runs("() => p.says('AB 123')")
    assert task.submits() == {"plate": "AB 123", "a": "b"}

    again = open_form(open_task, inner)
    assert restored(again, {"plate": "CD 4", "a": "b"}) == []
    assert again.submits() == {"plate": "CD 4", "a": "b"}


def test_a_form_associated_element_may_submit_several_entries(open_task):
    task = open_form(open_task, ASSOCIATED + '<plate-number id="p"></plate-number><input name="a" value="b">')
    task.runs("() => { const data = new FormData(); data.append('x', '1'); data.append('y', '2'); p.says(data); }")

    assert task.submits() == {"x": "1", "y": "2", "a": "b"}


def test_an_invalid_element_of_the_template_holds_the_form_back(open_task):
    task = open_form(open_task, ASSOCIATED + '<plate-number id="p" name="plate"></plate-number>')
    task.runs("() => p.says('A', 'too short')")
    task.frame.get_by_role("button", name="Submit").click()
    task.frame.locator("#message").get_by_text("plate: please complete this").wait_for()
    assert task.messages("crowd:submit") == []
    task.runs("() => p.says('AB')")

    assert task.submits() == {"plate": "AB"}


LATE = "customElements.define('crowd-stars', class extends HTMLElement { value = 3; });"


@pytest.mark.parametrize(
    "script",
    [
        f"<script>{LATE}</script>",
        f'<script type="module">{LATE}</script>',
        f"<script>addEventListener('load', () => {{ {LATE} }});</script>",
        f"<script>document.addEventListener('all-crowd-elements-ready', () => {{ {LATE} }});</script>",
        f"<script>setTimeout(() => {{ {LATE} }}, 400);</script>",
    ],
    ids=["before", "module", "load", "ready", "later"],
)
def test_an_element_that_the_template_defines_is_not_unsupported_whenever_it_does(open_task, script):
    task = open_form(open_task, f'<crowd-stars name="stars"></crowd-stars>{script}')
    task.page.frames[1].wait_for_function("() => customElements.get('crowd-stars') !== undefined")
    task.frame.locator("crowd-stars [role=alert]").wait_for(state="detached")

    assert task.submits() == {"stars": 3}


def test_the_notice_of_an_element_that_nobody_defined_comes_also_later(open_task):
    task = open_form(open_task, '<p id="place"></p>')
    task.runs("() => { place.innerHTML = '<crowd-sculpture name=\"x\"></crowd-sculpture>'; }")
    task.frame.locator("crowd-sculpture").get_by_role("alert").wait_for()
    task.frame.get_by_role("button", name="Submit").click()
    task.frame.locator("#message").get_by_text("<crowd-sculpture>").wait_for()
    task.runs("() => { place.innerHTML = ''; }")

    assert task.submits() == {}


def test_what_the_report_wants_named_are_elements_that_answer(open_task):
    task = open_form(open_task, "")
    script = "(tags) => tags.filter((tag) => customElements.get(tag)?.formAssociated)"
    named = sorted(elements_with("named"))

    assert task.runs(script, named) == named
