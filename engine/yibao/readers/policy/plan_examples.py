"""Examples beside a plan: a complete claim of the bundle, what differs from it, and what the plan makes of it."""

from __future__ import annotations

from collections.abc import Mapping

from yibao.basics.problems import did_you_mean
from yibao.model.facts import Vocabulary
from yibao.model.plan import Applies, Plan, PlanExample
from yibao.readers.documents.forms import Form, Problems, whole_of
from yibao.readers.policy.examples_from_yaml import OUTCOMES, facts_changed

# The amounts of a settlement, as the outer contract names them.
AMOUNTS = (
    *("billed_fen", "full_self_pay_fen", "over_ceiling_fen", "first_self_pay_fen", "in_scope_fen"),
    *("deductible_fen", "pooled_fund_fen", "fund_total_fen", "personal_fen", "hospital_fen", "third_party_fen"),
    *("account_fen", "family_account_fen", "cash_fen", "account_balance_after_fen"),
)
MOST_EXAMPLES = 200


def plan_examples_of(form: Form, vocabulary: Vocabulary) -> tuple[PlanExample, ...]:
    """The examples under `examples:`."""
    return tuple(
        example
        for inner in form.forms("examples", "an example", most=MOST_EXAMPLES)
        if (example := _example(inner, vocabulary)) is not None
    )


def check_examples(plan: Plan, problems: Problems) -> None:
    """Note what an example says of segments that the plan has not, or of rows that it does not carry."""
    segments = [segment.name for segment in plan.segments]
    for example in plan.examples:
        for name in example.pays:
            if name not in segments:
                message = f"the plan has no segment called `{name}`"
                problems.add("unknown-name", message, example.place, did_you_mean(name, segments))
        for row in (*example.shows, *example.shows_not):
            if row not in plan.carried:
                message = f"an example shows `{row}`, which neither the plan nor a part of it carries"
                problems.add("row-not-carried", message, example.place, did_you_mean(row, plan.carried))


def _example(form: Form, vocabulary: Vocabulary) -> PlanExample | None:
    sentence, base = form.text("it", required=True), form.identifier("from", required=True)
    given, unknown = facts_changed(form, vocabulary)
    applies = form.choice("applies", tuple(each.value for each in Applies), required=True)
    outcome = form.choice("outcome", OUTCOMES)
    amounts, pays = _fen(form, "amounts", AMOUNTS), _fen(form, "pays", None)
    missing = form.texts("missing") if form.has("missing") else None
    shows, shows_not = form.texts("shows"), form.texts("shows_not")
    form.finish()
    if (amounts or pays) and (missing or applies in ("no", "unknown")):
        message = "amounts are of a plan that applies, and for which nothing is missing"
        form.problems.add("example-at-odds", message, form.place)
    if sentence is None or base is None or applies is None:
        return None
    return PlanExample(
        sentence=sentence,
        base=base,
        given=given,
        unknown=unknown,
        applies=Applies(applies),
        outcome=outcome,
        amounts=amounts,
        pays=pays,
        missing=missing,
        shows=shows,
        shows_not=shows_not,
        place=form.place,
    )


def _fen(form: Form, field: str, names: tuple[str, ...] | None) -> Mapping[str, int]:
    """Amounts in fen by names: by these, or by names that are the author's own."""
    found: dict[str, int] = {}
    for key, node in form.entries(field):
        amount = whole_of(node, form.problems, f"`{key.text}`")
        if names is not None and key.text not in names:
            hint = did_you_mean(key.text, names)
            form.problems.add("unknown-field", f"a settlement has no amount `{key.text}`", key.place, hint)
        elif amount is not None:
            found[key.text] = amount
    return found
