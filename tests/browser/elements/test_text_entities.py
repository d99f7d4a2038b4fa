"""crowd-entity-annotation: marking a text by mouse, by keys and by touch."""

import html
import json

import pytest

LABELS = [
    {"label": "PER", "shortDisplayName": "per", "fullDisplayName": "Person"},
    {"label": "LOC", "fullDisplayName": "Place"},
]
TEXT = "Ada met Bob in Rome"


@pytest.fixture
def open_text(open_task):
    """Open the tool on a text; keyword arguments are further attributes, `around` puts a form around it."""

    def open_it(text=TEXT, *, around="{}", inner="", **attributes):
        given = {"name": "found", "text": text, "labels": LABELS} | attributes
        written = " ".join(
            f'{name.replace("_", "-")}="{html.escape(value if isinstance(value, str) else json.dumps(value))}"'
            for name, value in given.items()
        )
        # A page's own line ends are one "\n" to the HTML parser unless they are written as references.
        written = written.replace("\r", "&#13;").replace("\n", "&#10;")
        return open_task(around.format(f"<crowd-entity-annotation {written}>{inner}</crowd-entity-annotation>"))

    return open_it


def entity(label, start, end):
    return {"label": label, "startOffset": start, "endOffset": end}


def found(task):
    return task.frame.locator("crowd-entity-annotation").evaluate("(tool) => tool.value.entities")


def place(task, unit):
    """Where on the page the caret before a character (UTF-16 units, of a text in one line without marks) would be."""
    inside = task.runs(
        """(unit) => {
          const range = document.createRange();
          let left = unit;
          for (const row of document.querySelectorAll('.crowd-line')) for (const node of row.childNodes) {
            const text = node.nodeType === 3 ? node : node.localName === 'mark' ? node.firstChild : null;
            if (!text) continue;
            if (left <= text.length) {
              range.setStart(text, left);
              const box = range.getClientRects()[0];
              return [box.left, box.top + box.height / 2];
            }
            left -= text.length;
          }
        }""",
        unit,
    )
    frame = task.page.locator("iframe").bounding_box()
    return frame["x"] + inside[0], frame["y"] + inside[1]


def selects(task, start, end):
    mouse = task.page.mouse
    mouse.move(*place(task, start))
    mouse.down()
    mouse.move(*place(task, end), steps=4)
    mouse.up()
    task.settle()


def text_of(task):
    return task.frame.get_by_role("textbox", name="Text to mark")


def test_select_by_mouse_then_press_a_label(open_text):
    task = open_text()
    selects(task, 0, 3)
    task.frame.get_by_role("button", name="Person", exact=False).first.click()
    selects(task, 8, 11)
    task.presses("1")
    selects(task, 19, 15)
    task.presses("2")

    assert task.submits() == {"found": {"entities": [entity("PER", 0, 3), entity("PER", 8, 11), entity("LOC", 15, 19)]}}


def test_a_label_pressed_before_marks_what_is_selected_next(open_text):
    task = open_text()
    text_of(task).focus()
    task.presses("2")
    assert task.frame.get_by_text("What you select next becomes: Place").is_visible()
    selects(task, 15, 19)
    selects(task, 0, 3)
    task.presses("Escape")
    selects(task, 8, 11)

    assert found(task) == [entity("LOC", 0, 3), entity("LOC", 15, 19)]


