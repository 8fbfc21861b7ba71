"""Two small procedures that say all that a chart can say, a law for them, and what is sent to their cases.

A visit is claimed by hand: it waits for a filing, runs against deadlines, passes three clerks and is decided. The
policy is played by arithmetic: seven tenths are paid, and nothing for a work injury.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from attrs import evolve

from tests.procedure.world import law, vocabulary
from tests.support.small_calendars import calendar, year
from yibao.basics.digest import digest_of_document
from yibao.cases.commands import Law
from yibao.language.parsing import Names
from yibao.model.calendar import Calendar
from yibao.model.chart import Chart
from yibao.model.claim import Claim
from yibao.model.facts import Unknown, Vocabulary
from yibao.model.parameters import Unit
from yibao.procedure.deadlines import Length
from yibao.readers.charts.charts_from_yaml import charts_from_folder

VISIT, FILING = "visit", "filing"
_ACTORS = "actors: {person: {zh: 参保人, en: Person}, agency: {zh: 经办机构, en: Agency}}"
_TITLE = "{{zh: 程序, en: A procedure}}"
_HEAD = f"chart: {{0}}\ntitle: {_TITLE}\nsummary: {_TITLE}\ncites: [{{{{source: S0, grade: A}}}}]\n"

FILING_CHART = f"""\
{_HEAD.format(FILING)}{_ACTORS}
initial: opened
states:
  opened: {{title: {{zh: 开始, en: Opened}}, waits_for: person}}
  filed: {{title: {{zh: 已备案, en: Filed}}, waits_for: person}}
  ended: {{title: {{zh: 已终止, en: Ended}}, final: true}}
  withdrawn: {{title: {{zh: 已撤回, en: Withdrawn}}, final: true}}
operations:
  correct: {{acts: agency}}
  withdraw: {{acts: person, to: withdrawn, from: opened}}
steps:
  - step: filing
    event: file
    from: opened
    to: filed
    title: {{zh: 备案, en: Filing}}
    acts: person
    facts: [filing.kind, filing.valid_from, filing.valid_to]
  - {{step: end, event: end, from: filed, to: ended, title: {{zh: 终止, en: End}}, acts: person}}
"""

VISIT_CHART = f"""\
{_HEAD.format(VISIT)}{_ACTORS}
initial: opened
states:
  opened: {{title: {{zh: 开始, en: Opened}}, waits_for: person}}
  applied: {{title: {{zh: 已申请, en: Applied}}, waits_for: agency}}
  accepted: {{title: {{zh: 已受理, en: Accepted}}, waits_for: agency}}
  returned: {{title: {{zh: 已退回, en: Returned}}, waits_for: person}}
  reviewed: {{title: {{zh: 已审核, en: Reviewed}}, waits_for: agency}}
  settled: {{title: {{zh: 已结算, en: Settled}}, waits_for: agency}}
  paid: {{title: {{zh: 已支付, en: Paid}}, final: true}}
  lapsed: {{title: {{zh: 已逾期, en: Lapsed}}, final: true}}
  withdrawn: {{title: {{zh: 已撤回, en: Withdrawn}}, final: true}}
operations:
  correct: {{acts: agency}}
  withdraw: {{acts: person, to: withdrawn}}
  redecide: {{acts: agency}}
  reverse: {{acts: agency}}
  reverse_unknown: {{acts: agency}}
  delete: {{acts: agency}}
steps:
  - step: application
    event: apply
    from: opened
    to: applied
    title: {{zh: 申请, en: Application}}
    acts: person
    documents: [hospital_invoice]
    relies_on:
      case: filing.case_id
      chart: {FILING}
      states: [filed]
      brings: [filing.kind, filing.valid_from, filing.valid_to]
      title: {{zh: 备案有效, en: The filing is in force}}
    guards:
      application_is_dated:
        title: {{zh: 申请日期明确, en: The day of the application is known}}
        when: application.applied_on is not none
    bars:
      not_a_stay:
        title: {{zh: 门诊费用另有程序, en: A visit without a stay has a procedure of its own}}
        when: encounter.kind == outpatient
    deadlines:
      applied_in_time:
        title: {{zh: 申请期限, en: Time for the application}}
        after: encounter.discharged_on
        on: application.applied_on
        at_most: apply-within
        overdue: lapsed
      applied_not_at_once:
        title: {{zh: 申请起始, en: Beginning of the application}}
        after: encounter.discharged_on
        on: application.applied_on
        at_least: apply-not-before
        counts: calendar_days
    facts: [filing.case_id, application.applied_on, encounter.admitted_on, encounter.discharged_on, documents]
  - step: acceptance
    event: accept
    from: [applied, returned]
    to: accepted
    title: {{zh: 受理, en: Acceptance}}
    acts: agency
  - {{step: return, event: return, from: accepted, to: returned, title: {{zh: 退回, en: Return}}, acts: agency}}
  - step: review
    event: review
    from: accepted
    to: reviewed
    title: {{zh: 审核, en: Review}}
    acts: agency
    differs_from: [acceptance]
    guards:
      materials_are_complete:
        title: {{zh: 材料齐全, en: The materials are complete}}
        when: application.materials_complete
    facts: [application.materials_complete]
  - step: settlement
    event: settle
    from: reviewed
    to: settled
    title: {{zh: 结算, en: Settlement}}
    acts: agency
    decides: true
    facts: [encounter.cause, invoice.issuer, invoice.number]
  - step: payment
    event: pay
    from: settled
    to: paid
    title: {{zh: 支付, en: Payment}}
    acts: agency
    differs_from: [acceptance, review]
    deadlines:
      paid_in_time:
        title: {{zh: 支付期限, en: Time for the payment}}
        after: application.applied_on
        on: handling.paid_on
        at_most: pay-within
        counts: working_days
        late: noted
        ahead: true
    facts: [handling.paid_on]
