"""The house's own rules: sizes, arrows between the rooms, and what must never appear in the repository."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

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


def imported_names(tree: ast.AST) -> list[tuple[int, str]]:
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.append((node.lineno, node.module))
    return names


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


@pytest.mark.parametrize("path", PYTHON, ids=relative)
def test_module_is_short(path: Path) -> None:
    ceiling = TEST_LINES if relative(path).startswith(("tests/", "benchmarks/")) else MODULE_LINES
    assert len(path.read_text().splitlines()) <= ceiling, "does it hold more than one thing? split it by meaning"


@pytest.mark.parametrize("path", PRODUCT, ids=relative)
def test_functions_are_short(path: Path) -> None:
    long = [
        f"{node.name} (line {node.lineno}): {lines_of(node)} lines"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and lines_of(node) > FUNCTION_LINES
    ]
    assert not long


@pytest.mark.parametrize("path", [path for path in PRODUCT if relative(path).startswith("dags/")], ids=relative)
def test_dags_import_no_service(path: Path) -> None:
    crossed = [
        f"line {line}: {module}"
        for line, module in imported_names(ast.parse(path.read_text()))
        if any(is_within(module, name) for name in FORBIDDEN_IN_DAGS)
    ]
    assert not crossed


@pytest.mark.parametrize("path", PYTHON, ids=relative)
def test_no_error_is_swallowed(path: Path) -> None:
    swallowed = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler) and all(isinstance(step, ast.Pass) for step in node.body)
    ]
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
