"""The words that the command line prints for people: one Chinese and one English text for each thing that is said.

What facts, codes, rules and steps are called is declared in the policy and the charts; `yibao.cli.speaker` says those.
"""

from __future__ import annotations

from collections.abc import Mapping

from yibao.model import outcomes
from yibao.model.facts import Title

# A decision.
OUTCOME = Title(zh="结论", en="Outcome")
OUTCOMES: Mapping[str, Title] = {
    **outcomes.OUTCOMES,
    "excluded": Title(zh="不予支付", en="excluded"),
    "undetermined": Title(zh="尚不能确定", en="undetermined"),
}
EFFECTS: Mapping[str, Title] = {
    "exclude": Title(zh="排除", en="excludes"),
    "admit": Title(zh="纳入", en="admits"),
    "lift": Title(zh="解除排除", en="lifts"),
}
EFFECTS_IF_DETERMINED: Mapping[str, Title] = {**EFFECTS, "admit": Title(zh="将纳入", en="would admit")}
POSSIBLY = Title(zh="可能", en="possibly")
AMOUNTS: Mapping[str, Title] = {
    "billed_fen": Title(zh="总金额", en="billed"),
    "over_ceiling_fen": Title(zh="超限价自费", en="over the ceiling"),
    "full_self_pay_fen": Title(zh="全自费", en="full self-pay"),
    "first_self_pay_fen": Title(zh="先行自付", en="first self-pay"),
    "in_scope_fen": Title(zh="政策范围内", en="in scope"),
}
ENQUIRY = Title(zh="这是就医前的咨询，不是支付决定", en="An enquiry before care, not a decision to pay")
ILLUSTRATIVE = Title(
    zh="含示例性（未经核实）的规则或地区", en="Rests on a rule or place that is illustrative, not confirmed law"
)
SPLIT = Title(zh="分解", en="split")
TOTAL = Title(zh="合计", en="total")
AMOUNTS_MISSING = Title(zh="金额尚缺", en="amounts need")
NOTE = Title(zh="提示", en="note")
STILL_TO_BE_ASKED = Title(zh="还需要知道", en="Still to be asked")
DOCUMENTS_DUE = Title(zh="应提交的材料", en="Documents due")
POLICY = Title(zh="政策", en="policy")
AS_OF = Title(zh="截至", en="as of")
DECISION_NUMBER = Title(zh="裁决编号", en="decision")

# A settlement.
NOT_SETTLED = Title(zh="没有适用的待遇方案，未结算", en="no plan applies: not settled")
SETTLEMENT = Title(zh="结算", en="Settlement")
VALUE = Title(zh="计算", en="value")
PARAMETER = Title(zh="参数", en="parameter")
BENEFIT_YEAR = Title(zh="待遇年度", en="benefit year")
WHO_PAYS = Title(zh="支付结果", en="Who pays")
SETTLED: Mapping[str, Title] = {
    "billed_fen": AMOUNTS["billed_fen"],
    "deductible_fen": Title(zh="起付线", en="deductible"),
    "pooled_fund_fen": Title(zh="统筹基金支付", en="pooled fund"),
    "fund_total_fen": Title(zh="基金支付合计", en="all funds"),
    "hospital_fen": Title(zh="医疗机构承担", en="borne by the institution"),
    "third_party_fen": Title(zh="第三人承担", en="borne by the third person"),
    "personal_fen": Title(zh="个人负担", en="personal part"),
    "account_fen": Title(zh="个人账户支付", en="from the account"),
    "family_account_fen": Title(zh="家庭共济账户支付", en="from the family's accounts"),
    "cash_fen": Title(zh="现金支付", en="in cash"),
    "account_balance_after_fen": Title(zh="支付后账户余额", en="balance of the account afterwards"),
}
ALWAYS_TOLD = frozenset({"billed_fen", "fund_total_fen", "personal_fen", "cash_fen"})

# What any text says of sources and values.
SOURCE = Title(zh="依据", en="source")
GRADE = Title(zh="证据等级", en="grade")
FACTS = Title(zh="事实", en="facts")
YUAN = Title(zh="元", en="yuan")
NONE = Title(zh="无", en="none")
YES, NO = Title(zh="是", en="yes"), Title(zh="否", en="no")

