"""What the prose linter reads of a file, and that it refuses what the word lists name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import prose

ROOT = Path(__file__).resolve().parents[3]

SOURCE = '''"""Mend the file."""

import mend  # why we mend it


def anew(mend: str = "mend") -> str:
    """Return it.

    :param mend: what to `mend` here
    """
    key = {"mend": mend}
    raise ValueError(f"cannot mend {mend} again, it is gone: see https://mend.example")
'''


def words(text: str, word: str) -> list[tuple[int, int]]:
    """Line and column of a word, from 1."""
    lines = text.split("\n")
    return [(number, line.index(word) + 1) for number, line in enumerate(lines, 1) if word in line]


def test_python_keeps_docstrings_comments_and_sentences_at_their_places() -> None:
    kept = prose.python_prose(SOURCE)
    assert kept.count("\n") == SOURCE.count("\n")
    assert "import" not in kept
    assert "anew" not in kept
    assert words(kept.lower(), "mend") == [(1, 4), (3, 23), (12, 31)]
    assert "what to" in kept


def test_markup_and_code_of_a_page_are_blanked() -> None:
    source = '<p class="mend">Mend {{ mend }} it</p>\n<script>mend()</script>\n<img alt="What to mend" src="mend.png">'
    kept = prose.html_prose(source)
    assert [line.split() for line in kept.split("\n")] == [["Mend", "it"], [], ["What", "to", "mend"]]


def test_yaml_keeps_comments_and_json_its_values() -> None:
    assert prose.yaml_prose("mend: 1 # to mend").strip() == "# to mend"
    assert prose.json_prose('{\n"mend": "Fix the box"\n}').split() == ["{", '"Fix', "the", 'box"', "}"]


def test_scripts_keep_comments_and_sentences() -> None:
    source = (
        "const mend = 'mend'; // to mend\nsay('Do not mend it');\n/** Mends\n * anew. */\nmend(`s3://${mend}/mend`)\n"
        "/** @param {Mend} mend to mend */\n"
    )
    kept = prose.script_prose(source)
    assert [" ".join(line.split()) for line in kept.split("\n")] == [
        "// to mend",
        "'Do not mend it'",
        "/** Mends",
        "* anew. */",
        "",
        "/** to mend */",
        "",
    ]


def test_of_a_changelog_only_what_is_unreleased_is_read() -> None:
    kept = prose.unreleased("# Changelog\n\n## Unreleased\n\n- new\n\n## 1.0.0\n\n- old\n")
    assert kept.split() == ["##", "Unreleased", "-", "new"]


@pytest.mark.skipif(not prose.TEXTLINT.exists(), reason="textlint is not installed (npm ci)")
def test_a_refused_word_is_named_with_its_place() -> None:
    folder = ROOT / "build" / "prose-test"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "page.md").write_text("# A page\n\nThis is fine. `mend` is code.\n\nWe mend it anew.\n", encoding="utf-8")
    (folder / "code.py").write_text(SOURCE, encoding="utf-8")
    assert prose.check([folder / "page.md", folder / "code.py"]) == [
        ("build/prose-test/page.md", 5, 4, "mend => fix"),
        ("build/prose-test/page.md", 5, 12, "anew => again"),
        ("build/prose-test/code.py", 1, 4, "Mend => fix"),
        ("build/prose-test/code.py", 3, 23, "mend => fix"),
        ("build/prose-test/code.py", 12, 31, "mend => fix"),
    ]


def test_paths_without_prose_are_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert prose.main(["nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().err or not prose.TEXTLINT.exists()
