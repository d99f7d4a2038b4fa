"""Inputs that mean harm."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from benchmarks.hostile.attack import FORM, LONGEST_INPUT, Attack, repeated

if TYPE_CHECKING:
    from collections.abc import Iterator


def large_inputs() -> Iterator[Attack]:
    long = LONGEST_INPUT - 100
    uniq = FORM.format("{{ task.input.x | uniq | size }}")
    whole = FORM.format("{{ task.input.x }}")
    yield Attack("3 MiB of empty lists, printed", "task", whole, repeated("[]", long))
    yield Attack("3 MiB of empty objects, printed", "task", whole, repeated("{}", long))
    yield Attack("3 MiB of lists of one, uniq", "task", uniq, repeated("[1]", long))
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
        repeated('{"a":1}', long),
    )
    yield Attack(
        "a loop in a loop over 3 MiB",
        "task",
        "{% for a in task.input.x %}{% for b in task.input.x %}x{% endfor %}{% endfor %}",
        repeated("[]", long),
    )
    yield Attack(
        "3 MiB of places in S3",
        "task",
        "{% for a in task.input.x %}{{ a | grant_read_access }}{% endfor %}",
        json.dumps({"x": [f"s3://b/{n}" for n in range(190_000)]}),
    )
    yield Attack("3 MiB of lists, previewed", "preview", whole, repeated("[]", long))
    yield Attack("3 MiB of blanks, previewed", "preview", "{{" + " " * 300_000, repeated("[]", 100_000))


def strange_inputs() -> Iterator[Attack]:
    long = LONGEST_INPUT - 100
    starts = {
        "3 MiB of empty lists": repeated("[]", long),
        "3 MiB of empty objects": repeated("{}", long),
        "3 MiB of opened lists": "[" * long,
        "3 MiB of opened objects": '{"a":' * (long // 5),
        "3 MiB of opened lists in an object": '{"x":' + "[" * (long - 5),
        "3 MiB of lists, 199 deep": '{"x":[' + ",".join(["[" * 190 + "]" * 190] * (long // 382)) + "]}",
        "3 MiB of lists, 201 deep": '{"x":[' + ",".join(["[" * 210 + "]" * 210] * (long // 422)) + "]}",
        "3 MiB of names": "{" + ",".join(f'"{n}":1' for n in range(280_000)) + "}",
        "3 MiB of one name": "{" + '"a":1,' * (long // 6) + '"a":1}',
        "3 MiB of small numbers": repeated("0", long),
        "3 MiB of fractions": repeated("1e-300", long),
        "3 MiB of numbers of 4,000 digits": repeated("9" * 4000, long),
        "one number of 3 MiB": '{"x":' + "9" * (long - 10) + "}",
        "one fraction of 3 MiB": '{"x":0.' + "9" * (long - 10) + "}",
        "one power too large": '{"x":1e' + "9" * (long - 10) + "}",
        "3 MiB of escapes": '{"x":"' + "\\u0041" * (long // 6 - 4) + '"}',
        "3 MiB of half characters": '{"x":"' + "\\ud800" * (long // 6 - 4) + '"}',
        "3 MiB of blanks": '{"x":1' + " " * (long - 10) + "}",
        "3 MiB that never close": '{"x":"' + "a" * (long - 10),
        "3 MiB of NaN": repeated("NaN", long),
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


def places() -> Iterator[Attack]:
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
