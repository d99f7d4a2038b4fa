"""Links and anchors lead somewhere, every page is in the index, and every module that a page names is there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
LISTED = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=True,
).stdout.splitlines()
PAGES = [ROOT / name for name in LISTED if name.endswith(".md") and (ROOT / name).is_file()]


def prose(page: Path) -> str:
    """A page without its code, in which brackets are no links and # begins no heading."""
    text = re.sub(r"(?ms)^```.*?^```", "", page.read_text(encoding="utf-8"))
    return re.sub(r"(?m)^    .*$", "", text)


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives a page's headings."""
    found: set[str] = set()
    for heading in re.findall(r"(?m)^#{1,6} (.+)$", prose(page)):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        plain = re.sub(r"[^\w\- ]", "", shown.lower()).strip().replace(" ", "-")
        number = 0
        while (name := f"{plain}-{number}" if number else plain) in found:
            number += 1
        found.add(name)
    return found


def links(page: Path) -> list[str]:
    text = re.sub(r"`[^`\n]*`", "", prose(page))
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"\w+:", link)]


def problem(page: Path, link: str) -> str | None:
    path, _, anchor = unquote(link).partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return f"{link}: there is no such file"
    if not target.is_relative_to(ROOT):
        return f"{link}: leads out of the repository"
    if anchor and target.suffix == ".md" and anchor not in anchors(target):
        return f"{link}: there is no such heading; there are {sorted(anchors(target))}"
    return None


def test_anchors_are_those_of_github(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text('# No decision is not "nothing there"\n## `a_b` & c\n## Same\n## Same\n```\n# code\n```\n')
    assert anchors(page) == {"no-decision-is-not-nothing-there", "a_b--c", "same", "same-1"}


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    page = ROOT / "README.md"
    assert problem(page, "docs/nowhere.md") == "docs/nowhere.md: there is no such file"
    assert "there is no such heading" in (problem(page, "docs/index.md#nowhere") or "")
    assert problem(page, "docs/index.md") is None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_resolve(page: Path) -> None:
    assert not [text for link in links(page) if (text := problem(page, link))]


def test_every_page_is_in_the_index() -> None:
    index = DOCS / "index.md"
    reached = {(index.parent / link.partition("#")[0]).resolve() for link in links(index)}
    assert not {page.relative_to(ROOT).as_posix() for page in PAGES if page.is_relative_to(DOCS)} - {
        page.relative_to(ROOT).as_posix() for page in [*reached, index]
    }


def test_pages_named_by_code_exist() -> None:
    searched = ("*.py", "*.yaml", "*.html", "*.json", "Makefile", ":!tests/unit/docs")
    command = ["git", "grep", "--untracked", "-hoE", r"\bdocs/[A-Za-z0-9_/.-]+\.md\b", "--", *searched]
    named = set(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())
    assert named
    assert not {name for name in named if not (ROOT / name).is_file()}


def test_code_named_by_pages_exists() -> None:
    """Pages name modules by the ends of their paths; the changelog also names what is gone; `airflow/` is not ours."""
    present = tuple(f"/{name}" for name in LISTED if (ROOT / name).is_file())
    named = [
        (page.relative_to(ROOT).as_posix(), name)
        for page in PAGES
        if page.name != "CHANGELOG.md"
        for name in re.findall(r"`([\w./-]+\.(?:py|js|css|liquid\.html))`", page.read_text(encoding="utf-8"))
        if not name.startswith("airflow/")
    ]
    assert named
    assert not [(page, name) for page, name in named if not any(file.endswith(f"/{name}") for file in present)]
