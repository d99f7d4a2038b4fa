"""How a form assembles and sends its answer."""

import pytest


def submit_count(task):
    task.settle()
    task.page.wait_for_timeout(50)
    return len(task.messages("crowd:submit"))


def test_everything_named_is_collected(open_task):
    task = open_task("""<crowd-form>
      <short-instructions><input name="in-sidebar" value="yes"></short-instructions>
      <crowd-input name="tag one" value="blue"></crowd-input>
      <crowd-input name="empty"></crowd-input>
      <crowd-text-area name="note" value="two&#10;lines"></crowd-text-area>
      <crowd-checkbox name="img" value="dim" checked>Dim</crowd-checkbox>
      <crowd-checkbox name="img" value="blurry">Blurry</crowd-checkbox>
      <crowd-checkbox name="plain" checked>Plain</crowd-checkbox>
      <crowd-checkbox name="img" value="off" disabled>Disabled</crowd-checkbox>
      <crowd-radio-group>
        <div><crowd-radio-button name="agree" value="yes" checked>Yes</crowd-radio-button></div>
        <crowd-radio-button name="reject" value="no">No</crowd-radio-button>
      </crowd-radio-group>
      <crowd-toggle-button name="keep"></crowd-toggle-button>
      <crowd-slider name="tone" min="1" max="5" value="4"></crowd-slider>
      <crowd-tabs>
        <crowd-tab header="A">a</crowd-tab>
        <crowd-tab header="B"><crowd-input name="hidden-tab" value="b"></crowd-input></crowd-tab>
      </crowd-tabs>
      <form action=""><input name="nested" value="in a form of its own"></form>
      <select name="pick"><option>one<option selected>two</select>
      <input type="hidden" name="json" value='{"a":1}'>
      <input type="date" name="day" value="2026-11-23">
      <input type="radio" name="rating1" value="good" checked><input type="radio" name="rating1" value="bad">
      <input type="checkbox" name="category1" checked>
      <input name="twice" value="first"><input name="twice" value="last">
      <input name="off" value="x" disabled>
      <input value="without a name">
      <input type="submit" name="button" hidden>
    </crowd-form>""")

    assert task.submits() == {
        "in-sidebar": "yes",
        "tag one": "blue",
        "note": "two\nlines",
        "img": {"dim": True, "blurry": False},
        "plain": {"on": True},
        "agree": {"yes": True},
        "reject": {"no": False},
        "keep": {"on": False},
        "tone": 4,
        "hidden-tab": "b",
        "nested": "in a form of its own",
        "pick": "two",
        "json": '{"a":1}',
        "day": "2026-11-23",
        "rating1": {"good": True, "bad": False},
        "category1": {"on": True},
        "twice": "last",
    }


def test_empty_form_has_a_submit_button_and_an_empty_answer(open_task):
    assert open_task("<crowd-form></crowd-form>").submits() == {}


def test_children_move_into_an_ordinary_form_of_the_page(open_task):
    task = open_task('<crowd-form id="f"><p id="kept">Text <input name="a" value="1"></p></crowd-form>')

    assert task.runs("() => f.form instanceof HTMLFormElement && f.form.parentElement === f && f.form.contains(kept)")
    task.runs(
        """() => {
          const div = document.createElement('div');
          div.innerHTML = '<input name="late" value="2">';
          f.form.append(div);
        }"""
    )
    task.runs(
        "() => { const late = document.createElement('input'); late.name = 'later'; late.value = '3'; f.append(late); }"
    )
    assert task.submits() == {"a": "1", "late": "2", "later": "3"}


def test_submit_is_sent_exactly_once(open_task):
    task = open_task('<crowd-form id="f"><input name="a" value="1"><button id="native">Go</button></crowd-form>')
    task.runs("""() => {
      const button = document.querySelector('crowd-button');
      button.click(); button.click(); f.submit(); f.requestSubmit(); native.click(); f.submit();
    }""")

    task.wait_for("crowd:submit")
    assert submit_count(task) == 1
    assert task.frame.locator("crowd-button").get_attribute("loading") is not None


def test_after_an_error_of_the_shell_one_can_submit_again(open_task):
    task = open_task('<crowd-form><input name="a" value="1"></crowd-form>')
    task.submits()
    task.tells({"type": "shell:error", "message": "The task has run out."})
    task.frame.get_by_text("The task has run out.").wait_for()
    task.submits()

    assert submit_count(task) == 2


def test_messages_of_strangers_are_not_heard(open_task):
    task = open_task("<crowd-form></crowd-form>")
    task.submits()
    task.runs("() => postMessage({ type: 'shell:error', message: 'Fake' }, '*')")
    task.page.wait_for_timeout(50)

    assert task.frame.locator("#message").inner_text() == ""


