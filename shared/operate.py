"""`python -m <service> parked` and `rebuild`: what an operator does about projections."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

import click

from shared import settings

# `serve` lists these verbs too and needs none of what they do.
if TYPE_CHECKING:
    from shared.mongo import Database
    from shared.views import Projection


@click.group(help="Keys whose handler failed: see them, drain them, discard one.")
def parked() -> None:
    pass


@parked.command("list", help="List the parked keys, oldest first.")
@click.pass_obj
def list_all(name: str) -> None:
    from shared import park  # noqa: PLC0415

    keys = park.listed(_database(name))
    click.echo(f"{name}: {len(keys)} parked keys")
    for found in keys:
        click.echo(f"{found['_id']}  {found['parked']:%Y-%m-%d %H:%M}  {found['error']}")


@parked.command(help="Show the record as received. It may hold clinical facts.")
@click.argument("key")
@click.pass_obj
def show(name: str, key: str) -> None:
    from shared import park  # noqa: PLC0415

    with _is_parked(key):
        click.echo(park.shown(_database(name), key)["raw"])


@parked.command(help="Apply all that came since, in order, for KEY or for all of them.")
@click.argument("key", required=False)
@click.pass_obj
def drain(name: str, key: str | None) -> None:
    from shared import park  # noqa: PLC0415

    database = _database(name)
    keys = [key] if key else [str(found["_id"]) for found in park.listed(database)]
    for one in keys:
        with _is_parked(one):
            park.drain(database, one)
    click.echo(f"{len(keys)} keys go on; what fails again is parked again.")


@parked.command(help="Leave out the commit that fails, for a reason.")
@click.argument("key")
@click.option("--reason", required=True)
@click.option("--actor", required=True, help="Who decides this.")
@click.pass_obj
def discard(name: str, key: str, reason: str, actor: str) -> None:
    from shared import park  # noqa: PLC0415

    with _is_parked(key):
        park.discard(_database(name), key, reason, actor)
    click.echo("It was left out, and kept with the reason; the key goes on after it.")


def _database(name: str) -> "Database":
    definition = import_module(f"{name}.app").DEFINITION
    database: Database = definition.build(settings.read(name)).database
    return database


@contextmanager
def _is_parked(key: str) -> Iterator[None]:
    from shared.park import NotParked  # noqa: PLC0415

    try:
        yield
    except NotParked:
        raise click.ClickException(f"{key} is not parked: see `parked list`.") from None


@click.command(help="Build a projection anew beside the live one; `work` does it, this shows it.")
@click.argument("projection")
@click.option("--drop", type=int, help="Remove an old generation instead.")
@click.pass_obj
def rebuild(name: str, projection: str, drop: int | None) -> None:
    from shared import generation  # noqa: PLC0415
    from shared import rebuild as building  # noqa: PLC0415

    definition = import_module(f"{name}.app").DEFINITION
    service = definition.build(settings.read(name))
    named = {found.name: found for found in definition.projections}
    if projection not in named:
        raise click.ClickException(f"{name} has no {projection}: it has {', '.join(named)}.")
    found = named[projection]
    if drop is not None:
        _drop(service.database, found, drop)
        return
    try:
        begun = generation.begin(service.database, found, service.clock())
    except generation.Building as other:
        raise click.ClickException(f"{other} is being built already.") from None
    number = begun["building"]["number"]
    for line in building.watch(service.database, service.settings.kafka, found, number):
        click.echo(line)


def _drop(database: "Database", projection: "Projection", number: int) -> None:
    from shared import rebuild as building  # noqa: PLC0415

    try:
        building.drop(database, projection, number)
    except ValueError as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(f"{projection.name}@{number} is gone.")
