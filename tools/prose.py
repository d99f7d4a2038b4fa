"""Checks the prose of the repository with textlint: pages as they are, code by what people read of it.

Everything but its prose is blanked in a source file, character by character, into `build/prose/{file}.txt`: textlint
then names the line and the column of the source itself. `python -m tools.prose` checks what `CHECKED` names,
`python -m tools.prose FOLDER ...` anything else; `--count` adds how often each word was found.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import re
import subprocess
import sys
import tokenize
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ROOT: Final = Path(__file__).resolve().parents[1]
OUTPUT: Final = ROOT / "build" / "prose"
TEXTLINT: Final = ROOT / "node_modules" / ".bin" / "textlint"

CHECKED: Final = (
    "*.md",
    *(f":!docs/reference/{page}.md" for page in ("errors", "loop-file", "operators", "s3-files", "settings")),
    "include",
    ":!include/loops/schema.json",
    "dags",
    "plugins",
    "tools",
    "services",
    ":!services/review/portal/locale/ja",
    "local",
)
"""What `make lint` checks, as git's paths; generated pages are checked where they come from."""

Message: TypeAlias = tuple[str, int, int, str]
"""Source file, line and column (from 1), and what textlint says."""
SENTENCE_WORDS: Final = 3


def main(arguments: list[str] | None = None) -> int:
    """Write the prose of the files that were named, let textlint read it, and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.prose", description=__doc__)
    parser.add_argument("paths", nargs="*", default=list(CHECKED), help="git paths; what `make lint` checks by default")
    parser.add_argument("--count", action="store_true", help="end with how often each word was found, by folder")
    given = parser.parse_args(arguments)
    if not TEXTLINT.exists():
        print("textlint is not installed: run `make lint`, or `npm ci`", file=sys.stderr)
        return 2
    files = [path for path in listed(given.paths) if path.suffix in READERS]
    if not files:
        print(f"no file with prose is tracked below {', '.join(given.paths)}", file=sys.stderr)
        return 2
    found = check(files)
    print("".join(f"{file}:{line}:{column}: {text}\n" for file, line, column, text in found), end="")
    if given.count:
        print("".join(f"{count:5} {what}\n" for what, count in counted(found)), end="")
    return int(bool(found))


def check(files: Iterable[Path]) -> list[Message]:
    """Let textlint read the prose of these files; raises CalledProcessError if it cannot."""
    command = [str(TEXTLINT), "--format", "json", *(str(write(path)) for path in files)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode not in {0, 1}:
        print(run.stdout + run.stderr, file=sys.stderr)
        run.check_returncode()
    return list(messages(run.stdout))


def listed(patterns: Iterable[str]) -> list[Path]:
    """List the files that git knows below these paths, with those that are new."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in sorted(set(run.stdout.splitlines())) if (ROOT / name).is_file()]


def write(path: Path) -> Path:
    """Write the prose of one file and return where; a page that is prose itself stays where it is."""
    name = path.relative_to(ROOT).as_posix()
    if path.suffix == ".md" and name != "CHANGELOG.md":
        return Path(name)
    target = OUTPUT / (name if path.suffix == ".md" else f"{name}.txt")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(READERS[path.suffix](path.read_text(encoding="utf-8")), encoding="utf-8")
    return target.relative_to(ROOT)


def messages(report: str) -> Iterator[Message]:
    """Read textlint's report."""
    for file in json.loads(report):
        name = Path(file["filePath"]).resolve().relative_to(ROOT).as_posix()
        if name.startswith("build/prose/"):
            name = name.removeprefix("build/prose/").removesuffix(".txt")
        for message in file["messages"]:
            yield name, message["line"], message["column"], " ".join(message["message"].split())


def counted(found: Iterable[Message]) -> list[tuple[str, int]]:
    """Count what was found by folder and word, the most frequent first."""
    counts = Counter(
        f"{'/'.join(Path(file).parts[:3][:-1]) or '.'}: {text.split(' =>')[0].lower()}" for file, _, _, text in found
    )
    return counts.most_common()


def python_prose(source: str) -> str:
    """Keep the comments, docstrings and strings of some words."""
    kept: list[tuple[tuple[int, int], tuple[int, int]]] = []
    docstrings = _docstring_lines(source)
    for token in _whole_strings(tokenize.generate_tokens(io.StringIO(source).readline)):
        is_comment = token.type == tokenize.COMMENT and "noqa" not in token.string and "type:" not in token.string
        is_text = token.type == tokenize.STRING and (token.start[0] in docstrings or _is_sentence(token.string))
        if is_comment or is_text:
            kept.append((token.start, token.end))
    return _without_code(_only(source, kept))


