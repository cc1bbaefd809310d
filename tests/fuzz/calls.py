"""Calls that Schemathesis makes up from an OpenAPI document, and what was wrong with the answers.

The app is served over HTTP: the client that Schemathesis has for WSGI apps fails in 4.32.5.
"""

import logging
import re
import time
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import strategies
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from shared.permission import Action
from tests.given import served
from tests.permission.world import NORTH, World, person

# It says nothing that `Report` does not.
logging.getLogger("werkzeug").setLevel(logging.ERROR)

# Of the processor: how long an answer takes is the machine's doing too.
MOST_SECONDS = 3.0
# Who asks where several may: whoever reaches furthest.
RANK = ("administrator", "lead", "therapist", "patient", "service", "operator")
CHECKS = {
    "negative_data_rejection": {
        "expected-statuses": ["400", "401", "403", "404", "409", "412", "422", "428"]
    },
    "missing_required_header": {"expected-statuses": ["400", "401", "403", "404", "422", "428"]},
    # A schema says of which kind a field is; what may stand in it is the rules' to say.
    "positive_data_acceptance": {"enabled": False},
    # What stands under `/parked/` is a key, and `drain` could be one.
    "allow_header_conformance": {"enabled": False},
}


@dataclass
class Report:
    """What came of many calls.

    Attributes:
        calls: how many there were.
        phases: those that made any.
        wrong: of each operation and fault the first call.
    """

    calls: int = 0
    phases: set[str] = field(default_factory=set)
    wrong: dict[tuple[str, str], str] = field(default_factory=dict)

    def note(self, event: Any) -> None:
        """Take in what one scenario, or an error of the tool itself, says."""
        if isinstance(event, events.NonFatalError):
            self.wrong[event.label, "the tool failed"] = repr(event.value)
        if isinstance(event, events.FatalError):
            self.wrong["", "the tool failed"] = repr(event.exception)
        if isinstance(event, events.ScenarioFinished):
            self.calls += len(event.recorder.cases)
            self.phases |= {event.phase.value} if event.recorder.cases else set()
            for case, checks in event.recorder.checks.items():
                label = event.recorder.cases[case].value.operation.label
                for found in (check.failure_info for check in checks if check.failure_info):
                    text = f"{found.failure.message}\n{found.code_sample}"
                    self.wrong.setdefault((label, found.failure.title), text)


@dataclass
class Timed:
    """An app whose requests are told that take the processor for too long."""

    app: Flask
    report: Report

    def __call__(self, environ: Any, start_response: Any) -> Any:
        began = time.thread_time()
        answer = self.app(environ, start_response)
        if (spent := time.thread_time() - began) > MOST_SECONDS:
            asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
            self.report.wrong[asked, "It takes too long"] = f"{spent:.1f} s"
        return answer


def made_up(name: str, world: World, examples: int) -> Report:
    """Call a service in every way that its document allows, and in many that it forbids."""
    report = Report()
    app = world.apps[name]
    with served(Timed(app, report)) as address:
        path = f"{address}/{name}/openapi.json"
        schema = schemathesis.openapi.from_url(path, config=_config(examples))
        _sign_in(schema, app, world)
        for event in from_schema(schema).execute():
            report.note(event)
    return report


def _config(examples: int) -> SchemathesisConfig:
    generation = {
        "max-examples": examples,
        "deterministic": True,
        "no-shrink": True,
        "database": "none",
    }
    return SchemathesisConfig.from_dict(
        {
            "generation": generation,
            "continue-on-failure": True,
            "checks": CHECKS,
            "warnings": False,
        }
    )


def _sign_in(schema: Any, app: Flask, world: World) -> None:
    """Have each operation asked for by somebody who may, half the time of what is there."""

    @schema.auth(refresh_interval=None)
    class Bearer:
        def get(self, _case: Any, context: Any) -> str:
            action = _action(app, context.operation)
            return _token(action, world) if action else ""

        def set(self, case: Any, token: str, _context: Any) -> None:
            case.headers.update({"Authorization": f"Bearer {token}", "Hep-Tenant": NORTH})

    @schema.hook
    def flatmap_path_parameters(_context: Any, values: Any) -> Any:
        known = {name: world.here.get(name, value) for name, value in (values or {}).items()}
        return strategies.sampled_from([values, known])


def _action(app: Flask, operation: Any) -> Action | None:
    """Return what the table calls it; None where it is open to everybody."""
    path = re.sub(r"{\w+}", "x", operation.path)
    endpoint, _ = app.url_map.bind("").match(path, method=operation.method.upper())
    return getattr(app.view_functions[endpoint], "action", None)


def _token(action: Action, world: World) -> str:
    role = next(role for role in RANK if role in action.who)
    patient = world.here["patient"] if role == "patient" else ""
    return person(role, "" if role == "service" else NORTH, patient=patient)
