"""The committed contracts are what the code says, and they are valid documents of their kind."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import validate

from shared.service import Definition
from shared.web import contracts

SERVICES = ("prescription", "adherence", "notifications", "reporting")
# Numbers, moments, kinds, and ids that tell nobody who it is. RFC 7644 has `filter` in the address.
NOBODYS = {"limit", "cursor", "ids", "patient", "from", "to", "until", "changed_since", "whose"} | {
    *("kind", "source", "format", "filter", "startIndex", "count"),
    *("region", "equipment", "position", "favourite", "offered", "retired"),
}
# What is typed here names exercises and templates, of which nobody is one.
OF_THE_LIBRARY = {(f"/prescription/v1/{kind}", "q") for kind in ("exercises", "templates")}


def definition(service: str) -> Definition:
    found: Definition = import_module(f"{service}.app").DEFINITION
    return found


def committed(service: str) -> dict[str, str]:
    folder = Path(str(import_module(service).__file__)).parent / "contracts"
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.json")}


@pytest.mark.parametrize("service", SERVICES)
def test_the_committed_contracts_are_what_the_code_says(service: str) -> None:
    assert committed(service) == contracts.documents(definition(service)), "run `make contracts`"


@pytest.mark.parametrize("service", SERVICES)
def test_openapi_is_valid_and_every_failure_is_a_problem(service: str) -> None:
    document: Any = json.loads(committed(service)["openapi.json"])

    validate(document)
    failures = [
        answer["content"]
        for path in document["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict)
        for status, answer in operation["responses"].items()
        if status.startswith(("4", "5")) and "content" in answer
    ]
    assert {kind for content in failures for kind in content} <= {"application/problem+json"}


@pytest.mark.parametrize("service", SERVICES)
def test_no_address_takes_words_of_a_person(service: str) -> None:
    document: Any = json.loads(committed(service)["openapi.json"])
    given = {
        (path, one["name"])
        for path, operations in document["paths"].items()
        for found in operations.values()
        if "parameters" in found
        for one in found["parameters"]
        if one.get("in") == "query"
    }

    assert {name for path, name in given - OF_THE_LIBRARY} - NOBODYS == set()


@pytest.mark.parametrize("service", SERVICES)
def test_every_event_has_a_schema_that_says_what_it_means(service: str) -> None:
    events = {path: text for path, text in committed(service).items() if "events/" in path}

    assert len(events) == len(definition(service).published)
    for text in events.values():
        schema = json.loads(text)
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["description"]
