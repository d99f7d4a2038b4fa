"""What the box tool reads and what it answers."""

import pytest

CAT = {"label": "cat", "left": 100, "top": 80, "width": 60, "height": 40}


def test_without_an_initial_value_the_answer_does_not_speak_of_it(open_boxes):
    answer = open_boxes().submits()

    assert answer == {"annotatedResult": {"boundingBoxes": [], "inputImageProperties": {"width": 400, "height": 300}}}


@pytest.mark.parametrize("empty", ["", "null"])
def test_an_empty_initial_value_is_none(open_boxes, empty):
    assert "initialValueModified" not in open_boxes(initial_value=empty).submits()["annotatedResult"]


def test_untouched_initial_value_is_not_modified(open_boxes):
    answer = open_boxes(initial_value=[CAT]).submits()["annotatedResult"]

    assert answer == {
        "boundingBoxes": [CAT],
        "inputImageProperties": {"width": 400, "height": 300},
        "initialValueModified": False,
    }


@pytest.mark.parametrize(
    ("keys", "modified"),
    [
        (["ArrowRight"], True),
        (["ArrowRight", "ArrowLeft"], False),
        (["ArrowRight", "Control+z"], False),
        (["2"], True),
        (["Delete"], True),
    ],
)
def test_initial_value_is_modified_when_the_boxes_differ(open_boxes, keys, modified):
    task = open_boxes(initial_value=[CAT])
    task.tool.locator(".stage").focus()
    task.presses("Tab", *keys)

    assert task.value()["initialValueModified"] is modified


@pytest.mark.parametrize(
    "labels", ["['Cat','Dog']", '["Cat", "Dog"]', "[ 'Cat', // soft\n 'Dog', ]", "['Cat', 'Dog', 'Cat']"]
)
def test_labels_in_relaxed_json(open_boxes, labels):
    task = open_boxes(labels=labels)

    assert task.tool.evaluate("(tool) => tool.labels") == ["Cat", "Dog"]
    assert task.tool.evaluate("(tool) => tool.getAttribute('labels')") == labels


def test_initial_value_in_relaxed_json(open_boxes):
    task = open_boxes(initial_value="[{label: 'cat', left: 1, top: 2, width: 3, height: 4,},]")

    assert task.corners() == [("cat", 1, 2, 4, 6)]


def test_numbers_are_whole_and_inside_the_image(open_boxes):
    task = open_boxes(initial_value=[{"label": "cat", "left": -4.4, "top": 10.5, "width": 500.2, "height": 20.2}])

    assert task.corners() == [("cat", 0, 11, 400, 31)]


def test_boxes_of_unknown_labels_are_not_drawn_and_that_is_said(open_boxes):
    task = open_boxes(initial_value=[CAT, CAT | {"label": "yeti"}])

    assert len(task.corners()) == 1
    remark = 'Boxes whose label is not in the list ("yeti") were not drawn: 1.'
    assert task.tool.locator(".remarks").inner_text() == remark


@pytest.mark.parametrize("labels", ["['cat'", "{cat: 1}"])
def test_broken_labels_are_shown_and_hold_the_form_back(open_boxes, labels):
    task = open_boxes(labels=labels, loaded=False)

    assert "labels" in task.tool.locator(".failure .reason").inner_text()
    task.frame.get_by_role("button", name="Submit").click()
    task.frame.locator("#message:not(:empty)").wait_for()
    assert task.messages("crowd:submit") == []


@pytest.mark.parametrize("source", ["/gone.png?X-Amz-Signature=secret", "/broken.png", ""])
def test_an_image_that_cannot_be_shown_holds_the_form_back(open_boxes, site, source):
    site.put("/broken.png", b"no image", "image/png")
    task = open_boxes(src=source, loaded=False)
    failure = task.tool.locator(".failure")
    failure.wait_for()

    assert "The image cannot be shown" in failure.inner_text()
    assert "secret" not in failure.inner_text()
    task.frame.get_by_role("button", name="Submit").click()
    task.frame.locator("#message:not(:empty)").wait_for()
    assert task.messages("crowd:submit") == []


