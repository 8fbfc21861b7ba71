"""Plan files: what is read from them, and every mistake with its place."""

from __future__ import annotations

import datetime

import pytest

from tests.settlement.small_plans import (
    CASH,
    CITY,
    OTHER_CITY,
    PARAMETERS,
    PROVINCE,
    bundle,
    layer,
    parameter,
    plan,
    plan_of,
    problems_of,
    segment,
    value,
)
from yibao.basics.periods import Period
from yibao.basics.problems import Problem
from yibao.language.amount_printing import text_of
from yibao.model.amounts import Dimension, Fixed, Named, OfSegment, SegmentPart
from yibao.model.expressions import FactTerm
from yibao.model.facts import Kind
from yibao.model.plan import (
    BandRounding,
    BenefitYear,
    Counts,
    NamedValue,
    Purse,
    Rounding,
    Segment,
    Ties,
    Update,
)

PLAN_FILE = f"{PROVINCE}/a-plan.yaml"
DISCHARGED = FactTerm("encounter.discharged_on", Kind.DATE)
EMPLOYEE = "insured.scheme == employee"
ELIGIBLE = value("eligible", "sum(lines, in_scope)")


def problem_of(text: str) -> Problem:
    """The one problem of a plan."""
    (problem,) = problems_of({PLAN_FILE: text})
    return problem


def text_under(problem: Problem, text: str) -> str:
    """What stands in the text where the problem is placed."""
    assert problem.place.line is not None
    assert problem.place.column is not None
    line = text.splitlines()[problem.place.line - 1]
    return line[problem.place.column - 1 :][: problem.place.length]


def test_a_plan_is_read_with_its_steps_in_order() -> None:
    read = plan_of(
        plan(
            ELIGIBLE
            + value("age", "years(insured.born_on, encounter.admitted_on)")
            + segment("fund", "share(base, table(by-person))", "eligible", ", limit: table(cap), counts: base")
            + segment("more", "share(base, 80%)", "beyond(fund)", ", when: age >= 60"),
            "deductible: eligible\n" + CASH,
        )
    )
    assert (read.id, read.layer, read.deductible, read.illustrative) == ("a-plan", PROVINCE, "eligible", False)
    assert (read.in_force.by, read.in_force.period) == (DISCHARGED, Period(datetime.date(2023, 1, 1)))
    assert read.published == datetime.date(2023, 1, 1)
    assert read.rounding == Rounding(ties=Ties.UP, bands=BandRounding.SUM)
    assert read.benefit_year == BenefitYear(month=1, day=1, by=DISCHARGED, split=False)
    eligible, age, fund, more = read.steps
    assert isinstance(eligible, NamedValue)
    assert isinstance(age, NamedValue)
    assert (eligible.name, eligible.dimension, age.dimension) == ("eligible", Dimension.AMOUNT, Dimension.WHOLE)
    assert isinstance(fund, Segment)
    assert isinstance(more, Segment)
    assert (fund.payer, fund.base, fund.counts) == ("pooled_fund", Named("eligible", Dimension.AMOUNT), Counts.BASE)
    assert (more.base, more.limit, more.counts) == (OfSegment(SegmentPart.BEYOND, "fund"), None, Counts.PAID)
    assert text_of(fund.pays) == "share(base, table(by-person, insured.person_type, age))"
    assert read.segments == (fund, more)


def test_accumulators_take_the_dimension_of_their_fact() -> None:
    more = (
        "accumulators:\n"
        "  - {fact: history.stays_this_year, add: 1}\n"
        "  - {fact: history.fund_paid_fen, set: paid(fund), resets: false}\n"
        "  - {fact: history.eligible_fen, max: '0'}\n"
    )
    stays, paid, eligible = plan_of(plan(segment("fund", "0"), more + CASH)).accumulations
    assert (stays.update, stays.amount, stays.resets) == (Update.ADD, Fixed(1, Dimension.WHOLE), True)
    assert (paid.update, paid.amount, paid.resets) == (Update.SET, OfSegment(SegmentPart.PAID, "fund"), False)
    assert (eligible.update, eligible.amount) == (Update.GREATEST, Fixed(0, Dimension.AMOUNT))


