"""The page around a template and the policy that holds it in."""

import pytest

from services.review.render.frame.allowance import Allowance
from services.review.render.frame.document import SANDBOX, frame_page, frame_policy, guard_script

MODULE = '<script type="module" crossorigin data-language="ja" src="http://localhost:8092/elements/index.js"></script>'

GUARD, GUARD_JA = guard_script("en"), guard_script("ja")


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
    assert page == f"<!doctype html>\n{GUARD_JA}<p>before</p>{MODULE}<p>after</p>"


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
    assert policy["default-src"] == f"data: blob: {elements} https://b.s3.amazonaws.com/a/1.jpg"
    assert policy["script-src"] == f"{elements} 'unsafe-inline'"
    assert policy["style-src"] == f"{elements} 'unsafe-inline'"
    assert policy["worker-src"] == "'none'"
    assert policy["form-action"] == "'none'"
    assert policy["sandbox"] == SANDBOX
    assert "allow-same-origin" not in SANDBOX
    assert "allow-top-navigation" not in SANDBOX
    narrower = {"img-src", "connect-src", "frame-src", "object-src", "media-src", "child-src"}
    assert not narrower & set(policy), "these follow default-src"


def test_what_an_administrator_allows_is_in_the_policy():
    allowance = Allowance(("https://cdn.example", "wss://live.example:8443"), unsafe_eval=True, blob_workers=True)
    policy = directives(frame_policy("https://review.example", [], allowance))
    for name in ("default-src", "script-src", "style-src", "font-src"):
        assert "https://cdn.example wss://live.example:8443" in policy[name]
    assert policy["script-src"].endswith("'unsafe-eval'")
    assert policy["worker-src"] == "blob:"
    assert policy["form-action"] == "'none'"


def test_a_policy_stays_shorter_than_browsers_read():
    granted = [
        f"https://bucket.s3.amazonaws.com/{'folder' * 20}/{number}.jpg?X-Amz-Signature=1" for number in range(2000)
    ]
    policy = frame_policy("https://review.example", granted)
    assert len(policy) < 65_000
    assert f"https://bucket.s3.amazonaws.com/{'folder' * 20}/ " in f"{policy} ".replace(";", " ;")
    apart = [f"https://bucket.s3.amazonaws.com/{number:0>100}/1.jpg" for number in range(2000)]
    policy = frame_policy("https://review.example", apart)
    assert len(policy) < 65_000
    sources = directives(policy)["default-src"].split()[3:]
    assert all(len(source) == len(sources[0]) for source in sources), "none is cut short: it would be another place"


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