def test_try_again_loads_an_image_that_has_come_since(open_boxes, site):
    task = open_boxes(src="/late.svg", initial_value=[CAT], loaded=False)
    task.tool.locator(".failure").wait_for()
    site.put("/late.svg", *reversed(site.pages["/scene.svg"]))
    task.tool.get_by_role("button", name="Try again").click()
    task.tool.locator("img.photo.shown").wait_for()

    assert task.submits()["annotatedResult"]["boundingBoxes"] == [CAT]


def test_a_photograph_taken_upright_is_measured_upright(open_boxes, site):
    from io import BytesIO

    image = pytest.importorskip("PIL.Image")
    exif = image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    photo = BytesIO()
    image.new("RGB", (80, 60), "green").save(photo, "JPEG", exif=exif)
    site.put("/upright.jpg", photo.getvalue(), "image/jpeg")

    assert open_boxes(src="/upright.jpg").value()["inputImageProperties"] == {"width": 60, "height": 80}


def test_value_stays_one_live_object_and_keeps_what_pages_write(open_boxes):
    task = open_boxes(initial_value=[CAT])
    task.tool.evaluate("""(tool) => {
      window.held = tool.value;
      held.boundingBoxes[0].id = 7;
    }""")
    task.tool.locator(".stage").focus()
    task.presses("Tab", "ArrowRight")

    assert task.tool.evaluate("(tool) => held === tool.value && held === tool._submittableValue")
    assert task.submits()["annotatedResult"]["boundingBoxes"] == [CAT | {"left": 101, "id": 7}]


def test_labels_can_be_changed_by_the_page(open_boxes):
    task = open_boxes(labels="['placeholder']")
    task.tool.evaluate("(tool) => { tool.labels = []; }")
    task.settle()
    assert task.tool.locator(".label-button").count() == 0
    task.tool.locator(".stage").focus()
    task.presses("n")
    assert task.corners() == [], "no label, no box"

    task.tool.evaluate("(tool) => { tool.labels = tool.labels.concat(['eagle']); }")
    task.settle()
    task.presses("n")
    assert task.corners()[0][0] == "eagle"


def test_labels_set_before_the_upgrade_are_kept(open_task):
    tool = "<crowd-bounding-box id='tool' name='x' src='/scene.svg'></crowd-bounding-box>"
    task = open_task(f"<crowd-form>{tool}</crowd-form><script>tool.labels = ['early'];</script>")
    task.frame.locator("img.photo.shown").wait_for()

    assert task.tool.evaluate("(tool) => tool.labels") == ["early"]


def test_change_event_and_dirty_message(open_boxes):
    task = open_boxes()
    task.tool.evaluate(
        """(tool) => {
          window.seen = [];
          tool.addEventListener('change', (event) => seen.push(event.target.value.boundingBoxes.length));
        }"""
    )
    assert task.messages("crowd:dirty") == []
    task.tool.locator(".stage").focus()
    task.presses("n", "n")

    assert task.tool.evaluate("() => seen") == [1, 2]
    assert [message["dirty"] for message in task.messages("crowd:dirty")] == [True]


def test_what_changes_nothing_fires_nothing(open_boxes):
    task = open_boxes(initial_value=[CAT | {"left": 0}])
    task.tool.locator(".stage").focus()
    task.presses("Tab", "ArrowLeft", "1", "Escape", "Control+z")

    assert task.messages("crowd:dirty") == []


def test_new_labels_and_moves_within_the_page_keep_the_boxes(open_boxes):
    task = open_boxes(initial_value=[CAT])
    task.tool.locator(".stage").focus()
    task.presses("n")
    task.tool.evaluate(
        "(tool) => { tool.setAttribute('labels', '[\\'cat\\', \\'owl\\']'); tool.parentElement.append(tool); }"
    )
    task.settle()

    assert task.tool.evaluate("(tool) => tool.labels") == ["cat", "owl"]
    assert len(task.submits()["annotatedResult"]["boundingBoxes"]) == 2


def test_instructions_are_in_the_side_bar_and_in_a_dialog(open_boxes):
    full = "<full-instructions header='All of it'>Be exact</full-instructions>"
    task = open_boxes(inside=f"<short-instructions>Be quick</short-instructions>{full}")
    assert task.frame.get_by_text("Be quick").is_visible()
    assert not task.frame.get_by_text("Be exact").is_visible()
    task.tool.get_by_role("button", name="View full instructions").click()
    assert task.tool.get_by_role("dialog", name="All of it").is_visible()
    assert task.frame.get_by_text("Be exact").is_visible()
