"""What is said of a template before a worker sees it."""

import pytest

from services.review.render.findings.report import report
from services.review.render.frame.allowance import Allowance

LOADS = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'


@pytest.mark.parametrize(
    ("template", "codes"),
    [
        (LOADS + "<crowd-form><crowd-badge label='1' /><crowd-slider><crowd-slider-label/></crowd-slider>", []),
        (LOADS + "<crowd-form><crowd-magic></crowd-magic></crowd-form>", ["UnsupportedElement"]),
        (LOADS + "<crowd-entity-annotation name='x'></crowd-entity-annotation>", []),
        (LOADS + "<p>only words</p>", ["NoForm"]),
        ("<crowd-form></crowd-form>", ["NoElements"]),
        (LOADS + "<crowd-form></crowd-form><script src='https://d3js.org/d3.v6.js'></script>", ["BlockedScript"]),
        (
            LOADS + "<!-- <crowd-magic> --><crowd-form>{% for i in (1..2) %}<CROWD-CARD></CROWD-CARD>{% endfor %}",
            [],
        ),
        ("{% if x %}<crowd-Z a='<crowd-form>'>{% endif %}", ["UnsupportedElement", "NoForm", "NoElements"]),
    ],
)
def test_findings(template, codes):
    assert [finding.code for finding in report(template)] == codes


@pytest.mark.parametrize(
    ("inner", "things"),
    [
        ("<crowd-bounding-box></crowd-bounding-box>", ["crowd-bounding-box"]),
        ("<crowd-polygon name=''></crowd-polygon><crowd-polygon name></crowd-polygon>", ["crowd-polygon"]),
        ("<crowd-input></crowd-input><CROWD-CLASSIFIER></CROWD-CLASSIFIER>", ["crowd-classifier", "crowd-input"]),
        ("<crowd-bounding-box name='a'></crowd-bounding-box><crowd-line name=b></crowd-line>", []),
        ("<crowd-text-ranking crowd-form-element-id='old'></crowd-text-ranking>", []),
        ("<crowd-textract-analyze-document></crowd-textract-analyze-document>", []),
        ("<crowd-button></crowd-button><crowd-checkbox></crowd-checkbox><crowd-slider></crowd-slider>", []),
        ("<!-- <crowd-input> --><script>'<crowd-input>'</script>", []),
    ],
)
def test_what_has_no_name_is_reported_once(inner, things):
    findings = report(f"{LOADS}<crowd-form>{inner}</crowd-form>")

    assert [(finding.code, finding.thing) for finding in findings] == [("NoName", thing) for thing in things]
    assert all(f'named "{finding.thing}"' in finding.message for finding in findings)


