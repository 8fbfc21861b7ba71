"""What a claim is decided as, in the words of a decision document."""

from __future__ import annotations

from collections.abc import Mapping

from yibao.model.facts import Title

# What a claim that passed a deciding step was decided as; an undetermined one does not pass.
OUTCOMES: Mapping[str, Title] = {
    "covered": Title(zh="符合医保支付范围", en="covered"),
    "partly_covered": Title(zh="部分符合医保支付范围", en="partly covered"),
    "not_covered": Title(zh="不予支付", en="not covered"),
}
