"""What an operator does: `python -m <service> verify`, `parked`, `rebuild` and smaller verbs."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

import click
import orjson

from shared import settings

# `serve` lists these verbs too and needs none of what they do.
if TYPE_CHECKING:
    from shared.mongo import Database
    from shared.service import Definition, Service
    from shared.views import Projection


@contextmanager
def _opened(name: str) -> "Iterator[tuple[Definition, Service]]":
    """Open a service's clients for one command."""
    definition: Definition = import_module(f"{name}.app").DEFINITION
    service = definition.build(settings.read(name))
    with service.database.client:
        yield definition, service


@contextmanager
def _stored(name: str) -> "Iterator[Database]":
    with _opened(name) as (_, service):
        yield service.database


@click.command(help="Say what is wrong with this service, and which command mends it.")
@click.option("--restore", is_flag=True, help="Write lost intents and due work back.")
@click.option("--json", "as_json", is_flag=True, help="Everything, for programs.")
@click.option("--hep", is_flag=True, help="Name commands as the command hep takes them.")
@click.pass_obj
def verify(name: str, *, restore: bool, as_json: bool, hep: bool) -> None:
    from shared import verify as checking  # noqa: PLC0415
    from shared.verify import effects, report  # noqa: PLC0415

    with _opened(name) as (definition, service):
        try:
            found = checking.verify(definition, service)
        except checking.Moving:
            raise click.ClickException("events came in meanwhile: again when it is quiet") from None
        if as_json:
            click.echo(orjson.dumps(report.document(name, found, hep=hep)))
        else:
            click.echo("\n".join(report.lines(name, found, hep=hep)))
        if restore:
            count = effects.restore(service.database, found.lost)
            click.echo(f"{count} were written back.", err=True)
    sys.exit(bool(found.findings))


@click.command(help="Have the relay send all events again; readers drop what they know.")
@click.pass_obj
def republish(name: str) -> None:
    from shared import mend  # noqa: PLC0415

    with _stored(name) as database:
        mend.republish(database)
    click.echo("The relay begins within half a minute; `work` must run.")


@click.command(help="Compare all ledgers with their owners now, and fetch what is missing.")
@click.pass_obj
def compare(name: str) -> None:
    from shared import mend  # noqa: PLC0415

    with _opened(name) as (definition, service):
        mend.compare(service.database, definition.projections)
    click.echo("It begins within seconds; `work` and the owners must run.")


@click.command(help="Have due work that failed five times decided again.")
@click.pass_obj
def retry(name: str) -> None:
    from shared import mend  # noqa: PLC0415

    with _opened(name) as (_, service):
        count = mend.retry(service.database, service.clock())
    click.echo(f"{count} are decided again; `work` must run.")


@click.command(help="Wrap all keys under the newest master key; `serve` and `work` may run.")
@click.pass_obj
def rewrap(name: str) -> None:
    with _opened(name) as (_, service):
        count = service.vault.rewrap()
        newest = service.settings.ring.newest
    click.echo(f"{count} keys were under another master key; all are under {newest} now.")


@click.group(help="Records that are no events: see them, dismiss one.")
def undecodable() -> None:
    pass


@undecodable.command("list", help="List the records, with what they hold.")
@click.pass_obj
def list_aside(name: str) -> None:
    from shared import mend  # noqa: PLC0415

    with _stored(name) as database:
        found = mend.aside(database)
    click.echo(f"{name}: {len(found)} records that are no events")
    for record in found:
        click.echo(f"{record['_id']}  {record['raw']!r}")


@undecodable.command(help="Take a record off the list, for a reason.")
@click.argument("record")
@click.option("--reason", required=True)
@click.option("--actor", required=True, help="Who decides this.")
@click.pass_obj
def dismiss(name: str, record: str, reason: str, actor: str) -> None:
    from shared import mend  # noqa: PLC0415

    with _stored(name) as database:
        if not mend.dismiss(database, record, reason, actor):
            raise click.ClickException(f"There is no {record}: see `undecodable list`.")
    click.echo("It was dismissed, and kept with the reason.")


@click.group(help="Keys whose handler failed: see them, drain them, discard one.")
def parked() -> None:
    pass


@parked.command("list", help="List the parked keys.")
@click.pass_obj
def list_all(name: str) -> None:
    from shared import park  # noqa: PLC0415

    with _stored(name) as database:
        keys = park.listed(database)
    click.echo(f"{name}: {len(keys)} parked keys")
    for found in keys:
        click.echo(f"{found['_id']}  {found['parked']:%Y-%m-%d %H:%M}  {found['error']}")


@parked.command(help="Show the record as received. It may hold clinical facts.")
@click.argument("key")
@click.pass_obj
def show(name: str, key: str) -> None:
    from shared import park  # noqa: PLC0415

    with _stored(name) as database, _is_parked(key):
        click.echo(park.shown(database, key)["raw"])


@parked.command(help="Apply all that came since, in order, for KEY or for all of them.")
@click.argument("key", required=False)
@click.option("--rate", type=click.IntRange(1), help="Of all of them: how many a minute.")
@click.pass_obj
def drain(name: str, key: str | None, rate: int | None) -> None:
    from shared import park  # noqa: PLC0415
    from shared.clock import system  # noqa: PLC0415

    with _stored(name) as database:
        if key:
            with _is_parked(key):
                park.drain(database, key)
        count = 1 if key else park.drain_all(database, system(), rate or 0)
    click.echo(f"{count} keys go on; what fails again is parked again.")


@parked.command(help="Leave out the commit that fails, for a reason.")
@click.argument("key")
@click.option("--reason", required=True)
@click.option("--actor", required=True, help="Who decides this.")
@click.pass_obj
def discard(name: str, key: str, reason: str, actor: str) -> None:
    from shared import park  # noqa: PLC0415

    with _stored(name) as database, _is_parked(key):
        park.discard(database, key, reason, actor)
    click.echo("It was left out, and kept with the reason; the key goes on after it.")


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

    with _opened(name) as (definition, service):
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
