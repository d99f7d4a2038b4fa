"""What reviewers answered: A2I's output.json read, checked and merged."""

from nightloop.loop.answers.answer import DISAGREEMENT, Answer, ReviewerAnswer, Unusable
from nightloop.loop.answers.output import Weigh, earlier_answer, equally, parse_output

__all__ = ["DISAGREEMENT", "Answer", "ReviewerAnswer", "Unusable", "Weigh", "earlier_answer", "equally", "parse_output"]
