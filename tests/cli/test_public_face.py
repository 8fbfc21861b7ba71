"""What an embedder gets from `import yibao`: every public name, loaded on its first use, and nothing by accident."""

from __future__ import annotations

import subprocess
import sys

import pytest

import yibao
from yibao import api


def test_every_public_name_of_the_api_is_one_of_the_package() -> None:
    assert sorted(yibao.__all__) == sorted(api.__all__)
    for name in yibao.__all__:
        assert getattr(yibao, name) is getattr(api, name)


def test_a_name_that_is_not_public_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="load_polici"):
        yibao.__getattr__("load_polici")


def test_importing_the_package_loads_none_of_it() -> None:
    asked = "import sys, yibao; print([name for name in sys.modules if name.startswith('yibao.')])"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, timeout=60, check=True)
    assert said.stdout.strip() == "[]"


def test_event_data_in_memory_are_checked_with_a_pointer_to_each_problem() -> None:
    data, change = yibao.in_force().data({"insured": {"scheme": "employee"}}, "a form")
    with pytest.raises(yibao.ProblemsFound) as found:
        yibao.in_force().data({"insured": {"scheme": "emploee"}}, "a form")
    assert (data, change) == ({"insured": {"scheme": "employee"}}, None)
    assert [(problem.code, str(problem.place)) for problem in found.value.problems] == [
        ("unknown-code", "a form#/insured/scheme")
    ]
