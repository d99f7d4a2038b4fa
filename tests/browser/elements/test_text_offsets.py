"""Places in a text: characters and UTF-16 units, lines, lanes; without a page."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TEXTS = [
    "plain",
    "🐄 a 👨‍👩‍👧 b",
    "e\u0301 — ñ n\u0303",
    "שלום עולם",
    "a\r\nb\n\nc\r",
    "",
    "\U0001f1ef\U0001f1f5\U0001d11e",
]

ROUND_TRIP = """
  const { CodePoints } = await load('text/code-points.js');
  const points = new CodePoints(argument);
  const letters = Array.from(argument);
  const wrong = [];
  for (let at = 0; at <= letters.length; at += 1) {
    const unit = letters.slice(0, at).join('').length;
    if (points.toUnit(at) !== unit || points.ofUnit(unit) !== at) wrong.push(at);
  }
  return { count: points.count, wrong };
"""


@pytest.mark.parametrize("text", TEXTS)
def test_characters_are_counted_as_python_counts_them(modules, text):
    assert modules(ROUND_TRIP, text) == {"count": len(text), "wrong": []}


@settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(exclude_categories=("Cs",))))
def test_any_text_is_counted_right(modules, text):
    assert modules(ROUND_TRIP, text) == {"count": len(text), "wrong": []}


def test_lines_keep_every_character(modules):
    lines = modules("return (await load('text/blocks.js')).linesOf(argument)", "a\r\nb\n\nc\r")

    assert [(line["start"], line["text"], line["until"]) for line in lines] == [
        (0, "a", 3),
        (3, "b", 5),
        (5, "", 6),
        (6, "c", 8),
        (8, "", 8),
    ]


def test_segments_cut_at_every_border_and_end_after_a_line_end(modules):
    segments = modules(
        """
          const { linesOf, segmentsOf } = await load('text/blocks.js');
          const entities = [
            { id: 1, label: 'a', start: 0, end: 4 },
            { id: 2, label: 'b', start: 2, end: 6 },
            { id: 3, label: 'c', start: 6, end: 8 },
          ];
          return linesOf(argument).map((line) => segmentsOf(line, entities).map(
            ({ text, inside, ending }) => [text, inside.map(({ id }) => id), ending.map(({ id }) => id)]));
        """,
        "abcdef\n\nrest",
    )

    assert segments == [
        [["ab", [1], []], ["cd", [1, 2], [1]], ["ef", [2], [2]]],
        [["", [3], [3]]],
        [["rest", [], []]],
    ]


def test_entities_that_overlap_have_lanes_of_their_own(modules):
    lanes = modules("""
      const { lanesOf } = await load('text/blocks.js');
      const spans = [[0, 10], [2, 5], [4, 8], [8, 12], [20, 21]];
      return [...lanesOf(spans.map(([start, end], id) => ({ id, start, end, label: '' }))).values()];
    """)

    assert lanes == [0, 1, 2, 1, 0]


@pytest.mark.parametrize(
    "bad",
    [
        {"label": "A", "startOffset": 3, "endOffset": 3},
        {"label": "A", "startOffset": -1, "endOffset": 3},
        {"label": "A", "startOffset": 0, "endOffset": 6},
        {"label": "A", "startOffset": 0.5, "endOffset": 3},
        {"label": "A", "startOffset": None, "endOffset": "x"},
        {"label": "other", "startOffset": 0, "endOffset": 1},
        None,
    ],
)
def test_what_is_no_stretch_of_the_text_is_refused(modules, bad):
    result = modules(
        """
          const { CodePoints } = await load('text/code-points.js');
          const { fromAnswer } = await load('text/entities.js');
          const good = { label: 'A', startOffset: 0, endOffset: 5 };
          const { entities, refused } = fromAnswer([argument, good, good], ['A'], new CodePoints('ab🐄de'), () => 1);
          return { found: entities.map(({ start, end }) => [start, end]), refused };
        """,
        bad,
    )

    assert result == {"found": [[0, 6]], "refused": 1}


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        (
            ["A", {"label": "B", "shortDisplayName": "b"}, {"label": "A"}],
            [["A", "A", "A", "1"], ["B", "b", "B", "2"]],
        ),
        ([{"label": "C", "fullDisplayName": "See", "longDisplayName": "x"}], [["C", "See", "See", "1"]]),
        ([{"fullDisplayName": "none"}], None),
        ([3], None),
    ],
)
def test_labels(modules, given_, expected):
    result = modules(
        """
          const { readLabels } = await load('text/labels.js');
          try { return readLabels(argument).map((label) => [label.label, label.short, label.full, label.key]); }
          catch (error) { if (error instanceof TypeError) return null; throw error; }
        """,
        given_,
    )

    assert result == expected
