"""`python -m nightloop.aws.erasing`: prints what there is of an image, and erases it if told.

It needs the Airflow connections `aws_default` and `a2i_default`, as the tasks do.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from nightloop.aws.datasets.cohorts import Cohorts, DataSettings
from nightloop.aws.erasing.image import ImageErasure
from nightloop.aws.errors import NightloopError
from nightloop.aws.hooks.a2i import A2IHook
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.config import LoopConfigError
from nightloop.config.loading import load_loop
from nightloop.domain.errors import LoopError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Look, and erase if told; return 1 if it is not all erased."""
    options = _parser().parse_args(arguments)
    try:
        cohorts = Cohorts(ObjectStore(), DataSettings.of(load_loop(options.loop)))
        erasure = ImageErasure(cohorts, A2IHook(), options.image)
        found, told = erasure.look()
        print(json.dumps(told, indent=1, ensure_ascii=False))
        if not options.yes:
            print("Nothing was changed; say --yes to erase.", file=sys.stderr)
            return 0
        mark = erasure.erase(found, told, while_nights_run=options.while_nights_run)
        print(f"Erased. Models that learned from it: {json.dumps(mark)}", file=sys.stderr)
    except (NightloopError, LoopError, LoopConfigError) as error:
        print(f"erasing: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m nightloop.aws.erasing", description=__doc__)
    parser.add_argument("--loop", required=True, help="the loop's name")
    parser.add_argument("image", help="the image's S3 URI")
    parser.add_argument("--yes", action="store_true", help="erase; without it, only print what would be erased")
    parser.add_argument(
        "--while-nights-run", action="store_true", help="do not wait for nights under way; erase again after them"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
