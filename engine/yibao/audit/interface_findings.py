"""What the check of one amount identity comes to: it holds, it fails, or it can't be tested for want of values.

Sides and differences are exact: whole fen, or fractions of a fen where a count times a price is finer. Which identity
is tested where is in `interface_identities`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from fractions import Fraction

from attrs import frozen

from yibao.model.facts import Title

FEN_OF_A_YUAN = 100


class Verdict(Enum):
    """What a check found."""

    HOLDS = "holds"
    FAILS = "fails"
    NOT_TESTABLE = "not_testable"


IDENTITIES: Mapping[str, Title] = {
    "I1": Title(zh="总额等于全自费、超限价、先行自付与政策范围内之和", en="the total is the sum of its four parts"),
    "I2": Title(zh="总额等于基金、个人与医院负担之和", en="the total is what funds, person and hospital bear"),
    "I3": Title(zh="个人负担等于个人账户与现金之和", en="the personal part is account and cash"),
    "I4": Title(zh="基金支付总额等于各项基金支出之和", en="the funds' total is the sum of the funds"),
    "I5": Title(zh="结算明细按类别与总额相符", en="the detail rows, each kind apart, make their totals"),
    "I6": Title(zh="明细金额等于数量乘单价及各部分之和", en="a line is count times price, and the sum of its parts"),
    "I7": Title(zh="撤销结算的金额是原结算的相反数", en="a cancel is its original with the signs turned"),
    "I8": Title(
        zh="政策范围内金额未超过起付线时，起付线支付额等于该金额",
        en="below the deductible, the deductible takes the whole amount in scope",
    ),
}


@frozen(kw_only=True)
class Finding:
    """One identity at one place. `statement` is written in the interface's names; `fields` are the values that it read,
    in fen, with null where there is none; `left` and `right` are its sides, as far as they are known."""

    identity: str
    pointer: str
    verdict: Verdict
    statement: str
    fields: Mapping[str, Fraction | int | None]
    left: Fraction | int | None
    right: Fraction | int | None
    because: Title | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that have no value."""
        return tuple(name for name, value in self.fields.items() if value is None)

    @property
    def difference(self) -> Fraction | int | None:
        """The left side less the right one."""
        return None if self.left is None or self.right is None else self.left - self.right

    def document(self) -> dict[str, object]:
        """The finding as the command prints it; amounts in yuan, as texts."""
        return {
            "identity": self.identity,
            "pointer": self.pointer,
            "verdict": self.verdict.value,
            "statement": self.statement,
            "fields": {name: exact_yuan(value) for name, value in self.fields.items()},
            "left": exact_yuan(self.left),
            "right": exact_yuan(self.right),
            "difference": exact_yuan(self.difference),
            "missing": list(self.missing),
            "because": None if self.because is None else self.because.document(),
        }


def exact_yuan(fen: Fraction | int | None) -> str | None:
    """An amount in yuan with two decimals, or with as many as it needs; of numbers that have an end."""
    if fen is None:
        return None
    yuan = Fraction(fen) / FEN_OF_A_YUAN
    decimals = 2
    while (yuan * 10**decimals).denominator != 1:
        decimals += 1
    digits = str(abs((yuan * 10**decimals).numerator)).rjust(decimals + 1, "0")
    return f"{'-' if yuan < 0 else ''}{digits[:-decimals]}.{digits[-decimals:]}"
