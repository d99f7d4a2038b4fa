"""The page says "saved" only of what is saved, and what it has to say is never over the task."""

import pytest

from tests.browser.portal.conftest import BOXES, NOTES

STATE = "() => document.getElementById('draft-state').textContent"
COVERED = """() => {
  const { top } = document.getElementById('frames').getBoundingClientRect();
  return Array.from(document.querySelectorAll('.notice:not([hidden])'), (notice) => notice.getBoundingClientRect())
    .filter(({ bottom }) => bottom > top).length;
}"""


@pytest.fixture
def ann(service, new_job, new_screen, pictures):
    def make(template=NOTES, **options):
        job = new_job(template=template)
        given = {"taskObject": pictures["small"], "labels": ["cat", "dog"], "initialValue": [], "header": "Boxes"}
        job.starts_loop(text="first", **given)
        screen = new_screen(service.employs("ann", job.group), **options).signs_in().starts()
        screen.page.on("dialog", lambda dialog: dialog.accept())
        return screen

    return make


def fails_to_submit(screen):
    with screen.page.expect_console_message(lambda message: "was not received" in message.text):
        screen.submits()


def stored(service, screen):
    return service.reads("SELECT draft FROM claims WHERE id = :id", id=screen.task)[0][0] or ""


def test_saved_is_said_of_all_that_is_on_screen(ann, service):
    screen = ann()
    field = screen.frame.locator("crowd-input input")
    field.fill("one")
    screen.page.get_by_text("Draft saved").wait_for()
    assert '"one"' in stored(service, screen)
    for letter in "abcdefghij":
        screen.page.keyboard.type(letter)
        screen.page.wait_for_timeout(150)
        if screen.page.evaluate(STATE) == "Draft saved":
            assert field.input_value() in stored(service, screen)


def test_who_never_pauses_is_saved_all_the_same(ann, service, eventually):
    screen = ann()
    screen.frame.locator("crowd-input input").click()
    for _ in range(16):
        screen.page.keyboard.type("a")
        screen.page.wait_for_timeout(250)
    assert "aaa" in stored(service, screen)


@pytest.mark.parametrize("pause", [0, 200, 500, 900, 1000, 1100, 1500])
def test_a_reload_loses_at_most_what_was_not_said_to_be_saved(ann, pause):
    screen = ann()
    field = screen.frame.locator("crowd-input input")
    field.fill("kept")
    screen.page.get_by_text("Draft saved").wait_for()
    field.fill("kept and more")
    screen.page.wait_for_timeout(pause)
    said, shown = screen.page.evaluate(STATE), field.input_value()
    screen.page.reload()
    screen.frame.locator("crowd-form").wait_for()
    screen.page.get_by_text("Your work was restored").wait_for()

    after = field.input_value()
    assert after == shown if said == "Draft saved" else after in {"kept", "kept and more"}


def test_nothing_is_saved_while_a_box_is_being_drawn(ann, service):
    screen = ann(BOXES)
    tool = screen.frame.locator("crowd-bounding-box")
    tool.locator("img.photo.shown").wait_for()
    photo = tool.locator("canvas.upper-canvas").bounding_box()
    mouse = screen.page.mouse

    def drags(x, y, *, ends=True):
        mouse.move(photo["x"] + x, photo["y"] + y)
        mouse.down()
        mouse.move(photo["x"] + x + 60, photo["y"] + y + 60, steps=4)
        if ends:
            mouse.up()

    drags(20, 20)
    screen.page.get_by_text("Draft saved").wait_for()
    drags(120, 20, ends=False)
    screen.page.wait_for_function(f"({STATE})() === 'Saving…'")
    screen.page.wait_for_timeout(1500)
    assert screen.page.evaluate(STATE) == "Saving…"
    mouse.up()
    screen.page.get_by_text("Draft saved").wait_for()
    assert stored(service, screen).count('"left"') == 2


