"""Pages in the style of the templates that teams have: scripts that read and set the tools while a worker draws."""

COUNTED = """
<crowd-form id="task">
  <crowd-keypoint id="face" name="face" src="/scene.svg" labels='["eye","mouth"]'></crowd-keypoint>
  <p id="complaint" style="position: absolute; top: 0; z-index: 9"></p>
</crowd-form>
<script>
  document.getElementById('task').onsubmit = function (event) {
    const tool = document.getElementById('face');
    const names = tool.getAttribute('labels').slice(2, -2).split('","');
    const points = tool.value.keypoints || tool._submittableValue.keypoints;
    const missing = names.filter((name) => !points.some((point) => point.label === name));
    if (missing.length === 0) return;
    event.preventDefault();
    document.getElementById('complaint').textContent = 'missing: ' + missing.join();
  };
</script>"""
GROWING = """
<crowd-form>
  <crowd-polygon id="annotator" name="parts" src="/scene.svg" labels="['placeholder']" header="Parts">
    <short-instructions>
      <input id="next" aria-label="Next"> <crowd-button id="more">Add</crowd-button>
    </short-instructions>
  </crowd-polygon>
</crowd-form>
<script>
  document.addEventListener('all-crowd-elements-ready', () => {
    annotator.labels = [];
    more.onclick = () => { annotator.labels = annotator.labels.concat([document.getElementById('next').value]); };
  });
</script>"""


def test_a_page_refuses_an_answer_by_the_raw_attribute_and_the_live_value(open_task):
    task = open_task(COUNTED)
    task.tag = "crowd-keypoint"
    task.tool.locator("img.photo.shown").wait_for()
    held = task.tool.evaluate("(tool) => { window.held = tool.value; return tool.getAttribute('labels'); }")
    assert held == '["eye","mouth"]'
    task.clicks((100, 100))
    task.frame.get_by_role("button", name="Submit").click()
    task.frame.get_by_text("missing: mouth").wait_for()
    assert task.messages("crowd:submit") == []

    task.tool.locator(".stage").focus()
    task.presses("n", "2", "Shift+ArrowDown", "Enter")
    assert [point["label"] for point in task.submits()["face"]["keypoints"]] == ["eye", "mouth"]
    assert task.tool.evaluate("(tool) => held === tool.value && held === tool._submittableValue")


def test_labels_are_cleared_and_grow_while_the_worker_draws(open_task):
    task = open_task(GROWING)
    task.tag = "crowd-polygon"
    task.tool.locator("img.photo.shown").wait_for()
    assert task.tool.locator(".label-button").count() == 0
    assert task.tool.evaluate("(tool) => tool.getAttribute('labels')") == "['placeholder']"
    task.clicks((100, 100))
    assert "no label" in task.tool.locator(".warning").inner_text()

    task.frame.get_by_label("Next").fill("wing")
    task.frame.locator("#more").click()
    assert task.tool.evaluate("(tool) => tool.labels") == ["wing"]
    for point in [(50, 40), (150, 40), (150, 140), (50, 40)]:
        task.clicks(point)
    task.tool.evaluate("(tool) => { tool.labels = ['tail']; }")
    task.settle()
    answer = task.submits()["parts"]

    assert [outline["label"] for outline in answer["polygons"]] == ["wing"], "what is drawn keeps its label"


def test_change_is_heard_once_a_change(open_tool):
    task = open_tool("crowd-polygon")
    task.tool.evaluate(
        """(tool) => {
          window.seen = [];
          tool.addEventListener('change', (event) => seen.push(event.target.value.polygons.length));
        }"""
    )
    for point in [(50, 40), (150, 40), (150, 140)]:
        task.clicks(point)
    assert task.messages("crowd:dirty") == []
    task.presses("Enter", "1", "ArrowRight", "Delete", "Escape")

    assert task.tool.evaluate("() => seen") == [1, 1, 0]
    assert len(task.messages("crowd:dirty")) == 1


def test_what_a_page_writes_on_a_shape_stays_on_it(open_tool):
    task = open_tool("crowd-keypoint", initial_value=[{"label": "cat", "x": 5, "y": 6}])
    task.tool.evaluate("(tool) => { tool.value.keypoints[0].hidden = true; }")
    task.tool.locator(".stage").focus()
    task.presses("Tab", "ArrowRight")

    assert task.submits()["annotatedResult"]["keypoints"] == [{"label": "cat", "x": 6, "y": 6, "hidden": True}]
