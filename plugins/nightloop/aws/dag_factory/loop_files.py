"""Where the files of a loop lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nightloop.aws.storage.layout import LoopFiles
from nightloop.config.loading import PROJECT

if TYPE_CHECKING:
    from nightloop.config import LoopConfig

_EXPECTATIONS: Final = PROJECT / "include" / "expectations"


def loop_files(loop: LoopConfig) -> LoopFiles:
    """Return the files that all nights share."""
    return LoopFiles.of(loop)


def suite_path(name: str) -> str:
    """Return the file of a Great Expectations suite."""
    return str(_EXPECTATIONS / f"{name}.json")
