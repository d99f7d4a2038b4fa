"""The least time of an answer, as a template says it."""

import pytest

from services.review.render.markup.min_seconds import floor_seconds

SERVICE = 1.25


@pytest.mark.parametrize(
    ("template", "seconds"),
    [
        ("<crowd-form></crowd-form>", SERVICE),
        ("no form at all", SERVICE),
        ('<crowd-form min-seconds="3"></crowd-form>', 3),
        ("<CROWD-FORM MIN-SECONDS=0.5>", 0.5),
        ("<crowd-form min-seconds='0'>", 0),
        ('<script src="x"></script>{% if task.input.a < 3 %}<crowd-form data-a="{{ a }}" min-seconds="7">', 7),
        ('<crowd-entity-annotation name="a" min-seconds="4">', 4),
        ('<crowd-form min-seconds="2" min-seconds="9">', 2),
        *(
            (f'<crowd-form min-seconds="{text}">', SERVICE)
            for text in ("", "fast", "-1", "nan", "inf", "3601", "{{ x }}")
        ),
        ('<p min-seconds="9"></p><crowd-form>', SERVICE),
        ('<!-- <crowd-form min-seconds="9"> --><crowd-form>', SERVICE),
    ],
)
def test_it_is_the_services_unless_the_form_says_otherwise(template, seconds):
    assert floor_seconds(template, otherwise=SERVICE) == seconds
