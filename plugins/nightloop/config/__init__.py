"""The loops: one YAML file per model in ``include/loops``.

Read at every DAG parse, so cheap to import, and free of Airflow.
"""

from nightloop.config.errors import LoopConfigError
from nightloop.config.loading import BrokenLoop, load_loop, load_loops, loops_folder, read_loop
from nightloop.config.models import Endpoint, Gate, LoopConfig, Review, Scoring, Seed, Training, Transform

__all__ = [
    "BrokenLoop",
    "Endpoint",
    "Gate",
    "LoopConfig",
    "LoopConfigError",
    "Review",
    "Scoring",
    "Seed",
    "Training",
    "Transform",
    "load_loop",
    "load_loops",
    "loops_folder",
    "read_loop",
]
