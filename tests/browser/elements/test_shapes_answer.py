"""What the tools of outlines, lines and points read, refuse, answer and restore; the image is 400 x 300."""

import pytest

SIZE = {"width": 400, "height": 300}
TRIANGLE = {"label": "cat", "vertices": [{"x": 10, "y": 10}, {"x": 60, "y": 10}, {"x": 60, "y": 60}]}
EDGE = {"label": "cat", "vertices": [{"x": 10, "y": 10}, {"x": 60, "y": 10}]}
NOSE = {"label": "cat", "x": 100, "y": 80}
KINDS = {
    "crowd-polygon": ("polygons", TRIANGLE),
    "crowd-polyline": ("polylines", TRIANGLE),
    "crowd-line": ("lines", EDGE),
    "crowd-keypoint": ("keypoints", NOSE),
}


def vertices(*points):
    return {"label": "cat", "vertices": [{"x": x, "y": y} for x, y in points]}


def remark(task):
    return task.tool.locator(".remark").inner_text()


@pytest.mark.parametrize("tag", KINDS)
def test_initial_values_as_a_list_or_as_an_answer_come_back_as_they_were(open_tool, tag):
    name, shape = KINDS[tag]
    for initial in [[shape], {name: [shape]}, {name: [shape], "inputImageProperties": SIZE}]:
        task = open_tool(tag, initial_value=initial)
        expected = {name: [shape], "inputImageProperties": SIZE, "initialValueModified": False}
        assert task.submits()["annotatedResult"] == expected
    assert open_tool(tag).submits()["annotatedResult"] == {name: [], "inputImageProperties": SIZE}


@pytest.mark.parametrize("tag", KINDS)
def test_an_answer_is_restored_and_compared_with_the_initial_value(open_tool, tag):
    name, shape = KINDS[tag]
    task = open_tool(tag, initial_value=[shape])
    other = shape | {"label": "dog"}
    task.tool.evaluate("(tool, value) => tool.restore(value)", {name: [shape, other], "inputImageProperties": SIZE})
    task.settle()
    assert task.value()[name] == [shape, other]
    assert task.value()["initialValueModified"] is True
    task.tool.evaluate("(tool, value) => tool.restore(value)", {name: [shape]})
    task.settle()
    assert task.value()["initialValueModified"] is False


def test_a_restored_outline_does_not_go_on_with_the_one_begun_before(open_tool):
    task = open_tool("crowd-polygon")
    task.clicks((100, 100))
    task.tool.evaluate("(tool, value) => tool.restore(value)", {"polygons": [TRIANGLE]})

    assert task.submits()["annotatedResult"]["polygons"] == [TRIANGLE]


@pytest.mark.parametrize("tag", KINDS)
def test_unknown_labels_are_not_drawn_and_that_is_said(open_tool, tag):
    name, shape = KINDS[tag]
    task = open_tool(tag, initial_value=[shape, shape | {"label": "<img src=x onerror=alert(1)>"}])

    assert task.value()[name] == [shape]
    assert '"<img src=x onerror=alert(1)>"' in remark(task)


def test_labels_with_markup_are_text(open_tool):
    hostile = "<script>alert(1)</script></textarea>{{ x }}"
    task = open_tool("crowd-polygon", labels=[hostile], initial_value=[TRIANGLE | {"label": hostile}])

    assert task.tool.locator(".tag").inner_text() == hostile
    assert task.tool.locator(".label-button .name").inner_text() == hostile
    assert task.tool.locator("script").count() == 0
    assert task.submits()["annotatedResult"]["polygons"][0]["label"] == hostile


BAD = [
    {"label": "cat"},
    {"label": "cat", "vertices": "no"},
    {"label": "cat", "vertices": [None, 4, {}]},
    vertices((1, 1), (9, 9)),
    vertices((1, 1), (9, 9), ("NaN", 3)),
    vertices((1, 1), (9, 9), (None, 3)),
    vertices((1, 1), (1, 1), (1, 1)),
    vertices((5, 5), (5, 50), (5, 90)),
    vertices((500, 1), (600, 1), (600, 90)),
    vertices((-90, -1), (-60, -1), (-60, -90)),
    None,
    7,
]


def test_outlines_that_are_none_are_refused_with_a_message(open_tool):
    task = open_tool("crowd-polygon", initial_value=[*BAD, TRIANGLE])

    assert task.value()["polygons"] == [TRIANGLE]
    assert f"not numbers: {len(BAD)}." in remark(task)


@pytest.mark.parametrize(
    ("tag", "bad"),
    [
        ("crowd-line", [vertices((1, 1)), vertices((1, 1), (9, 9), (20, 9)), vertices((4, 4), (4.2, 4.2))]),
        (
            "crowd-polyline",
            [vertices((1, 1)), vertices((1, 1), (1, 1)), vertices(*[(x % 400, x % 300) for x in range(10_001)])],
        ),
        (
            "crowd-keypoint",
            [{"label": "cat", "x": "x", "y": 1}, {"label": "cat", "x": 401.6, "y": 1}, {"label": "cat", "x": 1}],
        ),
    ],
)
def test_lines_and_points_that_are_none_are_refused_with_a_message(open_tool, tag, bad):
    name, shape = KINDS[tag]
    task = open_tool(tag, initial_value=[*bad, shape])

    assert task.value()[name] == [shape]
    assert "not numbers: 3." in remark(task)


