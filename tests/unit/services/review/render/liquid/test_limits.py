"""Templates that would keep a server busy, or fill its memory: refused within seconds, with the reason."""

import time

import pytest

from services.review.errors import TemplateFailed
from services.review.render.liquid.environment import render

LONG = "{% capture a %}" + "a" * 1000 + "{% endcapture %}"


def show(template, **task_input):
    return render(template, task_input, lambda location: location.uri).html


@pytest.mark.parametrize(
    "template",
    [
        "{% for i in (1..10000000) %}{{ i }}{% endfor %}",
        "{% for i in (1..1000) %}{% for j in (1..1000) %}.{% endfor %}{% endfor %}",
        "{{ (1..100000000) | join: ',' }}",
        "{{ (1..100000000) | to_json }}",
        "{{ (1..100000000) | size }}",
        LONG + "{% for i in (1..40) %}{% assign a = a | append: a %}{% endfor %}",
        LONG + "{% for i in (1..40) %}{% capture a %}{{ a }}{{ a }}{% endcapture %}{% endfor %}",
        LONG + "{{ a | replace: 'a', a | replace: 'a', a | replace: 'a', a }}",
        LONG + "{{ a | replace: 'a', a | split: '' | join: a }}",
        "{% assign n = 9 %}{% for i in (1..60) %}{% assign n = n | times: n %}{% endfor %}{{ n }}",
        LONG + "{% for i in (1..100000) %}{{ a }}{% endfor %}",
        "{% tablerow i in (1..10000000) %}.{% endtablerow %}",
    ],
)
def test_a_template_without_measure_is_refused(template):
    began = time.monotonic()
    with pytest.raises(TemplateFailed, match="template"):
        show(template)
    assert time.monotonic() - began < 8


def test_a_slow_template_is_cut_off_by_the_clock(monkeypatch):
    monkeypatch.setattr("services.review.render.liquid.limits.SECONDS", 0.2)
    loop = "{% for i in (1..200000) %}{% assign x = i | plus: 1 | times: 2 | minus: 3 %}{% endfor %}"
    began = time.monotonic()
    with pytest.raises(TemplateFailed, match=r"longer than 0\.2 seconds"):
        show(loop * 50)
    assert time.monotonic() - began < 5


def test_an_honest_long_template_is_not(monkeypatch):
    rows = [{"name": f"row {number}", "tags": ["a", "b"]} for number in range(2000)]
    shown = show(
        "{% for row in task.input.rows %}{{ row.name }}{% for tag in row.tags %}{{ tag }}{% endfor %};{% endfor %}",
        rows=rows,
    )

    assert shown.count(";") == 2000


@pytest.mark.parametrize("text", ["<" * 300_000, "<script" * 100_000, "<!--" * 100_000, "<style><" * 100_000])
def test_tags_are_stripped_in_a_time_that_grows_with_the_text(text):
    began = time.monotonic()
    show("{{ task.input.text | strip_html }}", text=text)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a <b>c</b> d", "a c d"),
        ("x<script>alert('</b>')</script>y<!-- > -->z<style>p > q {}</style>", "xyz"),
        ("1 < 2", "1 &lt; 2"),
        ("<SCRIPT>a</script>b", "b"),
        ("<script>open", "open"),
        ("", ""),
    ],
)
def test_what_is_stripped(text, expected):
    assert show("{{ task.input.text | strip_html }}", text=text) == expected


@pytest.mark.parametrize(
    "template",
    ["{{ 'a' | slice: 'x' }}", "{{ 1 | divided_by: 0 }}", "{{ task.input.big | times: 2 }}"],
)
def test_what_no_filter_can_take_is_the_templates_mistake(template):
    with pytest.raises(TemplateFailed, match="template"):
        show(template, big=10**200)


def test_the_line_of_a_mistake_while_rendering_is_named():
    with pytest.raises(TemplateFailed, match="2"):
        show("first\n{{ 1 | divided_by: 0 }}")
