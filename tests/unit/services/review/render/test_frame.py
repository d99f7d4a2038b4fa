"""The page around a template and the policy that holds it in."""

import pytest

from services.review.render.frame import frame_page, frame_policy

MODULE = '<script type="module" crossorigin data-language="ja" src="http://localhost:8092/elements/index.js"></script>'

GUARD = "<script>for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection']) delete window[name];</script>"


@pytest.mark.parametrize(
    "tag",
    [
        '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>',
        "<script async src='https://assets.crowd.aws/crowd-html-elements.js' ></script >",
        "<SCRIPT src=https://assets.crowd.aws/crowd-html-elements.js></SCRIPT>",
        '<script src="https://assets.crowd.aws/crowd-html-elements-v2.js">\n</script>',
    ],
)
def test_our_elements_stand_in_for_theirs(tag):
    page = frame_page(f"<p>before</p>{tag}<p>after</p>{tag}", "http://localhost:8092/", "ja")
    assert page == f"<!doctype html>\n{GUARD}<p>before</p>{MODULE}<p>after</p>"


def test_what_is_not_theirs_stays():
    doctype, own = "<!-- a --> <!DOCTYPE html>", "<script src='/own.js'></script><link rel=stylesheet href='x.css'>"
    assert frame_page(doctype + own, "http://localhost:8092") == doctype + GUARD + own
    linked = "<link rel='stylesheet' href='https://assets.crowd.aws/css/crowd-html-elements-v2.css'>"
    assert linked not in frame_page(linked, "http://localhost:8092")


def directives(policy):
    return dict(part.split(" ", 1) for part in policy.split("; "))


def test_a_granted_address_is_allowed_with_its_path_only():
    policy = directives(
        frame_policy(
            "https://review.example",
            ["https://b.s3.amazonaws.com/a/1.jpg?X-Amz-Signature=secret", "https://b.s3.amazonaws.com/a/1.jpg"],
        )
    )
    elements = "https://review.example/elements/"
    assert policy["img-src"] == f"data: blob: {elements} https://b.s3.amazonaws.com/a/1.jpg"
    assert policy["script-src"] == f"{elements} 'unsafe-inline'"
    assert policy["connect-src"] == "'none'"


@pytest.mark.parametrize(
    "address",
    [
        "https://x.example/a; script-src *",
        "https://x.example/a, script-src *",
        "https://x.example; script-src */a",
        "https://user:password@x.example/a",
        "https://x.example/a\r\nSet-Cookie: b",
        "https:///a",
        "https://[/a",
        "https://*/a",
    ],
)
def test_no_address_writes_into_the_policy(address):
    policy = frame_policy("https://review.example", [address])
    assert policy.count(";") == frame_policy("https://review.example", []).count(";")
    assert "," not in policy
    assert "script-src *" not in policy
    assert "password" not in policy
    assert "*" not in policy
    assert policy.isprintable()
