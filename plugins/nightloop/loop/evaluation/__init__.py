"""Is a new model better than the live one: match, average precision, bootstrap, comparison."""

from nightloop.loop.evaluation.comparison import Evaluation, compare
from nightloop.loop.evaluation.score import ModelScore

__all__ = ["Evaluation", "ModelScore", "compare"]
