"""`python -m local.compose setup|night`, in the containers of docker-compose.yaml."""

from __future__ import annotations

import argparse
import os
import sys

from local.compose.night import run_night
from local.compose.place import ComposePlace
from local.compose.setup import set_up
from local.config.settings import ROOT
from local.errors import LocalError


def main() -> int:
    """Run one command; 2 if something must be corrected first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["setup", "night"])
    command = parser.parse_args().command
    try:
        place = ComposePlace.from_environment(os.environ)
        if command == "night":
            return run_night(place, ROOT / "build")
        set_up(place)
    except LocalError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
