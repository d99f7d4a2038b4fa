"""Find the loops' files and read them."""

import os
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from nightloop.config.errors import LoopConfigError, LoopFileError
from nightloop.config.loading.document import read_document
from nightloop.config.loading.file import read_loop
from nightloop.config.loading.rules import PROJECT
from nightloop.config.models.loop import LoopConfig

ENVIRONMENT_VARIABLE = "NIGHTLOOP_LOOPS"


@dataclass(frozen=True, slots=True)
class BrokenLoop:
    """A loop's file that cannot be used, and why."""

    stem: str
    path: Path
    error: LoopConfigError


def loops_folder() -> Path:
    """Return the folder of loops: NIGHTLOOP_LOOPS, or `include/loops` beside `plugins`."""
    folder = os.environ.get(ENVIRONMENT_VARIABLE)
    return Path(folder) if folder else PROJECT / "include" / "loops"


def load_loop(name: str) -> LoopConfig:
    """Read one loop by its name.

    :raises LoopConfigError: if there is no such loop or its file is wrong.
    """
    path = loops_folder() / f"{name}.yaml"
    stems = [file.stem for file in _files()]
    if name not in stems or not path.is_file():
        near = get_close_matches(name, stems, n=1)
        meant = f", did you mean {near[0]!r}?" if near else ""
        raise LoopConfigError(f"there is no loop {name!r}{meant}; the loops are {', '.join(stems)}", path=path)
    return read_loop(path)


def load_loops() -> tuple[list[LoopConfig], list[BrokenLoop]]:
    """Read every loop, sorted by name; a file that is wrong does not stop the others.

    Loops that share an endpoint are all broken: each would promote its model over the other's.

    :raises LoopConfigError: if the folder is missing or holds no loop.
    """
    loops: list[LoopConfig] = []
    broken: list[BrokenLoop] = []
    for path in _files():
        try:
            loops.append(read_loop(path))
        except LoopConfigError as error:
            broken.append(BrokenLoop(path.stem, path, error))
    sharing = [loop for loop in loops if _others_at_endpoint(loop, loops)]
    broken += [_shared(loop, _others_at_endpoint(loop, loops)) for loop in sharing]
    return [loop for loop in loops if loop not in sharing], sorted(broken, key=lambda item: item.path)


def _others_at_endpoint(loop: LoopConfig, loops: list[LoopConfig]) -> list[str]:
    return [other.name for other in loops if other is not loop and other.endpoint.name == loop.endpoint.name]


def _shared(loop: LoopConfig, others: list[str]) -> BrokenLoop:
    message = f"{loop.endpoint.name!r} is the endpoint of {', '.join(others)} too; give each loop its own"
    mistake = read_document(loop.path).mistake(("endpoint", "name"), message)
    return BrokenLoop(loop.name, loop.path, LoopFileError(loop.path, [mistake]))


def _files() -> list[Path]:
    folder = loops_folder()
    if not folder.is_dir():
        raise LoopConfigError(f"there is no such folder of loops; make it, or set {ENVIRONMENT_VARIABLE}", path=folder)
    files = sorted(file for file in folder.iterdir() if file.suffix in {".yaml", ".yml"})
    if not files:
        raise LoopConfigError("holds no loop; add a file such as voc.yaml", path=folder)
    return files
