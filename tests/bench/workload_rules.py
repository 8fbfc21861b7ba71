"""The 30 rules of the workload as a table: what the bundle `workload_policy` is written from.

They are invented to be of the right size and shape, and are nobody's law. A line is decided by three groups: the
first exclusion that holds; else the first limit; else the first share that the person pays. Of two rules in one group
the lower number speaks.
"""

from __future__ import annotations

from enum import Enum

from attrs import frozen


class Group(Enum):
    """What a rule answers. The value is the word in its file's name."""

    EXCLUSION = "excluded"
    FIRST_PAYMENT = "first"
    LIMIT = "limit"


@frozen(kw_only=True)
class WorkloadRule:
    """One rule. `rate` is the share that the person pays first, in percent; None in the other groups."""

    number: int
    group: Group
    about: str
    when: str
    zh: str
    en: str
    rate: int | None = None

    @property
    def id(self) -> str:
        return f"rule-{self.number:02}-{self.group.value}"


def number_of(rule_id: str) -> int:
    """The number in the id of a rule of the workload."""
    return int(rule_id[5:7])


def _excluded(number: int, about: str, when: str, zh: str, en: str) -> WorkloadRule:
    return WorkloadRule(number=number, group=Group.EXCLUSION, about=about, when=when, zh=zh, en=en)


def _first(number: int, rate: int, when: str, zh: str, en: str) -> WorkloadRule:
    return WorkloadRule(number=number, group=Group.FIRST_PAYMENT, about="line", when=when, zh=zh, en=en, rate=rate)


def _limited(number: int, when: str, zh: str, en: str) -> WorkloadRule:
    return WorkloadRule(number=number, group=Group.LIMIT, about="line", when=when, zh=zh, en=en)


_CLASS_B = "line.catalogue_class == B"
_OVER = "line.amount_fen > line.limit_price_fen"

EXCLUSIONS = (
    _excluded(1, "claim", "encounter.cause == work_injury", "工伤", "Work injury"),
    _excluded(
        2,
        "claim",
        "encounter.cause == traffic and encounter.third_party_liable",
        "有第三方责任的交通事故",
        "Traffic accident for which a third person is liable",
    ),
    _excluded(3, "claim", "encounter.cause == crime", "犯罪所致", "Caused by a crime of one's own"),
    _excluded(
        4,
        "claim",
        "encounter.cause in {suicide, self_harm} and insured.age >= 18",
        "成年人自杀或自残",
        "Suicide attempt or self-harm of an adult",
    ),
    _excluded(5, "claim", "encounter.cause in {fight, drunk}", "斗殴或醉酒所致", "Caused by a fight or by drink"),
    _excluded(6, "line", "line.category == cosmetic", "美容项目", "Cosmetic item"),
    _excluded(7, "line", "line.category == checkup", "体检项目", "Check-up"),
    _excluded(8, "line", "line.category == vaccine", "疫苗", "Vaccine"),
    _excluded(
        9,
        "line",
        "line.category == nursing and encounter.hospital_level >= 3",
        "三级医院护理",
        "Nursing in a hospital of level 3",
    ),
    _excluded(10, "claim", "encounter.overseas", "境外就医", "Care abroad"),
    _excluded(
        11,
        "claim",
        "not encounter.designated and not encounter.emergency",
        "非急诊在非定点机构就医",
        "Care outside the network that is no emergency",
    ),
    _excluded(
        12,
        "claim",
        "insured.scheme == resident and insured.days_enrolled < 180",
        "居民参保未满一百八十天",
        "A resident enrolled for less than 180 days",
    ),
    _excluded(
        13,
        "line",
        'line.catalogue_class == C and (encounter.treatment_area != "310000" or line.category != treatment)',
        "目录外项目（310000 地区的诊疗项目除外）",
        "Class C, except treatment items in area 310000",
    ),
    _excluded(
        14,
        "line",
        "line.restricted and not line.indicated",
        "不符合限定支付范围",
        "Restricted item without the indication",
    ),
    _excluded(
        15,
        "line",
        "line.child_only and insured.age > 14",
        "十四岁以上使用儿童专用项目",
        "Item for children, used above the age of 14",
    ),
    _excluded(
        16,
        "line",
        "line.category == dental and insured.age >= 7 and encounter.cause != traffic",
        "七岁以上非交通事故所致的牙科项目",
        "Dental care from the age of 7, not after a traffic accident",
    ),
    _excluded(
        17,
        "line",
        "line.category == fertility and insured.scheme == resident",
        "居民的辅助生殖项目",
        "Fertility treatment of a resident",
    ),
)

FIRST_PAYMENTS = (
    _first(
        18,
        0,
        f"insured.age < 1 and {_CLASS_B} and line.category == drug",
        "未满一岁的乙类药品",
        "Class B drug below the age of 1",
    ),
    _first(
        19,
        5,
        f'encounter.treatment_area == "330000" and {_CLASS_B} and encounter.admitted_on >= 2024-01-01',
        "330000 地区二〇二四年起的乙类项目",
        "Class B in area 330000 since 2024",
    ),
    _first(
        20,
        8,
        f'encounter.treatment_area == "440000" and {_CLASS_B} and line.category == drug',
        "440000 地区的乙类药品",
        "Class B drug in area 440000",
    ),
    _first(
        21,
        50,
        'encounter.treatment_area == "310000" and line.catalogue_class == C and line.category == treatment',
        "310000 地区的目录外诊疗项目",
        "Class C treatment item in area 310000",
    ),
    _first(
        22,
        30,
        f"{_CLASS_B} and line.category == consumable and line.amount_fen > 1000000",
        "一万元以上的乙类耗材",
        "Class B consumable above 10,000 yuan",
    ),
    _first(23, 20, f"{_CLASS_B} and line.category == consumable", "乙类耗材", "Class B consumable"),
    _first(24, 15, f"{_CLASS_B} and line.category == treatment", "乙类诊疗项目", "Class B treatment item"),
    _first(25, 25, f"{_CLASS_B} and line.category == facility", "乙类服务设施", "Class B service facility"),
    _first(26, 20, f"{_CLASS_B} and line.restricted", "限定支付的乙类项目", "Restricted item of class B"),
    _first(27, 10, _CLASS_B, "乙类项目", "Class B"),
    _first(28, 0, "line.catalogue_class == A", "甲类项目", "Class A"),
)

LIMITS = (
    _limited(29, f"{_OVER} and line.category != drug", "超过限价的非药品项目", "No drug, and above its limit price"),
    _limited(30, f"{_OVER} and line.category == drug", "超过限价的药品", "Drug above its limit price"),
)

RULES = (*EXCLUSIONS, *FIRST_PAYMENTS, *LIMITS)
