"""Scripts treat our controls as native ones: `click()`, `checked`, `disabled`, limits, the focus at first."""

import pytest

CHOICES = {
    "checkbox": '<crowd-checkbox id="c" name="x" {}>Tick</crowd-checkbox>',
    "toggle": '<crowd-toggle-button id="c" name="x" {}>Tick</crowd-toggle-button>',
    "radio": '<crowd-radio-button id="c" name="x" {}>Tick</crowd-radio-button>',
}
HEAR = """(ids) => { window.heard = []; for (const id of ids) for (const kind of ['click', 'input', 'change']) {
  window[id].addEventListener(kind, ({ target }) => heard.push(`${kind} ${target.id} ${target.checked}`));
} }"""


def form(inner):
    return f"<crowd-form>{inner}</crowd-form>"


@pytest.mark.parametrize("kind", CHOICES)
@pytest.mark.parametrize(
    "press", ["c.click()", "c.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))"]
)
def test_a_click_of_a_script_chooses_at_once_and_is_heard_once(open_task, kind, press):
    task = open_task(form(CHOICES[kind].format("")))
    task.runs(HEAR, ["c"])

    assert task.runs(f"() => {{ {press}; return c.checked; }}") is True
    assert task.runs("() => heard") == ["click c true", "input c true", "change c true"]
    assert task.submits() == {"x": {"on": True}}


@pytest.mark.parametrize("kind", CHOICES)
def test_a_press_of_a_worker_is_heard_once(open_task, kind):
    task = open_task(form(CHOICES[kind].format("")))
    task.runs(HEAR, ["c"])
    task.frame.get_by_text("Tick").click()

    assert task.runs("() => heard") == ["click c true", "input c true", "change c true"]


@pytest.mark.parametrize("kind", ["checkbox", "toggle"])
def test_a_second_click_takes_it_back_and_a_refused_one_does_nothing(open_task, kind):
    task = open_task(form(CHOICES[kind].format("")))
    assert task.runs("() => { c.click(); c.click(); return c.checked; }") is False
    task.runs("() => c.addEventListener('click', (event) => event.preventDefault())")

    assert task.runs("() => { c.click(); return c.checked; }") is False
    assert task.submits() == {"x": {"on": False}}


@pytest.mark.parametrize("kind", CHOICES)
def test_a_disabled_choice_cannot_be_clicked(open_task, kind):
    task = open_task(form(CHOICES[kind].format("disabled")))
    task.runs(HEAR, ["c"])

    assert task.runs("() => { c.click(); return c.checked; }") is False
    assert task.runs("() => heard") == []


@pytest.mark.parametrize("kind", CHOICES)
def test_the_checked_attribute_says_how_it_begins(open_task, kind):
    task = open_task(form(CHOICES[kind].format("checked")))
    assert task.runs("() => [c.checked, c.defaultChecked, c.hasAttribute('checked')]") == [True, True, True]
    assert task.runs("() => { c.removeAttribute('checked'); return c.checked; }") is False
    assert task.runs("() => { c.setAttribute('checked', ''); return c.checked; }") is True
    assert task.runs("() => { c.checked = false; return [c.checked, c.hasAttribute('checked')]; }") == [False, True]
    task.runs("() => { c.removeAttribute('checked'); c.setAttribute('checked', ''); }")
    assert task.runs("() => c.checked") is False, "once it was set, the attribute says no more"
    task.runs("() => document.querySelector('crowd-form').reset()")

    assert task.submits() == {"x": {"on": True}}


def test_of_radio_buttons_only_one_is_chosen_however_it_is(open_task):
    buttons = "".join(f'<crowd-radio-button id="{name}" name="{name}">{name}</crowd-radio-button>' for name in "abc")
    task = open_task(form(f"<crowd-radio-group>{buttons}</crowd-radio-group>"))
    task.runs(HEAR, ["a", "b", "c"])

    def chosen(script):
        return task.runs(f"() => {{ {script}; return [a, b, c].map((button) => button.checked); }}")

    assert chosen("a.click()") == [True, False, False]
    assert chosen("b.checked = true") == [False, True, False]
    assert chosen("c.setAttribute('checked', '')") == [False, False, True]
    assert chosen("c.click()") == [False, False, True]
    assert task.runs("() => heard") == ["click a true", "input a true", "change a true", "click c true"]


