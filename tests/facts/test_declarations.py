"""Facts and code tables are data: what ships is what the contract names, and each mistake of an author has a place."""

import pytest

from tests.facts.shipped import vocabulary
from yibao.model.facts import Kind
from yibao.readers.documents.forms import Problems
from yibao.readers.documents.yaml_nodes import read_yaml
from yibao.readers.vocabulary.facts_from_yaml import vocabulary_from_yaml

CONTRACT_FIELDS = {
    "": "claim_id procedure documents",
    "insured.": "scheme person_type born_on enrolment_status insured_area",
    "encounter.": "kind treatment_area admitted_on discharged_on settlement_path cause emergency planned diagnoses",
    "encounter.institution.": "code kind level designated county_level_or_above department",
    "filing.": "kind filed_on valid_from valid_to",
    "filing.referral.": "certificate issued_on issuer seals",
    "line.": "line_id item_code name category catalogue_class amount_fen ceiling_fen first_payment_bp purpose "
    "restriction_met charged_on cause refund_of",
    "third_party.": "identified liability_bp paid",
    "account.": "balance_fen use",
}
CONTRACT_CODES = {
    "insured.scheme": "employee resident",
    "insured.person_type": "active retired flexible minor student adult elderly",
    "insured.enrolment_status": "normal suspended waiting ended",
    "encounter.kind": "inpatient outpatient chronic_outpatient pharmacy",
    "encounter.settlement_path": "direct manual",
    "encounter.institution.kind": "hospital community pharmacy",
    "encounter.cause": "disease occupational_disease work_injury traffic_accident own_illegal_act "
    "food_poisoning_accident suicide_attempt medical_accident other_accident",
    "line.category": "drug treatment_item service_facility consumable",
    "line.catalogue_class": "A B C",
    "line.purpose": "therapeutic functional_repair cosmetic check_up prevention",
    "filing.kind": "long_term referral emergency other_temporary",
    "filing.referral.seals": "hospital social_security_window",
}
CONTRACT_DOCUMENTS = (
    "referral_certificate hospital_invoice id_card household_register social_security_card medical_insurance_card "
    "discharge_certificate itemised_list residence_proof temporary_residence_permit "
    "diagnosis_certificate treatment_plan"
)


@pytest.mark.parametrize(("prefix", "names"), CONTRACT_FIELDS.items())
def test_every_field_of_the_contract_is_declared(prefix: str, names: str) -> None:
    assert [name for name in names.split() if prefix + name not in vocabulary().facts] == []


@pytest.mark.parametrize(("path", "codes"), CONTRACT_CODES.items())
def test_a_code_table_holds_exactly_the_codes_of_the_contract(path: str, codes: str) -> None:
    table = vocabulary().facts[path].type.table
    assert table is not None
    assert set(vocabulary().tables[table].codes) == set(codes.split())


def test_the_documents_of_the_contract_and_the_medical_record_are_known() -> None:
    assert set(vocabulary().tables["document"].codes) >= {*CONTRACT_DOCUMENTS.split(), "medical_record"}


def test_every_line_fact_and_every_code_is_titled_in_both_languages() -> None:
    titles = [fact.title for fact in vocabulary().facts.values()]
    titles += [fact.meaning for fact in vocabulary().facts.values()]
    titles += [code.title for table in vocabulary().tables.values() for code in table.codes.values()]
    without_chinese = [
        title for title in titles if not any("\u4e00" <= character <= "\u9fff" for character in title.zh)
    ]
    assert without_chinese == []
    assert [title for title in titles if not title.en.isascii()] == []


@pytest.mark.parametrize(
    ("path", "written", "effective"),
    [
        ("filing", True, True),
        ("filing.filed_on", False, True),
        ("filing.referral.issuer", False, True),
        ("filing.referral.issuer.level", False, True),
        ("filing.valid_to", True, True),
        ("encounter.institution.level", False, False),
        ("encounter.discharged_on", True, True),
        ("line.ceiling_fen", True, True),
        ("line.amount_fen", False, False),
    ],
)
def test_a_fact_is_none_where_an_object_around_it_may_be(path: str, written: bool, effective: bool) -> None:
    declaration = vocabulary().facts[path]
    assert (declaration.null_allowed, declaration.nullable) == (written, effective)


