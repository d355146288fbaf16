"""The command `fleetpost-agent`: `run` is the agent, `check` says what is wrong on this node and what to do."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

import structlog
import uvloop

from tenant_agent import agent, check
from tenant_agent.enrol import EnrolmentFailed
from tenant_agent.settings import Settings, SettingsError, load
from tenant_agent.vitals.recent import RecentErrors
from tenant_agent.work import MailWork

_DEFAULT_CONFIG = Path("/etc/fleetpost/agent.toml")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; gives the exit status."""
    options = _parser().parse_args(arguments)
    try:
        settings = load(options.config)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    return _check(settings) if options.command == "check" else _run(settings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fleetpost-agent", description="Drives the mail daemons of a Fleetpost node.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, description in (("run", "be the agent, until stopped"), ("check", "say what is wrong and what to do")):
        command = commands.add_parser(name, help=description, description=description)
        command.add_argument("--config", type=Path, default=_DEFAULT_CONFIG, help="default: %(default)s")
    return parser


def _run(settings: Settings) -> int:
    recent = RecentErrors()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            recent,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ]
    )
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_until_stopped(settings, recent))
    except EnrolmentFailed as failure:
        print(failure, file=sys.stderr)
        return 1


async def _until_stopped(settings: Settings, recent: RecentErrors) -> int:
    work = asyncio.create_task(agent.run(settings, MailWork, errors=recent.newest))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, work.cancel)
    try:
        await work
    except asyncio.CancelledError:
        return 0
    return 1


def _check(settings: Settings) -> int:
    found = list(check.problems(settings))
    for problem in found:
        print(problem)
    if not found:
        print("Nothing is wrong.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
