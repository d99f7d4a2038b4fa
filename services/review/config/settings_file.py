"""Settings that stand in files: all of them in one TOML file, or a secret alone in its own."""

from __future__ import annotations

import difflib
import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.review.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

FILE = "_FILE"


def read(file: Path | str, prefix: str, known: Collection[str], secrets: Collection[str]) -> dict[str, str]:
    """Read a TOML file into texts by the names of environment variables; no file gives none.

    Raises SettingsError for a file that cannot be read, a key that is not known, a value that is no text or number.
    """
    if not file:
        return {}
    path = Path(file)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"the settings file {path} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"the settings file {path} is not TOML: {error}") from error
    names = {name.removeprefix(prefix).lower(): name for name in [*known, *(f"{name}{FILE}" for name in secrets)]}
    texts = {}
    for key, value in document.items():
        if key not in names:
            raise SettingsError(f"the settings file {path} has an unknown key `{key}`{_nearest(key, names)}")
        texts[names[key]] = _text(path, key, value)
    return with_secrets(texts, {name: text for name, text in texts.items() if name in known}, secrets)


def with_secrets(source: Mapping[str, str], texts: Mapping[str, str], secrets: Collection[str]) -> dict[str, str]:
    """Drop empty texts and add each secret whose file `source` names as `<secret>_FILE`.

    Raises SettingsError when a secret is given both ways, or its file cannot be read or is empty.
    """
    found = {name: text for name, text in texts.items() if text}
    for name in secrets:
        place = source.get(f"{name}{FILE}", "")
        if not place:
            continue
        if name in found:
            raise SettingsError(f"{name} and {name}{FILE} are both set: keep one of them")
        found[name] = _secret(f"{name}{FILE}", Path(place))
    return found


def _secret(name: str, path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name} names a file that cannot be read: {error}") from error
    if not text:
        raise SettingsError(f"{name} names an empty file: {path}")
    return text


def _text(path: Path, key: str, value: Any) -> str:  # noqa: ANN401 - whatever TOML can hold
    if isinstance(value, dict):
        return json.dumps(value, default=str)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int):
        return str(value)
    raise SettingsError(f"the settings file {path} has for `{key}` neither a text nor a number nor a table")


def _nearest(key: str, names: Collection[str]) -> str:
    near = difflib.get_close_matches(key, names, n=1, cutoff=0.0)
    return f"; the nearest known one is `{near[0]}`" if near else ""
