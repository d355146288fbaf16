"""`fleetpost enforcement …`: what operators type about measures and appeals."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from control_plane.core.terminal import Run, show, table
from control_plane.enforcement import commands
from control_plane.enforcement.schemas import SCOPES, STEPS, Measure, TenantMeasures

_HEADER = ("ACCOUNT", "WHAT", "STEP", "WHY", "SINCE", "MILDER AT")
_FIGURES = ("STREAM", "FIGURE", "PERIOD", "COUNT", "OF", "SHARE", "REVIEW", "PAUSE", "")
_MOST_DAYS = 400

Command = TypeVar("Command", bound=Callable[..., Any])


def _json(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)


def _reason(command: Command) -> Command:
    return click.option("--reason", required=True, help="Why; the account can read it.")(command)


@click.group()
def enforcement() -> None:
    """See and decide what is done about bounces and complaints."""


@enforcement.command("list")
@_json
@click.pass_obj
def list_measures(run: Run, *, as_json: bool) -> None:
    """List what is in force for whom."""
    listed = run(commands.in_force)
    if as_json:
        show(listed, as_json=True)
    elif listed.measures:
        rows = [(each.name, *_line(each.measure)) for each in listed.measures]
        click.echo(table(_HEADER, rows))
    else:
        click.echo("Nothing is in force: nobody's bounces or complaints are beyond the thresholds.")


@enforcement.command("show")
@click.argument("slug")
@_json
@click.pass_obj
def show_tenant(run: Run, slug: str, *, as_json: bool) -> None:
    """Show an account's figures beside the thresholds, and what is in force for it."""
    _print(run(lambda runtime: commands.portrait(runtime, slug)), as_json=as_json)


@enforcement.command("set")
@click.argument("slug")
@click.option("--stream", type=click.Choice(SCOPES), required=True, help="all: the account as a whole.")
@click.option("--step", type=click.Choice(STEPS), required=True)
@click.option("--days", type=click.IntRange(0, _MOST_DAYS), help="Figures change nothing before.")
@_reason
@_json
@click.pass_obj
def set_step(run: Run, slug: str, *, stream: str, step: str, reason: str, days: int | None, as_json: bool) -> None:
    """Put a step in force for a stream of an account, or for all it sends."""
    given = {"stream": stream, "step": step, "reason": reason}
    _print(run(lambda runtime: commands.choose(runtime, slug, given, days)), as_json=as_json)


@enforcement.command("trust")
@click.argument("slug")
@click.option("--days", type=click.IntRange(0, _MOST_DAYS), required=True, help="0 ends it.")
@_reason
@_json
@click.pass_obj
def trust(run: Run, slug: str, *, days: int, reason: str, as_json: bool) -> None:
    """End what is in force for an account, and have its figures lead to nothing for some days."""
    _print(run(lambda runtime: commands.trust(runtime, slug, reason, days)), as_json=as_json)


@enforcement.command("appeals")
@_json
@click.pass_obj
def list_appeals(run: Run, *, as_json: bool) -> None:
    """List appeals that wait for an answer."""
    listed = run(commands.appeals)
    if as_json:
        show(listed, as_json=True)
        return
    for each in listed.appeals:
        click.echo(table(("ACCOUNT",), [(each.name,)]))
        show(each.appeal, as_json=False)
    if not listed.appeals:
        click.echo("Nobody appeals.")


@enforcement.command("answer")
@click.argument("appeal")
@click.option("--accept/--decline", required=True, default=None)
@click.option("--text", required=True, help="Your answer; the account reads it.")
@_json
@click.pass_obj
def answer(run: Run, appeal: str, *, accept: bool, text: str, as_json: bool) -> None:
    """Answer an appeal: accepted, the measures end and a warning stays."""
    answered = run(lambda runtime: commands.answer(runtime, appeal, text, accept=accept))
    show(answered, as_json=as_json)


def _print(found: TenantMeasures, *, as_json: bool) -> None:
    if as_json:
        show(found, as_json=True)
        return
    figures = [
        (
            each.stream,
            rate.cause,
            rate.window,
            f"{rate.count}",
            f"{rate.of}",
            f"{rate.share:.2%}",
            f"{rate.review:.1%}",
            f"{rate.pause:.1%}",
            rate.grade,
        )
        for each in found.health.streams
        for rate in each.rates
    ]
    click.echo(table(_FIGURES, figures))
    if found.health.measures:
        click.echo(table(_HEADER, [(found.name, *_line(each)) for each in found.health.measures]))
    else:
        click.echo("Nothing is in force.")


def _line(measure: Measure) -> tuple[str, ...]:
    better = f"{measure.better_at:%Y-%m-%d %H:%M}" if measure.better_at else "–"
    why = measure.note or measure.cause
    return measure.stream, measure.step, why, f"{measure.since:%Y-%m-%d %H:%M}", better