"""
UNITS = {"apply-within": Unit.MONTHS, "apply-not-before": Unit.DAYS, "pay-within": Unit.DAYS}
LENGTHS = {
    "apply-within": Length(number=1, months=True),
    "apply-not-before": Length(number=3, months=False),
    "pay-within": Length(number=5, months=False),
}
# The first days of May 2024 are off, and nothing is published beyond that year.
CALENDAR = calendar(
    year(2023, "2022-12-08"),
    year(2024, "2023-10-25", ("劳动节", "2024-05-01", "2024-05-05"), worked="2024-04-28, 2024-05-11"),
    until="2024-12-31",
)


@cache
def small_vocabulary() -> Vocabulary:
    """The shipped facts and tables, with the two procedures among the others."""
    tables = vocabulary().tables
    known = tables["procedure"]
    some_code = next(iter(known.codes.values()))
    added = {name: evolve(some_code, code=name) for name in (VISIT, FILING)}
    return evolve(vocabulary(), tables={**tables, "procedure": evolve(known, codes={**known.codes, **added})})


@cache
def small_charts(visit: str = VISIT_CHART) -> Mapping[str, Chart]:
    """The two procedures. Raises ProblemsFound where another text of the visit is wrong."""
    files = {f"{VISIT}.yaml": visit.encode(), f"{FILING}.yaml": FILING_CHART.encode()}
    return charts_from_folder(files, Names(vocabulary=small_vocabulary(), catalogues={}), UNITS)


def paying(claim: Claim) -> dict[str, Any]:
    """Stands in for the policy: seven tenths of the bill are paid, and nothing for a work injury."""
    cause = claim.given("encounter.cause")
    if isinstance(cause, Unknown):
        missing = [{"fact": "encounter.cause", "asked_by": ["seven-tenths"]}]
        return {"outcome": "undetermined", "missing": missing}
    billed = [line.facts["line.amount_fen"] for line in claim.lines]
    total = sum(each for each in billed if isinstance(each, int))
    fund = 0 if cause == "work_injury" else total * 7 // 10
    decision = {
        "outcome": "covered" if fund else "not_covered",
        "lines": [
            {"line_id": line.line_id, "amounts": {"billed_fen": line.facts["line.amount_fen"], "ceiling_fen": None}}
            for line in claim.lines
        ],
        "settlement": {
            "segments": [{"segment": "seven-tenths", "payer": "fund", "pays_fen": fund}],
            "amounts": {"billed_fen": total, "fund_total_fen": fund, "personal_fen": total - fund},
        },
        "missing": [],
    }
    return {"decision_id": digest_of_document({**decision, "claim": claim.digest}), **decision}


def small_law(
    calendar: Calendar | None = CALENDAR, lengths: Mapping[str, Length] = LENGTHS, visit: str = VISIT_CHART
) -> Law:
    """The law of the two procedures."""
    return law(
        decide=paying,
        of=small_charts(visit),
        length_of=lambda name, claim: lengths.get(name),
        calendar=calendar,
        words=small_vocabulary(),
    )


# What each event of a visit brings when everything is in order, and by whom it is sent.
GOOD: Mapping[str, Mapping[str, Any]] = {
    "apply": {
        "filing": {"case_id": "F1"},
        "application": {"applied_on": "2024-03-20"},
        "encounter": {"admitted_on": "2024-03-04", "discharged_on": "2024-03-11"},
        "lines": [{"line_id": "1", "amount_fen": 100_000}, {"line_id": "2", "amount_fen": 55}],
        "documents": ["hospital_invoice"],
    },
    "accept": {},
    "review": {"application": {"materials_complete": True}},
    "settle": {"encounter": {"cause": "disease"}, "invoice": {"issuer": "H1", "number": "0001"}},
    "pay": {"handling": {"paid_on": "2024-03-25"}},
}
CLERKS = {"apply": None, "accept": "zhao", "review": "qian", "settle": "qian", "pay": "sun"}
FILED: Mapping[str, Any] = {
    "filing": {"kind": "referral", "valid_from": "2024-01-01", "valid_to": "2024-06-30"},
}
