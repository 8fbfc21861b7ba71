"""A settlement of ours, written as `setlinfo` and `setldetail` of the national interface.

Amounts are texts in yuan with two decimals, rates with four. What a settlement does not know (persons, ids, dates,
clearing) is left to the host. Which amount and which code belong to a payer is said by the table `payer`. What the
interface has no field for is said in a notice; an amount that it has no room for is a problem.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fractions import Fraction

from attrs import frozen

from yibao.basics.problems import Fault, Place, Problem, ProblemsFound, problem_of
from yibao.model.case import Document
from yibao.model.facts import Code, Vocabulary
from yibao.readers.documents.pointed_problems import PointedNotices, PointedProblems
from yibao.readers.nhsa import interface_names as names
from yibao.readers.nhsa.settlement_values import amount_text, too_long

PAYERS, SCHEMES, POOLED_FUND = "payer", "scheme", "pooled_fund"
PUBLIC_CODE = "public_code"
FUND, THIRD_PARTY = "fund", "third_party"
ACCOUNT_NAME = "基本医疗保险个人账户"
_PERCENT = re.compile(r"(\d{1,3})(?:\.(\d{1,4}))?%", re.ASCII)
_SCHEME_DIGITS = 2
_AMOUNTS, _SEGMENTS = "/settlement/amounts", "/settlement/segments"
# Which amount of ours each amount of the interface says; those of the funds stand between the two.
_PARTS = {
    names.TOTAL: "billed_fen",
    "fulamt_ownpay_amt": "full_self_pay_fen",
    "overlmt_selfpay": "over_ceiling_fen",
    "preselfpay_amt": "first_self_pay_fen",
    names.IN_SCOPE: "in_scope_fen",
    names.DEDUCTIBLE: "deductible_fen",
}
_PURSES = {
    names.FUND_TOTAL: "fund_total_fen",
    names.HOSPITAL: "hospital_fen",
    names.PERSONAL: "personal_fen",
    names.ACCOUNT: "account_fen",
    names.CASH: "cash_fen",
    names.FAMILY_ACCOUNT: "family_account_fen",
    names.BALANCE: "account_balance_after_fen",
}


@frozen(kw_only=True)
class _Segment:
    pointer: str
    name: str
    payer: str
    base_fen: int
    rate: Fraction | None
    pays_fen: int


def settlement_for_nhsa(
    settlement: Document, scheme: str | None, vocabulary: Vocabulary, path: str
) -> tuple[dict[str, object], list[Problem]]:
    """The `setlinfo` and `setldetail` of a settlement (of a decision document), and notices of what does not fit.

    `scheme` is the person's, which tells the pooled fund of employees from that of residents. Raises ProblemsFound for
    a payer that has no amount in the interface, and for an amount that its fields are too short for.
    """
    return _Writer(settlement, scheme, vocabulary, path).document()


class _Writer:
    """Writes one settlement."""

    def __init__(self, settlement: Document, scheme: str | None, vocabulary: Vocabulary, path: str) -> None:
        self.path = path
        self.notices = PointedNotices(path)
        self.problems = PointedProblems(path)
        self.amounts: Mapping[str, int | None] = settlement["amounts"]
        self.segments = [_segment(each, at) for at, each in enumerate(settlement["segments"])]
        self.payers = vocabulary.tables[PAYERS].codes
        self.scheme = scheme
        row = vocabulary.tables[SCHEMES].codes.get(scheme) if scheme is not None else None
        self.insutype = row.nhsa[0] if row is not None and len(row.nhsa) == 1 else None

    def document(self) -> tuple[dict[str, object], list[Problem]]:
        """Both parts, and the notices. Raises ProblemsFound."""
        written: dict[str, object] = {"setlinfo": self._info(), "setldetail": self._details()}
        self.problems.raise_if_any()
        return written, self.notices.listed()

    def _info(self) -> dict[str, object]:
        if self._fen("third_party_fen"):
            said = "the interface has no field for a third person's part: it is written with the person's cash"
            self.notices.add("nhsa-third-party-in-cash", said, f"{_AMOUNTS}/third_party_fen")
        written: dict[str, object] = {"insutype": self.insutype, **self._texts(_PARTS)}
        for field, paid in self._funds().items():
            written[field] = self._text(paid, _SEGMENTS)
            if field == names.POOLED:
                written[names.RATIO] = self._pooled_rate()
        return {**written, **self._texts(_PURSES)}

    def _texts(self, ours: Mapping[str, str]) -> dict[str, str | None]:
        found = {field: (self._amount(field, name), name) for field, name in ours.items()}
        return {
            field: None if fen is None else self._text(fen, f"{_AMOUNTS}/{name}")
            for field, (fen, name) in found.items()
        }

    def _amount(self, field: str, name: str) -> int | None:
        """The fen of an amount of the interface, which is ours called `name` or made from it."""
        if field == names.DEDUCTIBLE:
            return self._taken()
        if field == names.BALANCE:
            return self.amounts.get(name)
        return self._fen(name) + (self._fen("third_party_fen") if field in (names.PERSONAL, names.CASH) else 0)

    def _taken(self) -> int | None:
        """The deductible as far as the amount in scope reaches."""
        deductible = self.amounts.get("deductible_fen")
        return None if deductible is None else min(deductible, self._fen("in_scope_fen"))

    def _text(self, fen: int, pointer: str) -> str | None:
        """An amount as it is written; a problem, and None, where it has more digits than the interface."""
        text = amount_text(fen)
        if text is None:
            self.problems.add("nhsa-amount-too-long", too_long(fen), pointer)
        return text

    def _fen(self, name: str) -> int:
        amount = self.amounts[name]
        if amount is None:
            raise Fault(f"a settlement without `{name}`")
        return amount

    def _funds(self) -> dict[str, int]:
        """What each fund pays, by its amount in the interface."""
        paid = dict.fromkeys(names.FUNDS, 0)
        for segment in self.segments:
            if self._kind(segment.payer) != FUND:
                continue
            if segment.pays_fen:
                self._must_know_scheme(self.payers[segment.payer])
            field = self._of_scheme(self.payers[segment.payer], "interface")
            if field not in paid and field != names.DISABLED_FUND:
                said = f"the payer `{segment.payer}` has no amount in the interface"
                place = Place(path=self.path, pointer=_SEGMENTS)
                hint = f"give it one of {', '.join(names.FUNDS)} as `interface` in the table `{PAYERS}`"
                raise ProblemsFound([problem_of("nhsa-payer-without-field", said, place, hint)])
            paid[field] = paid.get(field, 0) + segment.pays_fen
        if sum(paid.values()) != self._fen("fund_total_fen"):
            raise Fault("the segments of the funds do not make `fund_total_fen`")
        return paid

    def _must_know_scheme(self, payer: Code) -> None:
        """Whose money it is must be known where each scheme has a field of its own. Raises ProblemsFound."""
        if self._is_of_a_scheme(payer, "interface"):
            said = (
                f"the interface has a field for each scheme for what `{payer.code}` pays, and the scheme is not known"
            )
            place = Place(path=self.path, pointer=_SEGMENTS)
            raise ProblemsFound([problem_of("nhsa-scheme-unknown", said, place, "say `insured.scheme` in the claim")])

    def _kind(self, payer: str) -> str | None:
        if payer not in self.payers:
            raise Fault(f"a segment is paid by `{payer}`, which is no payer")
        return self.payers[payer].attributes.get("kind")

    def _of_scheme(self, payer: Code, attribute: str) -> str | None:
        """What the table says of a payer: of a fund that each scheme has its own field for, that of the person's."""
        return payer.attributes.get(f"{self.scheme}_{attribute}") or payer.attributes.get(attribute)

    def _is_of_a_scheme(self, payer: Code, attribute: str) -> bool:
        """Whether a scheme has its own of this, and it is not known which scheme it is."""
        return self.scheme is None and any(name.endswith(f"_{attribute}") for name in payer.attributes)

    def _pooled_rate(self) -> str | None:
        """The pooled fund's rate, where it is one; 0 where the deductible takes all that is in scope."""
        used = [each for each in self.segments if each.payer == POOLED_FUND and each.base_fen > 0]
        rates = {each.rate for each in used}
        if len(rates) == 1:
            text = _rate_text(next(iter(rates)))
            if text is not None and text.strip("0."):
                return text
        if used:
            said = "the pooled fund pays by no single rate above 0 of at most four decimals; the field is null"
            self.notices.add("nhsa-no-single-rate", said, _SEGMENTS)
            return None
        return "0.0000" if self._taken() == self._fen("in_scope_fen") else None

    def _details(self) -> list[dict[str, object]]:
        """A row for each payer whose segments have a base, in their order, then one for the account."""
        payers = dict.fromkeys(each.payer for each in self.segments if each.base_fen)
        rows = [self._row(payer) for payer in payers if self._kind(payer) != THIRD_PARTY]
        account = self._fen("account_fen")
        if not account:
            return rows
        paid = self._text(account, f"{_AMOUNTS}/account_fen")
        return [*rows, _row(names.ACCOUNT_TYPE, paid, ACCOUNT_NAME, None)]

    def _row(self, payer: str) -> dict[str, object]:
        segments = [each for each in self.segments if each.payer == payer and each.base_fen]
        public = self._public_code(self.payers[payer])
        paid = self._text(sum(each.pays_fen for each in segments), _SEGMENTS)
        return _row(public, paid, self.payers[payer].title.zh[: names.LONGEST_NAME], self._trace(payer, segments))

    def _public_code(self, payer: Code) -> str | None:
        """The code of the fund; of a payer that has one for each scheme, that of the person's."""
        own = [code for code in payer.nhsa if code.startswith((self.insutype or "-")[:_SCHEME_DIGITS])]
        named = self._of_scheme(payer, PUBLIC_CODE)
        fitting = (named,) if named is not None else payer.nhsa if len(payer.nhsa) == 1 else tuple(own)
        if self._is_of_a_scheme(payer, PUBLIC_CODE):
            fitting = ()
        if len(fitting) == 1:
            return fitting[0]
        said = f"the payer `{payer.code}` has no public code for this person's scheme; `{names.FUND_TYPE}` is null"
        self.notices.add("nhsa-payer-without-code", said, _SEGMENTS, about=payer.code)
        return None

    def _trace(self, payer: str, segments: list[_Segment]) -> str:
        steps = [self._step(each) for each in segments]
        while len(f"[{','.join(steps)}]") > names.LONGEST_TRACE:
            steps.pop()
            said = f"the steps of `{payer}` do not fit into {names.LONGEST_TRACE} characters: the last are left out"
            self.notices.add("nhsa-trace-cut", said, _SEGMENTS, about=payer)
        return f"[{','.join(steps)}]"

    def _step(self, segment: _Segment) -> str:
        """One step of the trace: numbers as numbers, exact, in the order of the published one."""
        fields = {
            names.TRACE_BASE: self._text(segment.base_fen, f"{segment.pointer}/base_fen"),
            names.TRACE_ITEM: json.dumps(segment.name),
            names.TRACE_RATIO: _rate_text(segment.rate),
            names.TRACE_PAYS: self._text(segment.pays_fen, f"{segment.pointer}/pays_fen"),
        }
        return "{" + ",".join(f'"{key}":{text or "null"}' for key, text in fields.items()) + "}"