def test_a_label_of_the_page_presses_its_control(open_task):
    task = open_task(form('<label for="c">Press here</label><crowd-checkbox id="c" name="x">Tick</crowd-checkbox>'))
    task.frame.get_by_text("Press here").click()

    assert task.submits() == {"x": {"on": True}}


BUTTONS = {
    "button": "<crowd-button id='b' {}>Go</crowd-button>",
    "icon": "<crowd-icon-button id='b' icon='star' {}></crowd-icon-button>",
    "fab": "<crowd-fab id='b' icon='star' {}></crowd-fab>",
}


@pytest.mark.parametrize("kind", BUTTONS)
def test_buttons_are_pressed_by_scripts_unless_disabled(open_task, kind):
    task = open_task(form(BUTTONS[kind].format("")))
    task.runs("() => { window.pressed = 0; document.addEventListener('click', () => { pressed += 1; }, true); }")
    assert task.runs("() => { b.click(); return pressed; }") == 1
    assert task.runs("() => { b.disabled = true; b.click(); return pressed; }") == 1
    assert task.runs("() => { b.disabled = false; b.click(); return pressed; }") == 2
    assert task.messages("crowd:submit") == []


def test_a_button_that_submits_is_pressed_by_a_script(open_task):
    task = open_task(form('<crowd-button id="b" form-action="submit">Send</crowd-button><input name="a" value="1">'))
    task.runs("() => b.click()")

    assert task.wait_for("crowd:submit")["answer"] == {"a": "1"}


@pytest.mark.parametrize(
    ("attributes", "refused", "taken"),
    [
        ('type="number" min="2"', "1", "2"),
        ('type="number" max="9"', "10", "9"),
        ('type="number" step="0.5"', "1.3", "1.5"),
        ('type="number" min="1" step="2"', "2", "3"),
        ('type="date" min="2026-01-01" max="2026-12-31"', "2027-01-01", "2026-06-01"),
        ('type="time" max="12:00"', "13:00", "11:00"),
    ],
)
def test_an_input_keeps_its_limits(open_task, attributes, refused, taken):
    task = open_task(form(f'<crowd-input name="n" label="Number" {attributes}></crowd-input>'))
    task.frame.get_by_label("Number").fill(refused)
    task.frame.get_by_role("button", name="Submit").click()
    task.frame.locator("#message:not(:empty)").wait_for()
    assert task.messages("crowd:submit") == []
    task.frame.get_by_label("Number").fill(taken)

    assert task.submits() == {"n": taken}


def test_limits_are_set_and_taken_away_by_scripts(open_task):
    task = open_task(form('<crowd-input id="i" name="n" label="Number" type="number" value="5" max="3"></crowd-input>'))
    assert task.runs("() => i.checkValidity()") is False
    assert task.runs("() => { i.max = 7; return [i.checkValidity(), i.getAttribute('max')]; }") == [True, "7"]
    assert task.runs("() => { i.min = 6; return i.checkValidity(); }") is False
    assert task.runs("() => { i.min = null; i.step = 3; return i.checkValidity(); }") is False
    assert task.runs("() => { i.removeAttribute('step'); return i.checkValidity(); }") is True
    assert task.runs("() => { i.type = 'text'; i.value = ''; i.required = true; return i.checkValidity(); }") is False


@pytest.mark.parametrize("tag", ["crowd-input", "crowd-text-area"])
@pytest.mark.parametrize("spelling", ["max-length", "maxlength"])
def test_what_is_too_long_is_not_taken(open_task, tag, spelling):
    task = open_task(form(f'<{tag} id="i" name="n" label="Text" {spelling}="3"></{tag}>'))
    task.frame.get_by_label("Text").press_sequentially("abcdef")
    assert task.runs("() => i.value") == "abc"
    task.runs(f"() => i.removeAttribute('{spelling}')")
    task.frame.get_by_label("Text").press_sequentially("def")

    assert task.submits() == {"n": "abcdef"}


