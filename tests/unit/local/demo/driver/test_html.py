"""A page as the scripted reviewer sees it."""

from __future__ import annotations

from local.demo.driver.html import Page

PAGE = """
<meta name="csrf-token" content="abc">
<form method="post" action="/portal/jobs/flow-1/start">
  <input name="csrf_token" value="t"><button disabled>Start</button>
</form>
<form method="post" action="/portal/jobs/flow-2/start">
  <input type="hidden" name="csrf_token" value="u&amp;v"><input name="empty"><button class="primary">Start</button>
</form>
<crowd-bounding-box name="annotatedResult" src="http://localhost/a%20b.jpg?X=1&amp;Y=2"></crowd-bounding-box>
<input name="loose" value="belongs to no form">
"""


def test_a_form_whose_button_is_disabled_cannot_be_sent():
    form = Page(PAGE).form_to("/start")
    assert form.action == "/portal/jobs/flow-2/start"
    assert form.values == {"csrf_token": "u&v", "empty": ""}


def test_no_form_to_an_unknown_address():
    assert Page(PAGE).form_to("/decline") is None


def test_elements_are_found_by_their_attributes():
    page = Page(PAGE)
    assert page.find("meta", name="csrf-token").attributes["content"] == "abc"
    assert page.find("crowd-bounding-box").attributes["src"] == "http://localhost/a%20b.jpg?X=1&Y=2"
    assert page.find("meta", name="other") is None
