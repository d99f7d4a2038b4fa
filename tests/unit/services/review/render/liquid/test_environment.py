"""Templates: what A2I's Liquid prints, with honest and with hostile input."""

import html
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.review.errors import TemplateFailed
from services.review.render.liquid.environment import check_syntax, render

HOSTILE = ["<script>alert(1)</script>", "\"onload='x'", "{{ task }}", "</script>", "&lt;", "'", "\u2028", "]]>"]


def show(template, **task_input):
    return render(template, task_input, lambda location: f"https://signed.example/{location.key}").html


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ task.input.text }}", "a &lt;b&gt; &#39;c&#39; &#34;d&#34; &amp;amp;"),
        ("{{ task.input.text | escape }}", "a &lt;b&gt; &#39;c&#39; &#34;d&#34; &amp;amp;"),
        ("{{ task.input.text | escape | escape }}", "a &lt;b&gt; &#39;c&#39; &#34;d&#34; &amp;amp;"),
        ("{{ task.input.text | escape_once }}", "a &lt;b&gt; &#39;c&#39; &#34;d&#34; &amp;"),
        ("{{ task.input.text | skip_autoescape }}", "a <b> 'c' \"d\" &amp;"),
        ("{{ task.input.text | upcase | truncate: 6 }}", "A &lt;..."),
        ("{{task.input.source-ref}}", "s3://b/k"),
        ("{{ task.input['source-ref'] }}", "s3://b/k"),
        ("{{ task.input.map[task.input.key].class-name }}", "dog"),
        ("{% for pair in task.input.map %}{{ pair[0] }}={{ pair[1]['class-name'] }};{% endfor %}", "7=dog;"),
        ("{{ task.input.list }}", "[1, 2.5, null, true, &#34;x&#34;]"),
        ("{{ task.input.map }}", "{&#34;7&#34;: {&#34;class-name&#34;: &#34;dog&#34;}}"),
        ("{% echo task.input.map %}", "{&#34;7&#34;: {&#34;class-name&#34;: &#34;dog&#34;}}"),
        ("{{ task.input.map | escape }}", "{&#34;7&#34;: {&#34;class-name&#34;: &#34;dog&#34;}}"),
        ("{{ task.input.list | to_json | escape }}", "[1, 2.5, null, true, &#34;x&#34;]"),
        (
            "{{ task.input.list | size }}{{ task.input.list | first }}{{ task.input.words | join: '-' }}",
            "51a-b",
        ),
        ("{{ task.input.yes }}{{ task.input.none }}{{ task.input.nothing.at.all }}|", "true|"),
        ("{{ task.input.nothing | to_json }}", "null"),
        ("{% if task.input.nothing %}yes{% else %}no{% endif %}", "no"),
        (
            "{% unless task.input.yes %}a{% endunless %}{% case task.input.key %}{% when '7' %}seven{% endcase %}",
            "seven",
        ),
        (
            "{% capture x %}<i>{{ task.input.text }}</i>{% endcapture %}{{ x }}",
            "<i>a &lt;b&gt; &#39;c&#39; &#34;d&#34; &amp;amp;</i>",
        ),
        ("{% assign label = 'Dog' | downcase %}{{ label }}", "dog"),
        ("{{ 's3://b/some key' | grant_read_access }}", "https://signed.example/some key"),
        ('{{ "https://s3.amazonaws.com/b/k" | grant_read_access }}', "https://signed.example/k"),
        ("{{ 'http://example.com/a.png?x=1' | grant_read_access }}", "http://example.com/a.png?x=1"),
        ("{{ task.input.nothing | grant_read_access }}", ""),
        (
            "<!-- {{ task.input.key }} --><script>x = '{{ task.input.key }}'</script>",
            "<!-- 7 --><script>x = '7'</script>",
        ),
        ("${image_url} {", "${image_url} {"),
    ],
)
def test_what_is_printed(template, expected):
    shown = show(
        template,
        **{
            "text": "a <b> 'c' \"d\" &amp;",
            "source-ref": "s3://b/k",
            "list": [1, 2.5, None, True, "x"],
            "map": {"7": {"class-name": "dog"}},
            "key": "7",
            "yes": True,
            "none": None,
            "words": ["a", "b"],
        },
    )
    assert shown == expected


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "printed",
    ["{{ task.input.x }}", "{{ task.input.x | escape }}", "{{ task.input.x | to_json }}", "{{ task.input.list }}",
     "{{ task.input.x | grant_read_access }}", "{{ '<p>' | append: task.input.x | remove: '<p>' }}",
     "{{ task.input.list | join: ', ' }}", "{{ task.input.x | split: 'l' | join: 'l' }}",
     "{{ task.input.x | newline_to_br }}",
     "{{ task.input.x | escape_once }}", "{{ task.input.x | url_encode | url_decode }}",
     "{{ task.input.x | default: 'x' }}"],
)  # fmt: skip
def test_no_input_leaves_its_attribute(printed, text):
    for quote in ("'", '"'):
        shown = show(f"<b a={quote}{printed}{quote}>", x=text, list=[text])
        inside = shown.removeprefix(f"<b a={quote}").removesuffix(f"{quote}>")
        assert not set(inside) & set("<>'\"")


