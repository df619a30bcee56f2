# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""How delays are distributed, in constant memory: a histogram whose classes grow with the delay.

As in Masson, Rim and Lee, DDSketch (2019): each class is a fixed part wider than the one before it, so that what is
told of any delay is wrong by no more than RELATIVE_ERROR, however many there are.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Dict, Optional, Tuple

RELATIVE_ERROR = 0.01
SHORTEST = 0.001
"""Seconds; below this a delay counts as none. Postfix logs hundredths (delay_logging_resolution_limit)."""
PERCENTILES = (50, 90, 99)
GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
LOG_GROWTH = math.log(GROWTH)
NO_DELAY = -1


@lru_cache(maxsize=4096)
def _read(text: bytes) -> Tuple[float, int]:
    """Give the seconds that Postfix has logged, and the number of their class."""
    seconds = float(text)
    return seconds, math.ceil(math.log(seconds / SHORTEST) / LOG_GROWTH) if seconds > SHORTEST else NO_DELAY


class Delays:
    """The delays of some deliveries."""

    def __init__(self) -> None:
        """Begin with none."""
        self._classes: Dict[int, int] = {}
        self._longest = 0.0

    def add(self, text: bytes) -> None:
        """Count a delay, in seconds as Postfix logs them: at most nine digits, and some after the point."""
        seconds, number = _read(text)
        self._classes[number] = self._classes.get(number, 0) + 1
        if seconds > self._longest:
            self._longest = seconds

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(self._classes.values())

    def percentile(self, percent: float) -> Optional[float]:
        """Give the delay in seconds that so many percent of all do not exceed (nearest rank); None where are none."""
        missing = percent / 100 * self.count
        for number, count in sorted(self._classes.items()):
            missing -= count
            if missing <= 0:
                middle = 0.0 if number == NO_DELAY else SHORTEST * 2 * GROWTH ** number / (GROWTH + 1)
                return min(float(f'{middle:.3g}'), self._longest)
        return None

    def summary(self) -> Optional[Dict[str, float]]:
        """Give the percentiles and the longest delay, which is exact, in seconds; None where there are none."""
        if not self._classes:
            return None
        return {**{f'p{percent}': self.percentile(percent) or 0.0 for percent in PERCENTILES}, 'max': self._longest}
