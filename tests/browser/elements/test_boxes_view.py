"""Looking at the image and at the boxes on it: zoom, hiding, labels, panels, words. The image is 400 x 300."""

from io import BytesIO

import pytest

CAT = {"label": "cat", "left": 100, "top": 80, "width": 60, "height": 40}
DOG = {"label": "dog", "left": 220, "top": 150, "width": 100, "height": 100}
COUNT = 80


@pytest.fixture
def task(open_boxes):
    task = open_boxes(initial_value=[CAT, DOG])
    task.tool.locator(".stage").focus()
    return task


def width(task):
    return task.tool.locator("canvas.upper-canvas").bounding_box()["width"]


def test_zoom_to_the_selected_box_and_back(task):
    fitted = width(task)
    task.presses("Tab", "z")
    stage = task.tool.locator(".stage").bounding_box()
    middle = task.on_page((130, 100))
    assert middle == pytest.approx((stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2), abs=1), (
        "the box is in the middle"
    )
    assert width(task) > 2 * fitted

    task.presses("Escape", "z")
    assert width(task) == pytest.approx(fitted, abs=1)


@pytest.mark.parametrize("way", ["key", "button"])
def test_the_image_at_its_own_size(task, way):
    if way == "key":
        task.presses("o")
    else:
        task.tool.get_by_role("button", name="Show the image at its own size").click()

    assert width(task) == pytest.approx(400, abs=0.5)


def test_arrows_move_the_image_when_no_box_is_selected(task):
    task.presses("+", "+")
    before = task.on_page((200, 150))
    task.presses("ArrowRight", "ArrowDown")

    after = task.on_page((200, 150))
    assert (after[0] - before[0], after[1] - before[1]) == pytest.approx((-24, -24), abs=0.5)
    assert task.corners() == [("cat", 100, 80, 160, 120), ("dog", 220, 150, 320, 250)]


def opacity(task):
    return task.tool.locator(".shapes").evaluate("(shapes) => getComputedStyle(shapes).opacity")


def test_boxes_are_hidden_while_a_key_is_held(task):
    task.page.keyboard.down("h")
    task.settle()
    assert opacity(task) == "0"
    task.page.keyboard.up("h")
    task.settle()
    assert opacity(task) == "1"


def test_boxes_that_a_button_hid_come_back_with_the_next_change(task):
    button = task.tool.get_by_role("button", name="Hide the boxes")
    button.click()
    task.settle()
    assert opacity(task) == "0"
    assert button.get_attribute("aria-pressed") == "true"
    task.clicks((130, 100))
    assert task.tool.locator(".box.selected").count() == 0, "what is not seen is not taken"

    task.drags((10, 10), (60, 60))
    assert opacity(task) == "1"
    assert len(task.corners()) == 3


def test_labels_in_the_image_can_be_put_away(task):
    task.presses("t")
    assert task.tool.locator(".tag:visible").count() == 0
    task.presses("Tab")
    assert task.tool.locator(".tag:visible").count() == 1, "the selected box still has its own"
    task.presses("t")
    assert task.tool.locator(".tag:visible").count() == 2


def test_eighty_labels_are_found_by_typing_and_by_arrow(open_boxes):
    task = open_boxes(labels=[f"Thing {number}" for number in range(COUNT)])
    task.tool.locator(".stage").focus()
    task.presses("/")
    task.page.keyboard.type("ｔＨＩＮＧ 4")
    assert task.tool.locator(".label-button:visible").count() == 11
    task.presses("ArrowDown", "ArrowDown", "Enter", "n")
    assert task.corners()[0][0] == "Thing 40"

    chosen = task.tool.locator(".label-button.selected").bounding_box()
    panel = task.tool.locator(".label-list").bounding_box()
    assert panel["y"] <= chosen["y"] < panel["y"] + panel["height"], "the label in hand can be seen in the list"
    task.presses("/")
    task.page.keyboard.type("yeti")
    assert task.tool.get_by_text("No such label").is_visible()
    task.presses("Escape")
    assert not task.tool.get_by_text("No such label").is_visible()


