"""How right an answer is. The scores of words need nothing installed; `metrics.registry` names them all."""

from pocketvlm.datasets.metrics.words import NO_ANSWER, character_f1, exact_match, normalize_answer, token_f1

__all__ = ["NO_ANSWER", "character_f1", "exact_match", "normalize_answer", "token_f1"]
