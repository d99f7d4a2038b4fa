"""The reference page of the loop file."""

import json
from collections.abc import Iterator

from nightloop.config.schema.limits import Schema, choice_words, count_words, length_words, range_words
from nightloop.config.schema.loop_schema import loop_schema, resolved

HEAD = """\
# The loop file

<!-- Written by `python -m nightloop.config.documents`; change plugins/nightloop/config/models instead. -->

One YAML file in `include/loops` (another folder: `NIGHTLOOP_LOOPS`) is one loop. The file's name without `.yaml` is the
loop's name. [`include/loops/voc.yaml`](../../include/loops/voc.yaml) is an example. A section that is left out has its
defaults.

Editors with a YAML language server check the file while you write: its first line names the schema,
`# yaml-language-server: $schema=schema.json`. Nightloop reads the file whenever Airflow parses the DAGs. A file with
mistakes becomes a DAG `invalid_loop_{name}` that lists all of them with their lines; the other loops go on.
"""

_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "array": "list",
    "object": "mapping",
}


def reference_page() -> str:
    """Return the page as Markdown."""
    return "\n".join([HEAD, *_tables(loop_schema(), "")])


def _tables(section: Schema, key: str) -> Iterator[str]:
    """Yield a section's table, then those of the sections in it."""
    yield from _heading(section, key)
    yield "| key | type | default | allowed | what it is for |"
    yield "|---|---|---|---|---|"
    required = section.get("required", [])
    for name, setting in section["properties"].items():
        yield _row(name, setting, required=name in required)
    yield ""
    for name, setting in section["properties"].items():
        inner, within = resolved(setting), f"{key}.{name}".removeprefix(".")
        if inner.get("type") == "array":
            inner, within = resolved(inner["items"]), f"{within}[]"
        if "properties" in inner and not _repeats(within):
            yield from _tables(inner, within)


def _heading(section: Schema, key: str) -> Iterator[str]:
    if not key:
        yield "## The whole file"
    else:
        yield f"## `{key}`"
        yield ""
        yield " ".join(section["description"].replace("``", "`").split())
    yield ""


def _repeats(key: str) -> bool:
    """Say whether a section's settings are in another section's table already."""
    return key in {"training.incremental", "notify.owners[]"}


def _row(name: str, schema: Schema, *, required: bool) -> str:
    setting = resolved(schema)
    kind = _type(setting) + (" or null" if {"type": "null"} in schema.get("anyOf", []) else "")
    cells = (f"`{name}`", kind, _default(setting, required=required), _allowed(setting), _purpose(setting))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _type(setting: Schema) -> str:
    if setting.get("additionalProperties") is False:
        return "section"
    kind = setting.get("type", "string")
    if kind == "array":
        items = resolved(setting["items"])
        return "list of sections" if "properties" in items else f"list of {_TYPES[items['type']]}s"
    return " or ".join(_TYPES[one] for one in ([kind] if isinstance(kind, str) else kind))


def _default(setting: Schema, *, required: bool) -> str:
    if required:
        return "required"
    if "default" in setting:
        return f"`{json.dumps(setting['default'], ensure_ascii=False)}`"
    return "`{}`" if _type(setting) == "mapping" else ""


def _allowed(setting: Schema) -> str:
    if "enum" in setting:
        return choice_words(setting)
    if "patternErrorMessage" in setting:
        length = length_words(setting)
        hint = str(setting["patternErrorMessage"]).removeprefix("Must be ").removesuffix(".")
        return f"{hint}; {length}" if length else hint
    items = resolved(setting["items"]) if "items" in setting else {}
    each = _allowed(items) if items and "properties" not in items else ""
    parts = [range_words(setting), length_words(setting), count_words(setting), f"each {each}" if each else ""]
    return ", ".join(part for part in parts if part)


def _purpose(setting: Schema) -> str:
    return str(setting.get("description", ""))
