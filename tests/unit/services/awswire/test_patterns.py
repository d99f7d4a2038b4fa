"""What Java's regular expressions mean, stated by hand."""

import pytest

from services.awswire.models import load_service
from services.awswire.patterns import PatternError, compile_pattern


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"[a-z0-9](-*[a-z0-9])*", ["a", "a--b"], ["-a", "a-", "a\n", "A", ""]),
        (r"^[a-z]*$", ["", "abc"], ["abc\n"]),
        (r".*", ["", "a b", "\x00"], ["a\nb", "a\rb", "\u0085", "\u2028", "\u2029"]),
        (r"\p{ASCII}*", ["", "~\x00\x7f"], ["\x80", "é"]),
        (r"\A\S[\p{Print}]*\z", ["a b", "~"], [" a", "a\n", "a\x7f", "aé"]),
        (r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)", ["", "naïve 漢字½", "a=b@c"], ["a#b", "a\tb", "😀"]),
        (r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+", ["é😀!", "$"], ["a b", ""]),
        (r"\P{L}", ["1", "-"], ["a", "漢"]),
        (r"[^\P{L}x]", ["a", "漢"], ["1", "x"]),
        (r"\pN+", ["12½"], ["a"]),
        (r"([\p{L}]*)${1,256}", ["", "abc"], ["a1"]),
        (
            r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*",
            ["a 😀\t", "\U0010ffff"],
            ["\n", "\uffff", "\ud800"],
        ),
        (r"\d\w\s", ["1a "], ["١a ", "1é ", "1a\u00a0"]),
        (r"[\S\s]+", ["\n", "é"], [""]),
        (r"(?!\s*$).+", ["a"], ["", "  "]),
        (r"(arn:x/)?([a-z]([a-z-]){0,62})(?<!-)", ["ab", "arn:x/ab"], ["a-"]),
        (r"[^ ~^:?*\[]+", ["a]b"], ["a[b", "a~", "a^"]),
        (r"[!#-\[\]-~]+", ["a", "]"], ["\\", '"']),
        (r"(?<year>\d{4})", ["2026"], ["26"]),
        (r"\x41\x{42}C\Z", ["ABC"], ["abc", "ABC\n"]),
        (r"[a-zA-Z0-9-_\.]+", ["a-_."], ["a b"]),
    ],
)
def test_meaning(pattern, good, bad):
    expression = compile_pattern(pattern)
    assert [text for text in good if not expression.fullmatch(text)] == []
    assert [text for text in bad if expression.fullmatch(text)] == []


@pytest.mark.parametrize("pattern", [r"[a-z&&[^x]]", r"\R", r"\p{Nonsense}", r"[a", "a\\", r"(", r"\Qa\E", r"\p"])
def test_what_has_no_translation_says_so(pattern):
    with pytest.raises(PatternError, match="cannot be translated"):
        compile_pattern(pattern)


@pytest.mark.parametrize("service", ["sagemaker", "sagemaker-runtime", "sagemaker-a2i-runtime"])
def test_every_pattern_of_our_services_has_one(service):
    shapes = [
        s for operation in load_service(service).operations.values() for s in (operation.input, operation.output) if s
    ]
    patterns = {inner.pattern for shape in shapes for inner in shape.walk() if inner.pattern}
    assert len(patterns) > 3
    for pattern in patterns:
        assert compile_pattern(pattern)
