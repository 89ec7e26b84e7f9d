"""What `pocketvlm.load` returns: a model that answers questions about pictures."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias, cast

import numpy as np

from pocketvlm.answer import Answer, Location
from pocketvlm.bundle import EMBEDDED, Bundle, open_bundle
from pocketvlm.chat import PLAIN, TAUGHT, Chat
from pocketvlm.errors import BundleError, ContextError, OptionError
from pocketvlm.graphs.processor import has_int8_dot_products
from pocketvlm.image_encoder import ImageEncoder, open_image_encoder
from pocketvlm.llm_backbone.adapter import Adapter, read_adapter
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.decoder import Decoder
from pocketvlm.llm_backbone.generation import Conversation, Generation, LanguageModel
from pocketvlm.llm_backbone.prefill import Prefill
from pocketvlm.llm_backbone.sampling import GenerationConfig
from pocketvlm.llm_backbone.splicing import splice_ids
from pocketvlm.llm_backbone.tokenizer import Tokenizer
from pocketvlm.picture import Picture, open_text_reader, take_in
from pocketvlm.picture_cache import CACHE_BYTES, PictureCache
from pocketvlm.prompt_head import PromptHead, head_ids
from pocketvlm.streaming import AnswerStream
from pocketvlm.vision.image import ImageSource
from pocketvlm.vision.structure import ScreenStructure
from pocketvlm.vision.text_reader import TextReader

Images: TypeAlias = "ImageSource | Picture | Sequence[ImageSource | Picture]"  # several are a list or a tuple

SCREEN_ADAPTER = "adapters/screens.safetensors"  # where a bundle keeps what it was taught about parsed screens


class PocketVLM:
    """A loaded bundle. Its weights are shared by every chat; each chat has its own state.

    A bundle knows a picture by the text in it, by the elements that its parser finds on a screen, by image tokens, or
    by all of these; `Bundle.reads`, `parses` and `sees` say which.
    """

    def __init__(
        self,
        bundle: Bundle,
        model: LanguageModel,
        text_reader: TextReader | None,
        image_encoder: ImageEncoder | None,
        adapter: Adapter | None = None,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self.bundle = bundle
        self.model = model
        self.text_reader = text_reader
        self.image_encoder = image_encoder
        self.adapter = adapter
        self.cache = PictureCache(cache_bytes)
        self._voice = TAUGHT if adapter is not None and bundle.parses else PLAIN  # who is asked about a picture
        self._head = PromptHead(model, self._head_ids(), adapter if self._voice == TAUGHT else None)

    def _head_ids(self) -> list[int]:
        parses = self._voice == TAUGHT
        images = int(self.bundle.sees and (parses or not self.bundle.parses))
        limit = self.model.context_length // 2
        return head_ids(self.model.tokenizer, images, reads=self.bundle.reads, parsed=parses, limit=limit)

    def read(self, image: ImageSource) -> Picture:
        """Take in a picture once for many chats: its text, elements, image tokens, whatever this bundle goes by.

        Raises:
            ImageError: it cannot be read; the message says why in one line.
        """
        return self.cache.picture(image, lambda held: take_in(held, self.text_reader, self.image_encoder))

    def encode_image(self, image: ImageSource) -> Picture:
        """A picture's `image_tokens`, (1, M, D) float32, which many questions can share.

        Raises:
            ImageError: it cannot be read.
            BundleError: this bundle has no image encoder.
        """
        if self.image_encoder is None or not self.bundle.sees:
            raise BundleError(f"{self.bundle.name} has no image encoder: load a bundle that was exported with one")
        return take_in(image, None, self.image_encoder)

    def chat(self, images: Images | None = None) -> Chat:
        """Begin a conversation about a picture, about several, or about nothing when there is none.

        Raises:
            ImageError: a picture cannot be read.
            BundleError: the weights are random.
            OptionError: several pictures for a bundle that goes by their text.
        """
        if self.bundle.manifest["weights"] == "random":
            raise BundleError(f"{self.bundle.name} holds random weights: it can be measured, its answers mean nothing")
        if images is None:
            return Chat(self.model, (), self.bundle.sampling_defaults, self.adapter)
        self._head.begin()  # on another thread, while the pictures are read here
        pictures = self._pictures(images)
        if len(pictures) > 1 and self.bundle.reads:
            raise OptionError(f"{len(pictures)} pictures; {self.bundle.name} reads one at a time: ask about each")
        begun = self.cache.lend(tuple(pictures))
        if self._voice not in begun:
            begun[self._voice] = self._head.conversation()
        return Chat(self.model, pictures, self.bundle.sampling_defaults, self.adapter, begun)

    def give_back(self, chat: Chat) -> None:
        """Keep what a chat that is over has computed, for the next one about its picture; it must not go on."""
        self.cache.give_back(chat.pictures, chat.conversations)

    def _pictures(self, images: Images) -> list[Picture]:
        return [image if isinstance(image, Picture) else self.read(image) for image in _each(images)]

    def ask(self, images: Images, question: str, **options: Any) -> Answer:
        """Answer one question about one picture or several; see `Chat.ask` for the options."""
        return self.stream(images, question, **options).answer

    def parse(self, image: ImageSource | Picture) -> ScreenStructure:
        """What is on a screen: its text, controls and pictures, merged and in order.

        Raises:
            ImageError: it cannot be read.
            BundleError: this bundle has no screen parser.
        """
        picture = image if isinstance(image, Picture) else self.read(image)
        if picture.structure is None:
            raise BundleError(f"{self.bundle.name} has no screen parser: load a bundle that has one")
        return picture.structure

    def locate(self, image: ImageSource | Picture, question: str) -> Location:
        """Point at what a question asks for: `locate(screen, "Where do I mute notifications?")`.

        Raises:
            ImageError: the picture cannot be read.
            BundleError: this bundle has no screen parser, or was not taught to point.
            OptionError: the question is empty.
            ContextError: the question does not fit the model's context.
        """
        if self.adapter is None:
            raise BundleError(f"{self.bundle.name} was not taught to point: load a bundle with a screen adapter")
        chat = self.chat(image)
        answer = chat.locate(question)
        self.give_back(chat)
        return Location(answer.text, answer.point, answer.box)

    def stream(self, images: Images, question: str, **options: Any) -> AnswerStream:
        """The same, piece by piece; see `Chat.stream`."""
        chat = self.chat(images)
        return chat.stream(question, **options).then(lambda: self.give_back(chat))

    def generate_ids(
        self,
        input_ids: Sequence[int],
        images: Images = (),
        max_new_tokens: int = 256,
        ignore_eos: bool = False,
    ) -> Generation:
        """Continue a prompt of ids greedily: the bare model, without chat template or text reader.

        Args:
            input_ids: the whole prompt; -200 stands for an image, as in the reference code.
            images: one for each -200, in order; pictures from `encode_image` or anything that it takes.
            max_new_tokens: the limit.
            ignore_eos: go on after an end of turn.
        Raises:
            OptionError: images and their places do not match, or an id or the limit is out of its range.
            ContextError: the prompt with its images does not fit the model's context.
        """
        pictures = [image if isinstance(image, Picture) else self.encode_image(image) for image in _each(images)]
        tokens = [picture.image_tokens[0] for picture in pictures if picture.image_tokens is not None]  # (M, D) each
        try:
            config = GenerationConfig(max_new_tokens=max_new_tokens, ignore_eos=ignore_eos)
            ids = splice_ids(input_ids, [len(rows) for rows in tokens], self.model.decoder.config.vocab_size)
        except ValueError as error:
            raise OptionError(str(error)) from None
        if not 1 <= len(ids) <= self.model.context_length:
            raise ContextError(f"the prompt takes {len(ids)} positions; 1 to {self.model.context_length} are allowed")
        conversation = Conversation(self.model, np.concatenate(tokens) if tokens else None)
        *_, generation = conversation.stream(ids, config)
        assert isinstance(generation, Generation)  # which ends every stream
        return generation


def _each(images: Images) -> Sequence[ImageSource | Picture]:
    if isinstance(images, (list, tuple)):
        return images
    return [cast("ImageSource | Picture", images)]


def load(
    model: str | Path = EMBEDDED,
    threads: int | None = None,
    context_length: int | None = None,
    cache_bytes: int = CACHE_BYTES,
) -> PocketVLM:
    """Load a bundle.

    Args:
        model: "nano", the bundle that ships with the package, or the folder of another one.
        threads: processor cores to use; when None, all fast physical ones that this process may use.
        context_length: a lower limit on prompt and answer together, in tokens, to bound memory.
        cache_bytes: for pictures that were asked about and what was computed for them, so that the next question about
            one starts at once; 0 keeps nothing.
    Raises:
        BundleError: the bundle is missing, damaged, or of an unknown format.
        OptionError: threads or context_length is out of its range.
    """
    bundle = open_bundle(model)
    text_reader = open_text_reader(threads) if bundle.reads else None
    try:
        # Side by side: opening a graph packs its weights on one core.
        with ThreadPoolExecutor(1, thread_name_prefix="load") as pool:
            opened = pool.submit(open_image_encoder, bundle, threads)
            language_model = open_language_model(bundle, threads)
            image_encoder = opened.result()
        adapter = _adapter(bundle)
    except Exception as error:  # the runtime and the tokenizer raise types of their own, some of them bare
        raise BundleError(f"{bundle.folder} cannot be loaded: {str(error).splitlines()[0]}") from error
    limit = language_model.context_length
    if context_length is not None and not 1 <= context_length <= limit:
        raise OptionError(f"context_length is {context_length}; this model allows 1 to {limit}")
    language_model = replace(language_model, context_length=context_length or limit)
    if cache_bytes < 0:
        raise OptionError(f"cache_bytes is {cache_bytes}; it must be 0, to keep nothing, or more")
    return PocketVLM(bundle, language_model, text_reader, image_encoder, adapter, cache_bytes)


def _adapter(bundle: Bundle) -> Adapter | None:
    """What the bundle's language model was taught about screens, if anything."""
    if SCREEN_ADAPTER not in bundle.manifest["files"]:
        return None
    return read_adapter(bundle.folder / SCREEN_ADAPTER, LlamaConfig.from_dict(bundle.config))


def open_language_model(bundle: Bundle, threads: int | None = None) -> LanguageModel:
    """The language model of a bundle alone, without what pictures go through; `load` is what answers questions."""
    config = LlamaConfig.from_dict(bundle.config)
    layer_graph = bundle.layer_graph if has_int8_dot_products() else None
    prefill = Prefill(config, layer_graph, threads) if layer_graph is not None else None
    decoder = Decoder(config, bundle.graph("embed_tokens"), bundle.graph("decoder_model_merged"), threads, prefill)
    end_of_turn = bundle.generation_config["eos_token_id"]
    eos_token_ids = frozenset([end_of_turn] if isinstance(end_of_turn, int) else end_of_turn)
    return LanguageModel(decoder, Tokenizer(bundle.folder), eos_token_ids, config.max_position_embeddings)
