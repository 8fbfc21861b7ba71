"""The operations of a chart: what can be done to a case beside its steps, and by whom."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from yibao.model.chart import AFTER_A_DECISION, IN_EVERY_CHART, Operation, OperationKind
from yibao.model.citations import Citation
from yibao.model.facts import Title
from yibao.readers.charts.chart_words import ChartWords
from yibao.readers.documents.forms import Form
from yibao.readers.policy.cites_from_yaml import carries_of, cites_of

_TITLES: Mapping[OperationKind, Title] = {
    OperationKind.CORRECT: Title(zh="更正", en="Correction"),
    OperationKind.WITHDRAW: Title(zh="撤回申请", en="Withdrawal"),
    OperationKind.REDECIDE: Title(zh="重新裁决", en="New decision"),
    OperationKind.REVERSE: Title(zh="撤销结算", en="Reversal of the settlement"),
    OperationKind.REVERSE_UNKNOWN: Title(zh="冲正（结算结果不明）", en="Reversal where the outcome is unknown"),
    OperationKind.DELETE: Title(zh="删除（结算之前）", en="Deletion before settlement"),
}


def operations_from(
    form: Form,
    words: ChartWords,
    steps: tuple[str, ...],
    decides: bool | None,
    cites: tuple[Citation, ...],
    required: bool = True,
) -> Mapping[str, Operation]:
    """The operations under `operations:` by the name of their event; those that are due must be there.

    `steps` are the names of the chart's steps, and `decides` says whether some step decides, None where that is not
    known. Charts of release 0.2.0 had no operations; such a one is read where they are not `required`.
    """
    node = form.take("operations", required)
    if node is None:
        return {}
    inner = Form(node, words.problems, "`operations`")
    due = (*IN_EVERY_CHART, *(AFTER_A_DECISION if decides else ()))
    found: dict[str, Operation] = {}
    for kind in OperationKind:
        operation = _operation(inner, kind, words, steps, cites, required=kind in due)
        if operation is not None:
            found[kind.value] = operation
            if kind in AFTER_A_DECISION and decides is False:
                message = f"nothing is decided in this chart, so there is nothing to `{kind.value}`"
                words.problems.add("operation-without-decision", message, operation.place)
    inner.finish()
    return found


def _operation(
    form: Form,
    kind: OperationKind,
    words: ChartWords,
    steps: tuple[str, ...],
    chart_cites: tuple[Citation, ...],
    required: bool,
) -> Operation | None:
    node = form.take(kind.value, required)
    if node is None:
        return None
    inner = Form(node, words.problems, f"the operation `{kind.value}`")
    acts = words.actor(inner, "acts", required=True)
    title = inner.title("title") or _TITLES[kind]
    carries = carries_of(inner)
    cites = cites_of(inner, carries, required=False) or chart_cites
    particulars: _Particulars | None = _Particulars()
    if kind is OperationKind.WITHDRAW:
        particulars = _of_a_withdrawal(inner, words)
    elif kind is OperationKind.REDECIDE:
        particulars = _of_a_new_decision(inner, words, steps)
    inner.finish()
    if acts is None or particulars is None:
        return None
    return Operation(
        kind=kind,
        title=title,
        acts=acts,
        sources=particulars.sources,
        target=particulars.target,
        back_to=particulars.back_to,
        back_from=particulars.back_from,
        keeps=particulars.keeps,
        differs_from=particulars.differs_from,
        carries=carries,
        cites=cites,
        place=inner.place,
    )


@frozen(kw_only=True)
class _Particulars:
    """What only some operations say."""

    sources: tuple[str, ...] = ()
    target: str | None = None
    back_to: str | None = None
    back_from: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    differs_from: tuple[str, ...] = ()


def _of_a_withdrawal(form: Form, words: ChartWords) -> _Particulars | None:
    target = words.state_named(form, "to")
    open_states = tuple(state.name for state in words.states.values() if not state.final)
    sources = words.states_named(form, "from", required=False) if form.has("from") else open_states
    if target is None:
        return None
    if not words.states[target].final:
        message = f"a withdrawn case is at its end, and `{target}` is not final"
        words.problems.add("withdrawal-not-final", message, form.place_of("to"))
    return _Particulars(sources=sources, target=target)


def _of_a_new_decision(form: Form, words: ChartWords, steps: tuple[str, ...]) -> _Particulars:
    leads_back = form.has("back_to") or form.has("back_from")
    return _Particulars(
        back_to=words.state_named(form, "back_to") if leads_back else None,
        back_from=words.states_named(form, "back_from", required=leads_back),
        keeps=words.facts(form, "keeps"),
        differs_from=words.listed(form, "differs_from", steps, "unknown-name", "no step is called"),
    )
