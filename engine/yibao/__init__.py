"""yibao (医保): the rules of China's basic medical insurance as software to be trusted with money and with law.

The public names are those of `yibao.api`; they are loaded when first used, so that `import yibao` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yibao.api import Decider, decide, load_charts, load_policy, read_claim

__version__ = "0.1.0"
__all__ = ["Decider", "decide", "load_charts", "load_policy", "read_claim"]


def __getattr__(name: str) -> object:
    """Load a public name on its first use."""
    if name in __all__:
        from yibao import api

        return getattr(api, name)
    raise AttributeError(f"module 'yibao' has no attribute '{name}'")
