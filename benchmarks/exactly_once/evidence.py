"""All that the checker looks at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.exactly_once.histories import Entry

Line = dict[str, Any]


@dataclass(frozen=True)
class NightRecord:
    """The files of one night, as they lie in S3 in the end."""

    date: str
    plan: Sequence[Line] = ()
    loops: Sequence[Line] = ()
    answers: Sequence[Line] = ()
    manifest: Sequence[Line] = ()


@dataclass(frozen=True)
class Evidence:
    """Histories of the services, files of the nights, and what was meant to be there.

    `outputs` is output.json of every loop that has one, by the loop's name; `jobs` are the names of the jobs that the
    finished steps handed on, `versions` those of the model versions (group/number); `updates` is how many endpoint
    updates they asked for; `stops` are the things that somebody really wanted stopped.
    """

    reviews: Sequence[Entry] = ()
    models: Sequence[Entry] = ()
    files: Sequence[Entry] = ()
    nights: Sequence[NightRecord] = ()
    outputs: Mapping[str, Line] = field(default_factory=dict)
    jobs: frozenset[str] = frozenset()
    versions: frozenset[str] = frozenset()
    updates: int = 0
    stops: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Finding:
    """Something that was not done exactly once."""

    kind: str
    what: str
