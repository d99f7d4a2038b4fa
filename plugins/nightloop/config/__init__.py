"""The loops: one YAML file per model in ``include/loops``.

Read at every DAG parse, so cheap to import, and free of Airflow.
"""

from nightloop.config.deciding import Budget, Selection, Trust
from nightloop.config.errors import LoopConfigError
from nightloop.config.loading import BrokenLoop, load_loop, load_loops, loops_folder, read_loop
from nightloop.config.models import (
    Channel,
    Endpoint,
    Gate,
    Limits,
    LoopConfig,
    Notify,
    Review,
    Scoring,
    Seed,
    Training,
    Transform,
)

__all__ = [
    "BrokenLoop",
    "Budget",
    "Channel",
    "Endpoint",
    "Gate",
    "Limits",
    "LoopConfig",
    "LoopConfigError",
    "Notify",
    "Review",
    "Scoring",
    "Seed",
    "Selection",
    "Training",
    "Transform",
    "Trust",
    "load_loop",
    "load_loops",
    "loops_folder",
    "read_loop",
]
