"""Lines that say how far a long run is and where to look."""

from __future__ import annotations

import time


class Progress:
    """Prints each line with the seconds since it was made."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began

    def say(self, text: str) -> None:
        """Print a line at once."""
        print(f"[{self.seconds:4.0f} s] {text}", flush=True)
