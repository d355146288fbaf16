"""The lab as a whole: brought up, taken down, and a handle on its parts for tests and benchmarks."""

import fcntl
import pwd
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import httpx
import msgspec

from e2e.lab import databases, passages, plan, state
from e2e.lab.authority import Authority
from e2e.lab.commands import wait_until
from e2e.lab.control import PROCESS as CONTROL
from e2e.lab.control import USER, ControlPlane
from e2e.lab.dns import Dns
from e2e.lab.failures import LabError
from e2e.lab.front import PROCESS as FRONT
from e2e.lab.front import Front
from e2e.lab.inside import REPOSITORY, Inside
from e2e.lab.namespaces import Network
from e2e.lab.node import Node
from e2e.lab.outside_client import Outside
from e2e.lab.pebble import PROCESS as CA
from e2e.lab.pebble import Pebble
from e2e.lab.processes import Processes
from e2e.lab.say import Say, silent
from e2e.lab.zone import Record, lab_records

_CONTROL_SECONDS = 60.0
_OUTSIDE = "outside"
_GATE = "gate"


class Lab:
    """One state directory and what runs on it."""

    def __init__(self, home: Path, say: Say = silent) -> None:
        self.home = home.resolve()
        self.say = say
        self.state = state.load(self.home)
        self.network = Network(plan.namespace_prefix(self.home))
        self.processes = Processes(self.home)
        self.inside = Inside(self.home, self.network)
        self.authority = Authority(self.home / "ca")
        self.dns = Dns(self.home, self.processes, self.inside)

    @classmethod
    def load(cls, home: Path | None = None) -> "Lab":
        """Give a handle on a lab that is up."""
        lab = cls(home or state.default_home(REPOSITORY))
        if not lab.is_up():
            raise LabError(f"nothing is up in {lab.home}: run scripts/up --detach")
        return lab

    # --- parts -------------------------------------------------------------------------------------------------------

    @property
    def plans(self) -> tuple[plan.NodePlan, ...]:
        """The nodes of this lab as planned."""
        return plan.plan_nodes(self.state.nodes)

    @cached_property
    def nodes(self) -> list[Node]:
        """Handles on the nodes, n1 first."""
        return [Node(node, self.home, self.processes, self.inside) for node in self.plans]

    def node(self, name: str) -> Node:
        """Find a node by name."""
        return next(node for node in self.nodes if node.plan.name == name)

    @property
    def api_url(self) -> str:
        """The control plane's API, and the portal, on the machine's loopback."""
        return f"http://{passages.LOOPBACK}:{self.state.ports['api']}"

    @cached_property
    def control(self) -> ControlPlane:
        """Handle on the control plane."""
        return ControlPlane(self.home, self.processes, self.inside, self.authority, self.dns, self.ca, self.api_url)

    @property
    def ca(self) -> Pebble:
        """Handle on the certificate authority for host names."""
        return Pebble(self.home, self.processes, self.inside, self.authority)

    @property
    def front(self) -> Front:
        """Handle on the web front."""
        return Front(self.home, USER, self.processes, self.inside, self.authority)

    @property
    def credentials(self) -> state.Credentials:
        """Keys and passwords of the operator and the first tenant."""
        if self.state.credentials is None:
            raise LabError(f"{self.home} has no credentials: run scripts/up once to its end")
        return self.state.credentials

    def api(self, key: str | None = None) -> httpx.Client:
        """Open the API as the tenant, or with another key."""
        token = key or self.credentials.tenant_key
        return httpx.Client(base_url=self.api_url, headers={"Authorization": f"Bearer {token}"}, timeout=30)

    @property
    def outside(self) -> Outside:
        """Handle on the outside world."""
        return Outside(f"http://{passages.LOOPBACK}:{self.state.ports['outside']}")

    def publish(self, records: Iterable[Record]) -> None:
        """Publish DNS records, as a customer does at his provider."""
        self.dns.publish(records)

    # --- up and down -------------------------------------------------------------------------------------------------

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep two commands from working on one state at the same time."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def is_up(self) -> bool:
        """Tell whether everything that should run does."""
        expected = ["knot", "unbound", CA, _OUTSIDE, _GATE, FRONT, CONTROL, *(node.name for node in self.plans)]
        return all(self.processes.find(name) for name in expected) and bool(self.control_answers())

    def control_answers(self) -> bool:
        """Ask the control plane whether it is ready."""
        try:
            return httpx.get(f"{self.api_url}/healthz", timeout=5).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def up(self, nodes: int | None) -> None:
        """Start everything; what a killed run left behind is cleaned first."""
        self._check_user()
        self._clean()
        self.state.settled = False
        self.state.nodes = nodes or self.state.nodes
        self.state.ports = self.state.ports | state.choose_ports(self.state.ports, state.wanted_ports(self.plans))
        self.save()
        self._start_network()
        self._start_control()
        self._start_outside()
        self._start_nodes()

    def _check_user(self) -> None:
        try:
            pwd.getpwnam(USER)
        except KeyError:
            raise LabError(f"there is no user {USER}: run scripts/up, which makes it") from None

    def save(self) -> None:
        """Write down what is to be remembered."""
        state.save(self.home, self.state)

    def _start_network(self) -> None:
        hosts = plan.plan_hosts(self.plans)
        self.authority.prepare()
        self.network.create(hosts)
        self.inside.prepare([host.name for host in hosts])
        self.dns.start(self.plans)
        self.ca.start()
        self.say("network, DNS and certificate authority are up")

    def _start_control(self) -> None:
        self.control.start_databases()
        self.say("PostgreSQL and Valkey are up")
        self._open_gate()
        self.control.migrate()
        made = self.control.bootstrap()
        if made:
            self.state.credentials = made
            self.save()
        self.say("database schema is up to date")
        self.front.start(self.control.environment())
        self.start_control()
        self.say(f"control plane is up at {self.api_url}")

    def start_control(self) -> None:
        """Start web and worker, and wait until they are ready."""
        self.control.start()
        what = f"the control plane is ready (see {self.processes.log(CONTROL)})"
        wait_until(self.control_answers, what, seconds=_CONTROL_SECONDS, alive=lambda: self._check_alive(CONTROL))

    def stop_control(self) -> None:
        """Stop web and worker, as an outage would."""
        self.control.stop()

    def _check_alive(self, name: str) -> None:
        if not self.processes.find(name):
            log = self.processes.log(name)
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else ""
            raise LabError(f"{name} ended by itself, see {log}:\n{tail}")

    def _open_gate(self) -> None:
        to_databases = databases.doors(self.control.database_urls(), str(self.network.path("ctl")))
        to_services = passages.lay_out(self.network, self.plans, self.state.ports)
        (self.home / "passages.json").write_bytes(msgspec.json.encode([*to_databases, *to_services]))
        self.processes.start(_GATE, [sys.executable, "-m", "e2e.lab.gate", str(self.home / "passages.json")])

    def _start_outside(self) -> None:
        argv = [sys.executable, "-m", "e2e.lab.outside", str(self.home / "outside")]
        self.processes.start(_OUTSIDE, self.inside.host("outside", argv))
        what = f"the outside world answers (see {self.processes.log(_OUTSIDE)})"
        wait_until(self.outside.answers, what, seconds=_CONTROL_SECONDS, alive=lambda: self._check_alive(_OUTSIDE))
        self.say("outside world is up")

    def _start_nodes(self) -> None:
        with ThreadPoolExecutor() as pool:
            list(pool.map(self._start_node, self.nodes))
        self.say(f"{len(self.nodes)} nodes are started")

    def _start_node(self, node: Node) -> None:
        node.prepare(self.authority)
        token = self.control.add_node(node.plan).enrolment_token
        if token:
            node.give_token(token)
        node.start()

    def add_node(self) -> Node:
        """Plug in one more node while everything runs; its ports have no passages before the next `up`."""
        self.state.nodes += 1
        self.save()
        self.__dict__.pop("nodes", None)
        node = self.nodes[-1]
        self.network.add(plan.host_of(node.plan))
        self.inside.prepare([node.plan.name])
        self.dns.publish(lab_records(self.plans))
        self._start_node(node)
        return node

    def down(self) -> None:
        """Stop everything that was started, and nothing else."""
        self._clean()

    def _clean(self) -> None:
        """Stop nodes in order and at the same time, then the rest, then remove the network with whatever is in it."""
        started = self.processes.names()
        with ThreadPoolExecutor() as pool:
            list(pool.map(Node.stop, [node for node in self._all_nodes() if node.plan.name in started]))
            list(pool.map(self.processes.stop, self.processes.names()))
        self.network.remove()
        if (self.home / "databases.json").exists():
            self.control.stop_databases()

    def _all_nodes(self) -> list[Node]:
        """Handles on every node there can be: an earlier run may have had more of them."""
        return [Node(node, self.home, self.processes, self.inside) for node in plan.plan_nodes(plan.MOST_NODES)]
