"""The lab's command line, called by `scripts/up` and `scripts/down`: `python -m e2e.lab up|down|shell`."""

import argparse
import json
import signal
import sys
from pathlib import Path

from e2e.lab import report
from e2e.lab.failures import LabError
from e2e.lab.inside import REPOSITORY
from e2e.lab.lab import Lab
from e2e.lab.node import open_shell
from e2e.lab.plan import MOST_NODES, PLATFORM_DOMAIN
from e2e.lab.say import stopwatch
from e2e.lab.state import default_home
from e2e.lab.tenant import Tenant, wait_for_inbound, wait_for_nodes


def main() -> int:
    """Run a command; failures are told in a sentence."""
    arguments = _parse()
    lab = Lab(arguments.home, stopwatch(arguments.elapsed))
    try:
        return _run(lab, arguments)
    except LabError as error:
        print(f"fleetpost: {error}", file=sys.stderr)
        print(f"fleetpost: logs are in {lab.home}/logs; scripts/down stops what was started", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return _down(lab)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m e2e.lab", description=__doc__)
    parser.add_argument("--home", type=Path, default=default_home(REPOSITORY))
    parser.add_argument("--elapsed", type=float, default=0.0, help="seconds that its caller has worked already")
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start everything and send a first mail")
    up.add_argument("--detach", action="store_true", help="return when all is ready")
    up.add_argument("--json", action="store_true", help="print one JSON object")
    up.add_argument("--nodes", type=int, choices=range(1, MOST_NODES + 1), help="fleet nodes to run (2)")
    commands.add_parser("down", help="stop what was started")
    commands.add_parser("status", help="tell whether it is up")
    commands.add_parser("shell", help="open a shell inside a node").add_argument("node")
    return parser.parse_args()


def _run(lab: Lab, arguments: argparse.Namespace) -> int:
    match arguments.command:
        case "up":
            return _up(lab, arguments)
        case "down":
            return _down(lab)
        case "shell":
            return open_shell(lab.node(arguments.node))
        case _:
            print("up" if lab.is_up() else "down")
            return 0


def _up(lab: Lab, arguments: argparse.Namespace) -> int:
    with lab.locked():
        if lab.is_up():
            lab.say(f"already up, with the state in {lab.home}")
        else:
            lab.up(arguments.nodes)
        if not lab.state.settled:
            _settle(lab)
    print(json.dumps(report.describe(lab)) if arguments.json else report.page(lab), flush=True)
    return 0 if arguments.detach else _stay(lab)


def _settle(lab: Lab) -> None:
    wait_for_nodes(lab)
    with lab.api(lab.credentials.operator_key) as client:
        Tenant(lab, client).claim(PLATFORM_DOMAIN)  # what the platform itself writes from
    with lab.api() as client:
        tenant = Tenant(lab, client)
        tenant.settle()
        wait_for_nodes(lab)
        wait_for_inbound(lab)
        lab.say(report.timeline(tenant.send_first_mail()))
    lab.state.settled = True
    lab.save()


def _stay(lab: Lab) -> int:
    """Wait for Ctrl-C or SIGTERM, then take everything down."""
    lab.say("press Ctrl-C to stop everything")
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    return _down(lab)


def _down(lab: Lab) -> int:
    with lab.locked():
        lab.down()
    lab.say("everything is stopped; the data stays in " + str(lab.home))
    return 0


if __name__ == "__main__":
    sys.exit(main())
