"""Kills whatever there is of Fleetpost, at random and with -9, while mail flows; and counts what became of the mail."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import msgspec

from e2e.lab.asking import ask
from e2e.lab.commands import wait_until
from e2e.lab.control import PROCESS as CONTROL
from e2e.lab.failures import LabError
from e2e.lab.lab import Lab
from e2e.lab.node import Node
from e2e.lab.plan import BULK_DOMAIN, TENANT_MAILBOX
from e2e.lab.processes import children
from e2e.lab.sink import Sink, sink

BATCH = 100
_PAUSE_SECONDS = (1.0, 5.0)
_ACCEPT_SECONDS = 120.0
_SETTLE_SECONDS = 600.0
_RESTORED_SECONDS = 120.0
_WEB, _WORKER = "granian", "control_plane.worker"
"""What their command lines hold."""
_NODE_SERVICES = ("agent", "redis", "rspamd-outbound")
_KINDS = """
select d.recipient, e.type, count(*) as number from deliveries d
join events e on e.tenant_id = d.tenant_id and e.message_id = d.message_id
where d.recipient like $1 || '.%' group by 1, 2"""
_EACH_ONCE = {"message.accepted", "message.queued", "message.delivered"}


class Toll(msgspec.Struct, frozen=True, kw_only=True):
    """What the mail went through, and what is missing of it."""

    messages: int
    kills: dict[str, int]
    lost: int
    duplicated: int
    events_missing: int
    """Of the events that each delivery has exactly once: accepted, queued, delivered; one too many counts as well."""
    seconds: float


class Victim(msgspec.Struct, frozen=True):
    """Something that can be killed."""

    name: str
    strike: Callable[[], None]


def run(lab: Lab, *, messages: int, seed: int, seconds: float = _SETTLE_SECONDS) -> Toll:
    """Send so many messages, killing on the way, until all have arrived or time is up; gives the toll."""
    chance, tag = random.Random(seed), f"c{seed}x{int(time.time())}"
    kills: Counter[str] = Counter()
    began = time.monotonic()
    with sink(lab) as server:
        with _killing(lab, chance, kills):
            _send_all(lab, tag, messages)
            _until(lambda: server.count() >= messages, seconds)
        with suppress(LabError):
            wait_until(lambda: _settled(lab, tag) >= messages, "all events are stored", seconds=seconds)
        return _counted(lab, server, tag, messages, dict(kills), time.monotonic() - began)


# --- Mail -------------------------------------------------------------------------------------------------------------


def _send_all(lab: Lab, tag: str, messages: int) -> None:
    """Hand in everything, in batches under keys of their own: whoever got no answer asks again."""
    with lab.api() as api:
        for start in range(0, messages, BATCH):
            numbers = range(start, min(start + BATCH, messages))
            wait_until(
                lambda numbers=numbers: _is_accepted(api, tag, numbers),  # type: ignore[misc]
                f"messages from {start} on are accepted",
                seconds=_ACCEPT_SECONDS,
            )


def _is_accepted(api: httpx.Client, tag: str, numbers: range) -> bool:
    sender = {"email": TENANT_MAILBOX}
    batch = [
        {"from": sender, "to": [{"email": person}], "subject": "Chaos", "text": "Still here.\n"}
        for person in _people(tag, numbers)
    ]
    try:
        key = {"Idempotency-Key": f"{tag}-{numbers.start}"}
        answer = api.post("/v1/messages/batch", json={"messages": batch}, headers=key)
    except httpx.TransportError:
        return False
    if answer.is_server_error or answer.status_code in (httpx.codes.CONFLICT, httpx.codes.TOO_MANY_REQUESTS):
        return False  # Idempotent: the first try may still be under way
    results = answer.raise_for_status().json()["results"]
    assert all("id" in result for result in results), results
    return True


def _people(tag: str, numbers: range) -> list[str]:
    return [f"{tag}.{number}@{BULK_DOMAIN}" for number in numbers]


# --- Blows ------------------------------------------------------------------------------------------------------------


@contextmanager
def _killing(lab: Lab, chance: random.Random, kills: Counter[str]) -> Iterator[None]:
    """Kill one thing after the other until the mail is through; what nobody restarts is started as systemd would."""
    over = threading.Event()
    thread = threading.Thread(target=_kill_until, args=(lab, chance, kills, over), name="chaos")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        wait_until(lambda: _restored(lab), "all is up again", seconds=_RESTORED_SECONDS)


def _kill_until(lab: Lab, chance: random.Random, kills: Counter[str], over: threading.Event) -> None:
    victims = _victims(lab, chance)
    while not over.wait(chance.uniform(*_PAUSE_SECONDS)):
        victim = chance.choice(victims)
        with suppress(LabError, ProcessLookupError):  # it was down already, from the blow before
            victim.strike()
            kills[victim.name] += 1
        _restore(lab)


def _victims(lab: Lab, chance: random.Random) -> list[Victim]:
    on_nodes = [
        Victim(name, lambda node=node, name=name: node.kill(name))  # type: ignore[misc]
        for node in lab.nodes
        for name in _NODE_SERVICES
    ]
    postfixes = [Victim("postfix", lambda node=node: _kill_postfix(node, chance)) for node in lab.nodes]  # type: ignore[misc]
    central = [
        Victim("web", lambda: _kill_control(lab, _WEB)),
        Victim("worker", lambda: _kill_control(lab, _WORKER)),
        Victim("valkey", lambda: _kill_pid(lab.home / "run" / "valkey.pid")),
        Victim("postgres", lambda: _kill_pid(lab.home / "postgres" / "postmaster.pid")),
    ]
    return [*on_nodes, *postfixes, *central]


def _kill_postfix(node: Node, chance: random.Random) -> None:
    """Kill one of Postfix's processes, whichever it is; its master starts another one."""
    master = node.service_pid("postfix")
    if master is None:
        raise LabError("Postfix does not run")
    found = children(master)
    if found:
        os.kill(chance.choice(found), signal.SIGKILL)


