"""A draft of an answer, and setting the controls to it again."""

import pytest

CONTROLS = """<crowd-form>
  <crowd-input name="title" label="Title" value="given"></crowd-input>
  <crowd-text-area name="note"></crowd-text-area>
  <crowd-checkbox name="seen" value="dim" checked>Dim</crowd-checkbox>
  <crowd-checkbox name="seen" value="blurry">Blurry</crowd-checkbox>
  <crowd-radio-group>
    <crowd-radio-button name="agree" value="yes" checked>Yes</crowd-radio-button>
    <crowd-radio-button name="agree" value="no">No</crowd-radio-button>
  </crowd-radio-group>
  <crowd-toggle-button name="keep"></crowd-toggle-button>
  <crowd-slider name="tone" min="1" max="5" required></crowd-slider>
  <crowd-classifier name="animal" categories="['cat', 'dog']"></crowd-classifier>
  <crowd-classifier-multi-select name="all" categories="['cat', 'dog', 'bird']"></crowd-classifier-multi-select>
  <input name="plain"><textarea name="text"></textarea>
  <select name="pick"><option>one<option>two</select>
  <select name="several" multiple><option>one<option>two<option>three</select>
  <input type="radio" name="rating" value="good"><input type="radio" name="rating" value="bad">
</crowd-form>"""
ANSWER = {
    "note": "two\nlines",
    "seen": {"dim": False, "blurry": True},
    "agree": {"yes": False, "no": True},
    "keep": {"on": True},
    "tone": 4,
    "animal": {"label": "dog"},
    "all": {"labels": ["cat", "bird"]},
    "plain": "a",
    "text": "b",
    "pick": "two",
    "several": ["one", "three"],
    "rating": {"good": False, "bad": True},
}


def test_controls_take_back_the_answer_they_gave(open_task):
    task = open_task(CONTROLS)
    task.tells({"type": "shell:restore", "answer": ANSWER})

    assert task.wait_for("crowd:restored")["left"] == []
    assert task.submits() == ANSWER


def test_restoring_tells_the_scripts_of_the_page(open_task):
    task = open_task('<crowd-form><input name="plain"><crowd-slider name="tone"></crowd-slider></crowd-form>')
    task.runs(
        "() => { window.heard = []; document.addEventListener('change', (e) => heard.push(e.target.localName)); }"
    )
    task.tells({"type": "shell:restore", "answer": {"plain": "x", "tone": 3}})
    task.wait_for("crowd:restored")

    assert task.runs("() => heard") == ["input", "crowd-slider"]


def test_a_part_that_no_longer_fits_is_named_and_the_others_are_restored(open_task):
    task = open_task(
        '<crowd-form><crowd-slider name="tone"></crowd-slider><crowd-input name="a"></crowd-input></crowd-form>'
    )
    task.tells({"type": "shell:restore", "answer": {"tone": "loud", "a": "kept", "gone": 1}})

    assert task.wait_for("crowd:restored")["left"] == ["tone"]
    assert task.submits() == {"tone": 0, "a": "kept"}


def test_an_element_that_cannot_restore_is_named(open_task):
    task = open_task('<crowd-form><crowd-made-up name="shape"></crowd-made-up></crowd-form>')
    task.tells({"type": "shell:restore", "answer": {"shape": [1]}})

    assert task.wait_for("crowd:restored")["left"] == ["shape"]


def test_a_draft_follows_a_pause_in_the_changes(open_task):
    task = open_task('<crowd-form><crowd-input name="a"></crowd-input></crowd-form>')
    task.frame.locator("crowd-input").click()
    task.page.keyboard.type("four", delay=200)
    draft = task.wait_for("crowd:draft")

    assert draft["answer"] == {"a": "four"}
    assert 0 < draft["seconds"] < 30
    assert len(task.messages("crowd:draft")) == 1


def test_seconds_begin_with_those_of_before(open_task):
    task = open_task("<crowd-form></crowd-form>")
    task.tells({"type": "shell:begin", "seconds": 100})
    task.submits()

    assert 100 <= task.messages("crowd:submit")[0]["seconds"] < 130


@pytest.mark.parametrize(
    "button",
    ["", '<crowd-button form-action="submit">Go</crowd-button>', '<button type="submit">Go</button>'],
)
def test_control_and_enter_submit_from_anywhere(open_task, button):
    task = open_task(f'<crowd-form><crowd-text-area name="a"></crowd-text-area>{button}</crowd-form>')
    task.frame.locator("crowd-text-area").click()
    task.page.keyboard.type("x")
    task.page.keyboard.press("Control+Enter")

    assert task.wait_for("crowd:submit")["answer"] == {"a": "x"}
