"""Calendars made in a test: the text of a file, and the calendar or the problems that come of it."""

from __future__ import annotations

import textwrap

from tests.support.small_parameters import LAYER
from yibao.basics.problems import Problem, ProblemsFound
from yibao.model.calendar import Calendar
from yibao.readers.documents.forms import Problems
from yibao.readers.documents.yaml_nodes import read_yaml
from yibao.readers.policy.calendars_from_yaml import calendar_from_yaml

NAME = "working-days"
FILE = f"policy/national/{NAME}.yaml"


def year(number: int, published: str, *holidays: tuple[str, str, str], worked: str = "", more: str = "") -> str:
    """One year of a calendar: holidays by name, first and last day, and the weekend days worked."""
    rows = "".join(f"\n  - {{name: {name}, first: {first}, last: {last}}}" for name, first, last in holidays)
    written = (
        f"year: {number}\npublished: {published}\ncites: [{{source: {number}年通知, grade: A}}]\n"
        f"holidays:{rows or ' []'}\nworking_weekends: [{worked}]\n{more}"
    )
    return "- " + textwrap.indent(written, "  ").lstrip()


def text(*years: str, until: str) -> str:
    """The text of a calendar of these years, published until a day."""
    head = f"calendar: {NAME}\ntitle: {{zh: 工作日历, en: Working days}}\npublished_until: {until}\nyears:"
    return "\n".join([head, *(textwrap.indent(each, "  ") for each in years)]) + ("" if years else " []\n")


def read(written: str) -> Calendar:
    """The calendar of a file. Raises ProblemsFound."""
    noted = Problems()
    found = calendar_from_yaml(read_yaml(written.encode(), FILE), LAYER, noted)
    if noted.found or found is None:
        raise ProblemsFound(noted.found)
    return found


def calendar(*years: str, until: str) -> Calendar:
    """The calendar of these years. Raises ProblemsFound."""
    return read(text(*years, until=until))


def mistakes(written: str) -> list[Problem]:
    """What is wrong with a file."""
    try:
        read(written)
    except ProblemsFound as error:
        return [*error.problems]
    return []


def problems(*years: str, until: str) -> list[Problem]:
    """What is wrong with a calendar of these years."""
    return mistakes(text(*years, until=until))
