"""`python -m <service> parked`: what an operator does about keys whose handler failed."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

import click

from shared import settings

# `serve` lists these verbs too and needs none of what they do.
if TYPE_CHECKING:
    from shared.mongo import Database


@click.group(help="Keys whose handler failed: see them, drain them, discard one.")
def parked() -> None:
    pass


@parked.command("list", help="List the parked keys, oldest first.")
@click.pass_obj
def list_all(name: str) -> None:
    from shared import park  # noqa: PLC0415

    for found in park.listed(_database(name)):
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
