"""`policy show` of a calendar: its years as they were published, with their notices."""

from __future__ import annotations

import json

import pytest

from yibao.cli import main


def test_a_calendar_is_shown_with_its_years_and_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "show", "national/working-days", "--json", "--as-of", "2019-03-22"]) == 0
    found = json.loads(capsys.readouterr().out)["calendars"][0]
    assert (found["first"], found["published_until"]) == ("2006-01-01", "2019-12-31")
    assert [(each["year"], each["published"]) for each in found["years"]][-2:] == [
        (2019, "2018-12-06"),
        (2019, "2019-03-22"),
    ]
    labour_day = {"name": "劳动节", "first": "2019-05-01", "last": "2019-05-04"}
    assert labour_day in found["years"][-1]["holidays"]
    assert found["years"][-1]["cites"][0]["grade"] == "B"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", ["已公布至：2019-12-31", "2019 (后有更改)", "  劳动节：2019-05-01 … 2019-05-04"]),
        ("en", ["published until: 2019-12-31", "2019 (changed later)", "  元旦: 2018-12-30 … 2019-01-01"]),
    ],
)
def test_a_calendar_is_told_to_people(language: str, said: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "show", "working-days", "--lang", language, "--as-of", "2019-03-22"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in said if line not in lines] == []
    assert "2020" not in lines


def test_a_calendar_of_which_nothing_is_published_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "show", "working-days", "--lang", "en", "--as-of", "2000-01-01"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "published until: none"


def test_the_summary_names_the_calendars(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "show", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["calendars"] == ["national/working-days"]
