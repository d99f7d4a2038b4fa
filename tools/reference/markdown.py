"""What the generated pages have in common: their head, tables, and docstrings as Markdown."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def head(title: str, about: str) -> str:
    """Begin a page."""
    return (
        f"# {title}\n\n<!-- Written by `make reference` from the code: change the code, not this page. -->\n\n{about}\n"
    )


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table; a bar or a line break in a cell does not end it."""
    lines = [columns, ["---"] * len(columns), *([_cell(text) for text in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def prose(thing: object) -> str:
    """Return the docstring of a thing as Markdown paragraphs, without its fields and directives."""
    return _plain(re.split(r"\n\s*(?=:\w|\.\. )", _own_doc(thing))[0])


def fields(thing: object, kind: str) -> dict[str, str]:
    """Return the fields of a kind (`param`, `raises`) in a docstring, by name."""
    found = re.findall(
        rf"^:{kind} (\w+):\s*(.*?)(?=\n\s*(?::\w|\.\. )|\n\n|\Z)", _own_doc(thing), re.DOTALL | re.MULTILINE
    )
    return {name: " ".join(_plain(text).split()) for name, text in found}


def address(thing: object) -> str | None:
    """Return the address that a docstring's `seealso` names."""
    match = re.search(r"\.\. seealso::\s+(\S+)", _own_doc(thing))
    return match[1] if match else None


def _own_doc(thing: object) -> str:
    return inspect.cleandoc(getattr(thing, "__dict__", {}).get("__doc__") or getattr(thing, "__doc__", None) or "")


def _plain(text: str) -> str:
    return re.sub(r"``([^`]+)``", r"`\1`", text).strip()


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
