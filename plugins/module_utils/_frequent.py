# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""What occurs most often in a stream of any length, in bounded memory.

Misra and Gries, Finding repeated elements (1982), with the batched decrement of Anderson et al., A high-performance
algorithm for identifying frequent items in data streams (2017). While there are no more different keys than room for
them, all counts are exact.
"""

from __future__ import annotations

from typing import Dict, List, Tuple

Key = Tuple[str, ...]


class Frequent:
    """Counts by key, of which only the large ones are kept."""

    def __init__(self, size: int) -> None:
        """Make room.

        Args:
            size: any key that is more than one in so many of all that was added is kept; memory holds twice as many.
        """
        self._size = size
        self._counts: Dict[Key, int] = {}
        self._examples: Dict[Key, str] = {}
        self.total = 0
        """How much was added."""
        self.error = 0
        """How much too low a count may be; never more than the total divided by the size."""

    def add(self, key: Key, example: str = '') -> None:
        """Count a key; the example that comes first with it is kept."""
        self.total += 1
        count = self._counts.get(key)
        if count:
            self._counts[key] = count + 1
            return
        self._counts[key] = 1
        if example:
            self._examples[key] = example
        if len(self._counts) > 2 * self._size:
            self._make_room()

    def _make_room(self) -> None:
        cut = sorted(self._counts.values(), reverse=True)[self._size]
        self.error += cut
        self._counts = {key: count - cut for key, count in self._counts.items() if count > cut}
        self._examples = {key: example for key, example in self._examples.items() if key in self._counts}

    def top(self, number: int) -> List[Tuple[Key, int, str]]:
        """Give the keys with the largest counts, each with its count and example, in an order that is always the same.
        """
        largest = sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))[:number]
        return [(key, count, self._examples.get(key, '')) for key, count in largest]
