"""The command line that every service has: serve, work, verify, contracts, check."""

import sys
from pathlib import Path
from threading import Event
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from shared import logs, settings
from shared.service import Definition, await_store
from shared.work import ROLES, work


class Server(BaseApplication):
    """gunicorn, set up here and nowhere else."""

    def __init__(self, definition: Definition, templates: Path, found: settings.Settings) -> None:
        self.definition = definition
        self.templates = templates
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
            "proc_name": f"{self.definition.name} serve",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Build the app; called in the worker, after the fork."""
        from shared.web.app import create_app  # noqa: PLC0415 - only `serve` needs the web

        logs.configure(self.definition.name, "serve")
        service = self.definition.build(self.settings)
        await_store(self.definition, service, Event())
        return create_app(self.definition, service, self.templates)


def command_line(definition: Definition, templates: Path) -> click.Group:
    """Return `python -m <service>`."""

    @click.group(help=f"The service {definition.name}.")
    def group() -> None:
        pass

    @group.command(help="Answer HTTP.")
    def serve() -> None:
        Server(definition, templates, settings.read(definition.name)).run()

    @group.command("work", help="Run the background roles.")
    @click.option("--roles", default=",".join(ROLES), show_default=True)
    def work_command(roles: str) -> None:
        logs.configure(definition.name, "work")
        found = settings.read(definition.name)
        work(definition, definition.build(found), roles.split(","))

    @group.command("verify", help="Check streams, published sequences and projections.")
    def verify_command() -> None:
        from shared.verify import Moving, verify  # noqa: PLC0415 - reads Kafka, `serve` never does

        try:
            report = verify(definition, definition.build(settings.read(definition.name)))
        except Moving:
            raise click.ClickException("events came in meanwhile: again when it is quiet") from None
        click.echo(
            f"{definition.name}: {report.streams} streams, {report.events} published events, "
            f"{report.documents} documents, {len(report.findings)} findings"
        )
        for finding in report.findings:
            click.echo(f"  {finding}")
        sys.exit(bool(report.findings))

    @group.command("contracts", help="Write the published contracts beside the code.")
    def contracts_command() -> None:
        from shared.web import contracts  # noqa: PLC0415 - `work` needs no web

        contracts.write(definition, templates.parent / "contracts")

    @group.command(help="Say which settings are in force.")
    def check() -> None:
        for name, value in settings.read(definition.name).table().items():
            click.echo(f"HEP_{name.upper():<22} {value}")

    return group
