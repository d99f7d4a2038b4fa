"""What a template may do in its frame, and what the worker is told of the rest."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.browser.portal.conftest import BUCKET

LOADS = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
FORM = LOADS + "<crowd-form><crowd-input name='note' label='Note'></crowd-input>{}</crowd-form>"
PAGE = b"<!doctype html><title>elsewhere</title><script>document.title = `opener ${window.opener}`</script>"
PDF = (
    b"%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)


class Elsewhere(ThreadingHTTPServer):
    """A site that is not the portal."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answers)
        self.asked = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        kinds = {"/script.js": ("text/javascript", b"window.fromElsewhere = 'ran'"), "/data": ("text/plain", b"data")}
        kind, body = kinds.get(self.path, ("text/html", PAGE))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Be quiet."""


@pytest.fixture
def new_site():
    servers = []

    def make():
        server = Elsewhere()
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        servers.append(server)
        return server

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def documents(s3):
    """Put a document, a text and a picture into S3."""
    s3.put_object(Bucket=BUCKET, Key="documents/form.pdf", Body=PDF, ContentType="application/pdf")
    s3.put_object(Bucket=BUCKET, Key="documents/note.txt", Body=b"a granted text", ContentType="text/plain")
    return {"pdf": f"s3://{BUCKET}/documents/form.pdf", "note": f"s3://{BUCKET}/documents/note.txt"}


@pytest.fixture
def opens(service, new_job, new_screen):
    """Open a template as a worker, on the shared service."""

    def make(template, *inputs):
        job = new_job(template=template)
        for task_input in inputs or ({},):
            job.starts_loop(**task_input)
        screen = new_screen(service.employs("ann", job.group)).signs_in()
        screen.dialogs = []
        screen.page.on("dialog", lambda dialog: (screen.dialogs.append(dialog.message), dialog.accept()))
        return screen.starts()

    return make


def notice_of(screen):
    return screen.frame.locator("#nightloop-not-loaded")


def test_a_tab_opens_and_neither_side_holds_the_other(opens, new_site):
    site = new_site()
    template = FORM.format(
        """<a id="link" target="_blank" rel="opener" href="{{ task.input.site }}/a">help</a>
        <button type="button" id="open" onclick="told(window.open('{{ task.input.site }}/b'))">open</button>
        <p id="held"></p>
        <script>const told = (tab) => { held.textContent += ` ${tab === null ? 'nothing' : typeof tab}`; };</script>"""
    )
    screen = opens(template, {"site": site.url})
    for name in ("#link", "#open"):
        with screen.context.expect_page() as opened:
            screen.frame.locator(name).click()
        opened.value.wait_for_load_state()
        assert opened.value.title() == "opener null"
        assert opened.value.evaluate("[self.origin, document.cookie]") == [site.url, ""], "it is out of the sandbox"
        opened.value.close()
    assert screen.frame.locator("#held").inner_text().split() == ["nothing"]
    assert sorted(path for path in site.asked if path != "/favicon.ico") == ["/a", "/b"]


def test_a_tab_with_the_portal_in_it_is_shut_to_the_template(opens, service):
    template = FORM.format(
        """<button type="button" id="open">open</button><p id="seen"></p><script>
        document.getElementById('open').onclick = () => {
          const tab = open('{{ task.input.portal }}/portal/', 'named');
          const look = () => {
            try { seen.textContent = tab.document.title; } catch (error) { seen.textContent = error.name; }
          };
          setTimeout(look, 1500);
        };</script>"""
    )
    screen = opens(template, {"portal": service.url})
    with screen.context.expect_page() as opened:
        screen.frame.locator("#open").click()
    opened.value.wait_for_load_state()
    screen.frame.locator("#seen", has_text="TypeError").wait_for()
    assert opened.value.evaluate("window.opener") is None
    assert screen.frame.locator("#seen").inner_text() == "TypeError", "there is no tab to look into"


def test_no_tab_opens_unasked(opens, new_site):
    site = new_site()
    screen = opens(FORM.format("<script>open('{{ task.input.site }}/unasked')</script>"), {"site": site.url})
    screen.page.wait_for_timeout(1000)
    assert site.asked == []
    assert len(screen.context.pages) == 1


def test_dialogs_work(opens):
    template = FORM.format(
        """<button type="button" id="ask" onclick="alert('look'); said.textContent = confirm('sure?')">ask</button>
        <p id="said"></p>"""
    )
    screen = opens(template)
    screen.frame.locator("#ask").click()
    screen.frame.locator("#said", has_text="true").wait_for()
    assert screen.dialogs == ["look", "sure?"]


def test_a_page_that_is_not_shown_asks_nothing(opens):
    template = FORM.format("<h2 id='which'>{{ task.input.which }}</h2><script>alert('{{ task.input.which }}')</script>")
    screen = opens(template, {"which": "first"}, {"which": "second"})
    screen.next_is_ready()
    screen.page.wait_for_timeout(500)
    first = screen.frame.locator("#which").inner_text()
    assert screen.dialogs == [first], "the next task's page is there and has run nothing"

    screen.submits()
    other = {"first": "second", "second": "first"}[first]
    screen.frame.locator("#which", has_text=other).wait_for()
    screen.page.wait_for_timeout(500)
    assert screen.dialogs == [first, other], "said when it is shown"


def test_what_was_granted_is_framed_and_fetched_and_documents_open(opens, documents):
    template = FORM.format(
        """<iframe id="text" src="{{ task.input.note | grant_read_access }}"></iframe>
        <iframe class="pdf" src="{{ task.input.pdf | grant_read_access }}"></iframe>
        <embed class="pdf" type="application/pdf" src="{{ task.input.pdf | grant_read_access }}">
        <object class="pdf" type="application/pdf" data="{{ task.input.pdf | grant_read_access }}"></object>
        <p id="got"></p><script>fetch("{{ task.input.note | grant_read_access | skip_autoescape }}")
          .then((answer) => answer.text()).then((text) => { got.textContent = text; });</script>"""
    )
    screen = opens(template, documents)
    screen.frame.locator("#got", has_text="a granted text").wait_for()
    screen.frame.frame_locator("#text").get_by_text("a granted text").wait_for()
    links = screen.frame.locator("a.nightloop-document")
    assert links.count() == 3, "no browser of this family shows a document in a sandbox"
    with screen.context.expect_page() as opened:
        links.first.click()
    assert "/documents/form.pdf?" in opened.value.url
    assert notice_of(screen).count() == 0


def test_the_worker_is_told_what_was_not_loaded(opens, new_site):
    site = new_site()
    template = FORM.format(
        """<script src="{{ task.input.site }}/script.js"></script><img src="{{ task.input.site }}/picture.png">
        <script>fetch('{{ task.input.site }}/data').catch(() => 0);
        try { eval('1'); } catch (error) { console.info(error); }</script>"""
    )
    screen = opens(template, {"site": site.url})
    notice = notice_of(screen)
    notice.get_by_text(f"{site.url}/script.js (script").wait_for()
    notice.get_by_text(f"{site.url}/picture.png (img)").wait_for()
    notice.get_by_text(f"{site.url}/data (connect)").wait_for()
    notice.get_by_text("A script needs eval").wait_for()
    assert site.asked == []
    below = screen.frame.locator("body").bounding_box()
    above = notice.bounding_box()
    assert above["y"] + above["height"] <= below["y"] + 1, "it lies over nothing"
    notice.get_by_role("button", name="Dismiss").click()
    assert notice.count() == 0


def test_an_image_that_was_not_granted_says_so(opens):
    screen = opens(FORM.format("<img src='{{ task.input.image }}'>"), {"image": f"s3://{BUCKET}/images/cat.jpg"})
    notice_of(screen).get_by_text("A file in S3 was not opened for this task").wait_for()


def test_what_an_administrator_allows_works_and_the_rest_does_not(new_service, new_site, new_job, new_screen):
    allowed, bound, other = new_site(), new_site(), new_site()
    service = new_service()
    service.settings = {
        "TEMPLATE_ORIGINS": f"{allowed.url} somebody-elses={bound.url}",
        "TEMPLATE_UNSAFE_EVAL": "*",
        "TEMPLATE_BLOB_WORKERS": "*",
    }
    service.starts()
    template = FORM.format(
        """<p id="got"></p><script src="{{ task.input.allowed }}/script.js"></script><script>
        (async () => {
          const said = [window.fromElsewhere, eval("'evaluated'")];
          for (const site of ['{{ task.input.allowed }}', '{{ task.input.bound }}', '{{ task.input.other }}']) {
            said.push(await fetch(`${site}/data`).then((answer) => answer.text(), () => 'refused'));
          }
          const worker = new Worker(URL.createObjectURL(new Blob(["postMessage('worked')"])));
          said.push(await new Promise((done) => {
            worker.onmessage = ({ data }) => done(data);
            worker.onerror = () => done('failed');
          }));
          try { said.push(parent.document.title); } catch (error) { said.push(error.name); }
          got.textContent = said.join(' ');
        })();</script>"""
    )
    job = new_job(on=service, template=template)
    job.starts_loop(allowed=allowed.url, bound=bound.url, other=other.url)
    screen = new_screen(service.employs("ann", job.group), base_url=service.url).signs_in().starts()
    got = screen.frame.locator("#got", has_text=" ")
    got.wait_for()
    assert got.inner_text() == "ran evaluated data refused refused worked SecurityError"
    assert (bound.asked, other.asked) == ([], [])
