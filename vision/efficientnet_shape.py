"""The shape of EfficientNet-Lite0, apart from the network in torch, so that its cost can be told without torch."""

from __future__ import annotations

# expansion, kernel, stride, channels, blocks of each stage; lite0 is the unscaled network.
STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
STEM_CHANNELS = 32
CHANNELS = {8: 40, 16: 112, 32: 320}  # of the maps, by their stride