def test_a_lines_cause_is_missing_only_where_that_of_the_encounter_is() -> None:
    assert vocabulary().axis_of("line.cause") == "encounter.cause"
    assert vocabulary().axis_of("line.purpose") == "line.purpose"


@pytest.mark.parametrize(
    ("table", "public", "code"),
    [
        ("scheme", "310", "employee"),
        ("scheme", "390", "resident"),
        ("catalogue-class", "02", "B"),
        ("catalogue-class", "2", "B"),
        ("person-type", "1103", "flexible"),
        ("person-type", "11", "active"),
        ("care-kind", "21", "inpatient"),
        ("filing-kind", "6", "referral"),
        ("charge-type", "09", "western_drug"),
        ("hospital-level", "11", "ungraded"),
    ],
)
def test_a_public_code_leads_to_the_readable_one(table: str, public: str, code: str) -> None:
    found = vocabulary().tables[table].of_nhsa(public)
    assert found is not None
    assert found.code == code


def test_the_categories_of_charge_types_are_codes_of_their_table() -> None:
    charge_types = vocabulary().tables["charge-type"].codes.values()
    named = {code.attributes["category"] for code in charge_types if "category" in code.attributes}
    assert named == set(vocabulary().tables["category"].codes)


def test_areas_are_open_codes_of_six_digits_that_begin_with_a_province() -> None:
    areas = {path: fact.type for path, fact in vocabulary().facts.items() if path.endswith("area")}
    assert {"encounter.treatment_area", "insured.insured_area", "insured.household_area"} < areas.keys()
    assert {(area.digits, area.begins) for area in areas.values()} == {(6, "division")}


ENVELOPE = """
facts: line
source: here
fields:
  line_id: {type: text, longest: 9, title: {zh: 编号, en: Id}, meaning: {zh: 编号, en: Id}, source: here}
  refund_of: {type: text, longest: 9, title: {zh: 退费, en: Refund}, meaning: {zh: 退费, en: Refund}, source: here}
  amount_fen: {type: fen, title: {zh: 金额, en: Amount}, meaning: {zh: 金额, en: Amount}, source: here}
"""
CLAIM = """
facts: claim
source: here
fields:
  claim_id: {type: text, longest: 9, title: {zh: 编号, en: Id}, meaning: {zh: 编号, en: Id}, source: here}
"""
STAY = """
facts: stay
title: {zh: 住院, en: Stay}
meaning: {zh: 住院, en: Stay}
source: here
fields:
  ward: {FIELD, title: {zh: 病区, en: Ward}, meaning: {zh: 病区, en: Ward}, source: here}
"""
COLOURS = """
table: colour
title: {zh: 颜色, en: Colour}
source: here
codes:
  - {code: red, title: {zh: 红, en: Red}, nhsa: ["01"], from: 2000-01-01}
"""


