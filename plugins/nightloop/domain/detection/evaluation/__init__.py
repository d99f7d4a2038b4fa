"""Is a new model better than the live one: match, average precision, bootstrap, comparison."""

from nightloop.domain.detection.evaluation.comparison import Evaluation, compare
from nightloop.domain.detection.evaluation.model_score import ModelScore

__all__ = ["Evaluation", "ModelScore", "compare"]
