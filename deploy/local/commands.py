"""What the verbs of `hep` do."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from deploy.local import pidfile, service, stack
from deploy.local import up as starting
from deploy.local.cli import VERBS
from deploy.local.ports import NoPortError
from deploy.local.stack import SERVICES, Stack, StackError
from deploy.local.supervisor import CannotStartError

DOWN_SECONDS = 20.0
LINES = 40
FOLLOW_SECONDS = 0.25
Command = Callable[..., None]

in_data = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=".hep",
    show_default=True,
    help="The data directory.",
)


def verb(command: Command) -> click.Command:
    """Make a verb of a function: named and explained by the table, its errors in one line."""

    @wraps(command)
    def guarded(**options: Any) -> None:
        try:
            command(**options)
        except (StackError, CannotStartError, NoPortError) as error:
            raise click.ClickException(str(error)) from error

    return click.command(command.__name__, help=VERBS[command.__name__])(in_data(guarded))


def _running(data: Path) -> Stack:
    if pidfile.supervisor(data) is None:
        raise StackError(f"Nothing runs for {data}: start it by `hep up`.")
    return stack.load(data)


@verb
@click.option("--port", type=click.IntRange(1024, 65535), help="Where to open it; else 8080.")
def up(data: Path, port: int | None) -> None:
    starting.run(data, port, click.echo)


@verb
def status(data: Path) -> None:
    if pidfile.supervisor(data) is None:
        click.echo(f"Nothing runs for {data}.")
        sys.exit(3)
    click.echo(f"{'part':<22}{'pid':>8}  {'state':<12}{'restarts':>8}{'MB':>7}{'port':>7}")
    total = 0
    for one in pidfile.read(data):
        # The supervisor's children are counted each in its own line.
        bytes_ = pidfile.memory(one.pid, family=one.name != pidfile.SUPERVISOR) if one.alive else 0
        total += bytes_
        state = one.state if one.alive or one.state != "ready" else "gone"
        click.echo(
            f"{one.name:<22}{one.pid or '':>8}  {state:<12}{one.restarts:>8}"
            f"{bytes_ / 1e6:>7.0f}{one.port or '':>7}",
        )
    click.echo(f"{'in all':<52}{total / 1e6:>5.0f}")


@verb
def down(data: Path) -> None:
    found = pidfile.supervisor(data)
    if found is not None:
        pidfile.end([found], patience=DOWN_SECONDS)
    left = pidfile.end_stale(data)
    if found is None and not left:
        click.echo(f"Nothing runs for {data}.")
    else:
        click.echo("Everything has stopped.")


@verb
@click.argument("name", required=False)
@click.option("--follow", "-f", is_flag=True, help="Go on showing what is added.")
def logs(data: Path, name: str | None, *, follow: bool) -> None:
    files = sorted((data / "logs").glob(f"{name or '*'}.log"))
    if not files:
        raise StackError(f"There is no log of {name or 'anything'} in {data / 'logs'}.")
    for line in _lines(files, follow=follow):
        click.echo(line)


def _lines(files: list[Path], *, follow: bool) -> Iterator[str]:
    width = max(len(file.stem) for file in files)
    with ExitStack() as closing:
        opened = [
            (f.stem.ljust(width), closing.enter_context(f.open(errors="replace"))) for f in files
        ]
        for name, file in opened:
            yield from (f"{name} | {line.rstrip()}" for line in file.readlines()[-LINES:])
        while follow:
            for name, file in opened:
                yield from (f"{name} | {line.rstrip()}" for line in file.readlines())
            time.sleep(FOLLOW_SECONDS)


@verb
@click.option("--as", "name", required=True, help="Whose token: subject or name.")
def token(data: Path, name: str) -> None:
    click.echo(stack.token(stack.load(data), name))


@verb
@click.option("--now", is_flag=True, help="Only put the platform's clock back to today.")
def demo(data: Path, *, now: bool) -> None:
    where = _running(data)
    play = import_module("deploy.local.demo.play")
    (play.back_to_now if now else play.play)(where)


@verb
@click.argument("name", type=click.Choice(SERVICES), required=False)
@click.option("--restore", is_flag=True, help="Write lost intents and due work back.")
@click.option("--json", "as_json", is_flag=True, help="Everything, for programs.")
def verify(data: Path, name: str | None, *, restore: bool, as_json: bool) -> None:
    options = ["--restore"] * restore + ["--json"] * as_json
    names = [name] if name else SERVICES
    if not import_module("deploy.local.verify").verify(_running(data), names, *options):
        sys.exit(1)
    if not as_json:
        click.echo("Everything is whole.")


@verb
@click.argument("name", type=click.Choice(SERVICES))
def republish(data: Path, name: str) -> None:
    sys.exit(service.run(_running(data), name, "republish"))


@verb
@click.argument("name", type=click.Choice(SERVICES))
def compare(data: Path, name: str) -> None:
    sys.exit(service.run(_running(data), name, "compare"))


@verb
@click.argument("name", type=click.Choice(SERVICES))
def retry(data: Path, name: str) -> None:
    sys.exit(service.run(_running(data), name, "retry"))


@verb
@click.argument("name", type=click.Choice(SERVICES))
@click.argument("projection")
@click.option("--drop", type=int, help="Remove an old generation instead.")
def rebuild(data: Path, name: str, projection: str, drop: int | None) -> None:
    more = () if drop is None else ("--drop", str(drop))
    sys.exit(service.run(_running(data), name, "rebuild", projection, *more))


@verb
@click.argument("name", type=click.Choice(SERVICES), required=False)
@click.argument("rest", nargs=-1)
@click.option("--reason", help="Why the commit is discarded.")
@click.option("--actor", help="Who decides this.")
@click.option("--rate", help="Of all keys: how many are drained a minute.")
def parked(data: Path, name: str | None, rest: tuple[str, ...], **given: str | None) -> None:
    """List the parked keys of all services, or pass SERVICE VERB KEY on to one."""
    _pass_on(data, "parked", name, rest, given)


@verb
@click.argument("name", type=click.Choice(SERVICES), required=False)
@click.argument("rest", nargs=-1)
@click.option("--reason", help="Why the record is dismissed.")
@click.option("--actor", help="Who decides this.")
def undecodable(data: Path, name: str | None, rest: tuple[str, ...], **given: str | None) -> None:
    """List the records of all services, or pass SERVICE VERB RECORD on to one."""
    _pass_on(data, "undecodable", name, rest, given)


def _pass_on(
    data: Path,
    group: str,
    name: str | None,
    rest: tuple[str, ...],
    given: Mapping[str, str | None],
) -> None:
    where = _running(data)
    options = [part for option, value in given.items() if value for part in (f"--{option}", value)]
    names = [name] if name else SERVICES
    sys.exit(max(service.run(where, one, group, *(rest or ("list",)), *options) for one in names))
