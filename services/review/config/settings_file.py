"""Settings in files: all of them in one TOML file, or a secret in a file of its own."""

from __future__ import annotations

import difflib
import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

FILE = "_FILE"


def read(
    file: Path | str, prefix: str, known: Collection[str], secrets: Collection[str], wrong: list[str]
) -> dict[str, str]:
    """Read a TOML file into texts by the names of environment variables; without a file there are none.

    Adds to `wrong` a file that cannot be read, each unknown key, each value that is neither a text nor a number.
    """
    if not file:
        return {}
    path = Path(file)
    names = {name.removeprefix(prefix).lower(): name for name in [*known, *(f"{name}{FILE}" for name in secrets)]}
    texts = {}
    for key, value in _document(path, wrong).items():
        if key not in names:
            wrong.append(f"the settings file {path} has an unknown key `{key}`{_nearest(key, names)}")
        elif not isinstance(value, dict | str | int):
            wrong.append(f"the settings file {path} must have a text, a number or a table for `{key}`")
        else:
            texts[names[key]] = _text(value)
    return with_secrets(texts, {name: text for name, text in texts.items() if name in known}, secrets, wrong)


def with_secrets(
    source: Mapping[str, str], texts: Mapping[str, str], secrets: Collection[str], wrong: list[str]
) -> dict[str, str]:
    """Drop empty texts and add each secret whose file `source` names as `<secret>_FILE`.

    Adds to `wrong` each secret that is set in both ways, or whose file cannot be read or is empty.
    """
    found = {name: text for name, text in texts.items() if text}
    for name in secrets:
        place = source.get(f"{name}{FILE}", "")
        if place and name in found:
            wrong.append(f"{name} and {name}{FILE} are both set: keep one of them")
        elif place:
            found[name] = _secret(f"{name}{FILE}", Path(place), wrong)
    return found


def _document(path: Path, wrong: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        wrong.append(f"the settings file {path} cannot be read: {error}")
    except tomllib.TOMLDecodeError as error:
        wrong.append(f"the settings file {path} is not TOML: {error}")
    return {}


def _secret(name: str, path: Path, wrong: list[str]) -> str:
    try:
        text = path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        wrong.append(f"{name} names a file that cannot be read: {error}")
        return ""
    if not text:
        wrong.append(f"{name} names an empty file: {path}")
    return text


def _text(value: dict[str, Any] | str | int) -> str:
    if isinstance(value, dict):
        return json.dumps(value, default=str)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _nearest(key: str, names: Collection[str]) -> str:
    near = difflib.get_close_matches(key, names, n=1, cutoff=0.0)
    return f"; the nearest known one is `{near[0]}`" if near else ""