def test_purses_may_pay_what_is_left_for_the_person() -> None:
    more = (
        "purses:\n"
        "  - {purse: account, when: account.use and personal > table(cap), may_pay: 'less(personal, paid(fund))'}\n"
        "  - {purse: family_account, may_pay: personal}\n"
        "  - {purse: cash}\n"
    )
    account, family, cash = plan_of(plan(segment("fund", "0"), more)).purses
    assert (account.purse, family.purse, cash.purse) == (Purse.ACCOUNT, Purse.FAMILY_ACCOUNT, Purse.CASH)
    assert account.may_pay is not None
    assert text_of(account.may_pay) == "less(personal, paid(fund))"
    assert account.when is not None
    assert text_of(account.when) == "account.use and personal > table(cap)"
    assert (cash.when, cash.may_pay) == (None, None)


def test_a_split_stay_is_asked_for_its_part_and_the_part_before() -> None:
    steps = ELIGIBLE + value("deductible", "if part > 1 then 0 else less(table(cap), earlier(deductible))")
    read = plan_of(plan(steps, split=True))
    assert read.benefit_year.split
    assert isinstance(read.steps[1], NamedValue)
    assert read.steps[1].dimension is Dimension.AMOUNT


def test_what_is_asked_of_the_part_before_is_what_it_turns_out_to_be() -> None:
    text = plan(value("a", "less(table(cap), earlier(b))") + value("b", "3"), split=True)
    problem = problem_of(text)
    assert (problem.code, problem.message) == ("wrong-type", "`earlier(b)` is read as amount: it is whole number")
    assert text_under(problem, text).startswith("'less(table(cap), earlier(b))'")


