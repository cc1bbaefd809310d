"""No read goes through a whole collection: what is quick with ten patients is so with ten thousand.

Every route that reads is asked as somebody who may; the store explains what it was asked.
"""

from dataclasses import dataclass, field
from typing import Any

import pymongo
import pytest
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent
from pymongo.monitoring import CommandSucceededEvent as Succeeded

from tests.permission.asking import ask, routes
from tests.permission.world import made, person

# A document a projection, a partition or a process, or as many as may be parked.
FEW = {"generations", "positions", "leases", "checkpoints", "parked", "paused"}


@dataclass
class Asked(CommandListener):
    """What the store was asked to find: each kind of question once, with an example."""

    finds: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name == "find":
            asked = {
                name: event.command[name]
                for name in ("find", "filter", "sort", "limit")
                if name in event.command
            }
            what = f"{asked['find']} {shape(asked['filter'])} by {asked.get('sort')}"
            self.finds.setdefault(what, (event.database_name, asked))

    def succeeded(self, event: Succeeded) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...


def shape(value: Any) -> Any:
    """Return a filter without its values."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    return "[]" if isinstance(value, list) else "."


def is_by_id(chosen: dict[str, Any]) -> bool:
    """Tell whether ids are asked for: SecantusDB reads those, and explains that it reads all."""
    wanted = chosen.get("_id")
    return isinstance(wanted, str) or (isinstance(wanted, dict) and "$in" in wanted)


def stages(plan: dict[str, Any]) -> set[str]:
    """Return all stages of a plan."""
    inner = [plan["inputStage"]] if "inputStage" in plan else plan.get("inputStages", [])
    return {plan["stage"]}.union(*(stages(one) for one in inner))


@pytest.fixture
def asked() -> Asked:
    return Asked()


def test_every_read_has_an_index(mongodb: str, asked: Asked) -> None:
    with pymongo.MongoClient(mongodb, tz_aware=True, event_listeners=[asked]) as client:
        world = made(client["test_plans"])
        asked.finds.clear()
        for route in routes(world):
            if route.method == "GET" or route.endpoint == "prescription.search_patients":
                role = next(iter(route.action.who))
                patient = world.here["patient"] if role in {"patient", "supporter"} else ""
                ask(world, route, person(role, patient=patient), world.here)

        plans = {
            what: client[name].command("explain", found)["queryPlanner"]["winningPlan"]
            for what, (name, found) in asked.finds.items()
            if found["find"] not in FEW and not is_by_id(found["filter"])
        }

    assert len(plans) > 15
    scanned = [what for what, plan in plans.items() if "COLLSCAN" in stages(plan)]
    assert not scanned, "\n".join(scanned)
