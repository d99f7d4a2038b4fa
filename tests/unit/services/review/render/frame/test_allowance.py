"""What administrators let templates do."""

import pytest

from services.review.render.frame.allowance import Allowance, Allowances, origin_of, read_names, read_origins

PORTAL = "https://review.example"


def origins(text):
    return read_origins(text, PORTAL)


def test_nothing_is_allowed_at_first():
    assert Allowances().for_template("any") == Allowance()
    assert origins("") == ()


def test_origins_are_for_all_or_for_one():
    allowances = Allowances(origins("https://CDN.example/, boxes=https://tiles.example:8443 boxes=wss://live.example"))
    assert allowances.for_template("other").origins == ("https://cdn.example",)
    assert allowances.for_template("").origins == ("https://cdn.example",)
    assert allowances.for_template("boxes").origins == (
        "https://cdn.example",
        "https://tiles.example:8443",
        "wss://live.example",
    )


@pytest.mark.parametrize(
    "text",
    [
        "cdn.example",
        "*",
        "https://*",
        "https://*.example",
        "https:",
        "https://cdn.example/path",
        "https://cdn.example;script-src",
        "https://user@cdn.example",
        "javascript:alert(1)",
        "data:",
        "'unsafe-inline'",
        "na_me=https://cdn.example",
        "=https://cdn.example",
        "https://review.example",
        "https://review.example:443",
    ],
)
def test_what_is_no_origin_is_refused(text):
    with pytest.raises(ValueError, match=r"^must (be origins|not contain)"):
        origins(text)


def test_eval_and_workers_are_for_names_or_all():
    allowances = Allowances(unsafe_eval=read_names("boxes, texts"), blob_workers=read_names("*"))
    assert allowances.for_template("boxes") == Allowance((), unsafe_eval=True, blob_workers=True)
    assert allowances.for_template("other") == Allowance((), unsafe_eval=False, blob_workers=True)
    with pytest.raises(ValueError, match="must be names"):
        read_names("true;")


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://Cdn.Example:443/x?y", "https://cdn.example"),
        ("http://cdn.example:8080/", "http://cdn.example:8080"),
        ("https://a@cdn.example/", "https://cdn.example"),
        ("/x", ""),
        ("data:x", ""),
        ("https://[", ""),
    ],
)
def test_the_origin_of_an_address(address, origin):
    assert origin_of(address) == origin
