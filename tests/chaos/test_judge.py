"""The judge shares no code with what it judges."""

import ast
import sys

import pytest

from tests.chaos.verdict import HERE, isolated

CLIENTS = {"pymongo", "kafka", "requests"}
OURS = ("shared", "deploy", "prescription", "adherence", "notifications", "reporting", "tests")


def test_it_imports_the_engines_clients_and_nothing_of_ours() -> None:
    trees = [ast.parse(file.read_text()) for file in (HERE / "judge").glob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    plain = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    # What is imported relatively is the judge's own.
    froms = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    roots = {str(name).partition(".")[0] for name in plain | froms}

    assert roots <= CLIENTS | set(sys.stdlib_module_names)
    assert roots >= CLIENTS


@pytest.mark.parametrize("package", OURS)
def test_it_runs_where_nothing_of_ours_can_be_imported(package: str) -> None:
    assert isolated("-c", f"import {package}").returncode == 1
    assert isolated("-c", "import pymongo, kafka, requests, judge").returncode == 0