@pytest.mark.parametrize(
    ("script", "codes"),
    [
        ("customElements.define('crowd-stars', class extends HTMLElement {})", []),
        ('if (1 < 2) { window.customElements . define ( "crowd-stars" , Stars) }', []),
        ("for (const tag of [`crowd-stars`]) customElements.define(tag, Stars)", []),
        ("customElements.define('crowd-moons', Moons)", ["UnsupportedElement"]),
        ("document.querySelector('crowd-stars')", ["UnsupportedElement"]),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_an_element_that_the_template_defines_is_none_that_is_missing(script, codes, order):
    parts = ["<crowd-form><crowd-stars></crowd-stars></crowd-form>", f"<script>{script}</script>"]

    assert [finding.code for finding in report(LOADS + "".join(parts[::order]))] == codes


GRANTED = "https://b.s3.amazonaws.com/a/1.jpg?X-Amz-Signature=x"


@pytest.mark.parametrize(
    ("html", "code", "thing"),
    [
        ("<script src=//cdn.example/x.js></script>", "BlockedScript", "//cdn.example/x.js"),
        ("<script src=x.js></script>", "BlockedScript", "x.js"),
        ("<script src='data:text/javascript,1'></script>", "BlockedScript", "data:text/javascript,1"),
        (
            "<script type=module>import x from 'https://esm.example/x'</script>",
            "BlockedScript",
            "https://esm.example/x",
        ),
        ("<script>import('https://esm.example/y')</script>", "BlockedScript", "https://esm.example/y"),
        ("<link rel=stylesheet href=https://cdn.example/x.css>", "BlockedStyle", "https://cdn.example/x.css"),
        ("<link rel='preload' as='font' href=https://cdn.example/f>", "BlockedFont", "https://cdn.example/f"),
        ("<style>@import 'https://cdn.example/y.css';</style>", "BlockedStyle", "https://cdn.example/y.css"),
        ("<style>@import url(https://cdn.example/z.css);</style>", "BlockedStyle", "https://cdn.example/z.css"),
        ("<style>a { src: url('https://cdn.example/f.woff2') }</style>", "BlockedFont", "https://cdn.example/f.woff2"),
        ("<style>a { background: url(/x.png) }</style>", "BlockedImage", "/x.png"),
        ('<p style="background: url(https://cdn.example/b.png)">', "BlockedImage", "https://cdn.example/b.png"),
        ("<img src=https://cdn.example/i.png>", "BlockedImage", "https://cdn.example/i.png"),
        ("<img srcset='https://cdn.example/2.png 2x'>", "BlockedImage", "https://cdn.example/2.png"),
        ("<picture><source srcset='a.webp 1x, b.webp 2x'></picture>", "BlockedImage", "b.webp"),
        ("<video poster=https://cdn.example/p.png>", "BlockedImage", "https://cdn.example/p.png"),
        ("<svg><image xlink:href=https://cdn.example/s.png /></svg>", "BlockedImage", "https://cdn.example/s.png"),
        ("<crowd-image-classifier src=https://cdn.example/c.png>", "BlockedImage", "https://cdn.example/c.png"),
        ("<video src=https://cdn.example/v.mp4>", "BlockedMedia", "https://cdn.example/v.mp4"),
        ("<audio><source src=https://cdn.example/a.mp3></audio>", "BlockedMedia", "https://cdn.example/a.mp3"),
        ("<iframe src=https://site.example/></iframe>", "BlockedFrame", "https://site.example/"),
        ("<iframe srcdoc='<img src=https://cdn.example/n.png>'>", "BlockedImage", "https://cdn.example/n.png"),
        ("<embed src=https://cdn.example/d.pdf>", "BlockedFrame", "https://cdn.example/d.pdf"),
        ("<object data=https://cdn.example/o.pdf></object>", "BlockedFrame", "https://cdn.example/o.pdf"),
        ("<script>fetch('https://api.example/x')</script>", "BlockedFetch", "https://api.example/x"),
        ("<script>r.open('GET', 'https://api.example/y')</script>", "BlockedFetch", "https://api.example/y"),
        ("<script>new WebSocket('wss://api.example')</script>", "BlockedFetch", "wss://api.example"),
        ("<script>$.ajax({ url: 'https://api.example/z' })</script>", "BlockedFetch", "https://api.example/z"),
        ("<script>new Worker('w.js')</script>", "BlockedWorker", "w.js"),
        ("<script>new Worker(URL.createObjectURL(b))</script>", "BlockedWorker", "blob:"),
        ("<script>i.src = 'https://cdn.example/j.png'</script>", "BlockedImage", "https://cdn.example/j.png"),
        ("<button onclick=\"fetch('https://api.example/k')\">", "BlockedFetch", "https://api.example/k"),
        ("<script>eval(x)</script>", "BlockedEval", "eval"),
        ("<script>f = new Function('x', 'y')</script>", "BlockedEval", "eval"),
        ("<meta http-equiv=refresh content='0; url=https://site.example/'>", "BlockedLink", "https://site.example/"),
        ("<a href=https://site.example/a>x</a>", "BlockedLink", "https://site.example/a"),
        ("<a download href=https://site.example/a target=_blank>x</a>", "BlockedDownload", "https://site.example/a"),
        ("<form action=https://site.example/f></form>", "BlockedForm", "https://site.example/f"),
        ("<base href=https://site.example/>", "BlockedBase", "https://site.example/"),
        ("<img src=s3://b/a/1.jpg>", "UngrantedImage", "s3://b/a/1.jpg"),
        ("<img src=https://b.s3.amazonaws.com/a/2.jpg>", "UngrantedImage", "https://b.s3.amazonaws.com/a/2.jpg"),
        ("<img src=http://minio:9000/b/k.png>", "UngrantedImage", "http://minio:9000/b/k.png"),
        ("<iframe src=s3://b/d.pdf>", "UngrantedObject", "s3://b/d.pdf"),
    ],
)
def test_what_the_policy_blocks_is_named(html, code, thing):
    findings = report(f"{LOADS}<crowd-form>{html}</crowd-form>", [GRANTED], s3=("http://minio:9000",))
    assert [(finding.code, finding.thing) for finding in findings if finding.thing == thing] == [(code, thing)]
    assert thing in next(finding.message for finding in findings if finding.thing == thing)


@pytest.mark.parametrize(
    "html",
    [
        f"<img src='{GRANTED}'>",
        f"<iframe src='{GRANTED}'></iframe><script>fetch('{GRANTED}')</script>",
        "<img src='data:image/png;base64,xx'><img src='blob:x'><img src=''><svg><use href='#a'></use></svg>",
        "<style>@font-face { src: url(data:font/woff2;base64,xx) } a { fill: url(#g) }</style>",
        "<a href=https://site.example target=_blank>x</a><a href='#top'>y</a><a href='mailto:a@b.c'>z</a>",
        "<button onclick='go()'>x</button><form action='#'></form><iframe srcdoc='<b>x</b>'></iframe>",
        "<script>const url = `${base}/x`; retrieval('x'); img.src = picture;</script>",
        "<img src='https://review.example/elements/x.png'>",
        "<!-- <img src=https://cdn.example/i.png> -->",
    ],
)
def test_what_works_is_not_named(html):
    assert report(f"{LOADS}<crowd-form>{html}</crowd-form>", [GRANTED], public_url="https://review.example") == []


def test_what_an_administrator_allows_is_not_named():
    html = f"""{LOADS}<crowd-form><script src=https://cdn.example/x.js></script><img src=//cdn.example/y.png>
      <script>eval(x); new Worker(URL.createObjectURL(y)); fetch('https://cdn.example/z')</script></crowd-form>"""
    allowance = Allowance(("https://cdn.example",), unsafe_eval=True, blob_workers=True)
    assert report(html, ["https://cdn.example/g"], ["https://cdn.example/u"], allowance) == []
    assert len(report(html, [], ["https://other.example/u"])) == 6


def test_what_could_not_be_granted_is_named():
    (finding,) = report(f"{LOADS}<crowd-form></crowd-form>", [], ["https://other.example/u"])
    assert (finding.code, finding.thing) == ("NotGranted", "https://other.example/u")


def test_a_template_that_is_not_rendered_is_looked_through_too():
    html = LOADS + "<crowd-form><img src='{{ task.input.x }}'><img src=s3://b/k><script src=x.js></script></crowd-form>"
    assert [finding.thing for finding in report(html, liquid=True)] == ["s3://b/k", "x.js"]


def test_there_is_an_end_to_what_is_said():
    findings = report(LOADS + "<crowd-form>" + "".join(f"<img src=//h/{n}{'x' * 999}>" for n in range(500)))
    assert len(findings) == 200
    assert findings[-1].thing == "301"
    assert max(len(finding.message) for finding in findings) < 600


def test_a_finding_names_the_element():
    (finding,) = report(LOADS + "<crowd-form><crowd-magic></crowd-magic></crowd-form>")

    assert "<crowd-magic>" in finding.message