# A case.
CASE = Title(zh="案件", en="Case")
VERSION = Title(zh="版本", en="version")
PROCEDURE = Title(zh="办理程序", en="Procedure")
WAITS_FOR = Title(zh="等待", en="Waits for")
OPENED = Title(zh="已立案", en="Opened")
DONE = Title(zh="已办理", en="Done")
STEPS_TAKEN = Title(zh="已办步骤", en="Steps taken")
DECISION = Title(zh="裁决", en="Decision")
NO_LIVE_DECISION = Title(zh="没有有效的裁决", en="none in force")
DUE = Title(zh="应为", en="Should be")
HISTORY = Title(zh="全部记录", en="All records")
POSSIBLE_NOW = Title(zh="现在可以办理", en="Possible now")
NOTHING_POSSIBLE = Title(zh="没有可办理的步骤，案件已办结", en="Nothing more: the case is closed")
STILL_NEEDS = Title(zh="还需", en="still needs")
DECIDED = Title(zh="费用能够作出裁决", en="a claim that can be decided")
DECIDED_AS = Title(zh="结论适用本步骤的裁决", en="a decision that this step is for")
LINES = Title(zh="费用明细", en="the lines of the bill")
PROBLEMS = Title(zh="问题", en="problems")

# A refusal.
REFUSED = Title(zh="不予办理", en="Refused")
EVENT = Title(zh="事项", en="Event")
AS_IT_WAS = Title(zh="案件保持原样", en="the case is as it was")
MISSING_STEPS = Title(zh="尚未办理的步骤", en="Steps not yet taken")
MISSING_DOCUMENTS = Title(zh="缺少的材料", en="Missing documents")
FAILED = Title(zh="未满足的条件", en="Conditions not met")
CONFLICTS = Title(zh="相互矛盾的事实", en="Contradicting facts")
ESTABLISHED = Title(zh="已确定", en="established")
GIVEN_NOW = Title(zh="这次提供", en="given now")
REFUSALS: Mapping[str, Title] = {
    "unknown_case": Title(zh="没有这个案件", en="there is no such case"),
    "case_exists": Title(zh="案件已经存在", en="the case exists already"),
    "version_conflict": Title(zh="案件在此期间已有变化", en="the case has changed in the meantime"),
    "key_reused": Title(zh="同一个幂等键已用于另一项请求", en="the key was used for another request"),
    "case_closed": Title(zh="案件已经办结", en="the case is closed"),
    "unknown_event": Title(zh="程序中没有这个事项", en="the procedure has no such event"),
    "already_taken": Title(zh="这一步已经办过", en="this step has been taken already"),
    "skipped_step": Title(zh="前面还有步骤没有办理", en="earlier steps have not been taken"),
    "conflicting_fact": Title(zh="与案件中已确定的事实相矛盾", en="it contradicts what the case has established"),
    "too_early": Title(zh="时间未到", en="it is too early"),
    "too_late": Title(zh="已经逾期", en="it is too late"),
    "actor_not_allowed": Title(zh="办理人无权办理", en="this actor may not do it"),
    "document_missing": Title(zh="材料不齐", en="documents are missing"),
    "condition_not_met": Title(zh="条件未满足", en="a condition is not met"),
    "duplicate_invoice": Title(zh="发票已用于另一案件", en="the invoice was used in another case"),
}

# What happens to a case beside its steps.
CORRECTED = Title(zh="更正", en="Corrected")
WITHDRAWN = Title(zh="已撤回", en="Withdrawn")
REDECIDED = Title(zh="已重新裁决", en="Decided anew")
REVERSED = Title(zh="已撤销结算", en="Settlement reversed")
KEY_VOIDED = Title(zh="已冲正，该键下的结算不再受理", en="Key made void")
DELETED = Title(zh="已删除", en="Deleted")
DEADLINE_PASSED = Title(zh="期限已过", en="Deadline passed")
OF_THE_STEP = Title(zh="所属步骤", en="step")
DEADLINES_AHEAD = Title(zh="后续步骤的期限", en="Deadlines of later steps")
LAST_DAY_IS_OVER = Title(zh="已届满", en="over")
NOTHING_PASSED = Title(zh="没有已过的期限", en="No deadline has passed")
LAST_DAY = Title(zh="最后一日", en="last day")
NOT_BEFORE = Title(zh="最早", en="not before")
PROVISIONAL = Title(zh="暂定：当年放假安排尚未公布", en="provisional: the year's holidays are not published yet")
OPERATIONS = Title(zh="其他操作", en="Beside the steps")
OWED = Title(zh="差额（新减旧，分）", en="Owed (new less old, fen)")
TAKEN_BACK = Title(zh="冲回金额（分）", en="Taken back (fen)")
INVOICE_WITH = Title(zh="发票已用于案件", en="The invoice backs the case")