INSTRUCTIONS = """<short-instructions>Be quick</short-instructions>
<full-instructions header="All of it"><p>Be exact</p></full-instructions>"""


def test_full_instructions_stay_beside_the_image_while_one_works(open_boxes):
    task = open_boxes(inside=INSTRUCTIONS)
    task.tool.locator(".stage").focus()
    task.presses("i")
    exact = task.frame.get_by_text("Be exact")
    assert exact.is_visible()
    assert not task.frame.get_by_text("Be quick").is_visible(), "the full ones take the place of the short ones"

    task.drags((50, 40), (150, 100))
    task.presses("ArrowRight")
    assert task.corners()[0][1] == pytest.approx(51, abs=1)
    assert exact.is_visible()
    panel = task.tool.get_by_role("dialog", name="All of it").bounding_box()
    assert panel["x"] + panel["width"] <= task.tool.locator(".stage").bounding_box()["x"] + 1

    task.presses("i")
    assert not exact.is_visible()
    assert task.frame.get_by_text("Be quick").is_visible()


def test_full_instructions_large_and_back(open_boxes):
    task = open_boxes(inside=INSTRUCTIONS)
    task.tool.get_by_role("button", name="View full instructions").click()
    task.tool.get_by_role("button", name="Show large").click()
    assert task.tool.locator("dialog.full").evaluate("(dialog) => dialog.matches(':modal')")
    task.tool.get_by_role("button", name="Keep beside the image").click()
    assert not task.tool.locator("dialog.full").evaluate("(dialog) => dialog.matches(':modal')")
    task.presses("Escape")

    assert not task.frame.get_by_text("Be exact").is_visible()


def test_the_tool_speaks_japanese(open_task):
    task = open_task("""<script data-language="ja"></script><crowd-form><crowd-bounding-box name="x" src="/scene.svg"
      labels="['猫', '犬']" initial-value="[{label: '猫', left: 10, top: 20, width: 30, height: 40, score: 0.62}]">
      <full-instructions>正確に</full-instructions></crowd-bounding-box></crowd-form>""")
    task.frame.locator("img.photo.shown").wait_for()
    task.tool.locator(".stage").focus()
    task.presses("Tab")
    assert task.boxes.locator(".tag").inner_text() == "猫 62%"
    assert task.tool.get_by_role("button", name="詳しい作業手順を見る").is_visible()
    task.presses("?")
    assert "モデルのボックスをそのまま承認し、次へ進みます" in task.tool.get_by_role("dialog").inner_text()
    task.presses("Escape", "Delete")

    assert task.tool.locator("#said").inner_text() == "猫 を削除しました。残りはボックス 0 個です"
    assert task.tool.locator(".tally").inner_text().startswith("ボックスはまだありません。")


def test_boxes_on_a_photograph_taken_upright_are_upright(open_boxes, site):
    image = pytest.importorskip("PIL.Image")
    exif = image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    photo = BytesIO()
    image.new("RGB", (400, 300), "green").save(photo, "JPEG", exif=exif)
    site.put("/upright.jpg", photo.getvalue(), "image/jpeg")
    task = open_boxes(src="/upright.jpg", initial_value=[CAT | {"left": 290, "top": 380}])

    shown = task.tool.locator("img.photo").bounding_box()
    assert shown["width"] / shown["height"] == pytest.approx(3 / 4, abs=0.01)
    assert task.corners() == [("cat", 290, 380, 300, 400)]
    task.drags((10, 320), (100, 390))
    answer = task.submits()["annotatedResult"]
    assert answer["inputImageProperties"] == {"width": 300, "height": 400}
    assert list(task.corners()[1][1:]) == pytest.approx([10, 320, 100, 390], abs=1)