@pytest.mark.parametrize(
    ("text", "code", "under"),
    [
        (plan(segment("fund", "0").replace("pooled_fund", "pool_fund")), "unknown-payer", "pool_fund"),
        (plan(ELIGIBLE + ELIGIBLE), "duplicate-name", "eligible"),
        (plan(ELIGIBLE + segment("eligible", "0")), "duplicate-name", "eligible"),
        (plan(value("base", "table(cap)")), "name-taken", "base"),
        (plan(value("if", "table(cap)")), "name-taken", "if"),
        (plan(value("drug", "table(cap)")), "name-taken", "drug"),
        (plan(value("procedure", "table(cap)")), "name-taken", "procedure"),
        (plan(value("a", "b") + value("b", "table(cap)")), "later-name", "b"),
        (plan(value("a", "paid(fund)") + segment("fund", "0")), "later-name", "fund"),
        (plan(segment("fund", "left(fund)")), "later-name", "fund"),
        (plan(value("a", "table(of-the-city)")), "unknown-parameter", "of-the-city"),
        (plan(value("a", "table(by-person)")), "wrong-keys", "by-person"),
        (plan(value("age", "table(cap)") + value("a", "table(by-person)")), "wrong-keys", "by-person"),
        (plan(segment("fund", "share(base, 120%)")), "rate-above-whole", "120%"),
        (plan(segment("fund", "0", "base")), "misplaced-word", "base"),
        (plan(segment("fund", "0", more=", when: base > 0")), "misplaced-word", "base"),
        (plan(segment("fund", "personal")), "misplaced-word", "personal"),
        (plan(value("a", "if part > 1 then 0 else table(cap)")), "misplaced-word", "part"),
        (plan(ELIGIBLE + value("a", "earlier(eligible)")), "misplaced-word", "eligible"),
        (plan(segment("fund", "80%")), "wrong-type", "80%"),
        (plan(segment("fund", "0", more=", counts: base")), "missing-field", "base"),
        (plan(segment("fund", "0", more=", counts: everything, limit: table(cap)")), "unknown-choice", "everything"),
        (plan(segment("fund", "0", more=", caps: 3")), "unknown-field", "caps"),
        (plan(value("a", "0"), "deductible: b\n" + CASH), "unknown-name", "b"),
        (plan(value("a", "50%"), "deductible: a\n" + CASH), "wrong-type", "a"),
        (plan(segment("a", "0"), "deductible: a\n" + CASH), "unknown-name", "a"),
        (plan("  - {title: {zh: 值, en: A value}}\n"), "missing-field", "{"),
        (plan(ELIGIBLE, "accumulators: [{fact: history.contribution_months, add: 1}]\n" + CASH), "no-accumulator", ""),
        (plan(ELIGIBLE, "accumulators: [{fact: history.fund_paid, add: eligible}]\n" + CASH), "no-accumulator", ""),
        (plan(ELIGIBLE, "accumulators: [{fact: history.fund_paid_fen, add: 1}]\n" + CASH), "constant-amount", "1"),
        (
            plan(ELIGIBLE, "accumulators: [{fact: history.fund_paid_fen, add: eligible, set: eligible}]\n" + CASH),
            "wrong-update",
            None,
        ),
        (plan(ELIGIBLE, "accumulators: [{fact: history.fund_paid_fen}]\n" + CASH), "wrong-update", None),
        (
            plan(
                ELIGIBLE,
                "accumulators:\n  - {fact: history.fund_paid_fen, add: eligible}\n"
                "  - {fact: history.fund_paid_fen, max: eligible}\n" + CASH,
            ),
            "duplicate-name",
            "history.fund_paid_fen",
        ),
        (plan(ELIGIBLE, "purses: [{purse: account}]\n"), "cash-not-last", None),
        (plan(ELIGIBLE, "purses: []\n"), "cash-not-last", None),
        (plan(ELIGIBLE, "purses: [{purse: cash}, {purse: account}]\n"), "cash-not-last", None),
        (plan(ELIGIBLE, "purses: [{purse: cash}, {purse: cash}]\n"), "cash-not-last", None),
        (plan(ELIGIBLE, "purses: [{purse: account}, {purse: account}, {purse: cash}]\n"), "duplicate-name", None),
        (plan(ELIGIBLE, "purses: [{purse: cash, may_pay: personal}]\n"), "cash-not-last", None),
        (plan(ELIGIBLE, "purses: [{purse: pocket}, {purse: cash}]\n"), "unknown-choice", "pocket"),
        (plan(ELIGIBLE, ""), "missing-field", None),
        (plan(ELIGIBLE).replace("starts: 01-01", "starts: 1-1"), "wrong-type", "1-1"),
        (plan(ELIGIBLE).replace("starts: 01-01", "starts: 02-29"), "wrong-type", "02-29"),
        (plan(ELIGIBLE).replace("ties: up", "ties: down"), "unknown-choice", "down"),
        (plan(ELIGIBLE).replace(", bands: sum", ""), "missing-field", None),
        (plan(ELIGIBLE).replace("01-01, by: encounter.", "01-01, by: encounters."), "unknown-field", "encounters"),
        (plan(ELIGIBLE).replace("{by: encounter.discharged", "{by: line.charged"), "line-fact", "line.charged_on"),
        (plan(ELIGIBLE).replace(EMPLOYEE, "line.for_rescue"), "line-fact", "line.for_rescue"),
        (plan(ELIGIBLE).replace(EMPLOYEE, "history.fund_paid_fen > 0"), "accumulator-in-when", None),
        (plan(ELIGIBLE).replace("when: insured.scheme == employee\n", ""), "missing-field", None),
        (plan(ELIGIBLE).replace("grade: B", "grade: D"), "unconfirmed-source", None),
        (plan(segment("fund", "0", more=", cites: [{source: 一份文件, grade: G}]")), "unconfirmed-source", None),
        (plan(value("a", "0").replace("'0'", "[0]")), "wrong-shape", None),
        (plan("".join(value(f"v{number}", "0") for number in range(101))), "too-many", None),
        (plan(ELIGIBLE, f"purses: [{'{purse: account}, ' * 20}{{purse: cash}}]\n"), "too-many", None),
    ],
)  # fmt: skip
def test_a_mistake_in_a_plan_is_placed_under_its_text(text: str, code: str, under: str | None) -> None:
    problem = problem_of(text)
    assert problem.code == code, str(problem)
    assert problem.place.path == f"policy/{PLAN_FILE}"
    if under is not None:
        assert text_under(problem, text).startswith(under), str(problem)


