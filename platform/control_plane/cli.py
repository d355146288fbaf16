"""`fleetpost`, the operator's command; every failure is one sentence that says what to do."""

import os
import subprocess
import sys

import click

from control_plane import settings as settings_module
from control_plane.core.errors import FleetpostError


@click.group()
def fleetpost() -> None:
    """Run a Fleetpost control plane."""


@fleetpost.command()
def migrate() -> None:
    """Bring the database's schema up to date, as the role that owns it."""
    owner_url = settings_module.owner_url()
    environment = os.environ | {"DATABASE_URL": owner_url, "PICCOLO_CONF": "control_plane.piccolo_conf"}
    command = [sys.executable, "-m", "piccolo.main", "migrations", "forwards", "all"]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise click.ClickException(f"the migration failed, nothing of it is kept: {done.stdout}{done.stderr}")
    click.echo("The schema is up to date.")


def main() -> None:
    """Run the command; what we know to be wrong is said in one sentence."""
    try:
        fleetpost()
    except (FleetpostError, settings_module.MissingSetting, OSError) as error:
        click.echo(f"fleetpost: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
