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


SAMPLES: Final = {"number": 1, "artefact": f"{LOOP}/models/{{training_job}}/output/model.tar.gz"}
"""What stands for an argument that is no name: any other one stands for itself, as a placeholder."""


def page() -> str:
    """Write the page."""
    layout = module_named("nightloop.aws", "layout")
    night, shared = layout.NightFiles(NIGHT), layout.LoopFiles(LOOP)
    model = shared.model("{training_job}")
    evaluation = model.evaluation("{digest}")
    sections = {
        "One night": [
            night,
            layout.ScoringFiles(NIGHT),
            layout.ManifestFiles(night.manifest),
            layout.NoticeFiles(night.notices),
        ],
        "All nights of a loop": [shared],
        "Images": [
            layout.NormalisedFiles(shared.normalised),
            layout.ErasedFiles(shared.folder),
            layout.FingerprintFiles(shared.fingerprints),
            layout.TransformFiles(shared.transform("{job}")),
            layout.QueueFiles(shared.folder),
        ],
        "A cohort": [shared.cohort("{cohort}")],
        "A model": [model, evaluation, evaluation.decision("{digest of limits}")],
        "Logs and marks": [
            layout.LogFiles(shared.holds),
            layout.LogFiles(model.owners),
            layout.LogFiles(shared.transform_owners("{job}")),
            layout.NoticeFiles(shared.notices).of_run("{dag}", "run"),
        ],
    }
    tables = [
        f"## {title}\n\n" + table(("key", "holds"), (row for files in of for row in _rows(files)))
        for title, of in sections.items()
    ]
    return "\n".join((head("Files in S3", ABOUT), *tables))


def _rows(files: object) -> Iterator[tuple[str, str]]:
    """Yield the key of each address, its arguments as placeholders; what reads an address is none."""
    digest = module_named("nightloop.domain", "naming").content_digest
    members = {name: member for kind in reversed(type(files).__mro__) for name, member in vars(kind).items()}
    for name, member in members.items():
        function = getattr(member, "fget", None) or getattr(member, "__func__", member)
        if name.startswith("_") or not callable(function) or function.__annotations__.get("return") != "str":
            continue
        value, arguments = getattr(files, name), []
        if callable(value):
            required = [each for each in inspect.signature(value).parameters.values() if each.default is each.empty]
            arguments = [SAMPLES.get(each.name, f"{{{each.name}}}") for each in required]
            value = value(*arguments)
        if value.startswith(f"{LOOP}/") and value != f"{LOOP}/":
            for argument in map(str, arguments):
                value = value.replace(digest(argument.encode()), f"{{digest of {argument[1:-1]}}}")
            yield f"`{value.removeprefix(LOOP + '/')}`", prose(function)
