"""What an administrator lets templates do beyond what is safe for all: further origins, `eval`, workers from blobs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

ALL = "*"
_NAME = re.compile(r"[a-z0-9](-*[a-z0-9]){0,62}")
_ORIGIN = re.compile(r"(https?|wss?)://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:.]+\](:[0-9]{1,5})?")


@dataclass(frozen=True)
class Allowance:
    """What else one template may do: reach these origins, use `eval`, run workers it makes from blobs."""

    origins: tuple[str, ...] = ()
    unsafe_eval: bool = False
    blob_workers: bool = False

    def allows(self, address: str) -> bool:
        """Tell whether an address lies at one of the origins."""
        return origin_of(address) in self.origins


NOTHING = Allowance()


@dataclass(frozen=True)
class Allowances:
    """The allowances of a deployment, by the name of the human task UI; `*` stands for every template."""

    origins: tuple[tuple[str, str], ...] = ()
    unsafe_eval: frozenset[str] = frozenset()
    blob_workers: frozenset[str] = frozenset()

    def for_template(self, name: str) -> Allowance:
        """Return what the template of this name may do; a template without a name gets what all templates get."""
        names = {ALL, name}
        return Allowance(
            tuple(dict.fromkeys(origin for template, origin in self.origins if template in names)),
            bool(self.unsafe_eval & names),
            bool(self.blob_workers & names),
        )


def read_origins(text: str, public_url: str) -> tuple[tuple[str, str], ...]:
    """Read `https://cdn.example name=https://tiles.example`: origins for all templates, or for the one named.

    :raises ValueError: with a text that follows the setting's name.
    """
    found = []
    for entry in _entries(text):
        name, separator, origin = entry.rpartition("=")
        name, origin = (name if separator else ALL), origin.lower().removesuffix("/")
        if not _ORIGIN.fullmatch(origin) or (name != ALL and not _NAME.fullmatch(name.lower())):
            raise ValueError(
                f"must be origins such as https://cdn.example, each for all templates or, as "
                f"name=https://cdn.example, for one human task UI; {entry!r} is neither"
            )
        origin = _without_default_port(origin)
        if origin == origin_of(public_url):
            raise ValueError(f"must not contain {origin}: that is the portal itself")
        found.append((name, origin))
    return tuple(found)


def read_names(text: str) -> frozenset[str]:
    """Read names of human task UIs, or `*` for every template; raises ValueError as `read_origins` does."""
    names = _entries(text)
    for name in names:
        if name != ALL and not _NAME.fullmatch(name.lower()):
            raise ValueError(f"must be names of human task UIs, or * for every template, not {name!r}")
    return frozenset(names)


def origin_of(address: str) -> str:
    """Return the origin of an address, in lower case and without a default port; an empty text if it has none."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2].lower()
    return _without_default_port(f"{parts.scheme.lower()}://{host}") if host and parts.scheme else ""


def _without_default_port(origin: str) -> str:
    scheme = origin.partition(":")[0]
    return origin.removesuffix({"http": ":80", "https": ":443", "ws": ":80", "wss": ":443"}.get(scheme, ":"))


def _entries(text: str) -> list[str]:
    return text.replace(",", " ").split()
