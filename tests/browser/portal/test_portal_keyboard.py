"""The portal by keyboard alone, and on small and touched screens."""

import pytest

from tests.browser.portal.conftest import BOXES, CLASSIFIER

FOCUS = """() => {
  let focus = document.activeElement;
  while (focus?.shadowRoot?.activeElement) focus = focus.shadowRoot.activeElement;
  return (focus?.name || focus?.id || focus?.textContent || '').trim();
}"""


def presses(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_from_sign_in_to_submit(service, new_job, new_screen, written):
    job = new_job(template=CLASSIFIER)
    loop, next_loop = (job.starts_loop(text=text, header="What is it?") for text in ("only keys", "and again"))
    screen = new_screen(service.employs("ann", job.group))
    page = screen.page
    page.goto("/portal/sign-in")
    page.keyboard.type(screen.worker.email)
    presses(page, "Tab")
    page.keyboard.type(screen.worker.password)
    presses(page, "Enter")
    page.wait_for_url("**/portal/")
    presses(page, "Tab")
    assert page.evaluate(FOCUS) == "Skip to the content"
    for _ in range(12):
        presses(page, "Tab")
        if page.evaluate(FOCUS) == "Start working":
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "the focus is seen"
    presses(page, "Enter")
    page.wait_for_url("**/portal/tasks/*")
    page.wait_for_function("document.activeElement.id === 'frame'")
    for text, key in (("only keys", "3"), ("and again", "2")):
        screen.sees(text)
        presses(page, key, "Control+Enter")
    page.wait_for_url("**/portal/?finished=*")

    answers = [
        written(job.becomes(name, "Completed"))["humanAnswers"][0]["answerContent"] for name in (loop, next_loop)
    ]
    assert answers == [{"animal": {"label": "bird"}}, {"animal": {"label": "dog"}}]


@pytest.mark.parametrize("size", [(1280, 800), (1024, 768), (390, 844)])
def test_nothing_is_cut_off_and_fingers_hit(service, new_job, new_screen, size, pictures):
    job = new_job(template=BOXES, TaskKeywords=["animals", "boxes"])
    job.starts_loop(taskObject=pictures["small"], labels=["cat", "dog"], initialValue=[], header="Boxes")
    viewport = {"width": size[0], "height": size[1]}
    screen = new_screen(service.employs("ann", job.group), viewport=viewport, has_touch=size[0] < 1200).signs_in()
    wide = "document.documentElement.scrollWidth > innerWidth"
    small = """Array.from(document.querySelectorAll('button'), (button) => button.getBoundingClientRect())
      .filter(({ width, height }) => width > 0 && height < 44).length"""
    assert not screen.page.evaluate(wide)
    screen.starts()
    assert not screen.page.evaluate(wide)
    assert not screen.page.frames[1].evaluate(wide)
    if size[0] < 1200:
        assert screen.page.evaluate(small) == 0