def test_what_reaches_beyond_the_image_is_moved_to_its_border_and_that_is_said(open_tool):
    task = open_tool("crowd-polygon", initial_value=[vertices((-50, 20), (80.4, 20.5), (80, 1e9), (-50, 20))])

    assert task.points() == [(0, 20), (80, 21), (80, 300)]
    assert "moved to its border: 1." in remark(task)


def test_an_outline_that_crosses_itself_is_drawn_and_can_be_mended(open_tool):
    bow = vertices((100, 100), (200, 200), (200, 100), (100, 200))
    task = open_tool("crowd-polygon", initial_value=[bow])
    task.tool.locator(".stage").focus()
    task.presses("Tab", "Enter", *["Shift+ArrowRight"] * 12, *["Shift+ArrowUp"] * 9)

    assert task.points()[0] == (220, 10)
    assert task.tool.locator(".warning").is_hidden()


def test_ten_thousand_vertices_can_be_worked_with(open_tool):
    top = [(20 + x * 0.072, 100 + (x % 2)) for x in range(5000)]
    bottom = [(20 + x * 0.072, 200 + (x % 2)) for x in reversed(range(5000))]
    shape = vertices(*[(x * 10, y) for x, y in top + bottom])
    task = open_tool("crowd-polygon", src="/large.svg", initial_value=[shape], loaded=False)
    task.tool.locator("img.photo.shown").wait_for()
    task.tool.locator(".stage").focus()
    task.tool.evaluate("(tool) => { tool.started = performance.now(); }")
    task.presses("Tab", "Enter", "Tab", "ArrowUp", "+", "-", "Escape", "ArrowDown")
    spent = task.tool.evaluate("(tool) => performance.now() - tool.started")

    assert len(task.points()) > 4000
    assert spent < 10_000


@pytest.fixture
def site(site):
    large = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="3000"><rect width="4000" height="3000"/></svg>'
    )
    site.put("/large.svg", large, "image/svg+xml")
    return site


def test_ten_thousand_points_are_shown_as_far_as_can_be(open_tool):
    many = [{"label": "cat", "x": number % 400, "y": number % 300} for number in range(10_000)]
    task = open_tool("crowd-keypoint", initial_value=many)

    assert len(task.value()["keypoints"]) == 1000
    assert "At most 1000 can be shown; left out: 9000." in remark(task)
    task.clicks((20, 280))
    assert "already" in task.tool.locator(".warning").inner_text()


def test_colours_of_labels_are_the_pages_own(open_tool):
    task = open_tool("crowd-line", label_colors="['#00ff00', '#f0f', 'url(//x)']", initial_value=[EDGE])
    buttons = "[...tool.shadowRoot.querySelectorAll('.label-button')]"
    colours = f"(tool) => {buttons}.map((button) => button.style.getPropertyValue('--colour'))"

    assert task.tool.evaluate(colours) == ["#00ff00", "#ff00ff", "#2ca02c"]
    assert task.paths.first.evaluate("(path) => path.style.getPropertyValue('--colour')") == "#00ff00"
    task.tool.evaluate("(tool) => { tool.labelColors = ['#123456']; }")
    task.settle()
    assert task.tool.evaluate(colours)[0] == "#123456"
    assert task.points() == [(10, 10), (60, 10)]


def test_a_guess_of_the_model_keeps_its_score_until_it_is_touched(open_tool):
    task = open_tool("crowd-polygon", initial_value=[TRIANGLE | {"score": 0.83}])
    assert task.tool.locator(".tag").inner_text() == "cat 83 %"
    task.tool.locator(".stage").focus()
    task.presses("a", "a")

    assert task.tool.locator(".tag").inner_text() == "cat"


def test_an_image_that_cannot_be_shown_holds_the_form_back(open_tool):
    task = open_tool("crowd-keypoint", src="/gone.png?X-Amz-Signature=secret", loaded=False)
    failure = task.tool.locator(".failure")
    failure.wait_for()
    assert "secret" not in failure.inner_text()
    task.frame.get_by_role("button", name="Submit").click()
    task.frame.locator("#message:not(:empty)").wait_for()

    assert task.messages("crowd:submit") == []


def test_in_japanese_no_english_is_left(open_tool):
    for tag in KINDS:
        task = open_tool(tag, after="<script>document.documentElement.lang = 'ja'</script>", loaded=False)
        task.tool.locator("img.photo.shown").wait_for()
        task.tool.locator(".stage").focus()
        task.presses("n", "Enter", "?")
        shown = task.tool.evaluate("(tool) => tool.shadowRoot.textContent")
        named = "[...tool.shadowRoot.querySelectorAll('[aria-label]')]"
        names = task.tool.evaluate(f"(tool) => {named}.map((each) => each.getAttribute('aria-label')).join()")
        for text in [shown, names]:
            assert not any(word in text.split() for word in ["the", "Point", "point", "line", "Delete the", "outline"])