# A replay.
VERDICTS: Mapping[str, Title] = {
    "same": Title(zh="复核一致", en="the same bytes"),
    "different": Title(zh="复核不一致", en="DIFFERENT"),
    "other_policy": Title(zh="依据另一政策作出，未复核", en="made under another policy, not judged"),
    "no_law": Title(zh="记录中没有当时的政策或流程，无法复核", en="THE LAW OF THEN IS NOT KEPT, not judged"),
    "not_reached": Title(zh="前一事件无法读取，未复核", en="after an event that can't be told, not judged"),
}
REPLAYED = Title(zh="复核的裁决", en="decisions replayed")
REPLAYED_EVENTS = Title(zh="复核的事件", en="events replayed")
TALLY: Mapping[str, Title] = {
    "same": Title(zh="一致", en="same"),
    "different": Title(zh="不一致", en="different"),
    "not_judged": Title(zh="未复核", en="not judged"),
}
NO_DECISION = Title(zh="没有可复核的裁决", en="no recorded decision")
LINE = Title(zh="明细", en="line")
RULE_APPEARS = Title(zh="现适用规则", en="now there is the rule")
RULE_GONE = Title(zh="不再适用规则", en="no more there is the rule")
RULE_CHANGED = Title(zh="规则的作用改变", en="another effect of the rule")
NOTHING_THERE = Title(zh="无", en="nothing")
FEN = Title(zh="分", en="fen")
SO_FAR = Title(zh="事件", en="events")

# The same cases under two policies.
COMPARED = Title(zh="比较的裁决", en="decisions compared")
COMPARED_TALLY: Mapping[str, Title] = {
    "same": Title(zh="不变", en="the same"),
    "changed": Title(zh="改变", en="changed"),
    "not_compared": Title(zh="无法比较", en="not compared"),
}
OUTCOMES_CHANGED = Title(zh="结论改变", en="outcomes that change")
BECAUSE_OF = Title(zh="起因", en="because of")
RESPONSIBLE: Mapping[str, Title] = {
    "rule": Title(zh="规则", en="rule"),
    "plan": Title(zh="待遇方案", en="plan"),
    "parameter": Title(zh="参数", en="parameter"),
    "other": Title(zh="其他", en="other"),
}
MORE, LESS = Title(zh="增加", en="more"), Title(zh="减少", en="less")
DECISIONS = Title(zh="裁决", en="decisions")
EXAMPLES = Title(zh="例如", en="such as")

# A look for alterations.
INTACT = Title(zh="未发现篡改", en="no alteration found")
ALTERED = Title(zh="案件记录已被改动", en="THE JOURNAL WAS ALTERED")
HEAD = Title(zh="记录末端（请另行保存）", en="head (keep it elsewhere)")

# The check of a proof.
CONVINCES = Title(zh="裁决确由所附证明、申报和政策得出", en="the decision follows from its proof, claim and policy")
DOES_NOT_CONVINCE = Title(
    zh="裁决不能由费用申报和政策得出", en="THE DECISION DOES NOT FOLLOW from the claim and policy"
)

# The check of a message's amounts.
IDENTITY: Mapping[str, Title] = {
    "holds": Title(zh="成立", en="hold"),
    "fails": Title(zh="不成立", en="FAIL"),
    "not_testable": Title(zh="无法检验", en="not testable"),
}
DIFFERENCE = Title(zh="相差", en="difference")
WITHOUT_VALUE = Title(zh="没有值", en="without a value")

# A parameter.
UNIT = Title(zh="单位", en="unit")
UNITS: Mapping[str, Title] = {
    "yuan": YUAN,
    "rate": Title(zh="比例", en="rate"),
    "factor": Title(zh="系数", en="factor"),
    "bands": Title(zh="分段比例", en="rates of bands"),
    "count": Title(zh="次数", en="count"),
    "days": Title(zh="天", en="days"),
    "months": Title(zh="月", en="months"),
}
CHOSEN_BY = Title(zh="适用时点", en="chosen by")
KEYS = Title(zh="查表依据", en="keys")
HIT_POLICY = Title(zh="命中规则", en="hit policy")
IN_FORCE_ON = Title(zh="当日适用", en="in force on")
NOTHING_KNOWN = Title(zh="数值未知", en="value unknown")
NO_ENTRY = Title(zh="当日没有适用的条目，数值未知", en="no entry in force, value unknown")
INCOMPLETE = Title(zh="未列全的原因", en="not complete because")
PUBLISHED = Title(zh="公布日期", en="published")

# A calendar.
PUBLISHED_UNTIL = Title(zh="已公布至", en="published until")
WORKING_WEEKENDS = Title(zh="调休上班", en="weekend days worked")
CHANGED_LATER = Title(zh="后有更改", en="changed later")


def said(title: Title, language: str | None) -> str:
    """The words in one language, or in both with a dot between them when `language` is None."""
    return f"{title.zh} · {title.en}" if language is None else title.in_language(language)
