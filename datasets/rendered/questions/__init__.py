"""Questions with short answers about rendered screens, made from the truth about what was drawn."""

from pocketvlm.datasets.rendered.questions.balancing import balance
from pocketvlm.datasets.rendered.questions.drafts import KINDS
from pocketvlm.datasets.rendered.questions.make import make_questions
from pocketvlm.datasets.rendered.questions.phrasings import phrasings

__all__ = ["KINDS", "balance", "make_questions", "phrasings"]
