"""The portal in Japanese: every sentence of ours."""

import re

from tests.browser.portal.conftest import BOXES

# What a page shows that is data, or means the same in every language.
ALLOWED = {"English", "Shift", "Ctrl", "Enter", "Space", "Delete", "Home", "Escape", "Backspace"}
EVERYTHING = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <crowd-instructions><short-summary>要約</short-summary><detailed-instructions>詳細</detailed-instructions></crowd-instructions>
  <crowd-alert type="warning" dismissible>注意</crowd-alert>
  <crowd-classifier name="a" categories="['猫', '犬']" header="どちらですか">
    <classification-target>対象</classification-target>
    <short-instructions>手順</short-instructions><full-instructions>全文</full-instructions>
  </crowd-classifier>
  <crowd-image-classifier name="b" src="{{ task.input.taskObject | grant_read_access }}"
    categories="['猫']" header="画像">
    <worker-comment></worker-comment>
  </crowd-image-classifier>
  <crowd-input name="c" label="題名" required></crowd-input>
  <crowd-slider name="d" editable required></crowd-slider>
  <crowd-checkbox name="e" required>確認</crowd-checkbox>
  <crowd-made-up name="f"></crowd-made-up>
</crowd-form>"""

# All that can be read or heard: texts, labels, titles, placeholders, also in shadow roots.
WORDS = """() => {
  const found = [];
  const walk = (root) => {
    for (const node of root.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) found.push(node.data);
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      if (['SCRIPT', 'STYLE', 'TEMPLATE', 'CODE'].includes(node.tagName)) continue;
      for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-roledescription']) {
        if (node.hasAttribute(name)) found.push(node.getAttribute(name));
      }
      if (node.shadowRoot) walk(node.shadowRoot);
      walk(node);
    }
  };
  walk(document);
  return found;
}"""


def english(page_or_frame, *data):
    """The English words on a page, but for what is data."""
    text = " \n ".join(page_or_frame.evaluate(WORDS))
    for known in data:
        text = text.replace(known, "")
    text = re.sub(
        r"https?://\S+|\S+@\S+|<crowd-[a-z-]+>|[\w-]*-[0-9a-f]{8,}|Find the cats \w+|Draw a box around every cat\.",
        "",
        text,
    )
    return sorted(set(re.findall(r"[A-Za-z]{4,}", text)) - ALLOWED)


def japanese(new_screen, service, job):
    return new_screen(service.employs("ann", job.group), locale="ja-JP").signs_in()


def test_no_english_is_left_on_the_way_to_a_task(service, new_job, new_screen):
    job = new_job(template=EVERYTHING)
    screen = new_screen(service.employs("ann", job.group), locale="ja-JP")
    screen.page.goto("/portal/sign-in")
    assert english(screen.page) == []
    screen.page.locator("[name=email]").fill("nobody@example.com")
    screen.page.locator("[name=password]").fill("wrong")
    screen.page.get_by_role("button", name="サインイン").click()
    screen.page.get_by_role("alert").wait_for()
    assert english(screen.page) == []
    screen.signs_in()
    assert screen.page.locator("html").get_attribute("lang") == "ja"
    assert english(screen.page) == []


def test_no_english_is_left_on_a_task(service, new_job, new_screen, pictures):
    job = new_job(template=EVERYTHING)
    job.starts_loop(taskObject=pictures["small"])
    screen = japanese(new_screen, service, job).starts()
    screen.page.wait_for_timeout(500)
    screen.submits()
    screen.frame.locator("#message:not(:empty)").wait_for()

    assert english(screen.page) == []
    assert english(screen.page.frames[1]) == []


def test_no_english_is_left_on_the_box_tool(service, new_job, new_screen, pictures):
    job = new_job(
        template=BOXES.replace("Draw a box around every thing.", "").replace(
            "A box touches the thing on all four sides.", "辺"
        )
    )
    job.starts_loop(taskObject=pictures["small"], labels=["猫", "犬"], initialValue=[], header="箱")
    screen = japanese(new_screen, service, job).starts()
    screen.frame.locator("img.photo.shown").wait_for()

    assert english(screen.page.frames[1]) == []


def test_the_language_is_chosen_on_the_page_and_stays(service, new_job, new_screen):
    job = new_job(template=EVERYTHING)
    screen = new_screen(service.employs("ann", job.group))
    screen.page.goto("/portal/sign-in")
    screen.page.get_by_role("button", name="日本語").click()
    assert screen.page.url.endswith("/portal/sign-in")
    screen.signs_in()
    screen.page.get_by_role("heading", name="ジョブ一覧").wait_for()
    job.starts_loop(taskObject="s3://nightloop-review-test/images/cat.jpg")
    screen.page.reload()
    screen.starts()
    screen.frame.get_by_role("button", name="送信").wait_for()
    screen.page.get_by_role("button", name="English").click()
    screen.frame.get_by_role("button", name="Submit").wait_for()


def test_time_is_said_as_one_says_it(service, new_job, new_screen):
    job = new_job(TaskTimeLimitInSeconds=5400)
    screen = japanese(new_screen, service, job)

    assert "1 時間 30 分" in screen.page.locator(f'[data-flow="{job.name}"]').inner_text()


def test_a_language_there_is_not_and_a_way_out_are_refused(service):
    worker = service.employs("ann", "nobody")
    worker.opens("/portal/sign-in")
    assert "xx" in worker.sends("/portal/language", language="xx", back="/portal/").text
    for back in (
        "https://elsewhere.example/portal/",
        "//elsewhere.example",
        "/portal//elsewhere",
        "\\\\elsewhere",
        "é",
    ):
        fields = {"csrf_token": worker.csrf, "language": "ja", "back": back}
        response = worker.browser.post("/portal/language", data=fields)
        assert response.headers["location"].startswith("/portal/")
        assert "elsewhere" not in response.headers["location"]
