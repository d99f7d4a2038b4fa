"""What reviewers answered: A2I's output.json read, checked and merged."""

from nightloop.domain.detection.answers.answer import DISAGREEMENT, Answer, ReviewerAnswer, Unusable
from nightloop.domain.detection.answers.output_json import Weigh, earlier_answer, equally, parse_output

__all__ = ["DISAGREEMENT", "Answer", "ReviewerAnswer", "Unusable", "Weigh", "earlier_answer", "equally", "parse_output"]
