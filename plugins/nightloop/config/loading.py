"""Find and read the loops' files."""

import os
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from nightloop.config.checks import check_loop
from nightloop.config.errors import LoopConfigError
from nightloop.config.models import LoopConfig
from nightloop.config.parsing import parse_section

ENVIRONMENT_VARIABLE = "NIGHTLOOP_LOOPS"
PROJECT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class BrokenLoop:
    """A loop's file that cannot be used, and why."""

    stem: str
    path: Path
    error: LoopConfigError


def loops_folder() -> Path:
    """Return the folder of loops: NIGHTLOOP_LOOPS, or ``include/loops`` beside ``plugins``."""
    folder = os.environ.get(ENVIRONMENT_VARIABLE)
    return Path(folder) if folder else PROJECT / "include" / "loops"


def load_loop(name: str) -> LoopConfig:
    """Read one loop by its name; LoopConfigError when there is no such loop or its file is wrong."""
    path = loops_folder() / f"{name}.yaml"
    stems = [file.stem for file in _files()]
    if name not in stems or not path.is_file():
        near = get_close_matches(name, stems, n=1)
        mend = f", did you mean {near[0]!r}?" if near else ""
        raise LoopConfigError(f"there is no loop {name!r}{mend}; the loops are {', '.join(stems)}", path=path)
    return read_loop(path)


def load_loops() -> tuple[list[LoopConfig], list[BrokenLoop]]:
    """Read every loop, sorted by name; a file that is wrong does not stop the others.

    Loops that share an endpoint are all broken: each would promote its model over the other's.
    LoopConfigError when the folder is missing or holds no loop.
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


def read_loop(path: Path) -> LoopConfig:
    """Read one loop's file; LoopConfigError names the file, the key and the mend."""
    if path.suffix != ".yaml":
        raise LoopConfigError(f"must be named {path.stem}.yaml", path=path)
    loop = parse_section(
        LoopConfig, _read_yaml(path), path, known={"path": path, "template_path": path, "conditions_path": None}
    )
    check_loop(loop)
    training = replace(loop.training, incremental=loop.training.first | loop.training.incremental)
    template = _found(loop, loop.review.template, "review.template", "add the template")
    conditions = loop.selection.conditions
    conditions_path = _found(loop, conditions, "selection.conditions", "add it") if conditions else None
    return replace(loop, training=training, template_path=template, conditions_path=conditions_path)


def _others_at_endpoint(loop: LoopConfig, loops: list[LoopConfig]) -> list[str]:
    return [other.name for other in loops if other is not loop and other.endpoint.name == loop.endpoint.name]


def _shared(loop: LoopConfig, others: list[str]) -> BrokenLoop:
    message = f"{loop.endpoint.name!r} is the endpoint of {', '.join(others)} too; give each loop its own"
    return BrokenLoop(loop.name, loop.path, LoopConfigError(message, path=loop.path, key="endpoint.name"))


def _files() -> list[Path]:
    folder = loops_folder()
    if not folder.is_dir():
        raise LoopConfigError(f"there is no such folder of loops; make it, or set {ENVIRONMENT_VARIABLE}", path=folder)
    files = sorted(file for file in folder.iterdir() if file.suffix in {".yaml", ".yml"})
    if not files:
        raise LoopConfigError("holds no loop; add a file such as voc.yaml", path=folder)
    return files


class _Loader(yaml.SafeLoader):
    """YAML that refuses a key given twice: plain YAML would silently take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.value != "<<"]
        doubled = next((key for key in keys if keys.count(key) > 1), None)
        if doubled is not None:
            raise yaml.constructor.ConstructorError(None, None, f"key {doubled!r} is given twice", node.start_mark)
        return super().construct_mapping(node, deep=deep)


def _read_yaml(path: Path) -> object:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  a SafeLoader
    except (OSError, UnicodeDecodeError) as error:
        raise LoopConfigError(f"cannot be read: {error}", path=path) from error
    except yaml.YAMLError as error:
        raise LoopConfigError(f"is not YAML: {error}", path=path) from error


def _found(loop: LoopConfig, name: str, key: str, mend: str) -> Path:
    """Find a file that a setting names: beside the loop's file, else in the project."""
    places = [loop.path.parent / name, PROJECT / name]
    for place in places:
        if place.is_file():
            return place
    tried = " or ".join(dict.fromkeys(str(place) for place in places))
    raise LoopConfigError(f"there is no file {tried}; {mend}", path=loop.path, key=key)
