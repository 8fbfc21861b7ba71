"""The import contracts of pyproject.toml bite: an import planted against each of them is found and named."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def contracts_over(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache", "--config", ROOT / "pyproject.toml"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the package to plant an import in."""
    shutil.copytree(ROOT / "engine" / "yibao", tmp_path / "yibao", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.mark.parametrize(
    ("module", "planted", "complaint"),
    [
        ("basics/planted.py", "import yibao.model.facts", "yibao.basics.planted -> yibao.model.facts"),
        ("procedure/planted.py", "import yibao.coverage", "yibao.procedure.planted -> yibao.coverage"),
        ("settlement/planted.py", "import yibao.coverage", "yibao.settlement.planted -> yibao.coverage"),
        ("coverage/planted.py", "import yibao.decision", "yibao.coverage.planted -> yibao.decision"),
        ("settlement/planted.py", "import time", "yibao.settlement.planted -> time"),
        ("planted.py", "", "- yibao.planted"),
        ("coverage/planted.py", "import durable_rules_engine", "yibao.coverage.planted -> durable_rules_engine"),
        ("coverage/planted.py", "import durable.lang", "yibao.coverage.planted -> durable"),
        ("procedure/planted.py", "import statemachine", "yibao.procedure.planted -> statemachine"),
        ("journal/planted.py", "import sqlite3", "yibao.journal.planted -> sqlite3"),
        ("journal/planted.py", "import psycopg", "yibao.journal.planted -> psycopg"),
        ("readers/planted.py", "import yaml", "yibao.readers.planted -> yaml"),
        ("readers/policy/planted.py", "import openpyxl", "yibao.readers.policy.planted -> openpyxl"),
        ("cases/planted.py", "import msgspec.json", "yibao.cases.planted -> msgspec"),
        ("cases/planted.py", "import random", "yibao.cases.planted -> random"),
        ("language/planted.py", "from os import environ", "yibao.language.planted -> os"),
        (
            "coverage/planted.py",
            "import yibao.readers.documents.locate",
            "yibao.coverage.planted -> yibao.readers.documents.locate",
        ),
        (
            "readers/documents/planted.py",
            "import yibao.readers.policy.bundles",
            "yibao.readers.documents.planted -> yibao.readers.policy.bundles",
        ),
        (
            "audit/proofs/planted.py",
            "import yibao.coverage.kleene",
            "yibao.audit.proofs.planted -> yibao.coverage.kleene",
        ),
        ("accounts/planted.py", "import yibao.cases.merging", "yibao.accounts.planted -> yibao.cases.merging"),
        ("cases/planted.py", "import yibao.journal.sqlite", "yibao.cases.planted -> yibao.journal.sqlite"),
        ("cases/planted.py", "import yibao.journal.opening", "yibao.cases.planted -> yibao.journal.opening"),
    ],
)
def test_a_planted_import_is_found(tree: Path, module: str, planted: str, complaint: str) -> None:
    (tree / "yibao" / module).write_text(planted + "\n", encoding="utf-8")
    checked = contracts_over(tree)
    assert checked.returncode == 1
    assert complaint in checked.stdout


def test_the_engine_as_it_is_keeps_every_contract(tree: Path) -> None:
    checked = contracts_over(tree)
    assert checked.returncode == 0, checked.stdout
    assert " 0 broken." in checked.stdout
