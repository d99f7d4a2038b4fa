"""Read one loop's file, and find all of its mistakes."""

from collections.abc import Iterator
from dataclasses import fields, replace
from functools import partial
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from nightloop.config.errors import LoopConfigError, LoopFileError, Mistake
from nightloop.config.loading.document import Document, read_document
from nightloop.config.loading.rules import attribute_of, broken_rules, find_file, setting_of
from nightloop.config.loading.wording import nearest, problem_of, unknown_key
from nightloop.config.models.loop import LoopConfig, LoopFile
from nightloop.config.schema.loop_schema import setting_schema

_READER = TypeAdapter(LoopFile)
_UNKNOWN = {"unexpected_keyword_argument", "invalid_key"}


def read_loop(path: Path) -> LoopConfig:
    """Read one loop's file.

    :raises LoopFileError: naming every mistake in it, its line and how to correct it.
    """
    if path.suffix != ".yaml":
        raise LoopConfigError(f"must be named {path.stem}.yaml", path=path)
    document = read_document(path)
    try:
        file = _READER.validate_python(document.value)
    except ValidationError as error:
        raise _all_mistakes(path, document, error.errors(include_url=False)) from None
    broken = broken_rules(path, partial(attribute_of, file), set())
    mistakes = [*document.twice, *(document.mistake(key, problem) for key, problem in broken)]
    if mistakes:
        raise LoopFileError(path, mistakes)
    return _as_read(path, file)


def _all_mistakes(path: Path, document: Document, errors: list[ErrorDetails]) -> LoopFileError:
    broken = broken_rules(path, partial(setting_of, document.value), {error["loc"] for error in errors})
    mistakes = (document.mistake(key, problem) for key, problem in broken)
    return LoopFileError(path, [*document.twice, *_mistakes(document, errors), *mistakes])


def _as_read(path: Path, file: LoopFile) -> LoopConfig:
    training = replace(file.training, incremental=file.training.first | file.training.incremental)
    conditions = file.selection.conditions
    settings = {field.name: getattr(file, field.name) for field in fields(file)}
    return LoopConfig(
        **(settings | {"training": training}),
        path=path,
        template_path=_existing(path, file.review.template),
        conditions_path=_existing(path, conditions) if conditions else None,
    )


def _existing(path: Path, name: str) -> Path:
    """Return a file that a rule has found already."""
    found = find_file(path, name)
    if found is None:
        raise LoopConfigError(f"there is no file {name}; it was there a moment ago", path=path)
    return found


def _mistakes(document: Document, errors: list[ErrorDetails]) -> Iterator[Mistake]:
    unknown = [error["loc"] for error in errors if error["type"] in _UNKNOWN]
    meant = {(*key[:-1], nearest(str(key[-1]), setting_schema(key[:-1]))) for key in unknown}
    for error in errors:
        key = error["loc"]
        if error["type"] in _UNKNOWN:
            yield document.mistake(key, unknown_key(str(key[-1]), setting_schema(key[:-1])))
        elif error["type"] != "missing" or key not in meant:  # a key that is only misspelt is not missing too
            yield document.mistake(key, problem_of(error, setting_schema(key), document.written(key)))
