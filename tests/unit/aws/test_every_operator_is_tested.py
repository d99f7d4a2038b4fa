"""Every operator, sensor and trigger has unit tests where its place in the tree says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROOT = TESTS.parents[2]
AWS = ROOT / "plugins" / "nightloop" / "aws"
MODULES = sorted(
    path.relative_to(AWS)
    for room in ("operators", "sensors", "triggers")
    for path in (AWS / room).rglob("*.py")
    if path.name != "__init__.py"
)


def imported(test: Path) -> set[str]:
    tree = ast.parse(test.read_text(encoding="utf-8"))
    return {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}


def covering(module: Path) -> list[str]:
    """Return the test modules of a module: in the same folder of the tests, of its name or about several at once."""
    name = ".".join(("nightloop", "aws", *module.with_suffix("").parts))
    found = sorted((TESTS / module.parent).glob("test_*.py"))
    return [test.name for test in found if name in imported(test)]


def test_all_rooms_are_looked_into():
    assert len(MODULES) > 50


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_it_has_tests(module):
    assert covering(module), f"Write tests/unit/aws/{module.parent}/test_{module.name}."