def test_without_a_network_it_says_so_and_then_saves(ann, service, eventually):
    screen = ann()
    field = screen.frame.locator("crowd-input input")
    field.fill("one")
    screen.page.get_by_text("Draft saved").wait_for()
    screen.context.set_offline(True)
    field.fill("two")
    screen.page.get_by_text("Draft not saved yet").wait_for()
    problem = screen.page.get_by_role("alert").filter(has_text="could not be sent")
    fails_to_submit(screen)
    problem.wait_for()
    assert screen.page.evaluate(COVERED) == 0
    field.fill("three")
    # The first problem is still shown: only the page's own log says that this attempt has ended, offline too.
    fails_to_submit(screen)
    problem.wait_for()
    screen.context.set_offline(False)
    eventually(lambda: "three" in stored(service, screen))
    screen.page.get_by_text("Draft saved").wait_for()
    problem.wait_for(state="hidden")


def test_the_next_task_is_worked_on_while_the_service_cannot_be_reached(service, new_job, new_screen, written):
    job = new_job(template=NOTES)
    loops = [job.starts_loop(text=text) for text in ("first", "second")]
    screen = new_screen(service.employs("ann", job.group)).signs_in().starts()
    screen.sees("first")
    screen.page.route("**/shown", lambda route: route.abort())
    screen.submits()
    screen.frame.locator("#target").get_by_text("second").wait_for()
    screen.frame.locator("crowd-input input").fill("on the train")
    screen.page.get_by_text("Draft not saved yet").wait_for()
    task = screen.task
    assert service.reads("SELECT draft, is_shown FROM claims WHERE id = :id", id=task) in ([(None, 0)], [(None, False)])
    screen.page.unroute("**/shown")
    screen.page.get_by_text("Draft saved").wait_for()
    screen.submits()

    answer = written(job.becomes(loops[1], "Completed"))["humanAnswers"][0]
    assert answer["answerContent"]["title"] == "on the train"
    assert answer["timeSpentInSeconds"] > 1, "the time offline counts"


def test_a_task_that_went_to_another_meanwhile_says_so_and_keeps_the_work(service, new_job, new_screen, eventually):
    job = new_job(template=NOTES)
    for text in ("first", "second"):
        job.starts_loop(text=text)
    screen = new_screen(service.employs("ann", job.group)).signs_in().starts()
    screen.sees("first")
    screen.page.route("**/shown", lambda route: route.abort())
    screen.submits()
    screen.frame.locator("#target").get_by_text("second").wait_for()
    screen.frame.locator("crowd-input input").fill("in the tunnel")
    screen.page.get_by_text("Draft not saved yet").wait_for()
    task = screen.task
    service.time_of_task_passes(task)
    bob = service.employs("bob", job.group)
    bob.signs_in()
    assert bob.starts_working(job.name)
    screen.page.unroute("**/shown")
    screen.page.get_by_role("alertdialog").wait_for()

    assert service.reads("SELECT state FROM claims WHERE id = :id", id=task) == [("expired",)]
    late = "SELECT late_answer FROM claims WHERE id = :id"
    eventually(lambda: "in the tunnel" in (service.reads(late, id=task)[0][0] or ""))


@pytest.mark.parametrize("size", [(1280, 800), (1024, 768), (390, 844)])
def test_notices_never_cover_the_task_and_go_by_themselves(ann, size):
    screen = ann(viewport={"width": size[0], "height": size[1]})
    screen.frame.locator("crowd-input input").fill("work")
    screen.page.get_by_text("Draft saved").wait_for(state="attached")
    screen.page.clock.install()
    screen.page.reload()
    notice = screen.page.get_by_role("status").filter(has_text="restored")
    screen.page.clock.run_for(100)
    notice.wait_for()
    assert screen.page.evaluate(COVERED) == 0
    assert screen.page.get_by_role("button", name="Start over").is_visible()
    screen.page.clock.run_for(25_000)
    notice.wait_for(state="hidden")
    assert screen.page.locator("#title").is_visible()
