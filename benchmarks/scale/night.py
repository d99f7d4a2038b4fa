"""A large night on a running Airflow beside its operators alone, one after the other in one process."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.airflow_side.orchestration import BARE, MANY, WARM, instances, nights, operators_alone, write_loop
from benchmarks.common.records import Record, compared
from benchmarks.stubs.running import connections, stubs

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 1.3


def night(command: str, *, images: int) -> Sequence[Record]:
    """Run a night as a DAG, then its operators without Airflow, on services that take no time.

    A short night goes first: a freshly started Airflow is not what a night costs.
    """
    with (
        tempfile.TemporaryDirectory() as name,
        stubs(images={WARM: 1, MANY: images, BARE: images}, answered_at_once=True) as url,
    ):
        os.environ |= connections(url)
        loops = Path(name) / "loops"
        write_loop(loops)
        _, told = nights(Path(name) / "state", loops, url, {WARM: 1, MANY: images})
        alone = operators_alone(loops)
    what = f"a night of {images:,} images on Airflow, services without latency"
    peer = "its operators alone, one after the other in one process"
    return [
        compared(what, told.seconds, "s", peer=peer, peer_value=alone, most=MOST, command=command),
        instances(told, command),
    ]