def test_everything_with_keys_alone(open_text):
    task = open_text("Ada met\nBob in Rome")
    text_of(task).focus()
    task.presses("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "1")
    task.presses("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "Control+Shift+ArrowRight", "1")
    task.presses("Control+End", "Control+Shift+ArrowLeft", "1")
    assert found(task) == [entity("PER", 0, 3), entity("PER", 8, 11), entity("PER", 15, 19)]

    task.presses("Control+Home", "Shift+Enter", "2")  # the last mark is not a person but a place
    task.presses("Enter", "Delete")  # the first one goes
    assert found(task) == [entity("PER", 8, 11), entity("LOC", 15, 19)]
    task.presses("Control+z", "Control+z", "Control+z", "Control+y")
    assert found(task) == [entity("PER", 0, 3), entity("PER", 8, 11), entity("PER", 15, 19)]
    task.presses("Control+End", "Home", "Shift+End", "2", "Home", "Shift+ArrowUp", "2")
    task.presses("Control+a", "1")
    assert found(task) == [
        entity("PER", 0, 3),
        entity("LOC", 0, 8),
        entity("PER", 0, 19),
        entity("PER", 8, 11),
        entity("LOC", 8, 19),
        entity("PER", 15, 19),
    ]


@pytest.mark.parametrize(
    ("text", "presses", "expected"),
    [
        ("🐄🐄 moo", ["Shift+ArrowRight"], [0, 1]),
        ("a👨‍👩‍👧b", ["ArrowRight", "Shift+ArrowRight"], [1, 6]),
        ("e\u0301e\u0301", ["ArrowRight", "Shift+ArrowRight"], [2, 4]),
        ("שלום עולם", ["Shift+ArrowLeft", "Shift+ArrowLeft"], [0, 2]),
        ("a\r\nb", ["ArrowRight", "ArrowRight", "Shift+ArrowRight"], [3, 4]),
        ("a\n\n b", ["ArrowDown", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowRight"], [3, 5]),
        ("  a  b ", ["End", "Shift+Home"], [0, 7]),
        ("\U0001d11e\U0001f1ef\U0001f1f5x", ["ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight"], [1, 4]),
    ],
)
def test_offsets_count_characters(open_text, text, presses, expected):
    task = open_text(text)
    text_of(task).focus()
    task.presses(*presses, "1")

    assert task.submits() == {"found": {"entities": [entity("PER", *expected)]}}


def test_touch_taps_words(open_text):
    task = open_text()
    tap = """([x, y]) => {
      const at = { clientX: x, clientY: y, bubbles: true, composed: true, pointerType: 'touch', pointerId: 7 };
      const on = document.elementFromPoint(x, y);
      for (const kind of ['pointerdown', 'pointerup', 'click']) on.dispatchEvent(new PointerEvent(kind, at));
    }"""
    task.runs(tap, place(task, 1))
    task.frame.locator(".label-button").first.click()
    task.runs(tap, place(task, 5))
    task.runs(tap, place(task, 9))
    task.frame.locator(".label-button").last.click()
    task.runs(tap, place(task, 16))
    task.runs(tap, place(task, 16))  # inside the selection: given up, so the label waits for another
    task.frame.locator(".label-button").last.click()

    assert found(task) == [entity("PER", 0, 3), entity("LOC", 4, 11)]


def test_marks_may_overlap_and_one_stretch_may_have_several_labels_but_each_once(open_text):
    task = open_text()
    for _ in range(2):
        selects(task, 0, 11)
        task.presses("1")
    selects(task, 4, 19)
    task.presses("2")
    selects(task, 0, 11)
    task.presses("2")

    assert found(task) == [entity("LOC", 0, 11), entity("PER", 0, 11), entity("LOC", 4, 19)]


def test_marks_are_removed_by_their_cross_and_changed_by_choosing_them(open_text):
    given = [entity("PER", 0, 3), entity("PER", 8, 11), entity("PER", 15, 19)]
    task = open_text(initial_value=given)
    assert task.frame.locator(".crowd-tag").count() == 3
    task.frame.locator(".crowd-tag").first.get_by_role("button", name="Remove per").click()
    task.frame.locator(".crowd-tag").last.click(position={"x": 6, "y": 8})
    task.presses("2")
    task.frame.locator(".marks li").first.get_by_role("button", name="Remove per").click()

    assert task.submits() == {"found": {"entities": [entity("LOC", 15, 19)], "initialValueModified": True}}


def test_undoing_everything_is_no_change(open_text):
    task = open_text(initial_value="[{label: 'LOC', startOffset: 15, endOffset: 19},]")
    selects(task, 0, 3)
    task.presses("1")
    task.frame.get_by_role("button", name="Undo").click()
    assert task.submits() == {"found": {"entities": [entity("LOC", 15, 19)], "initialValueModified": False}}


def test_marks_that_cannot_be_shown_are_told(open_text):
    task = open_text(initial_value=[entity("other", 0, 3), entity("PER", 0, 99), entity("PER", 0, 3)])

    assert task.frame.locator(".problem").inner_text().startswith("2 marks are not shown")
    assert found(task) == [entity("PER", 0, 3)]


def test_broken_labels_hold_the_form_back(open_text):
    task = open_text(labels="[{name: 'x'}]")
    assert "label" in task.frame.locator(".problem").inner_text()
    task.frame.get_by_role("button", name="Submit").click()
    task.frame.locator("#message:not(:empty)").wait_for()
    assert task.messages("crowd:submit") == []


def test_the_text_is_shown_exactly(open_text):
    text = "  two  spaces\t<b>&amp;\n\n  tail "
    task = open_text(text)

    shown = "() => Array.from(document.querySelectorAll('.crowd-line'), (line) => line.textContent).join('\\n')"
    assert task.runs(shown) == text
    selects(task, 2, 5)
    task.presses("1")
    assert found(task) == [entity("PER", 2, 5)]


def test_with_a_form_of_the_page_around(open_text):
    task = open_text(around='<crowd-form>{}<crowd-input name="note" value="fine"></crowd-input></crowd-form>')
    selects(task, 0, 3)
    task.presses("1")

    assert (
        task.runs("() => document.querySelector('crowd-entity-annotation').shadowRoot.querySelector('crowd-form')")
        is None
    )
    assert task.submits() == {"found": {"entities": [entity("PER", 0, 3)]}, "note": "fine"}


def test_controls_put_into_its_own_form_are_part_of_the_answer(open_text):
    task = open_text(
        around='{}<div id="more"><label>Sure? <input type="checkbox" name="sure" value="yes"></label></div>'
    )
    task.runs(
        """() => {
          const own = document.querySelector('crowd-entity-annotation').shadowRoot.querySelector('crowd-form');
          own.form.appendChild(more);
          const late = document.createElement('div');
          late.innerHTML = '<crowd-input name="late" label="Late" value="x"></crowd-input>';
          own.form.appendChild(late);
        }"""
    )
    task.frame.get_by_label("Sure?").check()
    task.frame.get_by_label("Late").fill("1a2")

    assert task.submits() == {"found": {"entities": []}, "sure": {"yes": True}, "late": "1a2"}


def test_changes_reach_the_page_and_the_shell(open_text):
    task = open_text()
    task.runs(
        """() => {
          window.seen = [];
          const tool = document.querySelector('crowd-entity-annotation');
          tool.addEventListener('change', (event) => seen.push(event.target.value.entities.length));
        }"""
    )
    selects(task, 0, 3)
    task.presses("1")

    assert task.runs("() => seen") == [1]
    task.wait_for("crowd:dirty")


def test_an_answer_is_restored(open_text):
    task = open_text()
    task.tells({"type": "shell:restore", "answer": {"found": {"entities": [entity("LOC", 15, 19)]}}})
    task.frame.locator(".crowd-tag").wait_for()

    assert task.submits() == {"found": {"entities": [entity("LOC", 15, 19)]}}


def test_labels_and_text_can_be_set_by_a_script(open_text):
    task = open_text()
    selects(task, 0, 3)
    task.presses("1")
    task.runs("() => { document.querySelector('crowd-entity-annotation').labels = ['PER', 'NEW']; }")
    assert found(task) == [entity("PER", 0, 3)]
    task.runs("() => { document.querySelector('crowd-entity-annotation').text = 'other'; }")
    assert found(task) == []
    selects(task, 0, 5)
    task.presses("2")
    assert found(task) == [entity("NEW", 0, 5)]


@pytest.mark.parametrize("line", ["word " * 10 + "\n", "word "], ids=["lines", "one line"])
def test_fifty_thousand_characters_without_lag(open_text, line):
    text = (line * 20_000)[:50_000]
    given = [entity("PER", at, at + 4) for at in range(0, 45_000, 100)]
    task = open_text(text, initial_value=given)
    text_of(task).focus()
    slowest = task.runs(
        """async () => {
          const target = document.querySelector('.crowd-annotated-text');
          let slowest = 0;
          const press = (key, more) => {
            const began = performance.now();
            target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, ...more }));
            target.getBoundingClientRect();
            slowest = Math.max(slowest, performance.now() - began);
          };
          for (let round = 0; round < 3; round += 1) {
            for (const key of ['ArrowDown', 'ArrowRight']) press(key);
            press('ArrowRight', { shiftKey: true });
            press('2');
          }
          return slowest;
        }"""
    )

    assert len(found(task)) == 453
    assert slowest < 400, f"{slowest:.0f} ms for one key"
