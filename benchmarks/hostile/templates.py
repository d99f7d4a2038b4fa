"""Templates that mean harm."""

# ruff: noqa: E501 - templates are best read in one piece

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.hostile.attack import LONGEST_TEMPLATE, Attack, filled

if TYPE_CHECKING:
    from collections.abc import Iterator


def loops() -> Iterator[Attack]:
    loops = {
        "a range of ten million": "{% for i in (1..10000000) %}{{ i }}{% endfor %}",
        "two nested loops of a thousand": "{% for i in (1..1000) %}{% for j in (1..1000) %}.{% endfor %}{% endfor %}",
        "five nested loops of forty": "{% for a in (1..40) %}" * 5 + "x" + "{% endfor %}" * 5,
        "loops in a row up to the length": filled("{% for i in (1..199999) %}{% endfor %}"),
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
        "cycles in a row": filled("{% cycle 'a','b','c','d','e','f','g','h' %}"),
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


def filters() -> Iterator[Attack]:
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


def parsing() -> Iterator[Attack]:
    texts = {
        "blanks after an opened output": "{{" + " " * (LONGEST_TEMPLATE - 2),
        "blanks after an opened tag": "{%" + " " * (LONGEST_TEMPLATE - 2),
        "blanks in an output": "{{ x" + " " * (LONGEST_TEMPLATE - 6) + "}}",
        "blanks in a tag": "{% assign x =" + " " * (LONGEST_TEMPLATE - 20) + "1 %}",
        "line ends in a tag": "{% if x" + "\n" * (LONGEST_TEMPLATE - 20) + "%}{% endif %}",
        "opened outputs": filled("{{"),
        "opened tags": filled("{%"),
        "opened and closed outputs": filled("{{}}"),
        "tags of nothing": filled("{%%}"),
        "opened braces, then blanks": filled("{{ "),
        "an opened raw": "{% raw %}" + filled("{% endra %}", length=LONGEST_TEMPLATE - 20),
        "opened raws": filled("{% raw %}"),
        "opened comments": filled("{% comment %}"),
        "an opened comment with much in it": "{% comment %}" + filled("{% endcommen %}", length=LONGEST_TEMPLATE - 20),
        "inline comments": filled("{% # x %}"),
        "deep ifs": filled("{% if a %}"),
        "deep ifs, closed": "{% if a %}" * 5000 + "{% endif %}" * 5000,
        "deep loops": filled("{% for a in b %}"),
        "deep captures": filled("{% capture a %}"),
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
        "dashes that take blanks": filled("{{- a -}}" + " " * 50),
        "NUL and controls": "{{ 'a\u0001\u0002' }}" * 6000,
    }
    for number, (what, template) in enumerate(texts.items()):
        yield Attack(f"parse: {what}", "create" if number % 2 else "render", template[:LONGEST_TEMPLATE])


def pages() -> Iterator[Attack]:
    pages = {
        "opened tags of HTML": filled("<"),
        "opened comments of HTML": filled("<!--"),
        "opened declarations": filled("<!"),
        "opened instructions": filled("<?"),
        "opened CDATA": filled("<![CDATA["),
        "opened scripts": filled("<script"),
        "scripts of AWS that do not close": filled("<script src=https://assets.crowd.aws/crowd-html-elements.js>"),
        "a script tag with blanks": "<script" + " " * 120_000 + "x",
        "comments before a doctype": filled("<!---->"),
        "comments before a doctype, not closed": "<!--" + filled("-- >", length=LONGEST_TEMPLATE - 10),
        "attributes": "<a " + "b=c " * 31_000 + ">",
        "attributes that do not end": "<a " + "b='" * 42_000,
        "links of AWS's styles that do not end": filled("<link href=https://assets.crowd.aws/"),
        "styles with opened urls": "<style>" + filled("url( ", length=120_000) + "</style>",
        "styles with imports": "<style>" + filled("@import ", length=120_000) + "</style>",
        "scripts with imports": "<script>" + filled("import ", length=120_000) + "</script>",
        "scripts with calls": "<script>" + filled("fetch( ", length=120_000) + "</script>",
        "a srcset": "<img srcset='" + "a 1x," * 25_000 + "'>",
        "frames in frames": "<iframe srcdoc='" * 8000,
        "a refresh": "<meta http-equiv=refresh content='" + " ;" * 60_000 + "'>",
        "crowd tags": "".join(f"<crowd-x{n}>" for n in range(9000)),
        "pictures": "".join(f"<img src=//h{n}/x>" for n in range(6000)),
        "character references": filled("&#x"),
    }
    for what, template in pages.items():
        yield Attack(f"page: {what}", "render", template)