def test_all_mistakes_of_a_plan_are_told_at_once_and_none_for_the_echo_of_another() -> None:
    text = plan(
        value("a", "table(capp)")
        + value("rests-on-a", "min(a, table(cap))")
        + value("age", "years(insured.born, encounter.admitted_on)")
        + value("rests-on-age", "share(table(cap), table(by-person))")
        + segment("fund", "share(base, 3)")
        + segment("rests-on-fund", "0", "left(fund)")
    )
    assert [(problem.place.line, problem.code) for problem in problems_of({PLAN_FILE: text})] == [
        (9, "unknown-parameter"),
        (11, "unknown-field"),
        (13, "wrong-type"),
    ]


def test_a_plan_reads_no_finding() -> None:
    finding = (
        "rule: a-finding\ntitle: {zh: 规则, en: A rule}\ncites: [{source: 社会保险法, grade: A}]\nabout: claim\n"
        "in_force: {by: encounter.admitted_on, from: 2000-01-01}\nwhen: encounter.emergency\n"
        "then: {finding: urgent_care}\n"
    )
    for text in (
        plan(ELIGIBLE).replace("insured.scheme == employee", "urgent_care"),
        plan(value("a", "if urgent_care then 0 else table(cap)")),
    ):
        (problem,) = problems_of({PLAN_FILE: text, f"{PROVINCE}/a-finding.yaml": finding})
        assert problem.code == "finding-in-plan"


def test_named_conditions_can_be_asked() -> None:
    definition = "definition: is_old\ntitle: {zh: 老人, en: Old}\nabout: claim\nwhen: insured.person_type == retired\n"
    text = plan(value("a", "if is_old then 0 else table(cap)")).replace("insured.scheme == employee", "is_old")
    (read,) = bundle({PLAN_FILE: text, f"{PROVINCE}/is_old.yaml": definition}).plans
    assert isinstance(read.steps[0], NamedValue)
    assert text_of(read.steps[0].amount) == "if insured.person_type == retired then 0 else table(cap)"


def test_a_plan_of_the_province_looks_up_what_the_city_says_otherwise() -> None:
    city = f"{PROVINCE}/{CITY}/cap.yaml"
    (read,) = bundle({PLAN_FILE: plan(value("a", "table(cap)")), city: PARAMETERS["cap"]}).plans
    assert isinstance(read.steps[0], NamedValue)
    other = parameter("cap", "rate", "50%")
    (problem,) = problems_of({PLAN_FILE: plan(value("a", "table(cap)")), city: other})
    assert (problem.code, problem.message) == (
        "parameters-differ",
        f"`cap` has other keys, or another unit, in {CITY} than in {PROVINCE}",
    )


def test_a_plan_of_the_province_can_not_name_what_only_a_city_has() -> None:
    files = {PLAN_FILE: plan(value("a", "table(own)")), f"{PROVINCE}/{CITY}/own.yaml": parameter("own", "yuan", "5")}
    (problem,) = problems_of(files)
    assert problem.code == "unknown-parameter"


def test_a_parameter_whose_own_file_is_broken_is_not_missed_as_well() -> None:
    files = {PLAN_FILE: plan(value("a", "table(own)")), f"{PROVINCE}/own.yaml": parameter("own", "yuan", "-5")}
    assert {problem.place.path for problem in problems_of(files)} == {f"policy/{PROVINCE}/own.yaml"}


def overriding(name: str, *below: str) -> str:
    return plan(ELIGIBLE, f"overrides: [{', '.join(below)}]\n{CASH}", name)


