"""`fleetpost rollout …`: what operators type about roll-outs."""

from collections.abc import Callable
from typing import Any, TypeVar

import click
import msgspec

from control_plane.core.terminal import Run, show, table
from control_plane.rollouts import commands, service
from control_plane.rollouts.schemas import NewRollout, Rollout, RolloutLine

_HEADER = ("ID", "KIND", "STATUS", "STAGE", "NODES", "STARTED")
_NODES_HEADER = ("NODE", "STAGE", "STATE", "WHY")

Command = TypeVar("Command", bound=Callable[..., Any])


def _json(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)


@click.group()
def rollout() -> None:
    """Bring changes of how nodes work to the fleet, a few nodes first."""


@rollout.command("start")
@click.option("--postfix", multiple=True, metavar="NAME=VALUE", help="A parameter of main.cf; all others are unset.")
@click.option("--dovecot", multiple=True, metavar="NAME=VALUE")
@click.option("--rspamd", multiple=True, metavar="NAME=VALUE")
@click.option("--no-parameters", is_flag=True, help="Unset all parameters of daemons.")
@click.option("--shaping-version", type=int, help="A saved version of the shaping rules; 0 is the product's own set.")
@click.option("--renderer", type=int, help="A revision of the agents' renderer; 0 is the newest.")
@click.option("--canary", multiple=True, metavar="NODE", help="Who tries it first; else one is chosen.")
@click.option("--wave", "waves", multiple=True, type=int, default=(10, 50, 100), show_default=True, metavar="PERCENT")
@click.option("--soak", "soak_seconds", type=int, default=600, show_default=True, metavar="SECONDS")
@click.option("--probe", "probe_address", metavar="ADDRESS", help="Where each node sends a mail, to see if it arrives.")
@click.option("--hold", "hold_for_absent", is_flag=True, help="Wait for nodes that are away.")
@_json
@click.pass_obj
def start(run: Run, /, *, as_json: bool, no_parameters: bool, **asked: Any) -> None:
    """Begin one; say one of: parameters of daemons, a shaping version, a renderer's revision."""
    parameters = {daemon: _pairs(asked.pop(daemon)) for daemon in ("postfix", "dovecot", "rspamd")}
    if no_parameters or any(parameters.values()):
        asked["daemons"] = parameters
    kinds = [kind for kind, name in service.FIELDS.items() if asked.get(name) is not None]
    if len(kinds) != 1:
        raise click.UsageError(
            "Say what is to be rolled out: parameters, --shaping-version or --renderer, one of them."
        )
    new = msgspec.convert({"kind": kinds[0], **asked}, NewRollout, strict=False)
    _print(run(lambda runtime: commands.start(runtime, new)), as_json=as_json)


@rollout.command("list")
@_json
@click.pass_obj
def list_rollouts(run: Run, *, as_json: bool) -> None:
    """List the last ones, newest first."""
    listed = run(commands.listing)
    if as_json:
        show(listed, as_json=True)
    elif listed.rollouts:
        click.echo(table(_HEADER, [_line(each) for each in listed.rollouts]))
    else:
        click.echo("Nothing was rolled out yet.")


@rollout.command("show")
@click.argument("rollout_id", metavar="rol_…")
@click.option("--diffs", is_flag=True, help="Show what changed in nodes' files, too.")
@_json
@click.pass_obj
def show_rollout(run: Run, rollout_id: str, *, diffs: bool, as_json: bool) -> None:
    """Show one, with each node's part."""
    _print(run(lambda runtime: commands.get(runtime, rollout_id)), as_json=as_json)
    if diffs and not as_json:
        for each in run(lambda runtime: commands.diffs(runtime, rollout_id)).data:
            click.echo(f"\n{each.name}, {each.service}, generation {each.generation}: {each.problem or 'in force'}")
            click.echo(each.diff)


@rollout.command("pause")
@click.argument("rollout_id", metavar="rol_…")
@_json
@click.pass_obj
def pause(run: Run, rollout_id: str, *, as_json: bool) -> None:
    """Bring it to nobody else for now."""
    _print(run(lambda runtime: commands.pause(runtime, rollout_id)), as_json=as_json)


@rollout.command("resume")
@click.argument("rollout_id", metavar="rol_…")
@_json
@click.pass_obj
def resume(run: Run, rollout_id: str, *, as_json: bool) -> None:
    """Let it go on."""
    _print(run(lambda runtime: commands.resume(runtime, rollout_id)), as_json=as_json)


@rollout.command("abort")
@click.argument("rollout_id", metavar="rol_…")
@_json
@click.pass_obj
def abort(run: Run, rollout_id: str, *, as_json: bool) -> None:
    """End it; nodes get back what they had."""
    _print(run(lambda runtime: commands.abort(runtime, rollout_id)), as_json=as_json)


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    """Read `NAME=VALUE`; the value may hold more of them."""
    pairs = (text.partition("=") for text in given)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _line(each: RolloutLine) -> tuple[str, ...]:
    states = ", ".join(f"{count} {state}" for state, count in sorted(each.nodes_by_state.items()))
    stage = f"{each.stage + 1} of {each.stages}"
    return each.id, each.kind, each.status, stage, states, f"{each.started_at:%Y-%m-%d %H:%M} UTC"


def _print(found: Rollout, *, as_json: bool) -> None:
    if as_json:
        show(found, as_json=True)
        return
    click.echo(f"{found.id}  {found.kind}  {found.status}, stage {found.stage + 1} of {found.stages}")
    if found.cause:
        click.echo(found.cause)
    rows = [(node.name, str(node.stage), node.state, node.reason) for node in found.nodes]
    click.echo(table(_NODES_HEADER, rows))
