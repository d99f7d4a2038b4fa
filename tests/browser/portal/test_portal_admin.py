"""An administrator at a screen: from the flows to a loop that is stopped, and a template tried out."""

import json

import pytest

from tests.browser.portal.conftest import CLASSIFIER
from tests.integration.review.test_admin import make_admin

EVIL = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form><input name="found"></crowd-form>
<script>
  const found = [];
  try { found.push(String(document.cookie)); } catch (error) { found.push(error.name); }
  try { found.push(parent.document.body.textContent); } catch (error) { found.push(error.name); }
  fetch('/portal/admin/flows').then(() => found.push('reached'), () => found.push('unreachable')).then(() => {
    document.querySelector('[name=found]').value = found.join(' ');
  });
</script>"""


@pytest.fixture
def screen(service, new_screen):
    return new_screen(make_admin(service)).signs_in()


def tries(page, template, task_input):
    page.goto("/portal/admin/preview")
    page.locator("[name=template]").last.fill(template)
    page.locator("[name=input]").fill(json.dumps(task_input))
    page.locator("#draft button").click()


def test_from_the_flows_to_a_stopped_loop(screen, new_job, pictures):
    job = new_job()
    name = job.starts_loop(taskObject=pictures["small"])
    page = screen.page
    page.get_by_role("link", name="Flows").click()
    page.get_by_role("link", name=job.name).click()
    page.get_by_role("link", name=name).click()
    created = page.locator("dl.facts time").first
    assert "UTC" not in created.inner_text()
    assert created.get_attribute("title").endswith("UTC")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.get_by_role("button", name="Stop this review").click()
    assert asked
    assert job.status(name) == "InProgress", "asked, and thought better of it"
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Stop this review").click()
    page.locator(".status.stopped").wait_for()
    assert job.status(name) == "Stopped"


def test_a_template_is_tried_and_its_answer_shown(screen, service):
    page = screen.page
    tries(page, CLASSIFIER, {"header": "What is it?", "text": "It purrs"})
    frame = page.frame_locator("#preview")
    assert frame.locator("#target").inner_text() == "It purrs"
    page.locator("#findings .notice.good").wait_for()
    before = service.reads("SELECT count(*) FROM claims")
    frame.get_by_text("cat", exact=True).click()
    frame.locator('crowd-button[form-action="submit"]').click()
    answer = page.locator("#answer-json")
    answer.wait_for()
    assert json.loads(answer.inner_text()) == {"animal": {"label": "cat"}}
    frame.get_by_text("nothing was stored").wait_for()
    assert service.reads("SELECT count(*) FROM claims") == before
    frame.get_by_text("dog", exact=True).click()
    frame.locator('crowd-button[form-action="submit"]').click()
    page.locator("#answer-json", has_text="dog").wait_for()


def test_what_is_pasted_stays_in_its_sandbox(screen):
    page = screen.page
    tries(page, EVIL, {})
    frame = page.frame_locator("#preview")
    frame.locator("crowd-form").wait_for()
    page.wait_for_function("() => document.querySelector('#findings .notice')")
    frame.locator("[name=found]").wait_for()
    field = frame.locator("[name=found]")
    for _ in range(300):
        if field.input_value():
            break
        page.wait_for_timeout(100)
    assert field.input_value() == "SecurityError SecurityError unreachable"


def test_what_will_not_work_is_listed(screen):
    page = screen.page
    tries(page, "<crowd-magic></crowd-magic>\n{{ x | nofilter }}", {})
    page.locator("#findings pre", has_text="unknown filter 'nofilter'").wait_for()
    page.frame_locator("#preview").get_by_text("cannot be shown").wait_for()
    tries(page, "<crowd-magic></crowd-magic>", {})
    page.locator("#findings [data-code=UnsupportedElement]").wait_for()
    page.locator("#findings [data-code=NoForm]").wait_for()


def test_pages_fit_a_phone(screen, new_job, service, new_screen):
    job = new_job()
    job.starts_loop()
    phone = new_screen(screen.worker, viewport={"width": 390, "height": 844}, locale="ja-JP").signs_in()
    for path in ("flows", f"flows/{job.name}", "activity", "preview"):
        phone.page.goto(f"/portal/admin/{path}")
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390, path
        assert phone.page.evaluate("document.documentElement.lang") == "ja"
