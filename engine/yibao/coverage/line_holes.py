"""What differs between lines that say the same: their facts and dates, values, amounts, ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yibao.basics.digest import canonical_json
from yibao.basics.problems import Fault
from yibao.coverage.line_decision import LineDecision
from yibao.coverage.quick_lines import QuickForm
from yibao.coverage.split import Amounts
from yibao.coverage.template import plain, text_of_string, text_of_value
from yibao.model.claim import Claim
from yibao.model.facts import LINE_PREFIX, UNKNOWN, Unknown, Value

_AMOUNTS = b'{"billed_fen":%d,"first_self_pay_fen":%d,"full_self_pay_fen":%d,"in_scope_fen":%d,"over_ceiling_fen":%d}'


def amounts_bytes(amounts: Amounts) -> bytes:
    """The canonical JSON of a split."""
    if amounts.in_scope is None or amounts.billed is None:
        return canonical_json(amounts.document())
    return _AMOUNTS % (
        amounts.billed,
        amounts.first_self_pay,
        amounts.full_self_pay,
        amounts.in_scope,
        amounts.over_ceiling,
    )


class Filling:
    """What the holes are filled with: the claim's facts and, turn by turn, those of each line and what was decided of
    it. `spelt` keeps what holes about the claim alone came to."""

    __slots__ = ("decision", "of_claim", "of_line", "proof", "spelt")

    def __init__(self, claim: Claim) -> None:
        self.of_claim: Mapping[str, Value] = claim.facts
        self.of_line: Mapping[str, Value] = {}
        self.decision: LineDecision | None = None
        self.proof: str | None = None
        self.spelt: dict[LineHole, bytes] = {}

    def turn_to(self, decision: LineDecision, proof: str | None) -> None:
        """Fill in this line, and the name of its proof, from here on."""
        self.decision, self.of_line, self.proof = decision, decision.line.facts, proof

    @property
    def decided(self) -> LineDecision:
        """The line that is filled in. Raises Fault in what is said of the claim."""
        if self.decision is None:
            raise Fault("a hole of a line stands in what is said of the claim")
        return self.decision


class LineHole:
    """A hole of a line. Its text is that of its value, where a hole knows no shorter way."""

    __slots__ = ()

    def value(self, filling: Filling) -> Any:
        raise NotImplementedError

    def text(self, filling: Filling) -> bytes:
        return canonical_json(self.value(filling))

    def quick(self, form: QuickForm) -> bytes:
        """What stands here in a form for lines of which everything is known, with blanks for what differs."""
        raise NotImplementedError


class FactsHole(LineHole):
    """The given ones among some facts, by path."""

    __slots__ = ("_about_claim", "_paths")

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = [(path, path.startswith(LINE_PREFIX), canonical_json(path) + b":") for path in sorted(paths)]
        self._about_claim = not any(about_line for _path, about_line, _name in self._paths)

    def value(self, filling: Filling) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for path, about_line, _name in self._paths:
            value = (filling.of_line if about_line else filling.of_claim).get(path, UNKNOWN)
            if not isinstance(value, Unknown):
                found[path] = plain(value)
        return found

    def text(self, filling: Filling) -> bytes:
        if self._about_claim and self in filling.spelt:
            return filling.spelt[self]
        given = []
        for path, about_line, name in self._paths:
            value = (filling.of_line if about_line else filling.of_claim).get(path, UNKNOWN)
            if value is not UNKNOWN:
                given.append(name + text_of_value(value))
        text = b"{" + b",".join(given) + b"}"
        if self._about_claim:
            filling.spelt[self] = text
        return text

    def quick(self, form: QuickForm) -> bytes:
        return b"{" + b",".join(name + form.fact(path) for path, _about_line, name in self._paths) + b"}"


class DayHole(LineHole):
    """The day that chose a rule; null where it is not known."""

    __slots__ = ("_facts", "_path")

    def __init__(self, path: str) -> None:
        self._path = path
        self._facts = "of_line" if path.startswith(LINE_PREFIX) else "of_claim"

    def value(self, filling: Filling) -> Any:
        value = self._given(filling)
        return None if isinstance(value, Unknown) else plain(value)

    def text(self, filling: Filling) -> bytes:
        value = self._given(filling)
        return b"null" if isinstance(value, Unknown) else text_of_value(value)

    def _given(self, filling: Filling) -> Value | Unknown:
        return (filling.of_line if self._facts == "of_line" else filling.of_claim).get(self._path, UNKNOWN)

    def quick(self, form: QuickForm) -> bytes:
        return form.fact(self._path)


class IdHole(LineHole):
    """The id of the line."""

    __slots__ = ()

    def value(self, filling: Filling) -> Any:
        return filling.decided.line.line_id

    def text(self, filling: Filling) -> bytes:
        return text_of_string(filling.decided.line.line_id)

    def quick(self, form: QuickForm) -> bytes:
        return form.own("id")


class OutcomeHole(LineHole):
    """The outcome of the line: where a ceiling or share answers, it depends on the line's own amounts."""

    __slots__ = ()

    def value(self, filling: Filling) -> Any:
        return filling.decided.outcome

    def text(self, filling: Filling) -> bytes:
        return text_of_string(filling.decided.outcome)

    def quick(self, form: QuickForm) -> bytes:
        return form.own("outcome")