def _kill_control(lab: Lab, marker: str) -> None:
    found = [pid for pid in _descendants(_pid_of(lab, CONTROL)) if marker in _command_line(pid)]
    if not found:
        raise LabError(f"{marker} does not run")
    for pid in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def kill_worker(lab: Lab) -> None:
    """Kill the worker with -9; web, which honcho ends with it, and the worker are started again at once."""
    _kill_control(lab, _WORKER)
    wait_until(lambda: _restored(lab), "web and worker are up again", seconds=_RESTORED_SECONDS)


def _kill_pid(file: Path) -> None:
    if not file.exists():
        raise LabError(f"there is no {file}")
    os.kill(int(file.read_text().split()[0]), signal.SIGKILL)


def _restore(lab: Lab) -> None:
    """Start again what no supervisor of the lab looks after."""
    with suppress(LabError):
        lab.control.start_databases()
    if lab.processes.find(CONTROL) is None:
        lab.stop_control()
        with suppress(LabError):
            lab.control.start()


def _restored(lab: Lab) -> bool:
    """Start what is down; one of web and worker that lives alone is on its way down, after the last blow."""
    _restore(lab)
    record = lab.processes.find(CONTROL)
    alive = [] if record is None else [_command_line(pid) for pid in _descendants(record.pid)]
    return all(any(marker in line for line in alive) for marker in (_WEB, _WORKER)) and lab.control_answers()


def _pid_of(lab: Lab, name: str) -> int:
    record = lab.processes.find(name)
    if record is None:
        raise LabError(f"{name} does not run")
    return record.pid


def _descendants(pid: int) -> list[int]:
    return [found for child in children(pid) for found in (child, *_descendants(child))]


def _command_line(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def _until(over: Callable[[], bool], seconds: float) -> None:
    with suppress(LabError):
        wait_until(over, "all mail has arrived", seconds=seconds)


# --- The toll ---------------------------------------------------------------------------------------------------------


def _settled(lab: Lab, tag: str) -> int:
    return len([kinds for kinds in _events(lab, tag).values() if "message.delivered" in kinds])


def _counted(lab: Lab, server: Sink, tag: str, messages: int, kills: dict[str, int], seconds: float) -> Toll:
    copies = {person: number for person, number in server.copies().items() if person.startswith(tag)}
    events = _events(lab, tag)
    missing = sum(_differing(events.get(person, Counter())) for person in _people(tag, range(messages)))
    return Toll(
        messages=messages,
        kills=kills,
        lost=messages - len(copies),
        duplicated=sum(number - 1 for number in copies.values()),
        events_missing=missing,
        seconds=round(seconds, 1),
    )


def _differing(kinds: Counter[str]) -> int:
    return sum(kinds[kind] != 1 for kind in _EACH_ONCE)


def _events(lab: Lab, tag: str) -> dict[str, Counter[str]]:
    """Give the kinds of events that are stored of each recipient."""
    found: dict[str, Counter[str]] = {}
    for recipient, kind, number in ask(lab, _KINDS, tag):
        found.setdefault(recipient, Counter())[kind] = number
    return found
