"""Encoder, projector and language model as one torch module; what is trained of it is a matter of settings.

Letters: T positions, P those that predict, N patches, M image tokens, C width of the features, D of the language model.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from pocketvlm.bundle import Bundle
from pocketvlm.checkpoints.files import open_checkpoint
from pocketvlm.graphs.reading import graph_tensors
from pocketvlm.graphs.tensors import with_prefix
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.lora import A, B, LoraConfig
from pocketvlm.llm_backbone.trainable import TrainableLlama
from pocketvlm.llm_backbone.unfused import unfused
from pocketvlm.projector.definition import make_projector
from pocketvlm.verify import Together
from pocketvlm.vision.efficientnet import CHANNELS, EfficientNetLite0
from pocketvlm.vision.parser.config import InputConfig

COARSEST = 32  # the stride of the map that becomes image tokens


class VisionLanguage(nn.Module):
    """A language model over frozen weights with an adapter, and perhaps a projector that shows it pictures."""

    def __init__(self, language: TrainableLlama, projector: nn.Module | None, encoder: nn.Module | None) -> None:
        super().__init__()
        self.language = language
        self.projector = projector
        self.encoder = None if encoder is None else encoder.requires_grad_(False)
        self.input = InputConfig()

    def image_tokens(self, sample: dict[str, Tensor]) -> Tensor | None:
        """(M, D) of a sample that holds them or "pixels", (H, W, 3) uint8 at the encoder's size; None without."""
        if "pixels" not in sample:
            return sample.get("image_tokens")
        pixels = sample["pixels"]
        assert self.encoder is not None
        assert self.projector is not None
        with torch.no_grad():
            normal = ((pixels.float() - self.input.mean) / self.input.std).permute(2, 0, 1)[None]  # (1, 3, H, W)
            features = self.encoder(normal).stride32  # (1, C, H / 32, W / 32)
        grid = (features.shape[2], features.shape[3])
        tokens: Tensor = self.projector(features.flatten(2).transpose(1, 2), grid)
        return tokens[0]

    def forward(self, sample: dict[str, Tensor]) -> Tensor:
        """Logits (P, V) of a packed sequence: see `llm_backbone.packing.Packed`; and `image_tokens` for its picture."""
        embeds = self.language.embed(sample["input_ids"], self.image_tokens(sample))
        branches = sample["branches"]
        mask = ((branches == 0) | (branches == branches[:, None])).tril()
        logits: Tensor = self.language(embeds, sample["predicting"], sample["positions"], mask)
        return logits

    def train(self, mode: bool = True) -> VisionLanguage:
        """As every module's, but the encoder, which is frozen, stays as it answers."""
        super().train(mode)
        if self.encoder is not None:
            self.encoder.eval()
        return self


def open_language(bundle: Bundle, lora: LoraConfig | None, dtype: torch.dtype) -> TrainableLlama:
    """The language model of a bundle, with the very numbers that its graphs hold."""
    config = LlamaConfig.from_dict(bundle.config)
    graphs = [graph_tensors(bundle.graph(part)) for part in ("embed_tokens", "decoder_model_merged")]
    return TrainableLlama(config, unfused(config, Together(graphs)), lora, dtype)


def load_trained(model: VisionLanguage, path: Path) -> None:
    """Go on from the weights.safetensors of an earlier stage: its projector, its adapter, or both.

    Raises:
        ValueError: the file is missing or damaged, or what it holds does not fit.
    """
    tensors = open_checkpoint(path)
    if model.projector is not None and (projector := with_prefix(tensors, "projector.")).names:
        state = {name: torch.from_numpy(projector.read(name)) for name in projector.names}
        try:
            model.projector.load_state_dict(state)
        except RuntimeError as error:
            raise ValueError(f"{path} holds another projector: {' '.join(str(error).split())}") from None
    adapter = {name: tensors.read(name) for name in tensors.names if name.endswith((A, B))}
    if adapter:
        model.language.load_adapter(adapter)


def open_encoder(path: Path) -> EfficientNetLite0:
    """The encoder that a parser was trained with, from that run's weights.safetensors.

    Raises:
        ValueError: the file is missing or damaged, or its encoder is another.
    """
    tensors = with_prefix(open_checkpoint(path), "encoder.")
    encoder = EfficientNetLite0()
    wanted = encoder.state_dict()
    counters = {name for name in wanted if name.endswith("num_batches_tracked")}  # which nothing reads
    if missing := sorted(wanted.keys() - tensors.names - counters):
        raise ValueError(f"{path} holds no encoder of a parser: encoder.{missing[0]} is missing")
    state = {name: torch.from_numpy(tensors.read(name)) for name in wanted if name not in counters}
    encoder.load_state_dict(state, strict=False)
    return encoder.eval()


def open_projector(kind: str, language: TrainableLlama) -> nn.Module:
    """A fresh projector between the two."""
    return make_projector(kind, CHANNELS[COARSEST], language.config.hidden_size)
