"""Lines that show the progress of a long run and where to look."""

from __future__ import annotations

import time


class Progress:
    """Prints each line with the seconds since the start."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    def say(self, text: str) -> None:
        """Print a line at once."""
        print(f"[{self.seconds:4.0f} s] {text}", flush=True)