def test_seconds_are_sent(open_task):
    task = open_task("<crowd-form></crowd-form>")
    task.submits()

    seconds = task.messages("crowd:submit")[0]["seconds"]
    assert 0 <= seconds < 30


def test_a_submit_button_of_the_page_takes_the_place_of_ours(open_task):
    task = open_task("""<crowd-form>
      <table><tr><td><crowd-button form-action="submit" disabled>Ready</crowd-button></td></tr></table>
      <crowd-button>Only a button</crowd-button></crowd-form>""")

    assert task.frame.locator("crowd-button").count() == 2
    task.frame.get_by_role("button", name="Only a button").click()
    task.frame.get_by_role("button", name="Ready").click(force=True)
    assert submit_count(task) == 0
    task.runs("() => { document.querySelector('crowd-button').disabled = false; }")
    task.frame.get_by_role("button", name="Ready").click()
    task.wait_for("crowd:submit")


@pytest.mark.parametrize(
    "listen",
    ["f.onsubmit = handle", "f.addEventListener('submit', handle)", "f.form.addEventListener('submit', handle)"],
)
def test_a_handler_of_the_page_may_write_or_refuse(open_task, listen):
    task = open_task('<crowd-form id="f"><input type="hidden" name="out" id="out"></crowd-form>')
    task.runs(
        f"""() => {{
          window.refuse = true;
          const handle = (event) => {{ out.value = 'written'; if (refuse) event.preventDefault(); }};
          {listen};
        }}"""
    )
    task.frame.get_by_role("button", name="Submit").click()
    assert submit_count(task) == 0

    task.runs("() => { refuse = false; }")
    assert task.submits() == {"out": "written"}


def test_handlers_written_into_the_page_before_the_upgrade_work(open_task):
    task = open_task("""<crowd-form id="f"><input type="hidden" name="out" id="out"></crowd-form>
      <script>document.querySelector('crowd-form').onsubmit = () => { out.value = 'early'; };</script>""")

    assert task.submits() == {"out": "early"}


def test_submit_of_a_script_is_checked_but_asks_no_handler(open_task):
    task = open_task('<crowd-form id="f"><crowd-input name="a" label="Name" required></crowd-input></crowd-form>')
    task.runs("() => { window.asked = 0; f.addEventListener('submit', () => { asked += 1; }); f.submit(); }")
    assert submit_count(task) == 0

    task.runs("() => { document.querySelector('crowd-input').value = 'x'; f.submit(); }")
    task.wait_for("crowd:submit")
    assert task.runs("() => asked") == 0


@pytest.mark.parametrize(
    "control",
    [
        '<crowd-input name="x" label="Name" required></crowd-input>',
        '<crowd-text-area name="x" label="Name" required></crowd-text-area>',
        '<crowd-input name="x" label="Name" min-length="3" value="ab"></crowd-input>',
        '<crowd-checkbox name="x" required>Name</crowd-checkbox>',
        '<crowd-slider name="Name" required></crowd-slider>',
        '<label>Name <input name="x" required></label>',
        '<crowd-tabs><crowd-tab><crowd-input label="Name" name="x" required></crowd-input></crowd-tab></crowd-tabs>',
        '<short-instructions><label>Name <input name="x" required></label></short-instructions>',
    ],
)
def test_what_is_missing_is_said_and_holds_the_form_back(open_task, control):
    task = open_task(f"<crowd-form>{control}</crowd-form>")
    task.frame.get_by_role("button", name="Submit").click()
    message = task.frame.locator("#message:not(:empty)")
    message.wait_for()

    assert message.inner_text().startswith("Name: ")
    assert submit_count(task) == 0


def test_alone_on_a_page_the_form_shows_its_answer(page, site):
    site.put(
        "/alone.html",
        '<script type="module" src="/elements/index.js"></script><crowd-form><input name="a" value="1"></crowd-form>',
    )
    page.goto(f"{site.url}/alone.html")
    page.get_by_role("button", name="Submit").click()
    page.locator("#answers-box").wait_for()

    assert page.locator("#answers-box").inner_text() == '{\n  "a": "1"\n}'


def test_instructions_directly_in_the_form(open_task):
    task = open_task("""<crowd-form>
      <short-instructions header="How to">Short <input name="in" value="side"></short-instructions>
      <full-instructions header="All">Full text</full-instructions><p>Work</p></crowd-form>""")

    assert task.frame.get_by_text("Short").is_visible()
    task.frame.get_by_role("button", name="View full instructions").click()
    assert task.frame.get_by_text("Full text").is_visible()
    task.page.keyboard.press("Escape")
    assert not task.frame.get_by_text("Full text").is_visible()
    assert task.submits() == {"in": "side"}
