"""VQA accuracy: how many of ten people gave the answer, as the TextVQA challenge counts it.

Sources: Antol et al., VQA, arXiv:1505.00468; the evaluation of github.com/GT-Vision-Lab/VQA; the answer processing of
TextVQA's own code, `mmf/utils/m4c_evaluators.py` in github.com/facebookresearch/mmf, whose oddities are kept here, each
with a note, because published figures have them.
"""

import re
from collections.abc import Sequence

from pocketvlm.datasets.metrics.words import checked

_ENOUGH = 3  # people who gave the same answer make it fully right

_MARKS = ';/[]"{}()=+\\_-><@`!'  # commas and question marks are gone before
_PERIOD = re.compile(r"\.(?!\d)")  # also the one after a number: the original's look-behind is misspelt
_ARTICLES = {"a", "an", "the"}
_NUMBERS = {
    word: str(number) for number, word in enumerate("zero one two three four five six seven eight nine ten".split())
}
_NUMBERS["none"] = "0"

# Words to which an apostrophe that was left out is given back. "she'd" and "I'm" are not among them in the original.
_CONTRACTIONS = """
    ain't aren't can't could've couldn't couldn't've didn't doesn't don't hadn't hadn't've hasn't haven't he'd he'd've
    he's how'd how'll how's isn't it'd it'd've it'll ma'am mightn't mightn't've might've mustn't must've needn't not've
    o'clock oughtn't 'ow's'at shan't she'd've should've shouldn't shouldn't've somebody'd've somebody'll somebody's
    someone'd someone'd've someone'll someone's something'd something'd've something'll that's there'd there'd've
    there're there's they'd they'd've they'll they're they've 'twas wasn't we'd've we've weren't what'll what're what's
    what've when's where'd where's where've who'd who'd've who'll who's who've why'll why're why's won't would've
    wouldn't wouldn't've y'all y'all'll y'all'd've you'd you'd've you'll you're you've
""".split()
_MENDED = {
    word[:position] + word[position + 1 :]: word
    for word in _CONTRACTIONS
    for position, character in enumerate(word)
    if character == "'"
} | {"somebody'd": "somebodyd"}  # the wrong way round in the original


def vqa_accuracy(prediction: str, answers: Sequence[str]) -> float:
    """The share of a right answer that `prediction` earns, by how many people gave it.

    Of the answers of all people but one, three the same make it right, and each one less takes a third off; the mean
    over who is left out is the accuracy. With ten answers, those given by 1, 2, 3 and 4 people or more earn 0.3, 0.6,
    0.9 and 1.0.

    Args:
        prediction: what the model said.
        answers: what each person said, repetitions and all; ten of them in VQA and TextVQA.
    Raises:
        ValueError: `answers` is empty.
        TypeError: `answers` is one string.
    """
    said = normalize_vqa(prediction)
    people = len(checked(answers))
    agreeing = sum(normalize_vqa(answer) == said for answer in answers)
    # Leaving out one of those who agree leaves one less who does; leaving out another leaves them all.
    right = agreeing * min(1.0, (agreeing - 1) / _ENOUGH) + (people - agreeing) * min(1.0, agreeing / _ENOUGH)
    return right / people


def normalize_vqa(text: str) -> str:
    """`text` in lower case, without punctuation and articles, number words to ten as digits, apostrophes given back."""
    text = text.lower().replace(",", "").replace("?", "").replace("'s", " 's")
    text = text.replace("\n", " ").replace("\t", " ").strip()
    words = (_NUMBERS.get(word, word) for word in _without_marks(text).split())
    return " ".join(_MENDED.get(word, word) for word in words if word not in _ARTICLES)


def _without_marks(text: str) -> str:
    """A mark at the edge of a word anywhere goes everywhere; one that only joins words becomes a space."""
    bare = text
    for mark in _MARKS:
        at_an_edge = f"{mark} " in text or f" {mark}" in text
        bare = bare.replace(mark, "" if at_an_edge else " ")
    return _PERIOD.sub("", bare)