@pytest.mark.parametrize("text", HOSTILE)
def test_json_in_a_script_cannot_end_the_script(text):
    shown = show("<script>x = {{ task.input | to_json | skip_autoescape }}</script>", text=text, nested=[{text: text}])
    inside = shown.removeprefix("<script>x = ").removesuffix("</script>")
    assert not set(inside) & set("<>&\u2028")
    assert json.loads(inside) == {"text": text, "nested": [{text: text}]}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(JSON)
def test_any_input_comes_back_out_of_an_attribute(value):
    shown = show('<b a="{{ task.input.value | to_json | escape }}">', value=value)
    attribute = shown.removeprefix('<b a="').removesuffix('">')
    assert not set(attribute) & set('<>"')
    assert json.loads(html.unescape(attribute)) == value


def test_granted_addresses_are_known():
    rendered = render(
        "{% for x in task.input.all %}{{ x | grant_read_access }}{% endfor %}",
        {"all": ["s3://b/1", "https://x.example/2", "no"]},
        lambda location: f"https://signed.example/{location.key}?X-Amz-Signature=1",
    )
    assert rendered.granted == ("https://signed.example/1?X-Amz-Signature=1",)
    assert rendered.ungranted == ("https://x.example/2",), "only S3 is opened"


def test_an_object_is_asked_for_once():
    asked = []
    template = "{% for x in task.input.all %}{{ x | grant_read_access }}{% endfor %}"
    rendered = render(template, {"all": ["s3://b/1"] * 5}, lambda location: asked.append(location) or "https://s/1")
    assert len(asked) == 1
    assert rendered.granted == ("https://s/1",)


def test_an_address_below_an_endpoint_is_a_place_in_its_s3():
    asked = []
    template = "{{ 'http://minio:9000/bucket/a%20b/c.png?old=1' | grant_read_access }}"
    render(template, {}, lambda location: asked.append(location.uri) or "https://s/1", ("http://minio:9000/",))
    assert asked == ["s3://bucket/a b/c.png"]


@pytest.mark.parametrize(
    "place",
    [
        "s3://bucket-base",
        "s3://bucket-base/",
        "S3://bucket-base",
        "s3:///key",
        "s3://",
        "s3:bucket-base/key",
        "https://s3.amazonaws.com/bucket-base",
        "https://bucket-base.s3.eu-west-1.amazonaws.com/",
        "s3://bucket base/key",
        "s3://b\u00fccket/key",
        "s3://arn:aws:s3:us-east-1:123456789012:accesspoint/name/key",
        "s3://-bucket/key",
        "s3://" + "b" * 300 + "/key",
        "s3://bucket/" + "k" * 1025,
        "s3://bucket/" + "\u00e9" * 600,
    ],
)
def test_what_cannot_be_a_place_in_s3_is_named(place):
    with pytest.raises(TemplateFailed) as failed:
        show("{{ task.input.taskObject | grant_read_access }}", taskObject=place)
    bucket_only = "'s3://bucket-base/'" in str(failed.value)
    assert bucket_only or place[:20].lower() in str(failed.value).lower()
    assert len(str(failed.value)) < 1500


@pytest.mark.parametrize("place", ["", "no", "images/cat.jpg", "ftp://x/y", "//x/y"])
def test_what_is_no_place_at_all_passes(place):
    assert show("{{ task.input.taskObject | grant_read_access }}", taskObject=place) == place


def test_no_task_opens_thousands_of_objects():
    with pytest.raises(TemplateFailed, match="at most 2000"):
        show("{% for i in (1..3000) %}{{ 's3://b/' | append: i | grant_read_access }}{% endfor %}")


def test_half_a_character_in_a_template_is_replaced():
    assert show("a\ud800b") == "a\ufffdb"


def test_a_mistake_is_told_in_few_words():
    with pytest.raises(TemplateFailed) as failed:
        check_syntax("{{ 'x' | " + "y" * 100_000 + " 1 2 3 %}")
    assert len(str(failed.value)) < 1200


@pytest.mark.parametrize(
    "template",
    [
        "{% if %}",
        "{{ x | no_such_filter }}",
        "{{ x | safe }}",
        "{% include 'other' %}",
        "{{ 1 | divided_by: 0 }}",
        "{% for a in (1..1000) %}{% for b in (1..1000) %}{% endfor %}{% endfor %}",
        "{% if a %}" * 5000,
    ],
    ids=["syntax", "filter", "safe", "include", "zero", "loop", "nesting"],
)
def test_a_template_that_fails_says_why(template):
    with pytest.raises(TemplateFailed, match="template"):
        show(template)


def test_the_place_of_a_mistake_is_named():
    with pytest.raises(TemplateFailed, match="2:"):
        check_syntax("first line\n  {{ 'not closed }}")
    check_syntax("{{ task.input.x | grant_read_access | to_json | skip_autoescape | escape_once }}")
