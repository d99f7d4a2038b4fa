"""What is not on screen has no keys, no pointer, no drafts and no answer, whatever its template tries."""

import pytest

from tests.browser.portal.conftest import BOXES, CLASSIFIER, HEAD, NOTES

# Each is a next task that would take the keys or answer by itself; the one before it is a plain form.
GRASPING = {
    "a field that is in focus from the start": '<input name="a" autofocus>',
    "an element of ours that is": '<crowd-input name="a" label="A" auto-focus></crowd-input>',
    "a script that focuses once": '<input name="a" id="a"><script>a.focus()</script>',
    "a script that never stops": '<input name="a" id="a"><script>setInterval(() => { focus(); a.focus() })</script>',
    "a window that focuses itself": "<script>addEventListener('load', () => setInterval(() => focus(), 20))</script>",
    "a dialog": "<dialog id=d><input name=a autofocus></dialog><script>d.showModal()</script>",
    "a frame in the frame": """<iframe srcdoc="<input autofocus><script>setInterval(focus, 20)</script>"></iframe>""",
    "a classifier that is the whole task": """<crowd-classifier name="a" categories="['cat', 'dog']" header="h">
      <classification-target>x</classification-target></crowd-classifier>""",
    "an answer posted at once": """<script>
      parent.postMessage({type: 'crowd:submit', answer: {stolen: 1}, seconds: 9}, '*')</script>""",
    "a form submitted at once": """<script>document.addEventListener('all-crowd-elements-ready',
      () => document.querySelector('crowd-form').submit())</script>""",
    "a draft posted at once": """<script>
      setInterval(() => parent.postMessage({type: 'crowd:draft', answer: {stolen: 1}, seconds: 9}, '*'))</script>""",
    "words of the shell to its neighbour": """<script>setInterval(() => { for (let i = 0; i < parent.length; i += 1)
      parent[i].postMessage({type: 'shell:restore', answer: {title: 'stolen'}}, '*') }, 20)</script>""",
    "an alarm": "<script>alert('look here')</script>",
}


@pytest.fixture
def ann(service, new_job, new_screen):
    """Sit Ann before a task of notes whose next task holds what is given."""

    def make(next_holds, first=NOTES):
        template = f"{{% if task.input.next %}}{HEAD}<crowd-form>{next_holds}<p id=target>second</p></crowd-form>"
        job = new_job(template=f"{template}{{% else %}}{first}{{% endif %}}")
        loops = [job.starts_loop(text="first", next=False), job.starts_loop(text="second", next=True)]
        screen = new_screen(service.employs("ann", job.group)).signs_in().starts()
        return screen, job, loops

    return make


@pytest.mark.parametrize("next_holds", GRASPING.values(), ids=GRASPING)
def test_what_comes_next_waits(ann, service, written, next_holds):
    screen, job, (first, second) = ann(next_holds)
    heard = []
    screen.page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
    screen.frame.locator("crowd-input input").click()
    screen.page.keyboard.type("before")
    assert screen.next_is_ready()
    screen.page.wait_for_timeout(500)
    screen.page.keyboard.type(" and after")
    screen.page.keyboard.press("Tab")
    screen.page.keyboard.type("note")
    screen.page.get_by_text("Draft saved").wait_for()

    waits = "SELECT count(*) FROM claims c JOIN human_loops l ON l.id = c.human_loop_id WHERE l.name = :name"
    assert service.reads(waits, name=second) == [(0,)]
    assert heard == []
    screen.page.keyboard.press("Control+Enter")
    answer = written(job.becomes(first, "Completed"))["humanAnswers"][0]["answerContent"]
    assert answer == {"title": "before and after", "note": "note", "sure": {"yes": False}}


def test_the_one_on_screen_cannot_hand_the_keys_to_the_one_that_is_not(ann, written):
    pushing = NOTES + "<script>addEventListener('keydown', () => parent.frames[1]?.focus())</script>"
    screen, job, (first, second) = ann('<input name="a" autofocus>', first=pushing)
    screen.frame.locator("crowd-input input").click()
    assert screen.next_is_ready()
    for letter in "abc":
        screen.page.keyboard.press(letter)
        screen.page.wait_for_function("document.activeElement.id === 'frame'")
    shown = screen.frame.locator("crowd-input input").input_value()
    screen.submits()

    assert written(job.becomes(first, "Completed"))["humanAnswers"][0]["answerContent"].get("title", "") == shown
    assert screen.frame.locator("[name=a]").input_value() == ""
    assert job.status(second) == "InProgress"


