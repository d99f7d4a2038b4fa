"""The house's own rules: sizes, arrows between the rooms, and what must never appear in the repository."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("dags", "plugins", "services", "local")
MODULE_LINES = 300
TEST_LINES = 400
FUNCTION_LINES = 40

# Import-linter holds the arrows between packages (`.importlinter`); DAG files are none.
FORBIDDEN_IN_DAGS = ("services", "local", "boto3", "botocore")


def tracked(*suffixes: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if name.endswith(suffixes) and (ROOT / name).is_file()]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


PYTHON = tracked(".py")
PRODUCT = [path for path in PYTHON if relative(path).startswith(ROOMS)]


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


# One test a rule, for all files: a test for each file would cost more than the rule itself.


@cache
def text_of(path: Path) -> str:
    return path.read_text()


class Syntax(NamedTuple):
    """What the rules ask about a file, with lines: imported modules, functions and their length, swallowed errors."""

    imports: list[tuple[int, str]]
    functions: list[tuple[int, str, int]]
    swallowed: list[int]


@cache
def syntax_of(path: Path) -> Syntax:
    """Parse a file, once for all rules; the tree itself is not kept."""
    found = Syntax([], [], [])
    for node in ast.walk(ast.parse(text_of(path))):
        if isinstance(node, ast.Import):
            found.imports.extend((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.imports.append((node.lineno, node.module))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.functions.append((node.lineno, node.name, lines_of(node)))
        elif isinstance(node, ast.ExceptHandler) and all(isinstance(step, ast.Pass) for step in node.body):
            found.swallowed.append(node.lineno)
    return found


def test_modules_are_short() -> None:
    lengths = {relative(path): len(text_of(path).splitlines()) for path in PYTHON}
    long = {
        name: length
        for name, length in lengths.items()
        if length > (TEST_LINES if name.startswith(("tests/", "benchmarks/")) else MODULE_LINES)
    }
    assert not long, "does it hold more than one thing? split it by meaning"


def test_functions_are_short() -> None:
    long = [
        f"{relative(path)}:{line}: {name} has {length} lines"
        for path in PRODUCT
        for line, name, length in syntax_of(path).functions
        if length > FUNCTION_LINES
    ]
    assert not long


def test_dags_import_no_service() -> None:
    crossed = [
        f"{relative(path)}:{line}: {module}"
        for path in PRODUCT
        if relative(path).startswith("dags/")
        for line, module in syntax_of(path).imports
        if any(is_within(module, name) for name in FORBIDDEN_IN_DAGS)
    ]
    assert not crossed


def test_no_error_is_swallowed() -> None:
    swallowed = [f"{relative(path)}:{line}" for path in PYTHON for line in syntax_of(path).swallowed]
    assert not swallowed


def test_no_machine_path_or_leftover_mark() -> None:
    # The last letters stand in brackets so that this line does not find itself.
    mark = re.compile(r"/wor[k]/|\bTOD[O]\b|\bFIXM[E]\b|\bXX[X]\b|raise NotImplementedErro[r]")
    found = [
        f"{relative(path)}:{number}: {line.strip()[:100]}"
        for path in tracked(".py", ".md", ".js", ".html", ".css", ".yaml", ".yml", ".toml", ".sh", "Makefile", "run")
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if mark.search(line)
    ]
    assert not found


SERVICES = sorted(
    {
        ROOT / "services" / path.relative_to(ROOT).parts[1]
        for path in PRODUCT
        if len(path.parts) - len(ROOT.parts) > 2 and relative(path).startswith("services/")
    }
)


@pytest.mark.parametrize("service", SERVICES, ids=relative)
def test_each_service_says_what_it_is(service: Path) -> None:
    assert len((service / "README.md").read_text().splitlines()) <= 60


SORTED = ("plugins/nightloop/", "services/", "local/", "benchmarks/")
SORTED_FILES = [path for path in PYTHON if relative(path).startswith(SORTED)]
FOLDERS = sorted({path.parent for path in SORTED_FILES})


@pytest.mark.parametrize("folder", FOLDERS, ids=relative)
def test_a_folder_of_folders_has_one_loose_module(folder: Path) -> None:
    below = [path for path in SORTED_FILES if folder in path.parents]
    loose = [path.name for path in below if path.parent == folder and not path.name.startswith("__")]
    has_folders = any(path.parent != folder for path in below)
    assert not has_folders or len(loose) <= 1, "give each a folder that says what it is about"
