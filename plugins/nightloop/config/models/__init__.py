"""The settings of one loop, as its YAML file names them: one model for each section."""

from nightloop.config.models.deciding import Budget, Selection, Trust
from nightloop.config.models.gate import Gate, Limits
from nightloop.config.models.loop import LoopConfig, LoopFile
from nightloop.config.models.machines import Endpoint, Scoring, Transform
from nightloop.config.models.notify import Channel, Notify
from nightloop.config.models.promotion import Alarm, Promotion
from nightloop.config.models.review import Review
from nightloop.config.models.training import Seed, Training

__all__ = [
    "Alarm",
    "Budget",
    "Channel",
    "Endpoint",
    "Gate",
    "Limits",
    "LoopConfig",
    "LoopFile",
    "Notify",
    "Promotion",
    "Review",
    "Scoring",
    "Seed",
    "Selection",
    "Training",
    "Transform",
    "Trust",
]
