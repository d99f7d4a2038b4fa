"""Whether each listed image was scored, and only once: two lists of millions, compared while they go by."""

from collections.abc import Iterable, Iterator


class RollCall:
    """Compares the images that answer with those that are listed.

    As long as both come in the same order nothing is kept; what comes out of turn is kept until its other half comes.
    """

    def __init__(self, listed: Iterable[str]) -> None:
        self.listed = 0
        self._listed = iter(listed)
        self._missing: set[str] = set()
        self._early: set[str] = set()

    def answer(self, uri: str) -> None:
        """Take in one image that answers."""
        expected = next(self._listed, None)
        self.listed += expected is not None
        if expected == uri:
            return
        if expected is not None:
            _pair(expected, self._missing, self._early)
        _pair(uri, self._early, self._missing)

    def end(self) -> tuple[set[str], set[str]]:
        """Return the listed images that did not answer, and those that answered without being listed, or twice."""
        for uri in _counted(self._listed, self):
            _pair(uri, self._missing, self._early)
        return self._missing, self._early


def _pair(uri: str, waiting: set[str], others: set[str]) -> None:
    if uri in others:
        others.remove(uri)
    else:
        waiting.add(uri)


def _counted(uris: Iterator[str], call: RollCall) -> Iterator[str]:
    for uri in uris:
        call.listed += 1
        yield uri
