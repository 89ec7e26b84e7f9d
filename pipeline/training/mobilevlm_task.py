"""MobileVLM's own training: images through CLIP and a projector into LLaMA, which learns to answer.

Stage 1 trains the projector alone, stage 2 the projector and the language model, on conversations in LLaVA's form; the
loss is on what the assistant says. Sources: MobileVLM, arXiv:2312.16886, section 4.1; LLaVA 1.5, arXiv:2310.03744.

Letters: B pictures, S side of the image in pixels, N patches, C their width, M image tokens, D hidden width, T
positions, P those that say something.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from pocketvlm.llm_backbone.splicing import splice_ids
from pocketvlm.llm_backbone.tokenizer import Tokenizer
from pocketvlm.llm_backbone.trainable import TrainableLlama
from pocketvlm.mobilevlm import PROJECTOR_PREFIX
from pocketvlm.training.conversations import Conversation, encode_conversation, read_conversations
from pocketvlm.training.mobilevlm_parts import (
    MobileVLMSettings,
    earlier_weights,
    fresh_projector,
    frozen_tower,
    language_part,
    settings_of,
    vision_part,
)
from pocketvlm.vision.image import read_image
from pocketvlm.vision.preprocess import Preprocessor


class Sample(NamedTuple):
    """A conversation: pixel_values (3, S, S) float32; ids and whether the assistant says them, (T,) each."""

    pixel_values: Any
    ids: Any
    said: Any


class MobileVLM(nn.Module):
    """The three parts in a row."""

    def __init__(self, tower: nn.Module, projector: nn.Module, language_model: TrainableLlama) -> None:
        super().__init__()
        self.tower, self.projector, self.language_model = tower, projector, language_model

    def image_tokens(self, pixel_values: Tensor) -> Tensor:
        """(B, 3, S, S) to (B, M, D); no gradient reaches the tower."""
        with torch.no_grad():
            found = self.tower.forward_intermediates(  # type: ignore[operator]
                pixel_values, indices=1, intermediates_only=True, output_fmt="NLC"
            )
        tokens: Tensor = self.projector(found["image_intermediates"][0])
        return tokens

    def losses(self, image_tokens: Tensor, ids: Tensor, said: Tensor) -> Tensor:
        """Of every id that the assistant says, minus the logarithm of its probability: (P,) float32.

        Args:
            image_tokens: (M, D).
            ids: (T,) int64, an image token's from V on.
            said: (T,) bool.
        """
        places = said.nonzero()[:, 0]
        embeds = self.language_model.embed(ids, image_tokens)
        logits = self.language_model(embeds, predicting=places - 1)  # (P, V)
        return nn.functional.cross_entropy(logits.float(), ids[places], reduction="none")


class MobileVLMTask:
    """See `training.task.Task`."""

    def __init__(self, conversations: Sequence[Conversation], settings: MobileVLMSettings, seed: int) -> None:
        """
        Raises:
            ValueError: weights that do not fit; fewer conversations than are held out.
        """
        if len(conversations) <= settings.held_out:
            raise ValueError(
                f"{len(conversations)} conversations, of which held_out = {settings.held_out}: none is left"
            )
        self.learnt = conversations[: len(conversations) - settings.held_out]
        self.held_out = conversations[len(self.learnt) :]
        self._settings = settings
        earlier, vision = earlier_weights(settings.start), vision_part(settings.vision_tower)
        checkpoint, tensors = language_part(settings.language_model, earlier)
        self._config = checkpoint.language.config
        self._end = int(checkpoint.generation["eos_token_id"])
        with TemporaryDirectory() as folder:
            checkpoint.write_tokenizer(Path(folder))
            self._tokenizer = Tokenizer(Path(folder))
        self._preprocessor = Preprocessor(vision.preprocessor)
        torch.manual_seed(seed)
        projector = fresh_projector(settings.projector, vision.config.hidden_size, self._config.hidden_size, earlier)
        projector.requires_grad_("projector" in settings.train)
        language_model = TrainableLlama(self._config, tensors)
        language_model.requires_grad_("language_model" in settings.train)
        self.model = MobileVLM(frozen_tower(vision), projector, language_model)
        side = vision.config.image_size
        with torch.no_grad():
            self._tokens = self.model.image_tokens(torch.zeros(1, 3, side, side)).shape[1]  # M

    def __len__(self) -> int:
        return len(self.learnt)

    def load(self, index: int, epoch: int) -> Sample:
        """The same in every epoch."""
        return self._sample(self.learnt[index])

    def _sample(self, conversation: Conversation) -> Sample:
        pixels = self._preprocessor.pixel_values(read_image(conversation.image))[0]
        encoded = encode_conversation(self._tokenizer, conversation.turns, self._end)
        ids = splice_ids(encoded.ids, [self._tokens], self._config.vocab_size)
        said = [False] * (len(ids) - len(encoded.said)) + encoded.said  # all that is longer stands before any answer
        longest = min(self._settings.max_length, self._config.max_position_embeddings)
        return Sample(pixels, np.array(ids[:longest], np.int64), np.array(said[:longest], bool))

    def collate(self, samples: list[Sample]) -> Sample:
        """Pixels in one tensor; ids of every conversation for themselves."""
        pixels = torch.from_numpy(np.stack([sample.pixel_values for sample in samples]))
        ids = [torch.from_numpy(sample.ids) for sample in samples]
        return Sample(pixels, ids, [torch.from_numpy(sample.said) for sample in samples])

    def loss(self, batch: Sample) -> tuple[Tensor, dict[str, float]]:
        """Summed over the ids that the assistant says."""
        images = self.model.image_tokens(batch.pixel_values)  # (B, M, D)
        losses = [self.model.losses(*one) for one in zip(images, batch.ids, batch.said, strict=True)]
        each = torch.cat(losses)
        return each.sum(), {"units": float(len(each))}

    def evaluate(self) -> dict[str, float]:
        """Loss and perplexity of what is said in the conversations held out."""
        total, units = 0.0, 0.0
        device = next(self.model.parameters()).device
        for conversation in self.held_out:
            pixels, ids, said = self.collate([self._sample(conversation)])
            batch = Sample(pixels.to(device), [ids[0].to(device)], [said[0].to(device)])
            loss, parts = self.loss(batch)
            total, units = total + float(loss), units + parts["units"]
        if not units:
            return {}
        return {"held_out_loss": total / units, "held_out_perplexity": math.exp(total / units)}

    def export_state(self) -> dict[str, np.ndarray]:
        """The projector, and the language model if it trains, under the published names, float32."""
        state = self.model.projector.state_dict()
        found = {f"{PROJECTOR_PREFIX}{name}": value.float().cpu().numpy() for name, value in state.items()}
        if "language_model" in self._settings.train:
            found |= self.model.language_model.checkpoint_tensors()
        return found


def open_task(data: Sequence[Path], settings: Mapping[str, Any], seed: int) -> MobileVLMTask:
    """The task of a recipe; see `MobileVLMSettings`.

    Args:
        data: JSON files in LLaVA's form.
    Raises:
        FileNotFoundError, ValueError: data or settings that it cannot work with.
    """
    known = settings_of(settings)
    images = Path(known.images) if known.images else None
    conversations = [one for path in data for one in read_conversations(path, images)]
    return MobileVLMTask(conversations, known, seed)
