"""Lines are sorted alike whether they fit into memory or not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nightloop.aws.storage.sorted_lines import sorted_lines

KEYS = st.tuples(st.text(max_size=3), st.sampled_from(["", "audit", "gold"]))
ROWS = st.lists(st.tuples(KEYS, st.binary(max_size=5).map(lambda text: text.replace(b"\n", b"") + b"\n")), max_size=40)


@given(ROWS, st.integers(1, 60))
def test_lines_come_by_their_keys_and_equal_ones_as_they_were_given(rows, memory) -> None:
    expected = [line for _, line in sorted(rows, key=lambda row: row[0])]
    assert list(sorted_lines(iter(rows), memory=memory)) == expected
    assert list(sorted_lines(iter(rows))) == expected
