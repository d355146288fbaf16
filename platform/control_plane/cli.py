"""`fleetpost`, the operator's command; every failure is one sentence that says what to do."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
import click
import msgspec

from control_plane import bootstrap as first_steps
from control_plane import settings as settings_module
from control_plane.audit import commands as audits
from control_plane.core import log
from control_plane.core.errors import FleetpostError
from control_plane.core.ids import MalformedId, decode
from control_plane.core.runtime import Runtime, open_runtime
from control_plane.dns_zone import commands as zones
from control_plane.enforcement import cli as enforcement
from control_plane.ip_pools import cli as ip_pools
from control_plane.moves import cli as moves
from control_plane.nodes import cli as nodes
from control_plane.piccolo_conf import DB
from control_plane.rollouts import cli as rollouts
from control_plane.tenants import commands as tenants

Result = TypeVar("Result")


@click.group()
@click.pass_context
def fleetpost(context: click.Context) -> None:
    """Run a Fleetpost control plane."""
    context.obj = _run


fleetpost.add_command(nodes.node)
nodes.node.add_command(moves.evacuate)
fleetpost.add_command(moves.move)
fleetpost.add_command(ip_pools.pool)
fleetpost.add_command(ip_pools.ip)
fleetpost.add_command(rollouts.rollout)
fleetpost.add_command(enforcement.enforcement)


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


@fleetpost.command()
@click.option("--operator-email", required=True, help="Who signs in to the portal first.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def bootstrap(operator_email: str, *, as_json: bool) -> None:
    """Make the operator, a first client and a person who may sign in; run again, it leaves everything as it is."""
    made = _run(lambda runtime: first_steps.bootstrap(runtime, operator_email))
    _print(made, as_json=as_json)


@fleetpost.group()
def audit() -> None:
    """Look after the audit logs."""


@audit.command("verify")
@click.option("--tenant", metavar="ten_…", help="Whose log; everybody's if left out.")
def audit_verify(tenant: str | None) -> None:
    """Compute all chains anew, and name the first entry of each log that is not as it was written."""
    try:
        tenant_id = None if tenant is None else decode("ten", tenant)
    except MalformedId as error:
        raise click.BadParameter("give the id of a tenant: ten_…", param_hint="--tenant") from error
    if not _run(lambda runtime: audits.verify(runtime, tenant_id, click.echo)):
        sys.exit(1)


@fleetpost.group()
def zone() -> None:
    """Look after the DNS zone that customers' records point into."""


@zone.command("check")
def zone_check() -> None:
    """Say whether the zone can be written and is seen by the world, and what to do if not."""
    if not _run(lambda runtime: zones.check(runtime, click.echo)):
        sys.exit(1)


@fleetpost.group()
def tenant() -> None:
    """See and suspend tenants."""


@tenant.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def tenant_list(*, as_json: bool) -> None:
    """List all tenants, each below the one it belongs to."""
    listed = _run(tenants.list_tenants)
    if as_json:
        _print(listed, as_json=True)
        return
    for line in listed.tenants:
        click.echo(f"{'  ' * (line.depth - 1)}{line.slug}  {line.kind}, {line.status}  {line.name}")


@tenant.command("suspend")
@click.argument("slug")
@click.option("--reason", required=True, help="Why; the tenant and those above it can read it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def tenant_suspend(slug: str, reason: str, *, as_json: bool) -> None:
    """Suspend a tenant and all below it."""
    _print(_run(lambda runtime: tenants.suspend(runtime, slug, reason)), as_json=as_json)


@tenant.command("resume")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def tenant_resume(slug: str, *, as_json: bool) -> None:
    """End a tenant's suspension."""
    _print(_run(lambda runtime: tenants.resume(runtime, slug)), as_json=as_json)


def _run(command: Callable[[Runtime], Awaitable[Result]]) -> Result:
    async def run() -> Result:
        async with open_runtime(settings_module.load(), DB) as runtime:
            return await command(runtime)

    return asyncio.run(run())


def _print(result: msgspec.Struct, *, as_json: bool) -> None:
    fields = msgspec.to_builtins(result)
    if as_json:
        click.echo(msgspec.json.encode(fields).decode())
    else:
        for name, value in fields.items():
            click.echo(f"{name}: {value}")


def main() -> None:
    """Run the command; what we know to be wrong is said in one sentence."""
    log.configure()
    os.environ.setdefault("PICCOLO_CONF", "control_plane.piccolo_conf")
    try:
        fleetpost()
    except FleetpostError as error:
        _fail("; ".join([error.detail, *(f"{each.path}: {each.message}" for each in error.errors)]))
    except (settings_module.MissingSetting, msgspec.ValidationError) as error:
        _fail(str(error))
    except (OSError, asyncpg.PostgresError) as error:
        _fail(f"the database or Valkey does not answer ({error}): start them, or check DATABASE_URL and REDIS_URL")


def _fail(sentence: str) -> None:
    click.echo(f"fleetpost: {sentence}", err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
