"""The command line of every service: serve, work, and what operators do."""

from importlib import import_module
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import click
from gunicorn.app.base import BaseApplication

from shared import logs, settings
from shared.operate import compare, parked, rebuild, republish, retry, rewrap, undecodable, verify

# gunicorn's first process only minds the worker: what a service is made of is imported in each
# command, so that fifty megabytes are not spent on it.
if TYPE_CHECKING:
    from shared.service import Definition

ROLES = "relay,consume,clock,send"


class Server(BaseApplication):
    """gunicorn, set up here and nowhere else."""

    def __init__(self, name: str, found: settings.Settings) -> None:
        self.name = name
        self.settings = found
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"{self.settings.bind}:{self.settings.port}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": self.settings.threads,
            # It would be written to the home directory, which is read-only where this runs.
            "control_socket_disable": True,
            "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").exists() else None,  # noqa: S108
            "graceful_timeout": 8,
            "keepalive": 75,
            # Longer addresses and more or longer headers than ours are not read to their end.
            "limit_request_line": 4094,
            "limit_request_fields": 60,
            "limit_request_field_size": 8190,
            "proc_name": f"{self.name} serve",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Build the app; called in the worker, after the fork."""
        from shared.service import await_store  # noqa: PLC0415
        from shared.web.app import create_app  # noqa: PLC0415

        logs.configure(self.name, "serve")
        definition = find(self.name)
        service = definition.build(self.settings)
        await_store(definition, service, Event())
        return create_app(definition, service, folder(self.name) / "templates")


def find(name: str) -> "Definition":
    """Return what the service of this name is."""
    found: Definition = import_module(f"{name}.app").DEFINITION
    return found


def folder(name: str) -> Path:
    """Return where the service's code is."""
    return Path(str(import_module(name).__file__)).parent


def command_line(name: str) -> click.Group:
    """Return `python -m <service>`."""

    @click.group(help=f"The service {name}.")
    @click.pass_context
    def group(context: click.Context) -> None:
        context.obj = name

    @group.command(help="Answer HTTP.")
    def serve() -> None:
        Server(name, settings.read(name)).run()

    @group.command(help="Run the background roles.")
    @click.option("--roles", default=ROLES, show_default=True)
    def work(roles: str) -> None:
        from shared.work import work as run  # noqa: PLC0415

        logs.configure(name, "work")
        definition = find(name)
        run(definition, definition.build(settings.read(name)), roles.split(","))

    @group.command("contracts", help="Write the published contracts beside the code.")
    def write_contracts() -> None:
        from shared.web import contracts  # noqa: PLC0415

        contracts.write(find(name), folder(name) / "contracts")

    for command in (verify, parked, undecodable, rebuild, republish, compare, retry, rewrap):
        group.add_command(command)

    @group.command(help="Say which settings are in force.")
    def check() -> None:
        for setting, value in settings.read(name).table().items():
            click.echo(f"HEP_{setting.upper():<22} {value}")

    return group
