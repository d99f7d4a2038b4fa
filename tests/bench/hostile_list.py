"""Templates and inputs that mean harm: a list of them, each with the door it comes through."""

# ruff: noqa: E501 - templates are best read in one piece

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_TEMPLATE = 128_000
LONGEST_INPUT = 3_145_728
FORM = "<crowd-form>{}</crowd-form>"


@dataclass(frozen=True)
class Attack:
    """A template with an input; `door` says which way it comes in.

    `render` is RenderUiTemplate, `create` CreateHumanTaskUi, `start` StartHumanLoop, `task` the page of a worker who has
    got it, `preview` the administrators' page, `body` a signed call of RenderUiTemplate with `task_input` as its whole body.
    """

    what: str
    door: str
    template: str = FORM.format("{{ task.input.x }}")
    task_input: str = "{}"


def attacks() -> list[Attack]:
    """List all of them."""
    return [
        *_loops(),
        *_filters(),
        *_parsing(),
        *_pages(),
        *_large_inputs(),
        *_strange_inputs(),
        *_places(),
    ]


def _filled(piece: str, end: str = "", length: int = LONGEST_TEMPLATE) -> str:
    return piece * ((length - len(end)) // len(piece)) + end


def _input(value: str, length: int = 127_000) -> str:
    """Write `{"x": [value, value, ...]}` as long as `length` allows."""
    return '{"x":[' + f"{value}," * ((length - 20 - len(value)) // (len(value) + 1)) + value + "]}"


def _loops() -> Iterator[Attack]:
    loops = {
        "a range of ten million": "{% for i in (1..10000000) %}{{ i }}{% endfor %}",
        "two nested loops of a thousand": "{% for i in (1..1000) %}{% for j in (1..1000) %}.{% endfor %}{% endfor %}",
        "five nested loops of forty": "{% for a in (1..40) %}" * 5 + "x" + "{% endfor %}" * 5,
        "loops in a row up to the length": _filled("{% for i in (1..199999) %}{% endfor %}"),
        "a loop over a loop's captured text": "{% for i in (1..40) %}{% capture a %}{{ a }}{{ a }}x{% endcapture %}{% endfor %}",
        "a text doubled forty times": "{% assign a = 'xxxxxxxx' %}{% for i in (1..40) %}{% assign a = a | append: a %}{% endfor %}",
        "a number squared sixty times": "{% assign n = 9 %}{% for i in (1..60) %}{% assign n = n | times: n %}{% endfor %}{{ n }}",
        "a long text printed a hundred thousand times": "{% assign a = '"
        + "y" * 1000
        + "' %}{% for i in (1..100000) %}{{ a }}{% endfor %}",
        "a table of ten million cells": "{% tablerow i in (1..10000000) cols:3 %}.{% endtablerow %}",
        "a range counted": "{{ (1..999999999) | size }}",
        "a range of a number of 100 digits": "{% for i in (1.." + "9" * 100 + ") %}x{% endfor %}",
        "a cycle of nine thousand names": "{% for i in (1..100000) %}{% cycle "
        + ",".join(f"'a{n}'" for n in range(9000))
        + " %}{% endfor %}",
        "cycles in a row": _filled("{% cycle 'a','b','c','d','e','f','g','h' %}"),
        "increments in a loop": "{% for i in (1..199999) %}{% increment a %}{% decrement b %}{% endfor %}",
        "a case of thousands of whens": "{% for i in (1..9999) %}{% case i %}"
        + "".join(f"{{% when {n} %}}x" for n in range(5000))
        + "{% endcase %}{% endfor %}",
        "an if of thousands of ors": "{% for i in (1..9999) %}{% if "
        + " or ".join(f"i=={n + 90000}" for n in range(6000))
        + " %}x{% endif %}{% endfor %}",
    }
    for what, template in loops.items():
        yield Attack(what, "render", template)


def _filters() -> Iterator[Attack]:
    many = "{% assign a = (1..90000) | join: ',' | split: ',' %}"
    filters = {
        "uniq of ninety thousand": many + "{{ a | uniq | size }}",
        "uniq, again and again": many + "{% for i in (1..100) %}{{ a | uniq | size }}{% endfor %}",
        "sort, again and again": many + "{% for i in (1..10000) %}{% assign b = a | reverse | sort %}{% endfor %}",
        "sort_natural, again and again": many
        + "{% for i in (1..10000) %}{% assign b = a | sort_natural %}{% endfor %}",
        "map, where and compact": many
        + "{% for i in (1..10000) %}{% assign b = a | map: 'x' | compact | where: 'y', 1 %}{% endfor %}",
        "concat, doubling": many + "{% for i in (1..40) %}{% assign a = a | concat: a %}{% endfor %}",
        "split by nothing": "{% for i in (1..10000) %}{% assign a = '" + "z" * 100_000 + "' | split: '' %}{% endfor %}",
        "join with a long text": many + "{{ a | join: '" + "w" * 20_000 + "' }}",
        "replace that grows": "{% assign a = '"
        + "a" * 5000
        + "' %}{{ a | replace: 'a', a | replace: 'a', a | replace: 'a', a }}",
        "replace in a loop": "{% assign a = '"
        + "a" * 100_000
        + "' %}{% for i in (1..100000) %}{% assign b = a | replace: 'a', 'b' %}{% endfor %}",
        "a sum of ninety thousand": many + "{% for i in (1..10000) %}{{ a | sum }}{% endfor %}",
        "slices of a long text": "{% assign a = '"
        + "a" * 100_000
        + "' %}{% for i in (1..199999) %}{% assign b = a | slice: 1, 99998 %}{% endfor %}",
        "strip_html of open tags": "{{ '" + "<" * 120_000 + "' | strip_html }}",
        "strip_html of open scripts": "{{ '" + "<script" * 18_000 + "' | strip_html }}",
        "strip_html of open comments, again and again": "{% assign a = '"
        + "<!--" * 30_000
        + "' %}{% for i in (1..10000) %}{% assign b = a | strip_html %}{% endfor %}",
        "truncatewords of blanks": "{% assign a = '"
        + "a " * 60_000
        + "' %}{% for i in (1..10000) %}{% assign b = a | truncatewords: 50000 %}{% endfor %}",
        "escape, again and again": "{% assign a = '"
        + "&" * 100_000
        + "' %}{% for i in (1..10000) %}{% assign a = a | url_encode %}{% endfor %}",
        "escape_once, again and again": "{% assign a = '"
        + "&amp;" * 20_000
        + "' %}{% for i in (1..10000) %}{% assign b = a | escape_once %}{% endfor %}",
        "base64 of itself": "{% assign a = '"
        + "a" * 100_000
        + "' %}{% for i in (1..60) %}{% assign a = a | base64_encode %}{% endfor %}",
        "to_json of itself": "{% assign a = '"
        + '"' * 100_000
        + "' %}{% for i in (1..40) %}{% assign a = a | to_json %}{% endfor %}",
        "a date of a long form": "{{ '2020-01-01' | date: '" + "%c" * 50_000 + "' }}",
        "a date that is none, again and again": "{% for i in (1..199999) %}{{ 'now and then, perhaps' | date: '%Y' }}{% endfor %}",
        "a number of thousands of digits": "{{ " + "9" * 4000 + " | times: " + "9" * 4000 + " }}",
        "a division of large numbers": "{% for i in (1..199999) %}{{ "
        + "9" * 90
        + " | divided_by: 7 | modulo: 3 | round: 90 }}{% endfor %}",
        "newlines to breaks, again and again": "{% assign a = '"
        + "\\n\n" * 40_000
        + "' %}{% for i in (1..10000) %}{% assign b = a | newline_to_br | strip_newlines %}{% endfor %}",
        "thousands of grants": "{% for i in (1..199999) %}{{ 's3://bucket/' | append: i | grant_read_access }}{% endfor %}",
    }
    for what, template in filters.items():
        yield Attack(what, "render", template)


def _parsing() -> Iterator[Attack]:
    texts = {
        "blanks after an opened output": "{{" + " " * (LONGEST_TEMPLATE - 2),
        "blanks after an opened tag": "{%" + " " * (LONGEST_TEMPLATE - 2),
        "blanks in an output": "{{ x" + " " * (LONGEST_TEMPLATE - 6) + "}}",
        "blanks in a tag": "{% assign x =" + " " * (LONGEST_TEMPLATE - 20) + "1 %}",
        "line ends in a tag": "{% if x" + "\n" * (LONGEST_TEMPLATE - 20) + "%}{% endif %}",
        "opened outputs": _filled("{{"),
        "opened tags": _filled("{%"),
        "opened and closed outputs": _filled("{{}}"),
        "tags of nothing": _filled("{%%}"),
        "opened braces, then blanks": _filled("{{ "),
        "an opened raw": "{% raw %}" + _filled("{% endra %}", length=LONGEST_TEMPLATE - 20),
        "opened raws": _filled("{% raw %}"),
        "opened comments": _filled("{% comment %}"),
        "an opened comment with much in it": "{% comment %}" + _filled("{% endcommen %}", length=LONGEST_TEMPLATE - 20),
        "inline comments": _filled("{% # x %}"),
        "deep ifs": _filled("{% if a %}"),
        "deep ifs, closed": "{% if a %}" * 5000 + "{% endif %}" * 5000,
        "deep loops": _filled("{% for a in b %}"),
        "deep captures": _filled("{% capture a %}"),
        "deep brackets": "{{ a" + "[a" * 60_000 + "]" * 4000 + " }}",
        "deep parentheses": "{% if " + "(" * 60_000 + "a" + ")" * 60_000 + " %}{% endif %}",
        "a name with many parts": "{{ a" + ".b" * 60_000 + " }}",
        "a chain of filters": "{{ a" + " | upcase" * 14_000 + " }}",
        "a filter with many arguments": "{{ a | slice: " + "1," * 60_000 + "1 }}",
        "a string that is not closed": "{{ '" + "a" * (LONGEST_TEMPLATE - 10),
        "quotes": "{{ " + "'\"" * 60_000 + " }}",
        "a giant literal": "{{ '" + "a" * (LONGEST_TEMPLATE - 20) + "' }}",
        "a giant number": "{{ " + "9" * (LONGEST_TEMPLATE - 20) + " }}",
        "a giant fraction": "{{ 0." + "9" * (LONGEST_TEMPLATE - 20) + " }}",
        "a giant negative": "{{ " + "-" * (LONGEST_TEMPLATE - 20) + "1 }}",
        "a filter with a giant name": "{{ a | " + "b" * (LONGEST_TEMPLATE - 20) + " }}",
        "a tag with a giant name": "{% " + "b" * (LONGEST_TEMPLATE - 20) + " %}",
        "dots": "{{ " + "." * (LONGEST_TEMPLATE - 20) + " }}",
        "pipes": "{{ a " + "|" * (LONGEST_TEMPLATE - 20) + " }}",
        "an include": "{% include 'a' %}" * 7000,
        "a render": "{% render 'a' %}" * 7000,
        "liquid tags": "{% liquid\n" + "assign a = 1\n" * 9000 + "%}",
        "dashes that take blanks": _filled("{{- a -}}" + " " * 50),
        "NUL and controls": "{{ 'a\u0001\u0002' }}" * 6000,
    }
    for number, (what, template) in enumerate(texts.items()):
        yield Attack(f"parse: {what}", "create" if number % 2 else "render", template[:LONGEST_TEMPLATE])


def _pages() -> Iterator[Attack]:
    pages = {
        "opened tags of HTML": _filled("<"),
        "opened comments of HTML": _filled("<!--"),
        "opened declarations": _filled("<!"),
        "opened instructions": _filled("<?"),
        "opened CDATA": _filled("<![CDATA["),
        "opened scripts": _filled("<script"),
        "scripts of AWS that do not close": _filled("<script src=https://assets.crowd.aws/crowd-html-elements.js>"),
        "a script tag with blanks": "<script" + " " * 120_000 + "x",
        "comments before a doctype": _filled("<!---->"),
        "comments before a doctype, not closed": "<!--" + _filled("-- >", length=LONGEST_TEMPLATE - 10),
        "attributes": "<a " + "b=c " * 31_000 + ">",
        "attributes that do not end": "<a " + "b='" * 42_000,
        "links of AWS's styles that do not end": _filled("<link href=https://assets.crowd.aws/"),
        "styles with opened urls": "<style>" + _filled("url( ", length=120_000) + "</style>",
        "styles with imports": "<style>" + _filled("@import ", length=120_000) + "</style>",
        "scripts with imports": "<script>" + _filled("import ", length=120_000) + "</script>",
        "scripts with calls": "<script>" + _filled("fetch( ", length=120_000) + "</script>",
        "a srcset": "<img srcset='" + "a 1x," * 25_000 + "'>",
        "frames in frames": "<iframe srcdoc='" * 8000,
        "a refresh": "<meta http-equiv=refresh content='" + " ;" * 60_000 + "'>",
        "crowd tags": "".join(f"<crowd-x{n}>" for n in range(9000)),
        "pictures": "".join(f"<img src=//h{n}/x>" for n in range(6000)),
        "character references": _filled("&#x"),
    }
    for what, template in pages.items():
        yield Attack(f"page: {what}", "render", template)


def _large_inputs() -> Iterator[Attack]:
    long = LONGEST_INPUT - 100
    uniq = FORM.format("{{ task.input.x | uniq | size }}")
    whole = FORM.format("{{ task.input.x }}")
    yield Attack("3 MiB of empty lists, printed", "task", whole, _input("[]", long))
    yield Attack("3 MiB of empty objects, printed", "task", whole, _input("{}", long))
    yield Attack("3 MiB of lists of one, uniq", "task", uniq, _input("[1]", long))
    yield Attack("3 MiB of numbers, uniq", "task", uniq, json.dumps({"x": list(range(380_000))}))
    yield Attack("3 MiB of quotes, printed", "task", whole, json.dumps({"x": '"' * (long // 2)}))
    yield Attack(
        "3 MiB of tags, stripped", "task", FORM.format("{{ task.input.x | strip_html }}"), json.dumps({"x": "<" * long})
    )
    yield Attack(
        "3 MiB printed two hundred times",
        "task",
        FORM.format("{{ task.input.x }}" * 200),
        json.dumps({"x": "a" * long}),
    )
    yield Attack(
        "3 MiB printed as HTML", "task", "{{ task.input.x | skip_autoescape }}", json.dumps({"x": "<!--" * (long // 4)})
    )
    yield Attack(
        "3 MiB of open scripts printed as HTML",
        "task",
        "{{ task.input.x | skip_autoescape }}",
        json.dumps({"x": "<script " * (long // 8)}),
    )
    yield Attack(
        "3 MiB of pictures printed as HTML",
        "task",
        "{{ task.input.x | skip_autoescape }}",
        json.dumps({"x": "<img src=//a/b>" * (long // 15)}),
    )
    yield Attack(
        "3 MiB sorted by a name",
        "task",
        FORM.format("{{ task.input.x | sort: 'a' | map: 'a' }}"),
        _input('{"a":1}', long),
    )
    yield Attack(
        "a loop in a loop over 3 MiB",
        "task",
        "{% for a in task.input.x %}{% for b in task.input.x %}x{% endfor %}{% endfor %}",
        _input("[]", long),
    )
    yield Attack(
        "3 MiB of places in S3",
        "task",
        "{% for a in task.input.x %}{{ a | grant_read_access }}{% endfor %}",
        json.dumps({"x": [f"s3://b/{n}" for n in range(190_000)]}),
    )
    yield Attack("3 MiB of lists, previewed", "preview", whole, _input("[]", long))
    yield Attack("3 MiB of blanks, previewed", "preview", "{{" + " " * 300_000, _input("[]", 100_000))


def _strange_inputs() -> Iterator[Attack]:
    long = LONGEST_INPUT - 100
    starts = {
        "3 MiB of empty lists": _input("[]", long),
        "3 MiB of empty objects": _input("{}", long),
        "3 MiB of opened lists": "[" * long,
        "3 MiB of opened objects": '{"a":' * (long // 5),
        "3 MiB of opened lists in an object": '{"x":' + "[" * (long - 5),
        "3 MiB of lists, 199 deep": '{"x":[' + ",".join(["[" * 190 + "]" * 190] * (long // 382)) + "]}",
        "3 MiB of lists, 201 deep": '{"x":[' + ",".join(["[" * 210 + "]" * 210] * (long // 422)) + "]}",
        "3 MiB of names": "{" + ",".join(f'"{n}":1' for n in range(280_000)) + "}",
        "3 MiB of one name": "{" + '"a":1,' * (long // 6) + '"a":1}',
        "3 MiB of small numbers": _input("0", long),
        "3 MiB of fractions": _input("1e-300", long),
        "3 MiB of numbers of 4,000 digits": _input("9" * 4000, long),
        "one number of 3 MiB": '{"x":' + "9" * (long - 10) + "}",
        "one fraction of 3 MiB": '{"x":0.' + "9" * (long - 10) + "}",
        "one power too large": '{"x":1e' + "9" * (long - 10) + "}",
        "3 MiB of escapes": '{"x":"' + "\\u0041" * (long // 6 - 4) + '"}',
        "3 MiB of half characters": '{"x":"' + "\\ud800" * (long // 6 - 4) + '"}',
        "3 MiB of blanks": '{"x":1' + " " * (long - 10) + "}",
        "3 MiB that never close": '{"x":"' + "a" * (long - 10),
        "3 MiB of NaN": _input("NaN", long),
        "three bytes a character": json.dumps({"x": "語" * (LONGEST_INPUT - 20)}, ensure_ascii=False),
        "four bytes a character": json.dumps({"x": "\U0001f431" * (LONGEST_INPUT - 20)}, ensure_ascii=False),
    }
    for what, text in starts.items():
        yield Attack(f"start: {what}", "start", task_input=text)
    bodies = {
        "opened lists": "[" * 9_000_000,
        "opened objects": '{"a":' * 2_000_000,
        "empty lists": '{"x":[' + "[]," * 3_000_000 + "[]]}",
        "names": "{" + ",".join(f'"{n}":1' for n in range(700_000)) + "}",
        "blanks": " " * 36_000_000,
        "one text": '"' + "a" * 36_000_000 + '"',
        "no text in UTF-8": "\udcff" * 9_000_000,
    }
    for what, text in bodies.items():
        yield Attack(f"body: {what}, up to 36 MB", "body", task_input=text)


def _places() -> Iterator[Attack]:
    template = FORM.format("<img src='{{ task.input.taskObject | grant_read_access }}'>")
    places = (
        "s3://bucket",
        "s3://",
        "s3:///",
        "s3://b c/d",
        "s3://bucket/" + "k" * 2000,
        "s3://" + "b" * 90_000,
        "https://[",
        "s3://bucket/\ud800",
    )
    for place in places:
        yield Attack(
            f"place: {place[:30].encode('ascii', 'replace').decode()}",
            "render",
            template,
            json.dumps({"taskObject": place}),
        )
