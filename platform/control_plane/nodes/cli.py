"""`fleetpost node …`: what operators type about nodes."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import click
import msgspec

from control_plane.core.runtime import Runtime
from control_plane.core.terminal import Run, show, table
from control_plane.nodes import commands
from control_plane.nodes.commands import Fleet, Portrait
from control_plane.nodes.schemas import ALL_ROLES, Condition, GivingUp, NewNode, Node, Retirement

_GIBIBYTE = 1024**3
_AGES = ("≤5m", "≤15m", "≤1h", "≤4h", "≤1d", "older")
_HEADER = ("NAME", "STATUS", "ROLES", "REGION", "BEHIND", "QUEUE", "DEFERRED", "REFUSED", "DISK", "LAST SEEN")
_CLEAR = "\033[H\033[2J"

Command = TypeVar("Command", bound=Callable[..., Any])


def _json(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)


@click.group()
def node() -> None:
    """Manage the fleet's nodes."""


@node.command("list")
@_json
@click.pass_obj
def list_nodes(run: Run, *, as_json: bool) -> None:
    """List the nodes with how each is."""
    fleet = run(commands.fleet)
    if as_json:
        show(fleet, as_json=True)
    elif fleet.nodes:
        click.echo(_overview(fleet))
    else:
        click.echo("There is no node yet: register one with `fleetpost node add`.")


@node.command("show")
@click.argument("name")
@_json
@click.pass_obj
def show_node(run: Run, name: str, *, as_json: bool) -> None:
    """Show one node: what it is, how it is, what waits on it."""
    found = run(lambda runtime: commands.portrait(runtime, name))
    if as_json:
        show(found, as_json=True)
    else:
        click.echo(_portrait(found))


@node.command("watch")
@click.argument("name", required=False)
@click.option("--every", default=2.0, show_default=True, metavar="SECONDS", type=click.FloatRange(0.2))
@click.option("--times", default=0, help="Stop after so many looks; else when interrupted.")
@click.pass_obj
def watch(run: Run, name: str | None, every: float, times: int) -> None:
    """Show one node, or all of them, anew every few seconds."""

    async def look(runtime: Runtime) -> None:
        looks = 0
        while not times or looks < times:
            await asyncio.sleep(every if looks else 0)
            text = (
                _portrait(await commands.portrait(runtime, name)) if name else _overview(await commands.fleet(runtime))
            )
            click.echo(f"{_CLEAR}{runtime.clock.now():%H:%M:%S} UTC\n\n{text}")
            looks += 1

    run(look)