def test_a_value_of_a_script_is_not_undone_by_the_attribute(open_task):
    task = open_task(
        form('<crowd-input id="i" name="n" value="first"></crowd-input><crowd-slider id="s" name="s"></crowd-slider>')
    )
    task.runs("() => { i.value = 'second'; i.setAttribute('value', 'third'); s.value = 7; s.setAttribute('pin', ''); }")
    assert task.submits() == {"n": "second", "s": 7}


@pytest.mark.parametrize(
    ("attributes", "typed", "value"),
    [
        ('min="10" max="99"', "15", 15),
        ('min="10" max="99"', "5", 10),
        ('min="0" max="1" step="0.1"', "0.3", 0.3),
        ('min="0" max="1" step="any"', "0.123", 0.123),
        ('min="-5" max="5" step="2"', "-2", -1),
    ],
)
def test_a_slider_whose_number_is_typed(open_task, attributes, typed, value):
    task = open_task(form(f'<crowd-slider name="s" label="Grade" editable {attributes}></crowd-slider>'))
    exact = task.frame.get_by_label("Exact value")
    exact.fill("")
    exact.press_sequentially(typed)
    assert exact.input_value() == typed, "what is being typed is left alone"
    exact.blur()

    assert task.submits() == {"s": pytest.approx(value)}
    assert float(exact.input_value()) == pytest.approx(value)


FOCUSED = "() => document.activeElement.id"


def test_the_focus_at_first_waits_until_the_page_is_shown(open_task):
    task = open_task(form('<input id="plain"><crowd-input id="i" label="A" auto-focus></crowd-input>'))
    task.page.wait_for_timeout(300)
    assert task.runs(FOCUSED) == ""
    assert task.page.evaluate("() => document.activeElement.localName") == "body", "nobody sees the frame yet"
    task.tells({"type": "shell:begin", "seconds": 0})
    task.page.frames[1].wait_for_function("() => document.activeElement.id === 'i'")
    task.page.keyboard.type("typed")

    assert task.submits() == {"crowd-input": "typed"}


def test_the_first_of_several_has_the_focus_and_one_that_cannot_does_not(open_task):
    inputs = (
        '<crowd-input id="off" auto-focus disabled></crowd-input><crowd-input id="no" auto-focus="false"></crowd-input>'
        '<crowd-text-area id="first" auto-focus></crowd-text-area><crowd-input id="second" auto-focus></crowd-input>'
    )
    task = open_task(form(inputs))
    task.tells({"type": "shell:begin", "seconds": 0})
    task.page.frames[1].wait_for_function("() => document.activeElement.id === 'first'")


def test_who_is_at_work_keeps_the_focus(open_task):
    task = open_task(form('<input id="plain"><p id="place"></p>'))
    task.tells({"type": "shell:begin", "seconds": 0})
    task.frame.locator("#plain").focus()
    task.runs("() => { place.innerHTML = '<crowd-input id=\"late\" auto-focus></crowd-input>'; }")
    task.page.wait_for_timeout(100)

    assert task.runs(FOCUSED) == "plain"


def test_a_page_opened_alone_has_its_focus_at_once(page, site):
    loads = '<script type="module" src="/elements/index.js"></script>'
    site.put("/alone.html", loads + form('<crowd-input id="i" auto-focus></crowd-input>'))
    page.goto(f"{site.url}/alone.html")
    page.wait_for_function("() => document.activeElement.id === 'i'")


def test_letters_composed_of_several_keys_are_left_alone_until_they_are_done(open_task):
    task = open_task(form('<crowd-input id="i" name="n" label="Kana" allowed-pattern="[ぁ-ん]"></crowd-input>'))
    field = task.frame.get_by_label("Kana")
    field.evaluate("""(field) => {
      field.value = 'k';
      field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, isComposing: true }));
    }""")
    assert field.input_value() == "k"
    field.evaluate("""(field) => {
      field.value = 'かx';
      field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, isComposing: true }));
      field.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, composed: true }));
    }""")

    assert task.submits() == {"n": "か"}
