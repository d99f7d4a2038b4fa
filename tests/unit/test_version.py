"""The version of the code and the changelog's say the same."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from packaging.version import Version

import nightloop

CHANGELOG = Path(__file__).resolve().parents[2] / "CHANGELOG.md"


def sections(text: str) -> list[tuple[str, str]]:
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def check(text: str, version: str) -> None:
    """Check that the first section is what is not released, and that ``version`` fits what follows."""
    (first, pending), *released = sections(text)
    assert first == "Unreleased"
    found = [re.fullmatch(r"(\d+\.\d+\.\d+) - (\d{4}-\d{2}-\d{2})", title) for title, _ in released]
    assert all(found), "a released section is titled `0.1.0 - 2026-12-01`"
    versions = [Version(match[1]) for match in found if match]
    days = [date.fromisoformat(match[2]) for match in found if match]
    assert versions == sorted(set(versions), reverse=True)
    assert days == sorted(days, reverse=True)
    if not versions:
        return
    if pending.strip():
        assert Version(version) > versions[0], "what is not released yet will be a later version: raise __version__"
    else:
        assert Version(version) == versions[0]


def test_the_changelog_and_the_code_agree() -> None:
    check(CHANGELOG.read_text(encoding="utf-8"), nightloop.__version__)


ONE = "# C\n\n## Unreleased\n\n{pending}## 0.1.0 - 2026-12-01\n\n- first\n"


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("# C\n\n## Unreleased\n\n- all\n", "0.1.0"),
        (ONE.format(pending=""), "0.1.0"),
        (ONE.format(pending="- more\n\n"), "0.1.1"),
    ],
    ids=["nothing is released", "just released", "the next one has begun"],
)
def test_what_agrees(text, version) -> None:
    check(text, version)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (ONE.format(pending=""), "0.2.0"),
        (ONE.format(pending="- more\n\n"), "0.1.0"),
        (ONE.format(pending="").replace(" - 2026-12-01", ""), "0.1.0"),
        ("# C\n\n## 0.1.0 - 2026-12-01\n", "0.1.0"),
        (ONE.format(pending="") + "\n## 0.2.0 - 2026-11-01\n", "0.1.0"),
    ],
    ids=["released as another", "not raised", "no date", "no section for what comes", "out of order"],
)
def test_what_does_not(text, version) -> None:
    with pytest.raises(AssertionError):
        check(text, version)
