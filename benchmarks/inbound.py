"""How fast mail that comes in reaches webhooks, and what that costs beside taking it into a mailbox on the node.

`python -m benchmarks.inbound [--quick]` with a lab that is up. `smtp-source` hands in mails of the same size in turns:
for inbound routes of several tenants, each with a webhook, and for a mailbox, which stock Postfix, Rspamd and Dovecot
serve without us. Both sides are scanned for spam. CPU seconds are those of all of Fleetpost. The last line is one JSON
object with the medians.
"""

import argparse
import asyncio
import json
import secrets
import statistics
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager

import asyncpg
import httpx
import msgspec

from benchmarks import cpu
from benchmarks.end_to_end import BODY_BYTES, platform_roots, without_webhooks
from e2e.lab.commands import run, wait_until
from e2e.lab.lab import Lab
from e2e.lab.plan import OUTSIDE_DOMAIN, OUTSIDE_HOOKS, TENANT_MAILBOX
from e2e.lab.tenant import Tenant

_TENANTS = 5
"""More than one, because a tenant gets 600 mails a minute."""
_SESSIONS = 8
_WAIT_SECONDS = 180.0
_ORDERED = "select count(*) from certificates where status = 'pending'"
_ARRIVED = "select count(*) from webhook_deliveries where status = 'delivered'"


class Round(msgspec.Struct, frozen=True):
    """What one side did."""

    messages: int
    seconds: float
    cpu_seconds: float

    @property
    def per_second(self) -> float:
        """Mails through per second."""
        return self.messages / self.seconds

    @property
    def cpu_s_per_1k(self) -> float:
        """CPU seconds for a thousand mails."""
        return self.cpu_seconds / self.messages * 1000


@contextmanager
def routed_domain(lab: Lab, name: str) -> Generator[str]:
    """Give a new tenant a domain all mail of which goes to a webhook."""
    with lab.api(lab.credentials.operator_key) as api:
        made = api.post("/v1/clients", json={"name": name}).raise_for_status().json()
        api.headers["Fleetpost-Tenant"] = made["id"]
        domain = f"{name}.test"
        Tenant(lab, api).claim(domain)
        route(api, domain)
        # Certificates of the domain's names are ordered now: work that has nothing to do with mail.
        wait_until(lambda: not count_rows(lab, _ORDERED), f"{domain} has its certificates", seconds=_WAIT_SECONDS)
        yield domain


def route(api: httpx.Client, domain: str) -> None:
    """Have all mail to a domain go to a webhook."""
    hook = {"url": f"https://{OUTSIDE_HOOKS}/{domain}", "events": ["message.received"]}
    webhook = api.post("/v1/webhooks", json=hook).raise_for_status().json()
    body = {
        "name": "All",
        "match": {"type": "domain", "domain": domain},
        "action": {"type": "webhook", "webhook_id": webhook["id"]},
    }
    api.post("/v1/inbound-routes", json=body).raise_for_status()


def hand_in(lab: Lab, recipient: str, count: int, *, options: Sequence[str] = ()) -> list[str]:
    """Write the command with which somebody outside hands in mails at the first node that takes some."""
    node = next(plan for plan in lab.plans if "mx" in plan.roles)
    # -d: mails share connections, as a busy server's do; one address gets 300 connections a minute.
    load = ["-d", "-s", str(_SESSIONS), "-m", str(count), "-l", str(BODY_BYTES), "-S", "Benchmark"]
    people = ["-f", f"sam@{OUTSIDE_DOMAIN}", "-t", recipient]
    return lab.inside.network("outside", ["smtp-source", *load, *options, *people, f"{node.address}:25"])


def count_rows(lab: Lab, question: str) -> int:
    """Ask the database for a number."""
    url = lab.control.environment()["FLEETPOST_FLEET_DATABASE_URL"]

    async def ask() -> int:
        connection = await asyncpg.connect(url)
        try:
            return int(await connection.fetchval(question))
        finally:
            await connection.close()

    time.sleep(0.5)  # the question itself costs the platform CPU
    return asyncio.run(ask())


def stored(lab: Lab, address: str) -> int:
    """Count a mailbox's mails on the node's disk."""
    name, _, domain = address.partition("@")
    homes = [home for node in lab.nodes for home in (node.directory / "vmail").glob(f"*/{domain}/{name}")]
    return sum(path.is_file() for home in homes for part in ("new", "cur") for path in home.rglob(f"{part}/*"))


def measured(lab: Lab, count: int, act: Callable[[], None], arrived: Callable[[], int]) -> Round:
    """Run one round of one side."""
    wanted, roots = arrived() + count, platform_roots(lab)
    before, started = cpu.trees(roots), time.monotonic()
    act()
    wait_until(lambda: arrived() >= wanted, f"{count} mails are through", seconds=_WAIT_SECONDS)
    return Round(count, time.monotonic() - started, cpu.trees(roots) - before)


def routed_round(lab: Lab, domains: Sequence[str], count: int) -> Round:
    """Hand in mails for routes, and wait until the webhooks have all of them."""
    each = count // len(domains)

    def act() -> None:
        for domain in domains:
            run(hand_in(lab, f"desk@{domain}", each), name="smtp-source")

    return measured(lab, each * len(domains), act, lambda: count_rows(lab, _ARRIVED))


def mailbox_round(lab: Lab, count: int) -> Round:
    """Hand in mails for the mailbox, and wait until it has them."""

    def act() -> None:
        run(hand_in(lab, TENANT_MAILBOX, count), name="smtp-source")

    return measured(lab, count, act, lambda: stored(lab, TENANT_MAILBOX))


def measure(lab: Lab, *, rounds: int, count: int) -> dict[str, float]:
    """Take turns, and give medians."""
    without_webhooks(lab)
    tag = secrets.token_hex(3)
    with ExitStack() as stack:
        domains = [stack.enter_context(routed_domain(lab, f"desk-{tag}-{n}")) for n in range(_TENANTS)]
        before = len(lab.outside.webhooks())
        routed_round(lab, domains, _TENANTS * _SESSIONS)
        mailbox_round(lab, _TENANTS * _SESSIONS)
        ours, theirs = [], []
        for number in range(1, rounds + 1):
            ours.append(routed_round(lab, domains, count))
            theirs.append(mailbox_round(lab, count))
            print(f"round {number}: {ours[-1].per_second:.1f} mails a second", file=sys.stderr)
        expected = sum(each.messages for each in ours) + _TENANTS * _SESSIONS
        told = {call.headers["webhook-id"] for call in lab.outside.webhooks()[before:]}
    return {
        "messages": expected,
        "lost": expected - len(told),
        "per_s": round(statistics.median(each.per_second for each in ours), 1),
        "cpu_s_per_1k": round(statistics.median(each.cpu_s_per_1k for each in ours), 3),
        "mailbox_cpu_s_per_1k": round(statistics.median(each.cpu_s_per_1k for each in theirs), 3),
        "ratio": round(
            statistics.median(a.cpu_s_per_1k / b.cpu_s_per_1k for a, b in zip(ours, theirs, strict=True)), 3
        ),
    }


def main() -> None:
    """Run it; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one short round")
    quick: bool = parser.parse_args().quick
    rounds, count = (1, 200) if quick else (3, 1500)
    print(json.dumps(measure(Lab.load(), rounds=rounds, count=count)))


if __name__ == "__main__":
    main()
