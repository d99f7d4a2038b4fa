"""The YAML of a loop file: its values, and the line of each key."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nightloop.config.errors import LoopFileError, Mistake

_TEXT = "tag:yaml.org,2002:str"
_MERGE = "tag:yaml.org,2002:merge"

Key = tuple[str | int, ...]
"""Where a value stands: the keys of mappings, and places in lists from 0."""


def dotted(key: Key) -> str:
    """Return a key as people write it: `notify.owners[0].to`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in key)
    return text.removeprefix(".")


@dataclass(frozen=True, slots=True)
class Document:
    """What a loop file holds.

    `twice` are the mistakes of keys that stand in a mapping more than once; plain YAML would silently take the last.
    """

    value: object
    twice: tuple[Mistake, ...]
    _text: str
    _root: yaml.Node | None

    def mistake(self, key: Key, problem: str) -> Mistake:
        """Return a mistake with its place; a key that is missing is placed at what it is missing from."""
        mark = self._mark(key)
        return Mistake(problem, dotted(key) or None, mark.line + 1, mark.column + 1) if mark else Mistake(problem, None)

    def written(self, key: Key) -> str:
        """Return a value as the file writes it, shortened to one line."""
        node = self._node(key)[1]
        if node is None:
            return "nothing"
        text = " ".join(self._text[node.start_mark.index : node.end_mark.index].split())
        if isinstance(node, yaml.ScalarNode) and node.tag == _TEXT:
            text = repr(node.value)
        return "nothing" if not text or text in {"null", "~"} else f"{text:.80}"

    def _mark(self, key: Key) -> yaml.Mark | None:
        node, _ = self._node(key)
        return node.start_mark if node else None

    def _node(self, key: Key) -> tuple[yaml.Node | None, yaml.Node | None]:
        """Return the node that names a key and the node of its value; the nearest name where the key is missing."""
        name, value = self._root, self._root
        for part in key:
            found = _child(value, part)
            if found is None:
                return name, None
            name, value = found
        return name, value


def read_document(path: Path) -> Document:
    """Read a loop file.

    :raises LoopFileError: if it is no YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LoopFileError(path, [Mistake(f"cannot be read: {error}")]) from error
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        twice = tuple(_twice(root, (), set())) if root else ()
        value = loader.construct_document(root) if root else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = (mark.line + 1, mark.column + 1) if mark else (None, None)
        words = ", ".join(part for part in (error.context, error.problem) if part)
        raise LoopFileError(path, [Mistake(f"is not YAML: {words}", None, *place)]) from error
    except RecursionError as error:
        raise LoopFileError(path, [Mistake("cannot be read: it nests too deep")]) from error
    except yaml.YAMLError as error:
        raise LoopFileError(path, [Mistake(f"is not YAML: {' '.join(str(error).split())}")]) from error
    return Document(value, twice, text, root)


class _Loader(yaml.SafeLoader):
    """YAML whose values never stop the reading: a value that is no number or date stays text, and is checked later."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ANN401
        try:
            return super().construct_object(node, deep=deep)
        except ValueError:
            return node.value


def _twice(node: yaml.Node, key: Key, seen: set[int]) -> Iterator[Mistake]:
    """Yield the keys given twice; make every key the text it is written as (`on`, `1`)."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _twice(item, (*key, number), seen)
    if isinstance(node, yaml.MappingNode):
        yield from _twice_in(node, key, seen)


def _twice_in(node: yaml.MappingNode, key: Key, seen: set[int]) -> Iterator[Mistake]:
    first: dict[str, yaml.Mark] = {}
    for name, value in node.value:
        if not isinstance(name, yaml.ScalarNode) or name.tag == _MERGE:
            continue
        name.tag = _TEXT
        here, mark = (*key, name.value), name.start_mark
        if name.value in first:
            problem = f"is given twice: line {first[name.value].line + 1} has it too; remove one of them"
            yield Mistake(problem, dotted(here), mark.line + 1, mark.column + 1)
        first.setdefault(name.value, mark)
        yield from _twice(value, here, seen)


def _child(node: yaml.Node | None, part: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    if isinstance(node, yaml.MappingNode):
        pairs: Sequence[tuple[yaml.Node, yaml.Node]] = node.value
        # The last of equal keys counts, as in the value; so do keys of the mapping itself before merged ones.
        return next((pair for pair in reversed(pairs) if pair[0].value == str(part)), None)
    return None
