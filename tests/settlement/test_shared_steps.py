"""Steps and purses that plans share: read as if they stood in the plan, and wrong in their own file, once."""

from __future__ import annotations

import json

import pytest

from tests.settlement.small_plans import CASH, CITY, PROVINCE, bundle, plan, problems_of, segment, value
from tests.support.bundled import narrow_policy, policy
from yibao.model.plan import Purse
from yibao.readers.documents.locate import bundled_folder, files_of_folder

SHARED = f"{PROVINCE}/first.yaml"
HALF = "share(sum(lines, in_scope), 50%)"


def steps(name: str, text: str, part: str = "values") -> str:
    return f"steps: {name}\ntitle: {{zh: 共用步骤, en: Shared steps}}\n{part}:\n{text}"


def uses(name: str) -> str:
    return f"  - uses: {name}\n"


FIRST = steps("first", value("half", HALF) + segment("third", "half", "half"))
PLAN = plan(value("all", "sum(lines, in_scope)") + uses("first") + segment("rest", "base", "less(all, half)"))


def test_what_a_plan_uses_stands_where_it_is_used() -> None:
    written = plan(
        value("all", "sum(lines, in_scope)")
        + value("half", HALF)
        + segment("third", "half", "half")
        + segment("rest", "base", "less(all, half)")
    )
    (shared,) = bundle({SHARED: FIRST, f"{PROVINCE}/a-plan.yaml": PLAN}).plans
    (whole,) = bundle({f"{PROVINCE}/a-plan.yaml": written}).plans
    assert shared == whole


def test_purses_are_shared_too() -> None:
    purses = steps("purses", "  - {purse: account, when: account.use}\n  - {purse: cash}\n", "purses")
    text = plan(segment("rest", "base"), "purses:\n" + uses("purses"))
    (found,) = bundle({f"{PROVINCE}/purses.yaml": purses, f"{PROVINCE}/a-plan.yaml": text}).plans
    assert [part.purse for part in found.purses] == [Purse.ACCOUNT, Purse.CASH]


def test_a_place_has_those_of_what_it_lies_in_and_no_others() -> None:
    city = f"{PROVINCE}/{CITY}"
    assert bundle({SHARED: FIRST, f"{city}/a-plan.yaml": PLAN}).plans
    found = problems_of({f"{city}/first.yaml": FIRST, f"{PROVINCE}/a-plan.yaml": PLAN})
    assert found[0].code == "unknown-steps"


@pytest.mark.parametrize(
    ("shared", "text", "code", "line"),
    [
        (FIRST, PLAN.replace("uses: first", "uses: frist"), "unknown-steps", 10),
        (FIRST, PLAN.replace(CASH, "purses:\n  - uses: first\n"), "unknown-steps", 13),
        (
            FIRST,
            PLAN.replace("uses: first", "uses: first, value: half").replace("- uses", "- {uses"),
            "yaml-syntax",
            11,
        ),
        (FIRST, PLAN.replace(uses("first"), uses("first") * 2), "duplicate-name", 4),
        (FIRST.replace(HALF, "share(al, 50%)"), PLAN, "unknown-name", 4),
        (FIRST.replace(HALF, "left(rest)"), PLAN, "later-name", 4),
        (FIRST.replace("values:\n", f"values:\n{uses('first')}"), PLAN, "misplaced-word", 4),
        (FIRST.replace("values:", "value:"), PLAN, "missing-field", 1),
        (FIRST.replace("first", "second"), PLAN.replace("first", "second"), "file-name", 1),
    ],
)
def test_a_mistake_is_placed_in_the_file_that_it_stands_in(shared: str, text: str, code: str, line: int) -> None:
    found = next(one for one in problems_of({SHARED: shared, f"{PROVINCE}/a-plan.yaml": text}) if one.code == code)
    assert found.place.line == line, str(found)


def test_a_mistake_in_what_two_plans_use_is_said_once() -> None:
    other = PLAN.replace("plan: a-plan", "plan: b-plan")
    found = problems_of(
        {
            SHARED: FIRST.replace(HALF, "share(al, 50%)"),
            f"{PROVINCE}/a-plan.yaml": PLAN,
            f"{PROVINCE}/b-plan.yaml": other,
        }
    )
    assert [one.code for one in found if one.place.path.endswith("first.yaml")].count("unknown-name") == 1


def test_what_no_plan_uses_is_a_problem() -> None:
    (found,) = problems_of({SHARED: FIRST, f"{PROVINCE}/a-plan.yaml": plan(segment("rest", "base"))})
    assert (found.code, found.place.path) == ("unused-steps", f"policy/{SHARED}")


def test_two_of_a_name_are_a_problem() -> None:
    found = problems_of({SHARED: FIRST, "national/first.yaml": FIRST, f"{PROVINCE}/a-plan.yaml": PLAN})
    assert "duplicate-name" in [one.code for one in found]


def test_shared_steps_count_for_the_digest_of_the_policy() -> None:
    other = FIRST.replace("50%", "60%")
    one, two = (bundle({SHARED: text, f"{PROVINCE}/a-plan.yaml": PLAN}).digest for text in (FIRST, other))
    assert one != two


def test_a_policy_read_for_one_place_has_the_steps_that_its_plans_use() -> None:
    for place in sorted(name for name in policy().layers if name.isdigit()):
        narrow = narrow_policy(json.dumps({"insured": {"insured_area": place}}).encode())
        assert [one for one in narrow.plans if one.layer == place] == [
            one for one in policy().plans if one.layer == place
        ]


def test_each_of_the_shipped_steps_is_shared_by_several_plans() -> None:
    files = files_of_folder(bundled_folder("policy"), (".yaml",))
    shared = [path.rpartition("/")[2].removesuffix(".yaml") for path in files if "/steps/" in path]
    plans = [text.decode() for path, text in files.items() if "/plans/" in path]
    assert len(shared) >= 6
    assert [name for name in shared if sum(f"  - uses: {name}\n" in text for text in plans) < 2] == []
