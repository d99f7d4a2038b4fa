"""`python -m tools.reference` writes the generated pages; `--check` names those that are not what the code gives."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.reference import errors, operators, s3_files, settings

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER: Final = Path(__file__).resolve().parents[2] / "docs" / "reference"
PAGES: Final[dict[str, Callable[[], str]]] = {
    "settings.md": settings.page,
    "operators.md": operators.page,
    "errors.md": errors.page,
    "s3-files.md": s3_files.page,
}


def main(arguments: list[str] | None = None) -> int:
    """Write the pages, or compare them; returns 1 if one is not what the code gives."""
    parser = argparse.ArgumentParser(prog="python -m tools.reference", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a page differs")
    given = parser.parse_args(arguments)
    pages = {FOLDER / name: write() for name, write in PAGES.items()}
    stale = [path for path, text in pages.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        if given.check:
            print(f"{path} is not what the code gives: run `make reference`", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pages[path], encoding="utf-8")
    return int(given.check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