def _segment(document: Document, at: int) -> _Segment:
    written = document["rate"]
    matched = _PERCENT.fullmatch(written) if isinstance(written, str) else None
    rate = None
    if matched is not None:
        decimals = matched[2] or ""
        rate = Fraction(int(matched[1] + decimals), 100 * 10 ** len(decimals))
    return _Segment(
        pointer=f"{_SEGMENTS}/{at}",
        name=document["segment"],
        payer=document["payer"],
        base_fen=document["base_fen"],
        rate=rate,
        pays_fen=document["pays_fen"],
    )


def _row(fund_type: str | None, paid: str | None, name: str, trace: str | None) -> dict[str, object]:
    return {
        names.FUND_TYPE: fund_type,
        names.IN_SCOPE: None,
        "crt_payb_lmt_amt": None,
        names.FUND_AMOUNT: paid,
        "fund_pay_type_name": name,
        names.TRACE: trace,
    }


def _rate_text(rate: Fraction | None) -> str | None:
    """A rate with the four decimals of the interface; None for one that needs more."""
    if rate is None or (scaled := rate * 10**names.RATIO_DECIMALS).denominator != 1:
        return None
    whole, rest = divmod(scaled.numerator, 10**names.RATIO_DECIMALS)
    return f"{whole}.{rest:0{names.RATIO_DECIMALS}d}"
