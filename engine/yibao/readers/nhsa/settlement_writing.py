"""A settlement of ours, written as `setlinfo` and `setldetail` of the national interface.

Amounts are texts in yuan with two decimals, rates with four. What a settlement does not know (persons, ids, dates,
clearing) is left to the host. Which amount and which code belong to a payer is said by the table `payer`. What the
interface has no field for is said in a notice.
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
from yibao.readers.documents.pointed_problems import PointedNotices
from yibao.readers.nhsa import interface_names as names
from yibao.readers.nhsa.settlement_values import amount_text

PAYERS, SCHEMES, POOLED_FUND = "payer", "scheme", "pooled_fund"
PUBLIC_CODE = "public_code"
FUND, THIRD_PARTY = "fund", "third_party"
ACCOUNT_NAME = "基本医疗保险个人账户"
_PERCENT = re.compile(r"(\d{1,3})(?:\.(\d{1,4}))?%", re.ASCII)
_SCHEME_DIGITS = 2


@frozen(kw_only=True)
class _Segment:
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
    a payer that has no amount in the interface.
    """
    return _Writer(settlement, scheme, vocabulary, path).document()


class _Writer:
    """Writes one settlement."""

    def __init__(self, settlement: Document, scheme: str | None, vocabulary: Vocabulary, path: str) -> None:
        self.path = path
        self.notices = PointedNotices(path)
        self.amounts: Mapping[str, int | None] = settlement["amounts"]
        self.segments = [_segment(each) for each in settlement["segments"]]
        self.payers = vocabulary.tables[PAYERS].codes
        self.scheme = scheme
        row = vocabulary.tables[SCHEMES].codes.get(scheme) if scheme is not None else None
        self.insutype = row.nhsa[0] if row is not None and len(row.nhsa) == 1 else None

    def document(self) -> tuple[dict[str, object], list[Problem]]:
        """Both parts, and the notices."""
        written: dict[str, object] = {"setlinfo": self._info(), "setldetail": self._details()}
        return written, self.notices.listed()

    def _info(self) -> dict[str, object]:
        third = self._fen("third_party_fen")
        if third:
            said = "the interface has no field for a third person's part: it is written with the person's cash"
            self.notices.add("nhsa-third-party-in-cash", said, "/settlement/amounts/third_party_fen")
        deductible = self.amounts.get("deductible_fen")
        taken = None if deductible is None else min(deductible, self._fen("in_scope_fen"))
        fen: dict[str, int | None] = {
            names.TOTAL: self._fen("billed_fen"),
            "fulamt_ownpay_amt": self._fen("full_self_pay_fen"),
            "overlmt_selfpay": self._fen("over_ceiling_fen"),
            "preselfpay_amt": self._fen("first_self_pay_fen"),
            names.IN_SCOPE: self._fen("in_scope_fen"),
            names.DEDUCTIBLE: taken,
            **self._funds(),
            names.FUND_TOTAL: self._fen("fund_total_fen"),
            names.HOSPITAL: self._fen("hospital_fen"),
            names.PERSONAL: self._fen("personal_fen") + third,
            names.ACCOUNT: self._fen("account_fen"),
            names.CASH: self._fen("cash_fen") + third,
            names.FAMILY_ACCOUNT: self._fen("family_account_fen"),
            names.BALANCE: self.amounts.get("account_balance_after_fen"),
        }
        written: dict[str, object] = {"insutype": self.insutype}
        for name, amount in fen.items():
            written[name] = None if amount is None else amount_text(amount)
            if name == names.POOLED:
                written[names.RATIO] = self._pooled_rate(taken)
        return written

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
                place = Place(path=self.path, pointer="/settlement/segments")
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
            place = Place(path=self.path, pointer="/settlement/segments")
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

    def _pooled_rate(self, taken: int | None) -> str | None:
        """The pooled fund's rate, where it is one; 0 where the deductible takes all that is in scope."""
        used = [each for each in self.segments if each.payer == POOLED_FUND and each.base_fen > 0]
        rates = {each.rate for each in used}
        if len(rates) == 1:
            text = _rate_text(next(iter(rates)))
            if text is not None and text.strip("0."):
                return text
        if used:
            said = "the pooled fund pays by no single rate above 0 of at most four decimals; the field is null"
            self.notices.add("nhsa-no-single-rate", said, "/settlement/segments")
            return None
        return "0.0000" if taken is not None and taken == self._fen("in_scope_fen") else None

    def _details(self) -> list[dict[str, object]]:
        """A row for each payer whose segments have a base, in their order, then one for the account."""
        payers = dict.fromkeys(each.payer for each in self.segments if each.base_fen)
        rows = [self._row(payer) for payer in payers if self._kind(payer) != THIRD_PARTY]
        account = self._fen("account_fen")
        return [*rows, _row(names.ACCOUNT_TYPE, account, ACCOUNT_NAME, None)] if account else rows

    def _row(self, payer: str) -> dict[str, object]:
        segments = [each for each in self.segments if each.payer == payer and each.base_fen]
        public = self._public_code(self.payers[payer])
        paid = sum(each.pays_fen for each in segments)
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
        self.notices.add("nhsa-payer-without-code", said, "/settlement/segments", about=payer.code)
        return None

    def _trace(self, payer: str, segments: list[_Segment]) -> str:
        steps = [_step(each) for each in segments]
        while len(f"[{','.join(steps)}]") > names.LONGEST_TRACE:
            steps.pop()
            said = f"the steps of `{payer}` do not fit into {names.LONGEST_TRACE} characters: the last are left out"
            self.notices.add("nhsa-trace-cut", said, "/settlement/segments", about=payer)
        return f"[{','.join(steps)}]"


def _segment(document: Document) -> _Segment:
    written = document["rate"]
    matched = _PERCENT.fullmatch(written) if isinstance(written, str) else None
    rate = None
    if matched is not None:
        decimals = matched[2] or ""
        rate = Fraction(int(matched[1] + decimals), 100 * 10 ** len(decimals))
    return _Segment(
        name=document["segment"],
        payer=document["payer"],
        base_fen=document["base_fen"],
        rate=rate,
        pays_fen=document["pays_fen"],
    )


def _row(fund_type: str | None, paid_fen: int, name: str, trace: str | None) -> dict[str, object]:
    return {
        names.FUND_TYPE: fund_type,
        names.IN_SCOPE: None,
        "crt_payb_lmt_amt": None,
        names.FUND_AMOUNT: amount_text(paid_fen),
        "fund_pay_type_name": name,
        names.TRACE: trace,
    }


def _step(segment: _Segment) -> str:
    """One step of the trace: numbers as numbers, exact, in the order of the published one."""
    fields = {
        names.TRACE_BASE: amount_text(segment.base_fen),
        names.TRACE_ITEM: json.dumps(segment.name),
        names.TRACE_RATIO: _rate_text(segment.rate) or "null",
        names.TRACE_PAYS: amount_text(segment.pays_fen),
    }
    return "{" + ",".join(f'"{key}":{text}' for key, text in fields.items()) + "}"


def _rate_text(rate: Fraction | None) -> str | None:
    """A rate with the four decimals of the interface; None for one that needs more."""
    if rate is None or (scaled := rate * 10**names.RATIO_DECIMALS).denominator != 1:
        return None
    whole, rest = divmod(scaled.numerator, 10**names.RATIO_DECIMALS)
    return f"{whole}.{rest:0{names.RATIO_DECIMALS}d}"
