"""The loops: one YAML file for each model, in `include/loops`.

Airflow reads them at every DAG parse, so this package is cheap to import and free of Airflow.
"""

from nightloop.config.errors import LoopConfigError, LoopFileError, Mistake
from nightloop.config.loading import BrokenLoop, load_loop, load_loops, loops_folder, read_loop
from nightloop.config.models.deciding import Budget, Selection, Trust
from nightloop.config.models.gate import Gate, Limits
from nightloop.config.models.loop import LoopConfig, LoopFile
from nightloop.config.models.machines import Endpoint, Scoring, Transform
from nightloop.config.models.night_transform import NightTransform
from nightloop.config.models.notify import Channel, Notify
from nightloop.config.models.promotion import Alarm, Promotion
from nightloop.config.models.review import Review
from nightloop.config.models.scaling import AsyncInference, Autoscaling, Hours
from nightloop.config.models.training import Seed, Training

__all__ = [
    "Alarm",
    "AsyncInference",
    "Autoscaling",
    "BrokenLoop",
    "Budget",
    "Channel",
    "Endpoint",
    "Gate",
    "Hours",
    "Limits",
    "LoopConfig",
    "LoopConfigError",
    "LoopFile",
    "LoopFileError",
    "Mistake",
    "NightTransform",
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