def test_a_plan_overrides_plans_of_its_own_chain() -> None:
    files = {
        f"{PROVINCE}/below.yaml": plan(ELIGIBLE, name="below"),
        f"{PROVINCE}/above.yaml": overriding("above", "below"),
        f"{PROVINCE}/{CITY}/local.yaml": overriding("local", "above"),
    }
    assert {read.id: read.overrides for read in bundle(files).plans} == {
        "above": ("below",),
        "below": (),
        "local": ("above",),
    }
    elsewhere = {**files, f"{PROVINCE}/{OTHER_CITY}/wide.yaml": overriding("wide", "local")}
    (problem,) = problems_of(elsewhere)
    assert (problem.code, problem.place.path) == ("override-of-nothing", f"policy/{PROVINCE}/{OTHER_CITY}/wide.yaml")


@pytest.mark.parametrize(
    "files",
    [
        {"a.yaml": overriding("a", "b"), "b.yaml": overriding("b", "a")},
        {"a.yaml": overriding("a", "a")},
        {"a.yaml": plan(ELIGIBLE, name="a"), f"{CITY}/a.yaml": overriding("a", "a")},
    ],
)
def test_overrides_never_lead_back(files: dict[str, str]) -> None:
    (problem,) = problems_of({f"{PROVINCE}/{path}": text for path, text in files.items()})
    assert problem.code == "override-circle"


def test_a_plan_is_in_force_once_at_a_time() -> None:
    until = plan(ELIGIBLE).replace("from: 2023-01-01}", "from: 2023-01-01, to: 2024-01-01}", 1)
    after = plan(ELIGIBLE).replace("from: 2023-01-01", "from: 2024-01-01", 1)
    files = {f"{PROVINCE}/2023/a-plan.yaml": until, f"{PROVINCE}/2024/a-plan.yaml": after}
    assert [read.in_force.period.start.year for read in bundle(files).plans] == [2023, 2024]
    (problem,) = problems_of({**files, f"{PROVINCE}/2024/a-plan.yaml": plan(ELIGIBLE)})
    assert problem.code == "duplicate-name"


def test_what_an_illustrative_layer_or_plan_says_is_illustrative() -> None:
    marked = plan(ELIGIBLE).replace("grade: B", "grade: G") + "illustrative: true\n"
    assert plan_of(marked).illustrative
    illustrative = layer(PROVINCE, "national") + "illustrative: true\n"
    (read,) = bundle({PLAN_FILE: plan(ELIGIBLE), f"{PROVINCE}/layer.yaml": illustrative}).plans
    assert read.illustrative


def test_a_payer_says_how_its_part_is_counted() -> None:
    table = (
        "adds_to: payer\nsource: 一份文件\nattributes: [kind, interface]\ncodes:\n"
        "  - {code: village_fund, title: {zh: 村, en: Village}, from: 2000-01-01, kind: purse, interface: none}\n"
    )
    text = plan(segment("fund", "0").replace("pooled_fund", "village_fund"))
    (problem,) = problems_of({PLAN_FILE: text, f"{PROVINCE}/more-payers.yaml": table})
    assert (problem.code, text_under(problem, text)) == ("payer-without-kind", "village_fund")
    fund = table.replace("kind: purse", "kind: fund")
    (read,) = bundle({PLAN_FILE: text, f"{PROVINCE}/more-payers.yaml": fund}).plans
    assert read.segments[0].payer == "village_fund"


def test_conditions_written_out_stay_bounded() -> None:
    long = " or ".join(f'encounter.institution.code == "h{number}"' for number in range(40))
    definition = f"definition: big\ntitle: {{zh: 大, en: Big}}\nabout: claim\nwhen: >-\n  {long}\n"
    text = plan(value("a", "if " + " and ".join(["big"] * 60) + " then 0 else table(cap)"))
    (problem,) = problems_of({PLAN_FILE: text, f"{PROVINCE}/big.yaml": definition})
    assert problem.code == "expression-too-long"
