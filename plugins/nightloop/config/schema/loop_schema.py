"""The JSON Schema of the loop file, by which editors check it."""

import json
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from nightloop.config.models.loop import LoopFile

Schema = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"
"""The newest draft that every editor's YAML support reads."""


@cache
def loop_schema() -> Schema:
    """Return the schema of a loop file."""
    schema = TypeAdapter(LoopFile).json_schema(ref_template="#/definitions/{model}")
    definitions = schema.pop("$defs")
    return {
        "$schema": DRAFT,
        "title": "Nightloop loop file",
        **_for_editors(schema),
        "definitions": _for_editors(definitions),
    }


def setting_schema(key: tuple[str | int, ...]) -> Schema:
    """Return the schema of what stands at a key; an empty one where nothing may."""
    schema = loop_schema()
    for part in key:
        section = resolved(schema)
        if isinstance(part, int):
            schema = section.get("items", {})
        else:
            schema = section.get("properties", {}).get(part) or section.get("additionalProperties") or {}
    return resolved(schema)


def resolved(schema: Schema) -> Schema:
    """Return a schema with what it refers to, and with what it may be apart from null."""
    if "allOf" in schema:
        name = schema["allOf"][0]["$ref"].rpartition("/")[2]
        return {**loop_schema()["definitions"][name], **{key: schema[key] for key in schema if key != "allOf"}}
    if "$ref" in schema:
        return resolved({"allOf": [schema]})
    if "anyOf" in schema:
        other = next(choice for choice in schema["anyOf"] if choice.get("type") != "null")
        return {**resolved(other), **{key: schema[key] for key in schema if key != "anyOf"}}
    return schema


def schema_text() -> str:
    """Return the text of the committed file."""
    return json.dumps(loop_schema(), indent=2, ensure_ascii=False) + "\n"


def _for_editors(node: Any) -> Any:  # noqa: ANN401  any part of a schema
    """Say units where editors show them; keep what draft 7 would ignore, all that stands beside a `$ref`.

    Titles that only repeat a key are left out.
    """
    if isinstance(node, list):
        return [_for_editors(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: _for_editors(value) for key, value in node.items() if key != "title" or not isinstance(value, str)}
    if "$ref" in made and len(made) > 1:
        made = {"allOf": [{"$ref": made.pop("$ref")}], **made}
    if isinstance(made.get("unit"), str) and "description" in made:
        made["description"] += f" Unit: {made['unit']}."
    return made