def yaml_prose(source: str) -> str:
    """Keep the comments of YAML."""
    return "\n".join(_blank(line[: _comment(line)]) + line[_comment(line) :] for line in source.split("\n"))


def html_prose(source: str) -> str:
    """Keep the text between tags, and of attributes what is shown or read aloud."""
    blanked = re.sub(r"<(script|style)\b.*?</\1>|\{[%#{].*?[%#}]\}", _blank_match, source, flags=re.DOTALL)
    return re.sub(r"<[^>]*>", _tag, blanked)


def script_prose(source: str) -> str:
    """Keep the comments of JavaScript and its strings of some words; `//` in a regular expression counts as one."""
    kept, end = [], 0
    for found in _SCRIPT_TEXT.finditer(source):
        is_kept = found[0].startswith("/") or _is_sentence(found[0])
        kept += [_blank(source[end : found.start()]), found[0] if is_kept else _blank(found[0])]
        end = found.end()
    return _JSDOC_NAME.sub(_blank_match, _without_code("".join([*kept, _blank(source[end:])])))


def json_prose(source: str) -> str:
    """Keep the values of an object of texts, not its keys."""
    return re.sub(r'^\s*"(?:[^"\\]|\\.)*"\s*:', _blank_match, source, flags=re.MULTILINE)


def unreleased(source: str) -> str:
    """Keep the section of a changelog that is not released."""
    sections = re.split(r"(?m)^(?=## )", source)
    return "".join(text if text.startswith("## Unreleased") else _blank(text) for text in sections)


READERS: Final[dict[str, Callable[[str], str]]] = {
    ".md": unreleased,
    ".py": python_prose,
    ".yaml": yaml_prose,
    ".yml": yaml_prose,
    ".html": html_prose,
    ".js": script_prose,
    ".json": json_prose,
}
_SCRIPT_TEXT: Final = re.compile(
    r"""//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`""", re.DOTALL
)
_JSDOC_NAME: Final = re.compile(r"@(?:param|property|typedef)\s+(?:\{.*?\}\s+)?\[?[\w$.]+")
_FSTRING_START: Final = getattr(tokenize, "FSTRING_START", None)
_FSTRING_END: Final = getattr(tokenize, "FSTRING_END", None)


def _whole_strings(tokens: Iterable[tokenize.TokenInfo]) -> Iterator[tokenize.TokenInfo]:
    """Yield an f-string as one string: Python 3.12 and later part it into tokens of its own."""
    parts: list[tokenize.TokenInfo] = []
    depth = 0
    for token in tokens:
        depth += (token.type == _FSTRING_START) - (token.type == _FSTRING_END)
        parts.append(token)
        if depth == 0:
            text = " ".join(part.string for part in parts)
            whole = tokenize.TokenInfo(tokenize.STRING, text, parts[0].start, token.end, token.line)
            yield token if len(parts) == 1 else whole
            parts = []


def _docstring_lines(source: str) -> set[int]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds) and ast.get_docstring(node)]
    return {node.body[0].lineno for node in nodes}


def _is_sentence(text: str) -> bool:
    return len(re.findall(r"[A-Za-z]{2,}(?=[\s,.;:!?'\"]|$)", text)) >= SENTENCE_WORDS


def _only(source: str, kept: list[tuple[tuple[int, int], tuple[int, int]]]) -> str:
    lines = source.split("\n")
    texts = [_blank(line) for line in lines]
    for (first, begin), (last, end) in kept:
        for number in range(first, last + 1):
            line = lines[number - 1]
            start, stop = (begin if number == first else 0), (end if number == last else len(line))
            shown = texts[number - 1]
            texts[number - 1] = shown[:start] + line[start:stop] + shown[stop:]
    return "\n".join(texts)


def _without_code(text: str) -> str:
    """Blank names in backticks, fields of f-strings, addresses, and the names that reST fields begin with."""
    return re.sub(
        r"``[^`]*``|`[^`\n]*`|\{[^{}\n]*\}|\w+://\S+|:(?:param|raises|returns?|type)[^:\n]*:", _blank_match, text
    )


def _comment(line: str) -> int:
    match = re.search(r"(?:^|\s)#", line)
    return match.start() if match else len(line)


def _tag(match: re.Match[str]) -> str:
    shown = {found.span(1) for found in re.finditer(r'(?:alt|title|aria-label|placeholder|header)="([^"]*)"', match[0])}
    return "".join(
        letter if letter == "\n" or any(start <= place < end for start, end in shown) else " "
        for place, letter in enumerate(match[0])
    )


def _blank_match(match: re.Match[str]) -> str:
    return _blank(match[0])


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


if __name__ == "__main__":
    sys.exit(main())