@node.command("add")
@click.argument("name")
@click.option("--hostname", required=True, help="The name that the node greets with, and that its certificate bears.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ALL_ROLES))
@click.option("--service-address", required=True, help="The address that mail and mailbox clients connect to.")
@click.option("--ip", "ips", multiple=True, metavar="ADDRESS=STREAM[=HOSTNAME]", help="Mail leaves from it.")
@click.option("--region", default="default")
@_json
@click.pass_obj
def add(
    run: Run,
    name: str,
    hostname: str,
    roles: tuple[str, ...],
    service_address: str,
    ips: tuple[str, ...],
    region: str,
    *,
    as_json: bool,
) -> None:
    """Register a node, or change it; prints a token for its agent to enrol with, until it has."""
    described = {
        "name": name,
        "hostname": hostname,
        "roles": roles,
        "service_address": service_address,
        "region": region,
        "ips": [commands.read_ip(text, hostname) for text in ips],
    }
    new = msgspec.convert(msgspec.to_builtins(described), NewNode)
    show(run(lambda runtime: commands.add_node(runtime, new)), as_json=as_json)


@node.command("token")
@click.argument("name")
@_json
@click.pass_obj
def token(run: Run, name: str, *, as_json: bool) -> None:
    """Make a token with which the node's agent enrols anew, once and within the hour."""
    show(run(lambda runtime: commands.new_token(runtime, name)), as_json=as_json)


@node.command("remove-token")
@click.argument("name")
@_json
@click.pass_obj
def remove_token(run: Run, name: str, *, as_json: bool) -> None:
    """Withdraw the node's tokens that were not used."""
    show(run(lambda runtime: commands.withdraw_tokens(runtime, name)), as_json=as_json)


@node.command("new-signing-key")
@click.option("--force", is_flag=True, help="Even if some nodes may know neither key then: they must enrol again.")
@_json
@click.pass_obj
def new_signing_key(run: Run, *, force: bool, as_json: bool) -> None:
    """Sign what nodes are sent with a new key, once they know it; the one before the last is void at once.

    Each node learns of the new key within eight days. Before that, another new key is refused: a node that knows
    neither of the two newest must enrol again.
    """
    show(run(lambda runtime: commands.new_signing_key(runtime, force=force)), as_json=as_json)


@node.command("drain")
@click.argument("name")
@_json
@click.pass_obj
def drain(run: Run, name: str, *, as_json: bool) -> None:
    """Give the node nothing new; it sees off what it has and goes on serving its mailboxes."""
    _tell(
        run(lambda runtime: commands.drain(runtime, name)), "See with `fleetpost node show` when it is empty.", as_json
    )


@node.command("undrain")
@click.argument("name")
@_json
@click.pass_obj
def undrain(run: Run, name: str, *, as_json: bool) -> None:
    """Let the node serve fully again."""
    _tell(run(lambda runtime: commands.undrain(runtime, name)), "It takes new mail again.", as_json)


@node.command("retire")
@click.argument("name")
@click.option("--lose", metavar="NAME", help="The node's name once more, if what it still holds may be lost.")
@_json
@click.pass_obj
def retire(run: Run, name: str, lose: str | None, *, as_json: bool) -> None:
    """Take a drained node out of service for ever; refused while it holds mail, unless that may be lost."""
    wanted = Retirement(confirm=lose)
    _tell(run(lambda runtime: commands.retire(runtime, name, wanted)), "Its credential ended; stop its agent.", as_json)


@node.command("give-up")
@click.argument("name")
@click.option("--lose", metavar="NAME", required=True, help="The node's name once more: what is on its disk is lost.")
@click.option("--send-again", is_flag=True, help="Send what it had taken by others; some may arrive twice.")
@_json
@click.pass_obj
def give_up(run: Run, name: str, lose: str, *, send_again: bool, as_json: bool) -> None:
    """Declare a lost node gone for ever.

    Its credential ends at once. What it had taken and did not report may have left or not, and only the node knew. With
    --send-again, other nodes send it and some of it may arrive twice; without, it is never sent.
    """
    given_up = run(lambda runtime: commands.give_up(runtime, name, GivingUp(confirm=lose, send_again=send_again)))
    if as_json:
        show(given_up, as_json=True)
    else:
        click.echo(f"{given_up.node.name} is given up. {given_up.sent_again} deliveries are sent by other nodes.")


def _tell(changed: Node, next_step: str, as_json: bool) -> None:  # noqa: FBT001
    if as_json:
        show(changed, as_json=True)
    else:
        click.echo(f"{changed.name} is {changed.status}. {next_step}")


async def _picture(runtime: Runtime, name: str | None) -> str:
    return _portrait(await commands.portrait(runtime, name)) if name else _overview(await commands.fleet(runtime))


def _overview(fleet: Fleet) -> str:
    rows = []
    for each in fleet.nodes:
        condition = fleet.conditions[each.id]
        rows.append(
            (
                each.name,
                _status(each),
                each.roles,
                each.region,
                each.generation_desired - each.generation_applied,
                sum(each.queue.values()),
                each.queue.get("deferred", 0),
                condition.quarantined,
                _disk(condition.disk_free_bytes, condition.disk_total_bytes),
                each.last_seen_at,
            )
        )
    return table(_HEADER, rows)


def _portrait(found: Portrait) -> str:
    parts = [table(("FIELD", ""), _facts(found))]
    if found.queue.destinations:
        rows = [(group.domain, group.provider, group.total, *group.by_age) for group in found.queue.destinations]
        parts.append(table(("DEFERRED FOR", "CLASS", "ALL", *_AGES), rows))
    if found.condition.errors:
        parts.append(table(("LAST ERRORS",), [(text,) for text in found.condition.errors]))
    return "\n\n".join(parts)


def _facts(found: Portrait) -> list[tuple[str, object]]:
    each, condition, held = found.node, found.condition, found.queue.holdings
    return [
        ("name", each.name),
        ("id", each.id),
        ("status", _status(each)),
        ("host name", each.hostname),
        ("service address", each.service_address),
        ("sends from", [f"{ip.address} ({ip.status})" for ip in each.ips]),
        ("roles", each.roles),
        ("region", each.region),
        ("versions", each.versions),
        ("generation", f"{each.generation_applied} of {each.generation_desired} applied"),
        ("refused items", condition.quarantined),
        ("queue", each.queue),
        ("taken, not queued", held.taken),
        ("events to hand over", held.waiting_events),
        ("mailboxes", held.mailboxes),
        ("disk", _disk(condition.disk_free_bytes, condition.disk_total_bytes)),
        ("clock", _clock(condition)),
        ("scanner", condition.rspamd),
        ("certificates", condition.certificates),
        ("last seen", each.last_seen_at),
    ]


def _status(each: Node) -> str:
    if each.status == "lost" and each.draining_since is not None:
        return "lost (was draining)"
    return each.status


def _clock(condition: Condition) -> str:
    off = condition.clock_off_seconds
    if off is None or not condition.clock_is_wrong:
        return "-" if off is None else "right"
    return f"{abs(off)} s {'ahead' if off > 0 else 'behind'}: set it, as with chrony or systemd-timesyncd"


def _disk(free: int | None, total: int | None) -> str:
    if free is None:
        return "-"
    return f"{free / _GIBIBYTE:.1f} GiB free" + (f" of {total / _GIBIBYTE:.1f}" if total else "")
