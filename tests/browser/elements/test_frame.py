"""The elements in the portal's situation: a sandboxed frame, whose origin is opaque."""

import pytest

from tests.browser.elements.site_server import ELEMENTS

FORM = '<crowd-form><crowd-input name="tag" label="Tag"></crowd-input></crowd-form>'


def test_elements_load_in_a_sandboxed_frame_of_opaque_origin(open_task):
    task = open_task(FORM)

    assert task.messages("crowd:ready") == [{"type": "crowd:ready", "origin": "null"}]
    assert task.runs("() => self.origin") == "null"
    assert task.runs("() => customElements.get('crowd-bounding-box') !== undefined")


def test_without_the_cross_origin_header_the_frame_cannot_load_them(open_task, site):
    site.cross_origin = False
    task = open_task(FORM, ready=False)
    task.page.frames[1].wait_for_load_state("load")

    assert not task.runs("() => customElements.get('crowd-form') !== undefined")
    assert task.messages("crowd:ready") == []


def test_ready_event_fires_once_after_all_elements_are_upgraded(open_task):
    script = """<script>
      window.heard = [];
      document.addEventListener('all-crowd-elements-ready', () => {
        heard.push(document.querySelectorAll(':not(:defined)').length);
      });
    </script>"""
    task = open_task(script + FORM)
    task.page.frames[1].wait_for_load_state("load")

    assert task.runs("() => heard") == [0]
    assert len(task.messages("crowd:ready")) == 1


def test_page_without_a_form_says_so(open_task):
    task = open_task("<p>Nothing to submit here</p>")

    assert "nothing can be submitted" in task.frame.locator("crowd-alert").inner_text()


@pytest.mark.parametrize("tag", ["crowd-sculpture", "crowd-made-up"])
def test_unsupported_element_shows_a_notice_and_holds_the_form_back(open_task, tag):
    task = open_task(f'<crowd-form><{tag} name="x" src="y"></{tag}></crowd-form>')

    notice = task.frame.locator(tag).get_by_role("alert")
    assert f"<{tag}>" in notice.inner_text()
    assert notice.is_visible()
    task.frame.get_by_role("button", name="Submit").click()
    task.frame.locator("#message").get_by_text(f"<{tag}>").wait_for()
    assert task.messages("crowd:submit") == []


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in ELEMENTS.glob("*/example.html")))
def test_example_opens_without_an_error_and_shows_its_answer(page, site, folder):
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    site.put("/favicon.ico", "", "image/x-icon")
    page.goto(f"{site.url}/elements/{folder}/example.html")
    page.get_by_role("button", name="Submit").last.wait_for()
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Submit").last.click()

    if folder in {"classifiers", "unsupported"}:  # a choice is missing; an element is
        page.locator("#message:not(:empty)").wait_for()
    else:
        answer = page.locator("#answers-box")
        answer.wait_for()
        assert answer.inner_text().startswith("{")
    assert problems == []
    assert site.missing == []
