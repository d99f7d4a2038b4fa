"""The loops: one YAML file for each model, in `include/loops`.

Airflow reads them at every DAG parse, so this package is cheap to import and free of Airflow.
"""

from nightloop.config.errors import LoopConfigError, LoopFileError, Mistake
from nightloop.config.loading import BrokenLoop, load_loop, load_loops, loops_folder, read_loop
from nightloop.config.models import (
    Alarm,
    Budget,
    Channel,
    Endpoint,
    Gate,
    Limits,
    LoopConfig,
    LoopFile,
    Notify,
    Promotion,
    Review,
    Scoring,
    Seed,
    Selection,
    Training,
    Transform,
    Trust,
)

__all__ = [
    "Alarm",
    "BrokenLoop",
    "Budget",
    "Channel",
    "Endpoint",
    "Gate",
    "Limits",
    "LoopConfig",
    "LoopConfigError",
    "LoopFile",
    "LoopFileError",
    "Mistake",
    "Notify",
    "Promotion",
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
