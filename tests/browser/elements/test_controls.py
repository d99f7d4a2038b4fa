"""Inputs, choices, sliders and display elements, one behaviour each."""

import pytest


def form(inner):
    return f"<crowd-form>{inner}</crowd-form>"


def test_input_drops_letters_that_are_not_allowed_and_what_is_too_long(open_task):
    task = open_task(
        form('<crowd-input name="plate" label="Plate" allowed-pattern="[A-Z0-9]" max-length="4"></crowd-input>')
    )
    task.frame.get_by_label("Plate").press_sequentially("aB1-C2D3")

    assert task.submits() == {"plate": "B1C2"}


def test_input_shows_its_own_error_message(open_task):
    task = open_task(
        form(
            '<crowd-input name="n" label="Number" type="number" required'
            ' error-message="A number, please" auto-validate></crowd-input>'
        )
    )
    field = task.frame.get_by_label("Number")
    field.fill("3")
    field.fill("")
    assert task.frame.get_by_text("A number, please").is_visible()
    assert field.get_attribute("aria-invalid") == "true"
    field.fill("4")
    assert task.submits() == {"n": "4"}


def test_value_set_to_null_clears(open_task):
    task = open_task(form('<crowd-input id="i" name="a" value="x"></crowd-input>'))
    task.runs("() => { i.value = null; }")

    assert task.submits() == {}


def test_text_area_counts_and_answers_lines(open_task):
    task = open_task(form('<crowd-text-area name="t" label="Note" char-counter max-rows = "3"></crowd-text-area>'))
    task.frame.get_by_label("Note").fill("one\ntwo")
    assert task.frame.locator("crowd-text-area .counter").inner_text() == "7"

    assert task.submits() == {"t": "one\ntwo"}


def test_only_one_radio_button_of_a_group_is_chosen(open_task):
    names = ["a", "b", "c"]
    buttons = "".join(f'<crowd-radio-button name="{name}" value="{name}">{name}</crowd-radio-button>' for name in names)
    task = open_task(form(f"<crowd-radio-group>{buttons}</crowd-radio-group>"))
    task.frame.get_by_role("radio", name="a").check()
    task.frame.get_by_role("radio", name="b").check()
    task.page.keyboard.press("ArrowDown")

    assert task.submits() == {"a": {"a": False}, "b": {"b": False}, "c": {"c": True}}


def test_checkbox_can_be_disabled_by_script_and_fires_change(open_task):
    task = open_task(form('<crowd-checkbox id="c" name="x" value="v">Tick</crowd-checkbox>'))
    task.runs("() => { window.seen = []; c.addEventListener('change', (event) => seen.push(event.target.checked)); }")
    task.frame.get_by_role("checkbox", name="Tick").check()
    assert task.runs("() => seen") == [True]
    task.runs("() => { c.disabled = true; }")

    assert task.frame.get_by_role("checkbox", name="Tick").is_disabled()
    assert task.submits() == {}


@pytest.mark.parametrize(("text", "set_"), [("disabled", True), ('disabled="true"', True), ('disabled="false"', False)])
def test_boolean_attributes(open_task, text, set_):
    task = open_task(form(f'<crowd-checkbox name="x" {text}>Tick</crowd-checkbox>'))

    assert task.frame.get_by_role("checkbox", name="Tick").is_disabled() is set_


def test_slider_answers_a_number_and_shows_it(open_task):
    task = open_task(
        form('<crowd-slider name="s" label="Grade" min="1" max="5" value="2" pin editable required></crowd-slider>')
    )
    task.frame.get_by_role("slider", name="Grade").press("ArrowRight")
    assert task.frame.locator("crowd-slider .pin").inner_text() == "3"
    task.frame.get_by_label("Exact value").fill("5")

    assert task.submits() == {"s": 5}


def test_unclosed_slider_swallows_nothing(open_task):
    task = open_task(
        form('<crowd-slider name="s" pin/><crowd-input name="after" label="After" value="there"></crowd-input>')
    )

    assert task.frame.get_by_label("After").is_visible()
    assert task.submits() == {"s": 0, "after": "there"}


def test_reset_button_begins_again(open_task):
    task = open_task(
        form("""<crowd-input name="a" label="A" value="first"></crowd-input>
      <input name="b" aria-label="B" value="first">
      <crowd-checkbox name="c" checked>C</crowd-checkbox><crowd-button form-action="reset">Again</crowd-button>""")
    )
    task.frame.get_by_label("A", exact=True).fill("second")
    task.frame.get_by_label("B").fill("second")
    task.frame.get_by_role("checkbox", name="C").uncheck()
    task.frame.get_by_role("button", name="Again").click()
    task.page.wait_for_timeout(30)

    assert task.submits() == {"a": "first", "b": "first", "c": {"on": True}}


def test_alert_written_by_a_script_can_be_dismissed(open_task):
    task = open_task(form('<div id="box"></div>'))
    task.runs("() => { box.innerHTML = '<crowd-alert type=\"error\" dismissible>Draw at least one</crowd-alert>'; }")
    assert task.frame.get_by_role("alert").get_by_text("Draw at least one").is_visible()
    task.frame.get_by_role("button", name="Dismiss").click()
    assert task.frame.locator("crowd-alert").count() == 0


def test_card_made_by_a_script(open_task):
    task = open_task(form('<div id="box"></div>'))
    task.runs(
        """() => {
          const card = document.createElement('crowd-card');
          card.setAttribute('heading', 'Apples');
          box.append(card);
        }"""
    )

    assert task.frame.get_by_role("heading", name="Apples").is_visible()


def test_tabs_by_mouse_and_keyboard(open_task):
    task = open_task(
        form(
            '<crowd-tabs><crowd-tab header="One">first</crowd-tab>'
            '<crowd-tab header="Two">second</crowd-tab></crowd-tabs>'
        )
    )
    assert task.frame.get_by_text("first").is_visible()
    task.frame.get_by_role("tab", name="Two").click()
    assert task.frame.get_by_text("second").is_visible()
    assert not task.frame.get_by_text("first").is_visible()
    task.page.keyboard.press("ArrowRight")
    assert task.frame.get_by_text("first").is_visible()


def test_instructions_open_in_tabs(open_task):
    task = open_task(
        form("""<crowd-instructions link-text="View instructions" link-type="button">
      <short-summary>In short</short-summary><detailed-instructions>At length</detailed-instructions>
      <positive-example>Like this</positive-example></crowd-instructions>""")
    )
    assert not task.frame.get_by_text("In short").is_visible()
    task.frame.get_by_role("button", name="View instructions").click()
    assert task.frame.get_by_text("In short").is_visible()
    task.frame.get_by_role("tab", name="Examples").click()
    assert task.frame.get_by_text("Like this").is_visible()
    assert not task.frame.get_by_text("Bad", exact=True).is_visible()
