"""`fleetpost pool …` and `fleetpost ip …`: what operators type about pools and addresses."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, TypeVar, cast

import click

from control_plane.core.terminal import Run, show, table
from control_plane.ip_pools import commands
from control_plane.ip_pools.life import IpStatus, Step
from control_plane.ip_pools.schemas import (
    STREAMS,
    CoolDownChange,
    IpFilters,
    NewPool,
    NewSendingIp,
    PoolChange,
    Release,
    Stream,
)

_STATUSES = ("provisioning", "warming", "active", "draining", "quarantined", "released")
_STEPS: tuple[tuple[str, Step, str], ...] = (
    ("finish-warm-up", "warm", "Let a warming address take its full share at once."),
    ("drain", "drain", "Give an address nothing new; its node sees off what is in the queue."),
    ("resume", "resume", "Let a draining address take mail again."),
    ("quarantine", "quarantine", "Send nothing more by an address because of its reputation."),
    ("warm-up-again", "rewarm", "Warm a quarantined or active address up from the start."),
)

Command = TypeVar("Command", bound=Callable[..., Any])


def _json(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)


def _reason(command: Command) -> Command:
    return click.option("--reason", required=True, help="Why; it is kept with the address.")(command)


@click.group()
def pool() -> None:
    """Manage pools of sending addresses."""


@pool.command("list")
@_json
@click.pass_obj
def list_pools(run: Run, *, as_json: bool) -> None:
    """List all pools."""
    found = run(commands.pools)
    if as_json:
        show(found, as_json=True)
        return
    rows = [
        (each.id, each.name, each.stream, each.tenant_id or "all", "yes" if each.is_default else "", len(each.ips))
        for each in found.pools
    ]
    click.echo(table(("ID", "NAME", "STREAM", "TENANT", "DEFAULT", "ADDRESSES"), rows))


@pool.command("add")
@click.argument("name")
@click.option("--stream", required=True, type=click.Choice(STREAMS))
@click.option("--tenant", metavar="ten_…", help="Whose own pool it is; all share it if left out.")
@click.option("--risk", is_flag=True, help="For those alone whose bounces or complaints are too many.")
@_json
@click.pass_obj
def add_pool(run: Run, name: str, stream: str, tenant: str | None, *, risk: bool, as_json: bool) -> None:
    """Make a pool; mail leaves by it once it has an address and is made the default."""
    kind: Literal["risk"] | None = "risk" if risk else None
    new = NewPool(name=name, stream=cast("Stream", stream), tenant_id=tenant, kind=kind)
    show(run(lambda runtime: commands.add_pool(runtime, new)), as_json=as_json)


@pool.command("make-default")
@click.argument("pool_id")
@_json
@click.pass_obj
def make_default(run: Run, pool_id: str, *, as_json: bool) -> None:
    """Have its owner's mail of its stream leave by a pool."""
    show(run(lambda runtime: commands.change_pool(runtime, pool_id, PoolChange(is_default=True))), as_json=as_json)


@click.group()
def ip() -> None:
    """Manage the addresses that mail leaves from; each is named by its id or by what it is."""


@ip.command("list")
@click.option("--status", type=click.Choice(_STATUSES))
@click.option("--pool", "pool_id", metavar="pool_…")
@_json
@click.pass_obj
def list_ips(run: Run, status: str | None, pool_id: str | None, *, as_json: bool) -> None:
    """List sending addresses."""
    filters = IpFilters(
        status=cast("IpStatus | None", status), pool_id=None if pool_id is None else commands.read_pool(pool_id)
    )
    found = run(lambda runtime: commands.addresses(runtime, filters))
    if as_json:
        show(found, as_json=True)
        return
    rows = [
        (each.address, each.status, "yes" if each.standby else "", each.stream, found.pools.get(each.pool_id, ""),
         each.hostname, each.reason)
        for each in found.ips
    ]  # fmt: skip
    click.echo(table(("ADDRESS", "STATUS", "STANDBY", "STREAM", "POOL", "HOST NAME", "WHY"), rows))


@ip.command("show")
@click.argument("address")
@_json
@click.pass_obj
def show_ip(run: Run, address: str, *, as_json: bool) -> None:
    """Show one address: its state, what it needs, whose it was."""
    found = run(lambda runtime: commands.portrait(runtime, address))
    if as_json:
        show(found, as_json=True)
        return
    show(found.ip, as_json=False)
    for finding in found.ip.findings:
        click.echo(f"{finding.what}: {finding.status}. {finding.text}")
    rows = [(each.pool_name, each.began_at, each.ended_at, each.sent, each.listings) for each in found.tenures]
    click.echo(f"\n{table(('POOL', 'FROM', 'UNTIL', 'SENT', 'LISTINGS'), rows)}")


@ip.command("add")
@click.argument("address")
@click.option("--node", "node_id", required=True, metavar="nod_…")
@click.option("--pool", "pool_id", required=True, metavar="pool_…")
@click.option("--hostname", required=True, help="What its PTR record says.")
@click.option("--standby", is_flag=True, help="It takes mail only when another one of its pool fails.")
@_json
@click.pass_obj
def add_ip(run: Run, address: str, node_id: str, pool_id: str, hostname: str, *, standby: bool, as_json: bool) -> None:
    """Add an address: it is checked, then warmed up, then active, all by itself."""
    new = NewSendingIp(address=address, node_id=node_id, pool_id=pool_id, hostname=hostname, standby=standby)
    show(run(lambda runtime: commands.add(runtime, new)), as_json=as_json)


def _add_step(name: str, step: Step, sentence: str) -> None:
    @ip.command(name, help=sentence)
    @click.argument("address")
    @_reason
    @_json
    @click.pass_obj
    def take(run: Run, address: str, reason: str, *, as_json: bool) -> None:
        show(run(lambda runtime: commands.step(runtime, address, step, reason)), as_json=as_json)


for _name, _step, _sentence in _STEPS:
    _add_step(_name, _step, _sentence)


@ip.command("release")
@click.argument("address")
@_reason
@click.option("--even-undrained", is_flag=True, help="Although mail may still be in its node's queue.")
@_json
@click.pass_obj
def release(run: Run, address: str, reason: str, *, even_undrained: bool, as_json: bool) -> None:
    """Give a drained address up; it cools down before anybody else gets it."""
    wanted = Release(reason=reason, even_undrained=even_undrained)
    show(run(lambda runtime: commands.release(runtime, address, wanted)), as_json=as_json)


@ip.command("cool-down")
@click.argument("address")
@click.option("--until", required=True, type=click.DateTime(), help="In UTC.")
@_reason
@_json
@click.pass_obj
def cool_down(run: Run, address: str, until: datetime, reason: str, *, as_json: bool) -> None:
    """Shorten or lengthen a released address's cool-down."""
    wanted = CoolDownChange(until=until, reason=reason)
    show(run(lambda runtime: commands.cool_down(runtime, address, wanted)), as_json=as_json)
