"""The page on the files of a loop in S3, from the module that builds every address."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Final

from tools.reference.markdown import head, prose, table
from tools.reference.modules import module_named

if TYPE_CHECKING:
    from collections.abc import Iterator

ABOUT: Final = """\
A loop keeps all it knows in S3, below `s3://{bucket}/{prefix}/{loop}/`. Everything is JSON or JSON Lines and is written
once: a second writer finds what is there and uses it. [Exactly once](../explanation/exactly-once.md) says why. A
key that ends with `/` is a folder."""
LOOP: Final = "s3://bucket/prefix/loop"
NIGHT: Final = f"{LOOP}/nights/{{date}}"


def page() -> str:
    """Write the page."""
    layout = module_named("nightloop.aws", "layout")
    night, shared = layout.NightFiles(NIGHT), layout.LoopFiles(LOOP)
    return "\n".join(
        (
            head("Files in S3", ABOUT),
            "## One night\n",
            table(("key", "holds"), _rows(night)),
            "## All nights of a loop\n",
            table(("key", "holds"), _rows(shared)),
        )
    )


def _rows(files: object) -> Iterator[tuple[str, str]]:
    """Yield the key of each address, its arguments as placeholders."""
    digest = module_named("nightloop.domain", "naming").content_digest
    for name, member in vars(type(files)).items():
        if name.startswith("_") or name == "date":
            continue
        value, arguments = getattr(files, name), []
        if callable(value):
            required = [each for each in inspect.signature(value).parameters.values() if each.default is each.empty]
            arguments = [f"{{{each.name}}}" for each in required]
            value = value(*arguments)
        if isinstance(value, str):
            for argument in arguments:
                value = value.replace(digest(argument.encode()), f"{{digest of {argument[1:-1]}}}")
            yield (
                f"`{value.removeprefix(LOOP + '/')}`",
                prose(member.__func__ if isinstance(member, staticmethod) else member),
            )
