"""Is a new model better than the live one: match, average precision, bootstrap, comparison."""

from nightloop.loop.evaluation.comparison import Evaluation, ModelScore, compare

__all__ = ["Evaluation", "ModelScore", "compare"]
