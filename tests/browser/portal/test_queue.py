"""A queue of thirty pictures, done by keyboard: what was on screen at each submit is what is stored."""

import random

from tests.browser.portal.conftest import BOXES

TASKS, SEED = 30, 7
LABELS = [f"thing {number}" for number in range(1, 12)] + ["cat", "dog", "bird"]


def drawn(tool):
    return tool.evaluate("tool => JSON.parse(JSON.stringify(tool.value))")


def types(page, tool, chance):
    """Do what a practised reviewer does with keys, a search and a click in between; in any order."""

    def press(*keys):
        for key in keys:
            page.keyboard.press(key)

    def search(name):
        press("l")
        page.keyboard.type(name)
        press("Enter")

    def click():
        photo = tool.locator("canvas.upper-canvas").bounding_box()
        page.mouse.click(
            photo["x"] + photo["width"] * chance.uniform(0.05, 0.95),
            photo["y"] + photo["height"] * chance.uniform(0.05, 0.95),
        )

    acts = [
        lambda: press("Tab", "Delete"),
        lambda: press("Tab", str(chance.randint(1, 9)), "ArrowRight", "Shift+ArrowDown"),
        lambda: search(chance.choice(["cat", "dog", "bird", "thing 11"])),
        lambda: press("a", "a"),
        lambda: press("n", "Shift+ArrowLeft", "Control+ArrowRight"),
        lambda: press("Control+z", "Control+y"),
        lambda: press("+", "z", "0", "Escape"),
        click,
    ]
    for act in chance.sample(acts, k=chance.randint(1, 4)):
        act()


def test_thirty_tasks_by_keyboard(service, new_job, new_screen, pictures, written):
    chance = random.Random(SEED)
    job = new_job(template=BOXES)
    loops = []
    for number in range(TASKS):
        boxes = [
            {"label": LABELS[(number + n) % 14], "left": 60 + 150 * n, "top": 20 + number, "width": 90, "height": 70}
            for n in range(number % 4 + 1)
        ]
        given = {"taskObject": pictures["small"], "labels": LABELS, "initialValue": boxes, "header": f"Task {number}"}
        loops.append(job.starts_loop(**given))
    screen = new_screen(service.employs("ann", job.group)).signs_in().starts()
    tool, shown = screen.frame.locator("crowd-bounding-box"), []
    for number in range(TASKS):
        screen.frame.locator(f'crowd-bounding-box[header="Task {number}"]').wait_for()
        tool.locator("img.photo.shown").wait_for()
        assert screen.next_is_ready() == (number < TASKS - 1)
        assert len(drawn(tool)["boundingBoxes"]) == number % 4 + 1, "it is as the model left it"
        assert screen.page.get_by_text("restored").count() == 0
        types(screen.page, tool, chance)
        shown.append(drawn(tool))
        screen.page.keyboard.press("Control+Enter")
    screen.page.wait_for_url("**/portal/?finished=*")

    outputs = [written(job.becomes(loop, "Completed")) for loop in loops]
    assert [output["humanAnswers"][0]["answerContent"]["annotatedResult"] for output in outputs] == shown
    assert len({str(answer["boundingBoxes"]) for answer in shown}) > TASKS / 2, "they were worked on"
    for output in outputs:
        assert len(output["humanAnswers"]) == 1
        assert "tooFast" not in output["humanAnswers"][0]
