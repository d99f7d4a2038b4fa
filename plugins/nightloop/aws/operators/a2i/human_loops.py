"""What operators that do one thing to many human loops have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.clients.throttle import repeated
from nightloop.aws.errors import NightloopError, SetupError, TooManyFailuresError, TransientError
from nightloop.aws.hooks.paced_a2i import PacedA2IHook
from nightloop.aws.human_loops import lifecycle
from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.operators.base import LoopOperator
from nightloop.aws.results.given import Given, value_of
from nightloop.aws.storage.night_files import iterate_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from airflow.sdk import BaseOperatorLink, Context

    from nightloop.aws.results.reviews import TreatedHumanLoops
    from nightloop.aws.storage.object_store import StoredObject

FAILED = "failed"
_DONE = "_done"
"""Under this key an entry carries the line of an earlier try."""


class HumanLoopsOperator(LoopOperator):
    """An operator that does the same to each of many human loops, from several threads, even if some fail.

    What happened to each is one line of `results_uri`, in the order of `loops`; XCom gets counts and that address. A
    retry or a clear finds the lines there: it does nothing to human loops that are done, and tries those that failed
    again.

    :param loops: A list with one entry for each human loop, or the S3 URI of JSON Lines with one line for each
        (templated). An entry is a name or a mapping; the subclass says what it takes.
    :param results_uri: The S3 URI to write results to (templated).
    :param failure_limit: The share of human loops that may fail without failing the task, 0 to 1.
    :param concurrency: How many threads call at once; throttled calls slow them all down.
    :param a2i_conn_id: The Airflow connection of the reviews (templated).
    :raises TooManyFailuresError: if a greater share of human loops failed; the results are there by then.
    :raises SetupError: if an entry cannot be understood.
    :raises TransientError: if the service is away; the next try goes on from the results so far.
    """

    template_fields = aws_template_fields("a2i_conn_id", "loops", "results_uri")
    operator_extra_links: tuple[BaseOperatorLink, ...] = (S3OutputLink(),)

    def __init__(
        self,
        *,
        loops: Given[Sequence[str | Mapping[str, object]] | str],
        results_uri: str,
        failure_limit: float = 0.0,
        concurrency: int = 8,
        a2i_conn_id: str | None = "a2i_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.loops = loops
        self.results_uri = results_uri
        self.failure_limit = failure_limit
        self.concurrency = concurrency
        self.a2i_conn_id = a2i_conn_id
        self._away: TransientError | None = None

    @cached_property
    def a2i(self) -> PacedA2IHook:
        """The reviews."""
        return PacedA2IHook(self.a2i_conn_id, **self.client_arguments)

    @abstractmethod
    def treat(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Do it to one human loop; return its line with `review_name` and `outcome`."""

    def name_of(self, entry: dict[str, Any]) -> str | None:
        """Return the name of the human loop that an entry stands for, None if it has none."""
        return None if entry.get("name") is None else str(entry["name"])

    def execute(self, context: Context) -> TreatedHumanLoops:
        """Do it to all human loops that no earlier try has done it to."""
        self._away = None
        stored = self.store.describe(self.results_uri)
        if stored is None:
            self._write(None)
        elif any(line["outcome"] == FAILED for line in iterate_lines(self.store, self.results_uri)):
            self.log.info("Loops that failed in an earlier try are tried again; the others are kept.")
            self._write(stored)
        else:
            self.log.info("%s was written by an earlier try; it is kept.", self.results_uri)
        S3OutputLink.persist_for(context, self, self.results_uri)
        return self._summary()

    def entries(self) -> Iterator[dict[str, Any]]:
        """Yield what was given, each entry a mapping with a name."""
        given: Iterable[object] = (
            iterate_lines(self.store, self.loops) if isinstance(self.loops, str) else value_of(self.loops)
        )
        for number, entry in enumerate(given, start=1):
            if isinstance(entry, str):
                yield {"name": entry}
            elif isinstance(entry, dict):
                name = entry.get("name", entry.get("review_name"))
                yield entry if name is None else {**entry, "name": name}
            else:
                raise SetupError(f"Entry {number} of loops is {entry!r}. Give a name or a mapping for each human loop.")

    def _write(self, stored: StoredObject | None) -> None:
        """Write the results, or replace those of an earlier try.

        :raises TransientError: if the service was away in between; what was done until then is written down.
        """
        from nightloop.domain.rows.jsonl import dump_rows

        given = self.entries() if stored is None else self._kept(self.entries())
        lines = dump_rows(self._logged(lifecycle.in_bulk(self.a2i, self._treat, given, threads=self.concurrency)))
        if stored is None:
            self.store.write_lines_once(self.results_uri, lines)
        else:
            self.store.replace_lines(self.results_uri, lines, etag=stored.etag)
        if self._away is not None:
            raise self._away

    def _kept(self, entries: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Give each entry the line that an earlier try has written for its human loop, unless it failed."""
        written = iterate_lines(self.store, self.results_uri)
        for entry in entries:
            line = next(written, None)
            is_done = line is not None and line["outcome"] != FAILED and line["review_name"] == self.name_of(entry)
            yield {**entry, _DONE: line} if is_done else entry

    def _treat(self, entry: dict[str, Any]) -> dict[str, Any]:
        if _DONE in entry:
            return dict(entry[_DONE])
        if self._away is not None:
            return {"review_name": self.name_of(entry), "outcome": FAILED, "error": f"Not tried: {self._away}"}
        try:
            # Here, not in `in_bulk`: a failure for good becomes a line, and no try would help.
            return repeated(lambda: self.treat(entry))
        except TransientError as error:
            self._away = error  # the others wait for the next try: each would wait as long for the same service
            return {"review_name": self.name_of(entry), "outcome": FAILED, "error": error.line}
        except NightloopError as error:
            return {"review_name": self.name_of(entry), "outcome": FAILED, "error": error.line}

    def _logged(self, lines: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for line in lines:
            if line["outcome"] == FAILED:
                self.log.warning("%s: %s", line["review_name"], line["error"])
            yield line

    def _summary(self) -> TreatedHumanLoops:
        counts: Counter[str] = Counter()
        example = ""
        for line in iterate_lines(self.store, self.results_uri):
            counts[line["outcome"]] += 1
            example = example or str(line.get("error", ""))
        self.log.info("Human loops: %s", dict(counts) or "none")
        if counts[FAILED] > self.failure_limit * counts.total():
            raise TooManyFailuresError(
                f"{counts[FAILED]} of {counts.total()} human loops failed, more than failure_limit allows "
                f"({self.failure_limit:g}). For instance: {example} Fix the cause and clear this task: it tries those "
                f"again. {self.results_uri} has a line for each loop."
            )
        counts[FAILED] += 0  # also if none failed
        return cast("TreatedHumanLoops", {**counts, "loops": counts.total(), "results": self.results_uri})


def named(entry: dict[str, Any]) -> str:
    """Return the name of an entry.

    :raises SetupError: if it has none.
    """
    if not entry.get("name"):
        raise SetupError(f"{entry!r} names no human loop. Give `name` or `review_name`.")
    return str(entry["name"])
