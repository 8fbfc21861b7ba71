"""I7: a cancel of a settlement is its original with every sign turned.

A cancel is known by the number of its message, by the settlement that it names, or by its original being given; never
by the signs, as some platforms send the original's amounts back unturned. Nothing is worked out again on negative
amounts: the recorded ones are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yibao.audit.interface_findings import Finding, Verdict
from yibao.model.facts import Title
from yibao.readers.nhsa import interface_names as names
from yibao.readers.nhsa.settlement_records import Settlement, SettlementMessages

_ORIGINAL = "original "
_SIGNS_ONLY = Title(
    zh="没有能确定的原结算可比，只核对符号", en="nothing beside it is surely its original: only the signs are tested"
)


def cancels_of(message: SettlementMessages, original: SettlementMessages | None) -> Mapping[str, tuple[Finding, ...]]:
    """The findings on each cancel of the message, by its pointer.

    Where `original` is given and nothing in the message says of itself that it is a cancel, all of it is.
    """
    own = [each for each in message.settlements if not each.asked]
    cancels = [each for each in own if _is_cancel(each)]
    if original is not None and not cancels:
        cancels = own
    beside = own if original is None else [each for each in original.settlements if not each.asked]
    originals = _Originals([each for each in beside if not _is_cancel(each)])
    return {cancel.pointer: tuple(_judged(cancel, originals.of(cancel))) for cancel in cancels}


def _is_cancel(settlement: Settlement) -> bool:
    return settlement.transaction in names.CANCELS or _target(settlement) is not None


def _target(settlement: Settlement) -> str | None:
    """The settlement that it says it cancels: in the question of a cancel, or in a bureau's record."""
    asked = settlement.target if settlement.transaction in (None, *names.CANCELS) else None
    return asked or settlement.names.get("init_setl_id")


class _Originals:
    """The settlements that cancels can be about, by their ids and by their visits."""

    def __init__(self, settlements: list[Settlement]) -> None:
        # The calculation before a settlement has the same amounts, and no id yet.
        finals = [each for each in settlements if "setl_id" in each.names and each.transaction not in names.PRE_SETTLES]
        self._named = bool(finals)
        self._all = finals or settlements
        self._by_id: dict[str, Settlement] = {}
        self._by_visit: dict[str | None, list[Settlement]] = {}
        for each in settlements:
            if "setl_id" in each.names:
                self._by_id.setdefault(each.names["setl_id"], each)
        for each in self._all:
            self._by_visit.setdefault(each.names.get("mdtrt_id"), []).append(each)

    def of(self, cancel: Settlement) -> Settlement | None:
        """The one settlement that a cancel can be about: by the id that it names, else the only one that could be."""
        target, visit = _target(cancel), cancel.names.get("mdtrt_id")
        if target is not None and target in self._by_id:
            return self._by_id[target]
        if target is not None and self._named:
            return None
        fitting = self._all
        if visit is not None:
            fitting = [*self._by_visit.get(visit, ()), *self._by_visit.get(None, ())]
        return fitting[0] if len(fitting) == 1 else None


def _judged(cancel: Settlement, original: Settlement | None) -> Iterable[Finding]:
    for name in names.MIRRORED:
        own = cancel.amounts.get(name)
        if original is not None and (own is not None or name in original.amounts):
            yield _mirror(cancel, name, own, original.amounts.get(name))
        elif own is not None:
            yield _sign(cancel, name, own)
    if original is not None and cancel.details and original.details:
        own_rows, rows = _by_type(cancel), _by_type(original)
        for fund_type in sorted(own_rows.keys() | rows.keys()):
            name = f"{names.FUND_AMOUNT} of {fund_type}"
            yield _mirror(cancel, name, own_rows.get(fund_type, 0), rows.get(fund_type, 0))


def _by_type(settlement: Settlement) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for row in settlement.details:
        if row.fund_type is not None and names.FUND_AMOUNT in row.amounts:
            found[row.fund_type] = found.get(row.fund_type, 0) + row.amounts[names.FUND_AMOUNT]
    return found


def _mirror(cancel: Settlement, name: str, own: int | None, before: int | None) -> Finding:
    turned = None if before is None else -before
    known = own is not None and turned is not None
    return Finding(
        identity="I7",
        pointer=cancel.pointer,
        verdict=Verdict.NOT_TESTABLE if not known else Verdict.HOLDS if own == turned else Verdict.FAILS,
        statement=f"{name} = -({_ORIGINAL}{name})",
        fields={name: own, _ORIGINAL + name: before},
        left=own,
        right=turned,
    )


def _sign(cancel: Settlement, name: str, own: int) -> Finding:
    return Finding(
        identity="I7",
        pointer=cancel.pointer,
        verdict=Verdict.HOLDS if own <= 0 else Verdict.FAILS,
        statement=f"{name} <= 0",
        fields={name: own},
        left=own,
        right=0,
        because=_SIGNS_ONLY,
    )