class ValueHole(LineHole):
    """The value of a question; null where it is none or hangs on an absent fact."""

    __slots__ = ("_question",)

    def __init__(self, question: str) -> None:
        self._question = question

    def value(self, filling: Filling) -> Any:
        value = filling.decided.values[self._question]
        return None if isinstance(value, Unknown) else value

    def quick(self, form: QuickForm) -> bytes:
        return form.answer(self._question)


class AmountsHole(LineHole):
    """The split of the line."""

    __slots__ = ()

    def value(self, filling: Filling) -> Any:
        return filling.decided.amounts.document()

    def text(self, filling: Filling) -> bytes:
        return amounts_bytes(filling.decided.amounts)

    def quick(self, form: QuickForm) -> bytes:
        names = ("billed", "first_self_pay", "full_self_pay", "in_scope", "over_ceiling")
        return b"{" + b",".join(b'"%b_fen":' % name.encode() + form.own(name, b"%d") for name in names) + b"}"


class MissingAmountsHole(LineHole):
    """The absent facts that leave amounts unknown."""

    __slots__ = ()

    def value(self, filling: Filling) -> Any:
        return filling.decided.amounts_missing.paths()

    def text(self, filling: Filling) -> bytes:
        return canonical_json(self.value(filling)) if filling.decided.amounts_missing else b"[]"

    def quick(self, form: QuickForm) -> bytes:
        return b"[]"


class LookedUpHole(LineHole):
    """The facts that catalogues filled in, each with its catalogue."""

    __slots__ = ()

    def value(self, filling: Filling) -> Any:
        return dict(sorted(filling.decided.line.looked_up.items()))

    def text(self, filling: Filling) -> bytes:
        return canonical_json(filling.decided.line.looked_up) if filling.decided.line.looked_up else b"{}"

    def quick(self, form: QuickForm) -> bytes:
        return b"{}"


class RefundsHole(LineHole):
    """The refund lines that were taken off this one."""

    __slots__ = ()

    def value(self, filling: Filling) -> Any:
        return list(filling.decided.line.refunds)

    def text(self, filling: Filling) -> bytes:
        return canonical_json(self.value(filling)) if filling.decided.line.refunds else b"[]"

    def quick(self, form: QuickForm) -> bytes:
        return b"[]"


class ProofHole(LineHole):
    """The name of the certificate of the line's profile."""

    __slots__ = ()

    def value(self, filling: Filling) -> Any:
        return filling.proof

    def quick(self, form: QuickForm) -> bytes:
        return form.own("proof")
