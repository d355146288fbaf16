"""`fleetpost move …` and `fleetpost node evacuate`: what operators type about moves."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import click

from control_plane.core.runtime import Runtime
from control_plane.core.terminal import Run, show, table
from control_plane.moves import commands
from control_plane.moves.commands import Portrait
from control_plane.moves.schemas import MailboxMove, MoveBatch, NewMoves

_MEBIBYTE = 1024**2
_HEADER = ("ID", "WHAT", "TO", "STATUS", "ARRIVED", "FAILED", "MOVED", "TIME LEFT", "ASKED FOR")
_MOVE_HEADER = ("MAILBOX", "FROM", "TO", "STATUS", "PASSES", "SIZE", "REMARK", "ID")
_MINUTE = 60

Command = TypeVar("Command", bound=Callable[..., Any])


def _json(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)


@click.group()
def move() -> None:
    """Move mailboxes from node to node while they are in use."""


@move.command("start")
@click.option("--mailbox", metavar="ADDRESS")
@click.option("--domain", metavar="NAME")
@click.option("--tenant", metavar="SLUG")
@click.option("--node", metavar="NAME", help="All mailboxes of this node, which is drained.")
@click.option("--to", metavar="NODE", help="Left out, each goes where there is most room.")
@_json
@click.pass_obj
def start(run: Run, /, *, as_json: bool, **wanted: str | None) -> None:
    """Ask for mailboxes to move: one, or all of a domain, a tenant or a node."""
    _begin(run, NewMoves(**wanted), as_json=as_json)


@move.command("list")
@_json
@click.pass_obj
def list_moves(run: Run, *, as_json: bool) -> None:
    """List what was asked for, newest first."""
    listed = run(commands.batches)
    if as_json:
        show(listed, as_json=True)
    elif listed.batches:
        click.echo(table(_HEADER, [_line(batch) for batch in listed.batches]))
    else:
        click.echo("Nothing was moved yet: begin with `fleetpost move start` or `fleetpost node evacuate`.")


@move.command("show")
@click.argument("batch")
@click.option("--wait", is_flag=True, help="Look again every second until it is over.")
@_json
@click.pass_obj
def show_batch(run: Run, batch: str, *, wait: bool, as_json: bool) -> None:
    """Show how far something that was asked for is, mailbox by mailbox."""

    async def look(runtime: Runtime) -> Portrait:
        found = await commands.portrait(runtime, batch)
        while wait and found.batch.status in ("running", "paused"):
            await asyncio.sleep(1)
            found = await commands.portrait(runtime, batch)
        return found

    found = run(look)
    if as_json:
        show(found, as_json=True)
        return
    click.echo(table(_HEADER, [_line(found.batch)]))
    if found.moves:
        click.echo(f"\n{table(_MOVE_HEADER, [_move_line(each) for each in found.moves])}")


def _act(verb: str, explained: str) -> None:
    @move.command(verb, help=explained)
    @click.argument("wanted", metavar="ID")
    @_json
    @click.pass_obj
    def act(run: Run, wanted: str, *, as_json: bool) -> None:
        done = run(lambda runtime: commands.act(runtime, verb, wanted))
        if as_json:
            show(done, as_json=True)
        else:
            click.echo(f"{done.address if isinstance(done, MailboxMove) else done.name}: {done.status}.")


_act("abort", "Leave a mailbox where it is, or all of a batch that have not arrived.")
_act("retry", "Try again a move that failed, or all of a batch that did.")
_act("pause", "Begin nothing more of a batch.")
_act("resume", "Go on with a batch that was paused.")


@click.command("evacuate")
@click.argument("name")
@click.option("--to", metavar="NODE", help="Left out, each mailbox goes where there is most room.")
@_json
@click.pass_obj
def evacuate(run: Run, name: str, to: str | None, *, as_json: bool) -> None:
    """Drain a node and move all its mailboxes to others while they are in use."""
    _begin(run, NewMoves(node=name, to=to), as_json=as_json)


def _begin(run: Run, new: NewMoves, *, as_json: bool) -> None:
    batch = run(lambda runtime: commands.start(runtime, new))
    if as_json:
        show(batch, as_json=True)
    else:
        moving = "1 mailbox moves" if batch.mailboxes == 1 else f"{batch.mailboxes} mailboxes move"
        click.echo(f"{moving}. See `fleetpost move show {batch.id}`.")


def _line(batch: MoveBatch) -> tuple[object, ...]:
    return (
        batch.id,
        f"{batch.kind} {batch.name}",
        batch.to.name if batch.to else "where there is room",
        batch.status,
        f"{batch.arrived} of {batch.mailboxes}",
        batch.failed,
        _size(batch.bytes_moved),
        "-" if batch.seconds_left is None else _span(batch.seconds_left),
        batch.created_at,
    )


def _move_line(each: MailboxMove) -> tuple[object, ...]:
    remark = each.waits_for or each.problem
    target = each.target.name if each.target else ""
    return (each.address, each.source.name, target, each.status, each.passes, _size(each.size_bytes), remark, each.id)


def _size(octets: int) -> str:
    return f"{octets / _MEBIBYTE:.1f} MiB"


def _span(seconds: int) -> str:
    minutes, rest = divmod(seconds, _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
