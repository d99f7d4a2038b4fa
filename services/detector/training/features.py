"""Features of all images of a job, computed once (the trunk is frozen) and kept in an unnamed temporary file.

The file is mapped into memory, so the operating system caches as much of it as fits, and a job over many thousand
images needs no more memory of its own than a job over ten.
"""

import tempfile
from types import TracebackType

import numpy as np

from services.detector.boxes.priors import Array
from services.detector.network.trunk import FEATURES

STORED = np.dtype(np.float16)


class FeatureFile:
    """Rows of features [*, F], appended once and read many times."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._rows = 0
        self._map: np.memmap[tuple[int, int], np.dtype[np.float16]] | None = None

    def __enter__(self) -> "FeatureFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._map = None
        self._file.close()

    def append(self, features: Array) -> slice:
        """Add rows [A, F] and return their key for `rows`."""
        self._file.write(features.astype(STORED).tobytes())
        self._map = None
        start, self._rows = self._rows, self._rows + len(features)
        return slice(start, self._rows)

    def rows(self, key: slice) -> Array:
        """Read rows [A, F] back as float32."""
        if self._map is None:
            self._file.flush()
            self._map = np.memmap(self._file, dtype=STORED, mode="r", shape=(self._rows, FEATURES))
        return self._map[key].astype(np.float32)
