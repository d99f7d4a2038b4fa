"""The task page in a real browser: the frame works, and cannot get out."""

import json
import os
import shutil

import pytest

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]

CLASSIFIER = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <crowd-classifier name="animal" categories="['cat', 'dog']" header="{{ task.input.header }}">
    <classification-target>
      <img id="image" src="{{ task.input.taskObject | grant_read_access }}">
    </classification-target>
  </crowd-classifier>
</crowd-form>"""

# What a template that means harm would try; each line of the result is one attempt and what came of it.
PRISON_BREAK = """<script>
const results = {};
const attempt = async (name, act) => {
  try { results[name] = String(await act()); } catch (error) { results[name] = 'refused: ' + error.name; }
};
const load = (address) => new Promise((resolve, reject) => {
  const image = new Image();
  image.onload = () => resolve('loaded');
  image.onerror = () => reject(new DOMException('', 'NotLoaded'));
  image.src = address;
});
(async () => {
  await attempt('cookie', () => document.cookie);
  await attempt('storage', () => localStorage.length);
  await attempt('shell', () => parent.document.title);
  await attempt('fetch', () => fetch('/portal/'));
  await attempt('fetch-abroad', () => fetch('{{ task.input.abroad }}'));
  await attempt('beacon', () => navigator.sendBeacon('{{ task.input.abroad }}', 'x'));
  await attempt('image', () => load('{{ task.input.taskObject | grant_read_access | skip_autoescape }}'));
  await attempt('other-image', () => load('{{ task.input.abroad }}nightloop-review-test/images/other.png'));
  await attempt('top', () => { top.location = '{{ task.input.abroad }}'; return 'gone'; });
  await attempt('popup', () => open('{{ task.input.abroad }}'));
  parent.postMessage({type: 'crowd:submit', answer: results, seconds: 0.1}, '*');
})();
</script>"""

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c626001000000ffff03000006000557bfabd40000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        # Chromium's own sandbox does not work for root, as in most containers.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, service):
    context = chromium.new_context(base_url=service.url)
    yield context.new_page()
    context.close()


@pytest.fixture
def images(s3):
    for name in ("pixel", "other"):
        s3.put_object(Bucket="nightloop-review-test", Key=f"images/{name}.png", Body=PIXEL, ContentType="image/png")


def signs_in(page, worker):
    page.goto("/portal/sign-in")
    page.get_by_label("E-mail").fill(worker.email)
    page.get_by_label("Password").fill(worker.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/portal/")


def test_a_worker_answers_and_the_portal_says_it_is_done(service, new_job, page, images, written):
    job = new_job(template=CLASSIFIER)
    worker = service.employs("ann", job.group)
    loop = job.starts_loop(taskObject="s3://nightloop-review-test/images/pixel.png", header="<i>Which?</i>")
    signs_in(page, worker)
    page.get_by_role("button", name="Start working").click()
    frame = page.frame_locator("#frame")
    assert frame.locator("#image").evaluate("image => image.decode().then(() => image.naturalWidth)") == 1
    frame.get_by_text("<i>Which?</i>").first.wait_for()
    frame.get_by_text("dog", exact=True).click()
    frame.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/portal/?finished=*")
    assert "no more tasks" in page.get_by_role("status").inner_text()
    (answer,) = written(job.becomes(loop, "Completed"))["humanAnswers"]
    assert answer["answerContent"] == {"animal": {"label": "dog"}}


def test_a_template_cannot_get_out_of_its_frame(service, new_job, page, images, written):
    job = new_job(template=PRISON_BREAK)
    worker = service.employs("ann", job.group)
    content = {"taskObject": "s3://nightloop-review-test/images/pixel.png", "abroad": f"{service.s3_url}/"}
    loop = job.starts_loop(**content)
    signs_in(page, worker)
    page.get_by_role("button", name="Start working").click()
    page.wait_for_url("**/portal/?finished=*")
    (answer,) = written(job.becomes(loop, "Completed"))["humanAnswers"]
    results = answer["answerContent"]
    assert results.pop("image") == "loaded", json.dumps(results)
    assert results.pop("popup") == "null"
    assert results.pop("beacon") in {"true", "false"}, "queued at best: the policy drops it"
    assert set(results) == {"cookie", "storage", "shell", "fetch", "fetch-abroad", "other-image", "top"}
    assert all(result.startswith("refused: ") for result in results.values()), results


def test_an_answer_posted_at_once_is_heard_however_late_the_shell_loads(service, new_job, page, written):
    job = new_job(template="<script>parent.postMessage({type: 'crowd:submit', answer: {}, seconds: 0}, '*')</script>")
    worker = service.employs("ann", job.group)
    loop = job.starts_loop()
    signs_in(page, worker)

    def late(route):
        page.wait_for_timeout(1500)
        route.continue_()

    page.route("**/task.js", late)
    page.get_by_role("button", name="Start working").click()
    page.wait_for_url("**/portal/?finished=*")
    assert written(job.becomes(loop, "Completed"))["humanAnswers"][0]["answerContent"] == {}


def test_a_late_answer_is_explained_on_the_page(service, new_job, page, images):
    job = new_job(template=CLASSIFIER)
    worker = service.employs("ann", job.group)
    job.starts_loop(taskObject="s3://nightloop-review-test/images/pixel.png")
    signs_in(page, worker)
    page.get_by_role("button", name="Start working").click()
    frame = page.frame_locator("#frame")
    frame.get_by_text("cat", exact=True).click()
    service.time_of_task_passes(page.url.rsplit("/", 1)[1])
    frame.get_by_role("button", name="Submit").click()
    notice = page.get_by_role("alertdialog").filter(has_text="does not count")
    notice.wait_for()
    assert "back to the queue" in notice.inner_text()
    notice.get_by_role("link").click()
    page.wait_for_url("**/portal/")


def test_who_signs_in_again_in_another_tab_keeps_his_work(service, new_job, page, images):
    job = new_job(template=CLASSIFIER)
    worker = service.employs("ann", job.group)
    job.starts_loop(taskObject="s3://nightloop-review-test/images/pixel.png")
    signs_in(page, worker)
    page.get_by_role("button", name="Start working").click()
    frame = page.frame_locator("#frame")
    frame.get_by_text("cat", exact=True).click()
    service.changes("DELETE FROM worker_sessions")
    frame.get_by_role("button", name="Submit").click()
    page.get_by_role("alert").filter(has_text="Sign in to go on").wait_for()
    tab = page.context.new_page()
    signs_in(tab, worker)
    frame.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/portal/?finished=*")
