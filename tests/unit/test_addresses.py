"""Only `storage/` builds S3 addresses of what Nightloop writes, and takes them apart: its layout is changed there."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from tests.unit.test_house import PRODUCT, relative

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOM = "plugins/nightloop/aws/"
OUTSIDE = [
    path
    for path in PRODUCT
    if relative(path).startswith((ROOM, "dags/")) and not relative(path).startswith(f"{ROOM}storage/")
]

FILE_NAME = re.compile(r"[\w./-]*\.(json|jsonl|manifest|html|out|tar\.gz)")
FOLDER = re.compile(r"folder|uri|files|prefix|artefact|manifest|output|bucket|evaluation|decision", re.IGNORECASE)
TAKEN_APART = {"split", "rsplit", "partition", "rpartition", "rindex", "removeprefix"}

# What speaks of somebody else's addresses, or of no object at all.
OTHERS = {
    (f"{ROOM}datasets/cohorts.py", "'seed.manifest'"),  # a key of the loop's file
    (f"{ROOM}operators/sagemaker/transform.py", "first[:same].rindex('/')"),  # the users' own images
    (f"{ROOM}operators/sagemaker/transform.py", "ref.removeprefix(folder)"),
    (f"{ROOM}images/job_lists.py", "uris.split(uri)[1].split('/')"),
    (f"{ROOM}images/job_lists.py", "image.removeprefix(folder)"),
    (f"{ROOM}operators/night/list_images.py", "entry.uri.removeprefix(self.images)"),
    (f"{ROOM}operators/training/ask_approval.py", "image.source_ref.rsplit('/', 1)"),
}


def builds(tree: ast.AST) -> Iterator[ast.AST]:
    """Find what makes an address: `uris.join`, text that ends a folder with a path, the name of a file."""
    nodes = list(ast.walk(tree))
    on_disk = {id(node.right) for node in nodes if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)}
    docstrings = {
        id(node.value) for node in nodes if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    parts = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in nodes:
        if id(node) not in on_disk | docstrings | parts and is_built(node):
            yield node


def is_built(node: ast.AST) -> bool:
    match node:
        case ast.Attribute():
            return ast.unparse(node) in {"uris.join", "uris.parent", "uris.last"}
        case ast.JoinedStr():
            return names_a_file(node.values[-1]) or extends_a_folder(node)
        case ast.Constant():
            return names_a_file(node)
        case ast.BinOp(op=ast.Add()):
            return adds_to_a_folder(node)
    return False


def names_a_file(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and FILE_NAME.fullmatch(str(node.value)) is not None


def extends_a_folder(node: ast.JoinedStr) -> bool:
    """Say whether a text is a folder with something below it; a sentence that names one has spaces."""
    held = " ".join(ast.unparse(part.value) for part in node.values if isinstance(part, ast.FormattedValue))
    written = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
    return "s3://" in written or ("/" in written and " " not in written and FOLDER.search(held) is not None)


def adds_to_a_folder(node: ast.BinOp) -> bool:
    sides = [node.left, node.right]
    written = [side.value for side in sides if isinstance(side, ast.Constant) and isinstance(side.value, str)]
    held = " ".join(ast.unparse(side) for side in sides if not isinstance(side, ast.Constant))
    return any("/" in text and " " not in text for text in written) and FOLDER.search(held) is not None


def takes_apart(tree: ast.AST) -> Iterator[ast.AST]:
    """Find what reads a part of an address: text methods that cut at a slash or a folder."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        cut = node.args[0]
        at_slash = isinstance(cut, ast.Constant) and cut.value == "/"
        below = node.func.attr == "removeprefix" and FOLDER.search(ast.unparse(node)) is not None
        if node.func.attr in TAKEN_APART and (below or (at_slash and not is_arn_or_web(node))):
            yield node


def is_arn_or_web(node: ast.Call) -> bool:
    """Say whether a text with slashes is none of S3: an ARN, a web address, a DAG run's name."""
    assert isinstance(node.func, ast.Attribute)
    return re.search(r"arn|portal|\brun\b", ast.unparse(node.func.value)) is not None


@pytest.mark.parametrize("path", OUTSIDE, ids=relative)
def test_addresses_are_built_and_read_in_storage_only(path: Path) -> None:
    tree = ast.parse(path.read_text())
    found = [
        f"line {node.lineno}: {ast.unparse(node)}"  # type: ignore[attr-defined]
        for node in (*builds(tree), *takes_apart(tree))
        if (relative(path), ast.unparse(node)) not in OTHERS
    ]
    assert not found, "give it a name in storage/layout.py"


@pytest.mark.parametrize(
    "code",
    [
        "uris.join(folder, 'a')",
        "f'{folder}/receipt.json'",
        "f'{digest}.jsonl'",
        "f'{self.files.nights}{date}/plan'",
        "f's3://{bucket}/{key}'",
        "folder + '/models'",
        "write('rejected.jsonl')",
        "uri.endswith('/receipt.json')",
        "uri.rsplit('/', 1)[0]",
        "entry.uri.removeprefix(files.reviewers)",
        "artefact.split('/', 3)",
    ],
)
def test_the_rule_sees(code: str) -> None:
    tree = ast.parse(code)
    assert [*builds(tree), *takes_apart(tree)]


@pytest.mark.parametrize(
    "code",
    [
        "files.receipt",
        "EXPECTATIONS / f'{suite}.json'",
        "arn.rsplit('/', 1)[-1]",
        "f'{endpoint}/training-jobs/{name}/log'",
        "raise Error(f'{uri} is not there. Upload it, or correct {key} in the loop/s file.')",
        "f'{run.dag_id}/{run.run_id}'",
    ],
)
def test_the_rule_leaves_alone(code: str) -> None:
    tree = ast.parse(code)
    assert not [*builds(tree), *takes_apart(tree)]
