"""What `pocketvlm.load` returns: a model that answers questions about pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from pocketvlm.answer import Answer
from pocketvlm.bundle import EMBEDDED, Bundle, open_bundle
from pocketvlm.chat import Chat
from pocketvlm.errors import BundleError, OptionError
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.decoder import Decoder
from pocketvlm.llm_backbone.generation import LanguageModel
from pocketvlm.llm_backbone.tokenizer import Tokenizer
from pocketvlm.picture import Picture, open_text_reader, read_picture
from pocketvlm.streaming import AnswerStream
from pocketvlm.vision.image import ImageSource
from pocketvlm.vision.text_reader import TextReader


class PocketVLM:
    """A loaded bundle. Its weights are shared by every chat; each chat has its own state."""

    def __init__(self, bundle: Bundle, model: LanguageModel, text_reader: TextReader) -> None:
        self.bundle = bundle
        self.model = model
        self.text_reader = text_reader

    def read(self, image: ImageSource) -> Picture:
        """Read a picture and the text in it, once for many chats.

        Raises:
            ImageError: it cannot be read; the message says why in one line.
        """
        return read_picture(image, self.text_reader)

    def chat(self, image: ImageSource | Picture | None = None) -> Chat:
        """Begin a conversation about a picture, or about nothing when there is none.

        Raises:
            ImageError: the picture cannot be read.
        """
        picture = image if isinstance(image, Picture) or image is None else self.read(image)
        return Chat(self.model, picture, self.bundle.sampling_defaults)

    def ask(self, image: ImageSource | Picture, question: str, **options: Any) -> Answer:
        """Answer one question about one picture; see `Chat.ask` for the options."""
        return self.chat(image).ask(question, **options)

    def stream(self, image: ImageSource | Picture, question: str, **options: Any) -> AnswerStream:
        """The same, piece by piece; see `Chat.stream`."""
        return self.chat(image).stream(question, **options)


def load(model: str | Path = EMBEDDED, threads: int | None = None, context_length: int | None = None) -> PocketVLM:
    """Load a bundle.

    Args:
        model: "nano", the bundle that ships with the package, or the folder of another one.
        threads: processor cores to use; all physical ones when None.
        context_length: a lower limit on prompt and answer together, in tokens, to bound memory.
    Raises:
        BundleError: the bundle is missing, damaged, or of an unknown format.
        OptionError: threads or context_length is out of its range.
    """
    bundle = open_bundle(model)
    text_reader = open_text_reader(threads)
    try:
        language_model = _language_model(bundle, threads)
    except Exception as error:  # the runtime and the tokenizer raise types of their own, some of them bare
        raise BundleError(f"{bundle.folder} cannot be loaded: {str(error).splitlines()[0]}") from error
    limit = language_model.context_length
    if context_length is not None and not 1 <= context_length <= limit:
        raise OptionError(f"context_length is {context_length}; this model allows 1 to {limit}")
    return PocketVLM(bundle, replace(language_model, context_length=context_length or limit), text_reader)


def _language_model(bundle: Bundle, threads: int | None) -> LanguageModel:
    config = LlamaConfig.from_dict(bundle.config)
    decoder = Decoder(config, bundle.graph("embed_tokens"), bundle.graph("decoder_model_merged"), threads)
    end_of_turn = bundle.generation_config["eos_token_id"]
    eos_token_ids = frozenset([end_of_turn] if isinstance(end_of_turn, int) else end_of_turn)
    return LanguageModel(decoder, Tokenizer(bundle.folder), eos_token_ids, config.max_position_embeddings)
