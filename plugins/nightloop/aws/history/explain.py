"""`python -m nightloop.aws.history.explain`: why a model said something, and which models hold an answer.

It needs the Airflow connections `aws_default` and `a2i_default`, as the tasks do, and prints JSON Lines.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nightloop.aws.datasets.cohorts import Cohorts, DataSettings
from nightloop.aws.errors import NightloopError
from nightloop.aws.history.lineage import Lineage
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.config import LoopConfigError
from nightloop.config.loading import load_loop
from nightloop.domain.errors import LoopError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer one question; return 1 if there is no answer."""
    options = _parser().parse_args(arguments)
    try:
        lineage = Lineage(Cohorts(ObjectStore(), DataSettings.of(load_loop(options.loop))))
        for row in _answer(lineage, options):
            print(json.dumps(row, ensure_ascii=False))
    except (NightloopError, LoopError, LoopConfigError) as error:
        print(f"explain: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m nightloop.aws.history.explain", description=__doc__)
    parser.add_argument("--loop", required=True, help="the loop's name")
    asked = parser.add_subparsers(dest="question", required=True)
    prediction = asked.add_parser("prediction", help="what a night's model said about an image, and what it learned")
    prediction.add_argument("night", help="the night's date, as 2026-11-22")
    prediction.add_argument("image", help="the image's S3 URI")
    model = asked.add_parser("model", help="what a model was made of")
    model.add_argument("model")
    answer = asked.add_parser("answer", help="which models hold what people answered")
    answer.add_argument("human_loop", help="the human loop's name")
    answer.add_argument("--without", metavar="MODEL", help="write this model's manifest without the answer")
    answer.add_argument("--to", type=Path, help="where to write it")
    return parser


def _answer(lineage: Lineage, options: argparse.Namespace) -> Iterable[dict[str, Any]]:
    if options.question == "prediction":
        return lineage.prediction(options.night, options.image)
    if options.question == "model":
        return lineage.model(options.model)
    told = lineage.answer(options.human_loop)
    if options.without:
        if options.to is None:
            raise NightloopError("--without needs --to: the file to write the manifest to.")
        lines = lineage.without(options.human_loop, options.without)
        options.to.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
        told = told | {"manifest": str(options.to), "lines": len(lines)}
    return [told]


if __name__ == "__main__":
    sys.exit(main())
