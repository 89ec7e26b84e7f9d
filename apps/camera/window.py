"""A window to watch the camera in, where there is a display and OpenCV was built to show one."""

from __future__ import annotations

import os
import sys

import cv2
import numpy as np

_QUIT = {27, ord("q")}  # Escape, q


class Window:
    """A window. Where none can be opened, it shows nothing and never asks to quit."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.is_open = _has_display() and self._open()

    def show(self, frame: np.ndarray) -> bool:
        """Show an (H, W, 3) uint8 BGR frame; whether to go on: not after q, Escape or a click on its cross."""
        if not self.is_open:
            return True
        cv2.imshow(self.title, frame)
        pressed = cv2.waitKey(1) & 0xFF
        return pressed not in _QUIT and cv2.getWindowProperty(self.title, cv2.WND_PROP_VISIBLE) >= 1

    def close(self) -> None:
        """Close it."""
        if self.is_open:
            cv2.destroyWindow(self.title)
            self.is_open = False

    def _open(self) -> bool:
        try:
            cv2.namedWindow(self.title, cv2.WINDOW_NORMAL)
        except cv2.error:  # the headless build of OpenCV
            return False
        return True


def _has_display() -> bool:
    """Asked before OpenCV is: some of its builds end the process where there is no display."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