def test_keys_stay_with_the_picture_on_screen(service, new_job, new_screen, pictures, written):
    job = new_job(template=BOXES)
    labels = [f"thing {number}" for number in range(1, 12)]
    boxes = [{"label": "thing 1", "left": 100 * n, "top": 100, "width": 80, "height": 60} for n in range(1, 4)]
    given = {"taskObject": pictures["small"], "labels": labels, "initialValue": boxes, "header": "Boxes"}
    first, second = job.starts_loop(**given), job.starts_loop(**given)
    screen = new_screen(service.employs("ann", job.group)).signs_in().starts()
    tool = screen.frame.locator("crowd-bounding-box")
    tool.locator("img.photo.shown").wait_for()
    tool.get_by_label("Find a label").click()
    screen.page.keyboard.type("thing")
    assert screen.next_is_ready()
    screen.page.keyboard.type(" 7")
    screen.page.keyboard.press("Enter")
    photo = tool.locator("canvas.upper-canvas").bounding_box()
    screen.page.mouse.click(photo["x"] + photo["width"] * 0.3, photo["y"] + photo["height"] * 0.24)
    screen.page.keyboard.press("Delete")
    shown = tool.evaluate("tool => JSON.parse(JSON.stringify(tool.value))")
    assert len(shown["boundingBoxes"]) == 2
    screen.page.keyboard.press("Control+Enter")
    screen.page.wait_for_url(lambda url: "/tasks/" in url and screen.task in url)

    assert written(job.becomes(first, "Completed"))["humanAnswers"][0]["answerContent"]["annotatedResult"] == shown
    tool.locator("img.photo.shown").wait_for()
    assert tool.evaluate("tool => tool.value.boundingBoxes.length") == 3, "nobody touched the second one before"
    assert screen.page.get_by_text("restored").count() == 0
    assert job.status(second) == "InProgress"


SUBMIT = 'crowd-button[form-action="submit"]'


def clicks_where_the_button_was(screen, place):
    screen.page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)


TWICE = {
    "a double click": lambda screen, place: screen.page.mouse.dblclick(place["x"] + 20, place["y"] + 20, delay=30),
    "keys and a click": lambda screen, place: (
        screen.page.keyboard.press("Control+Enter"),
        clicks_where_the_button_was(screen, place),
    ),
    "keys, the next task, a click": lambda screen, place: (
        screen.page.keyboard.press("Control+Enter"),
        screen.frame.locator("#target").get_by_text("second").wait_for(),
        clicks_where_the_button_was(screen, place),
        clicks_where_the_button_was(screen, place),
    ),
    "keys, the next task, keys": lambda screen, place: (
        screen.page.keyboard.press("Control+Enter"),
        screen.frame.locator("#target").get_by_text("second").wait_for(),
        screen.page.keyboard.press("Control+Enter"),
    ),
    "keys held down": lambda screen, place: (
        screen.page.keyboard.down("Control"),
        *(screen.page.keyboard.down("Enter") or screen.page.wait_for_timeout(30) for _ in range(60)),
        screen.page.keyboard.up("Enter"),
        screen.page.keyboard.up("Control"),
    ),
}


@pytest.mark.parametrize("twice", TWICE.values(), ids=TWICE)
def test_submitted_twice_is_one_answer_to_what_was_on_screen(service, new_job, new_screen, written, twice):
    job = new_job(template=NOTES)
    loops = [job.starts_loop(text=text) for text in ("first", "second", "third")]
    screen = new_screen(service.employs("ann", job.group)).signs_in().starts()
    screen.sees("first")
    screen.frame.locator("crowd-input input").fill("mine")
    twice(screen, screen.frame.locator(SUBMIT).bounding_box())
    screen.sees("second")

    assert written(job.becomes(loops[0], "Completed"))["humanAnswers"][0]["answerContent"]["title"] == "mine"
    assert service.reads(
        "SELECT count(*) FROM claims c JOIN flow_definitions f ON f.id = c.flow_definition_id"
        " WHERE f.name = :name AND c.state = 'submitted'",
        name=job.name,
    ) == [(1,)]
    screen.frame.locator("crowd-input input").fill("and this")
    screen.frame.locator(SUBMIT).click()
    assert written(job.becomes(loops[1], "Completed"))["humanAnswers"][0]["answerContent"]["title"] == "and this"


def test_the_service_itself_refuses_what_was_never_shown(service, new_job):
    job = new_job(template=CLASSIFIER)
    loops = [job.starts_loop(text=text, header="h") for text in ("first", "second")]
    worker = service.employs("ann", job.group)
    worker.signs_in()
    worker.starts_working(job.name)
    headers = {"X-CSRF-Token": worker.csrf}
    worker.browser.post(f"/portal/tasks/{worker.task}/next", json={}, headers=headers)
    following = worker.submits({"animal": {"label": "cat"}}).json()["task"]
    assert (following["loop"], following["shown"]) == (loops[1], False)

    place = f"/portal/tasks/{following['id']}"
    for action in ("submit", "draft"):
        refused = worker.browser.post(f"{place}/{action}", json={"answer": {"a": 1}, "seconds": 1}, headers=headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "TaskNotShown")
    shown = worker.browser.post(f"{place}/shown", json={}, headers=headers)
    assert shown.json()["task"]["shown"] is True
    assert worker.submits({"animal": {"label": "dog"}}, task=following["id"]).status_code == 200
    job.becomes(loops[1], "Completed")
