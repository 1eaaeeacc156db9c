"""Whether a server answers, told once when it stops and once when it is back, with longer and longer pauses."""

from __future__ import annotations

import logging
import time

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0


class Reach:
    """One server, as this process sees it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._pause = 0.0
        self._next = 0.0

    def due(self) -> bool:
        """Whether it is time to try."""
        return time.monotonic() >= self._next

    def failed(self, error: Exception) -> float:
        """It did not answer; returns the seconds to wait before the next try."""
        if not self._pause:
            logger.warning("%s does not answer (%s); jobs wait in their rows", self._name, type(error).__name__)
        self._pause = min(LONGEST_PAUSE, self._pause * 2 or FIRST_PAUSE)
        self._next = time.monotonic() + self._pause
        return self._pause

    def answered(self) -> None:
        """It answered."""
        if self._pause:
            logger.warning("%s answers again", self._name)
        self._pause = self._next = 0.0
