"""How often properties are tried: the same few examples in `make test`, others and more of them in `make properties`.

`PROPERTY_EXAMPLES=20` tries each property twenty times as often, on examples that differ from run to run.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings

TIMES = os.environ.get("PROPERTY_EXAMPLES")


def tried(examples: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Tries a property on so many examples, or on as many times more as the environment asks for."""
    return settings(
        max_examples=examples * int(TIMES or 1),
        derandomize=TIMES is None,
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