def noted(facts: list[str], tables: list[str]) -> list[str]:
    """What is noted, as `file:line code`, when these files are added to a sound claim and line."""
    problems = Problems()
    files = {f"{at}.yaml": read_yaml(text.encode(), f"{at}.yaml") for at, text in enumerate([*facts, ENVELOPE, CLAIM])}
    listed = {f"t{at}.yaml": read_yaml(text.encode(), f"t{at}.yaml") for at, text in enumerate(tables)}
    vocabulary_from_yaml(files, listed, problems)
    return [f"{found.place.path}:{found.place.line} {found.code}" for found in problems.found]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("type: text, longest: 9", []),
        ("type: code, table: colour", []),
        ("type: codes, longest: 5", []),
        ("type: code, digits: 6", []),
        ("type: code, digits: 6, begins: colour", []),
        ("type: code, digits: 6, begins: color", ["0.yaml:7 unknown-choice"]),
        ("type: integer, low: -3, high: 3", []),
        ("type: basis_points, nullable: true", []),
        ("type: string", ["0.yaml:7 unknown-choice"]),
        ("type: object", ["0.yaml:7 unknown-choice"]),
        ("longest: 9", ["0.yaml:7 missing-field", "0.yaml:7 unknown-field"]),
        ("type: text", ["0.yaml:7 missing-field"]),
        ("type: text, longest: 0", ["0.yaml:7 empty-range"]),
        ("type: code", ["0.yaml:7 missing-field"]),
        ("type: code, table: color", ["0.yaml:7 unknown-table"]),
        ("type: code, digits: 0", ["0.yaml:7 empty-range"]),
        ("type: integer, low: 3, high: 1", ["0.yaml:7 empty-range"]),
        ("type: integer, low: 0, high: 10000000000001", ["0.yaml:7 empty-range"]),
        ("type: integer, low: 0", ["0.yaml:7 missing-field"]),
        ("type: bool, low: 0", ["0.yaml:7 unknown-field"]),
        ("type: bool, nullabel: true", ["0.yaml:7 unknown-field"]),
        ("type: bool, nullable: yes", ["0.yaml:7 unknown-choice"]),
        ("type: date, not_before: [never]", ["0.yaml:7 unknown-fact"]),
        ("type: date, not_before: [stay.ward]", ["0.yaml:7 wrong-order"]),
        ("type: date, not_before: [claim_id]", ["0.yaml:7 wrong-order"]),
        ("type: text, longest: 9, not_before: [stay.ward]", ["0.yaml:7 wrong-order"]),
        ("type: bool, lookup: {column: c, key: claim_id, by: stay.ward}", ["0.yaml:7 wrong-lookup"] * 3),
        (
            "type: bool, lookup: {column: c, key: nothing, by: never}",
            ["0.yaml:7 wrong-lookup"] + ["0.yaml:7 unknown-fact"] * 2,
        ),
        ("type: bool, inherits: stay.wart", ["0.yaml:7 unknown-fact"]),
        ("type: bool, inherits: claim_id", ["0.yaml:7 wrong-inheritance"]),
    ],
)
def test_a_mistaken_field_is_noted_at_its_line(field: str, expected: list[str]) -> None:
    assert noted([STAY.replace("FIELD", field)], [COLOURS]) == expected


LINE_FIELD = (
    "facts: line\nsource: here\nfields:\n  ward: {FIELD, title: {zh: 病, en: W}, meaning: {zh: 病, en: W}, source: a}"
)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("type: text, longest: 9, inherits: stay.ward", []),
        ("type: text, longest: 8, inherits: stay.ward", ["1.yaml:4 wrong-inheritance"]),
        ("type: text, longest: 9, nullable: true, inherits: stay.ward", ["1.yaml:4 wrong-inheritance"]),
        ("type: text, longest: 9, inherits: line.line_id", ["1.yaml:4 wrong-inheritance"]),
    ],
)
def test_a_line_inherits_only_what_has_the_same_values(field: str, expected: list[str]) -> None:
    stay = STAY.replace("FIELD", "type: text, longest: 9")
    assert noted([stay, LINE_FIELD.replace("FIELD", field)], []) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([STAY.replace("FIELD", "type: bool")] * 2, ["1.yaml:2 duplicate-fact", "1.yaml:7 duplicate-fact"]),
        (
            [STAY.replace("FIELD", "type: bool").replace("stay", "stay.unit")],
            ["0.yaml:2 unknown-object", "0.yaml:7 unknown-object"],
        ),
        ([STAY.replace("FIELD", "type: bool").replace("stay", "Stay")], ["0.yaml:2 wrong-path"]),
        ([STAY.replace("FIELD", "type: bool").replace("stay", "lines")], ["0.yaml:2 wrong-path"]),
        ([STAY.replace("FIELD", "type: bool").replace("ward:", "Ward:")], ["0.yaml:7 wrong-path"]),
        ([CLAIM.replace("claim_id:", "lines:")], ["0.yaml:5 wrong-path"]),
        ([CLAIM.replace("claim_id:", "line:")], ["0.yaml:5 wrong-path"]),
        ([CLAIM.replace("claim_id:", "ward:") + "title: {zh: 题, en: T}\n"], ["0.yaml:6 unknown-field"]),
        (["facts: stay\nsource: here\nfields: [ward]"], ["0.yaml:3 wrong-shape"]),
        (["- facts: stay"], ["0.yaml:1 wrong-shape"]),
    ],
)
def test_a_mistaken_fact_file_is_noted(files: list[str], expected: list[str]) -> None:
    assert noted(files, []) == expected


