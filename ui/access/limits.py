"""How often a key or an address may ask."""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter


class Rate:
    """So many requests in any minute, each caller by itself.

    A sliding window: a fixed one lets twice as many pass around the turn of a minute.

    Args:
        per_minute: How many; 0 lets all pass.
    """

    def __init__(self, per_minute: int) -> None:
        self._limit = RateLimitItemPerMinute(per_minute) if per_minute else None
        self._windows = SlidingWindowCounterRateLimiter(MemoryStorage())

    def wait(self, who: str) -> int:
        """Counts a request and returns the seconds that its caller has to wait instead; 0 when it may pass."""
        if self._limit is None or self._windows.hit(self._limit, who):
            return 0
        reset = self._windows.get_window_stats(self._limit, who).reset_time
        return max(1, math.ceil(reset - time.time()))

    def is_spent(self, who: str) -> int:
        """Returns the seconds that a caller has to wait, without counting anything; 0 when it need not."""
        if self._limit is None or self._windows.test(self._limit, who):
            return 0
        reset = self._windows.get_window_stats(self._limit, who).reset_time
        return max(1, math.ceil(reset - time.time()))
