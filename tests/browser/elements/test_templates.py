"""Templates in the style of the public ones: rendered as the portal renders them, filled in, submitted."""

from __future__ import annotations

import re

import pytest

from services.review.render.findings.report import report
from services.review.render.frame.allowance import Allowance
from services.review.render.frame.document import frame_page, frame_policy
from services.review.render.liquid.environment import render
from services.review.render.markup.registry import elements_with, known_elements
from tests.browser.elements.conftest import SHELL
from tests.browser.elements.tasks import Task
from tests.browser.elements.template_samples import SAMPLES

LOADS = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>\n'


@pytest.fixture
def open_template(page, site):
    """Open a template with an input behind the policy it has in the portal."""

    def open_it(template, task_input, *, loads=LOADS):
        given = {"image": f"{site.url}/scene.svg"} | task_input
        rendered = render(loads + template, given, lambda location: f"{site.url}/{location.key}")
        site.put("/frame.html", frame_page(rendered.html, site.url))
        site.policies["/frame.html"] = frame_policy(site.url, rendered.granted, Allowance((site.url,)))
        site.put("/shell.html", SHELL.format(frame="/frame.html"))
        page.goto(f"{site.url}/shell.html")
        task = Task(page)
        task.wait_for("crowd:ready")
        return task

    return open_it


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_template(open_template, sample):
    task = open_template(sample.template, sample.input)
    sample.fill(task)
    answer = task.submits() if sample.submit else task.wait_for("crowd:submit")["answer"]

    assert answer == sample.answer
    assert len(task.messages("crowd:submit")) == 1


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_nothing_is_reported_of_it(sample):
    html = render(LOADS + sample.template, sample.input, lambda location: location.uri).html

    assert report(html) == []


def test_every_element_the_report_knows_is_really_there(open_template):
    task = open_template("<crowd-form></crowd-form>", {})
    tags = sorted(known_elements() - elements_with("data"))
    missing = task.runs(
        """(tags) => {
          const form = document.querySelector('crowd-form');
          return tags.filter((tag) => {
            const type = customElements.get(tag);
            return !type || new type().shadowRoot.querySelector('.notice') !== null;
          });
        }""",
        tags,
    )

    assert missing == []
    assert len(tags) >= 35


def test_an_element_added_late_that_we_do_not_have_says_so(open_template):
    task = open_template("<crowd-form><div id='d'></div></crowd-form>", {})
    task.runs("() => { d.innerHTML = '<crowd-hologram name=\"x\"></crowd-hologram>'; }")
    task.frame.get_by_text("<crowd-hologram>").first.wait_for()
    task.frame.get_by_role("button", name="Submit").click()
    task.frame.locator("#message:not(:empty)").wait_for()

    assert task.messages("crowd:submit") == []


def test_without_a_form_the_page_says_so(open_template):
    task = open_template("<classification-target>Only <b>words</b></classification-target>", {})

    assert "nothing can be submitted" in task.frame.locator("crowd-alert").inner_text()


def test_the_second_bundle_is_ours_too(open_template):
    both = (
        '<link rel="stylesheet" href="https://assets.crowd.aws/css/crowd-html-elements-v2.css">'
        '<script src="https://assets.crowd.aws/crowd-html-elements-v2.js"></script>'
    )
    task = open_template(
        """<crowd-form><crowd-text-ranking name="r" text="{{ task.input.text }}" responses="{{ task.input.responses }}"
        ordinal-ranking-dimensions='[{"name": "Fit", "allowTie": true}]'></crowd-text-ranking></crowd-form>""",
        {"text": "<Q>", "responses": ["'a'", '"b"']},
        loads=both,
    )
    for row in (0, 1):
        task.frame.get_by_role("radiogroup").nth(row).get_by_role("radio", name="1").check()

    assert task.frame.get_by_text("'a'").is_visible()
    assert task.submits()["r"]["ordinalRankingDimensions"][0]["responseRankings"] == [1, 1]


def test_input_is_data_wherever_it_lands(open_template):
    hostile = "</script><script>window.broken = 1</script>\"' onload='broken=1' {{ task }} <!-- "
    task = open_template(
        """<crowd-form><crowd-classifier name="c" header="{{ task.input.text }}"
          categories="{{ task.input.labels | to_json | escape }}">
          <classification-target>{{ task.input.text }}<textarea>{{ task.input.text }}</textarea>
          <p data-x='{{ task.input.text }}'></p></classification-target></crowd-classifier></crowd-form>
          <script>window.given = {{ task.input.text | to_json | skip_autoescape }};</script>""",
        {"text": hostile, "labels": [hostile, "b"]},
    )
    task.frame.get_by_role("radio").first.check()

    assert task.runs("() => [window.broken, given]") == [None, hostile]
    assert task.submits() == {"c": {"label": hostile}}


def test_samples_are_as_many_as_they_should_be():
    tags = set(re.findall(r"<(crowd-[a-z-]+)", " ".join(sample.template for sample in SAMPLES)))

    assert len(SAMPLES) >= 30
    assert len(tags) >= 20