def test_a_second_file_adds_fields_to_an_object_without_declaring_it_again() -> None:
    bed = "{type: bool, title: {zh: 床, en: Bed}, meaning: {zh: 床, en: Bed}, source: here}"
    more = f"facts: stay\nsource: here\nfields:\n  bed: {bed}"
    assert noted([STAY.replace("FIELD", "type: bool"), more], []) == []
    assert noted([more], []) == ["0.yaml:4 unknown-object"]


def test_a_vocabulary_without_the_fields_that_the_reader_needs_is_refused() -> None:
    problems = Problems()
    vocabulary_from_yaml({"c.yaml": read_yaml(CLAIM.encode(), "c.yaml")}, {}, problems)
    assert [found.code for found in problems.found] == ["missing-declaration"] * 3


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("red", "red one"), ["t0.yaml:6 wrong-type"]),
        (("from: 2000-01-01", "from: 2000-02-30"), ["t0.yaml:6 wrong-type"]),
        ((", from: 2000-01-01", ""), ["t0.yaml:6 missing-field"]),
        (('["01"]', '["0 1"]'), ["t0.yaml:6 wrong-type"]),
        (("nhsa:", "nsha:"), ["t0.yaml:6 unknown-field"]),
        (("source: here", "souce: here"), ["t0.yaml:2 missing-field", "t0.yaml:4 unknown-field"]),
        (("table: colour", "table: Colour!"), ["t0.yaml:2 wrong-type"]),
    ],
)
def test_a_mistaken_table_is_noted(change: tuple[str, str], expected: list[str]) -> None:
    assert noted([], [COLOURS.replace(*change)]) == expected


def test_a_column_counts_only_where_the_table_names_it() -> None:
    row = "from: 2000-01-01, hue: warm"
    assert noted([], [COLOURS.replace("from: 2000-01-01", row)]) == ["t0.yaml:6 unknown-field"]
    assert noted([], [COLOURS.replace("from: 2000-01-01", row) + "attributes: [hue]\n"]) == []


def test_two_tables_of_one_name_and_two_rows_of_one_code_are_refused() -> None:
    assert noted([], [COLOURS, COLOURS]) == ["t1.yaml:2 duplicate-table"]
    twice = COLOURS + "  - {code: red, title: {zh: 红, en: Red}, from: 2001-01-01}\n"
    assert noted([], [twice]) == ["t0.yaml:7 duplicate-code"]
    padded = COLOURS + '  - {code: blue, title: {zh: 蓝, en: Blue}, nhsa: ["1"], from: 2001-01-01}\n'
    assert noted([], [padded]) == ["t0.yaml:7 duplicate-code"]


def test_the_order_of_files_changes_nothing() -> None:
    problems = Problems()
    files = {"a.yaml": read_yaml(ENVELOPE.encode(), "a.yaml"), "b.yaml": read_yaml(CLAIM.encode(), "b.yaml")}
    forwards = vocabulary_from_yaml(files, {}, problems)
    backwards = vocabulary_from_yaml(dict(reversed(files.items())), {}, problems)
    assert list(forwards.facts.items()) == list(backwards.facts.items())
    assert problems.found == []


def test_every_kind_of_value_occurs_among_the_shipped_facts() -> None:
    assert {fact.type.kind for fact in vocabulary().facts.values()} == set(Kind)
