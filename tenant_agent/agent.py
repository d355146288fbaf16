"""Puts the agent together: the only place that knows all its parts."""

import asyncio
import datetime as dt
import os
import secrets
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import redis
import structlog

from tenant_agent import offers, wire
from tenant_agent.apply import Configurator
from tenant_agent.audit.watch import Watch
from tenant_agent.backoff import Backoff
from tenant_agent.bound import BoundAddresses
from tenant_agent.by_key import hand_up as submissions
from tenant_agent.by_key import serve as by_key
from tenant_agent.by_key.desk import Desk
from tenant_agent.challenges import ChallengeServer
from tenant_agent.clock import SystemClock
from tenant_agent.drivers import Driver
from tenant_agent.drivers.dovecot import Dovecot
from tenant_agent.drivers.postfix import Postfix
from tenant_agent.drivers.redis import Redis
from tenant_agent.drivers.rspamd import Scanner, Signer
from tenant_agent.enrol import ControlPlaneAway, enrolled
from tenant_agent.fetched.download import Download
from tenant_agent.files import give_to_group, give_to_user, replace_text
from tenant_agent.heartbeat import Heart
from tenant_agent.identity import Identity
from tenant_agent.inbound import receive
from tenant_agent.inbound.hand_up import Uploader
from tenant_agent.inbound.receive import Receiver
from tenant_agent.inbound.shelf import Shelf
from tenant_agent.layout import Layout
from tenant_agent.leftovers import Leftovers
from tenant_agent.link import Link, tls_context
from tenant_agent.loop import Loop
from tenant_agent.moves.duties import Duty
from tenant_agent.moves.mover import Mover
from tenant_agent.owners import Owners
from tenant_agent.peers import FleetCertificate, PeerBook
from tenant_agent.project import Table
from tenant_agent.projections import MemoryRows, RowStore
from tenant_agent.projections.domain_lines import DomainLines
from tenant_agent.projections.homes import Homes
from tenant_agent.projections.lmdb_map import LmdbMap, Postmap
from tenant_agent.projections.local_names import LocalNames
from tenant_agent.projections.one_file import OneFile
from tenant_agent.projections.passwd_shards import PasswdShards
from tenant_agent.projections.signing_keys import SigningKeys
from tenant_agent.projector import Projector
from tenant_agent.render.postfix import MAP_FILES, SNI_FILE, quiet_lines
from tenant_agent.render.revisions import Renderers, installed
from tenant_agent.render.ways_out import REROUTED
from tenant_agent.renewal import Renewal
from tenant_agent.sending import Sending
from tenant_agent.settings import Settings
from tenant_agent.state import State
from tenant_agent.vitals.observer import Observer
from tenant_agent.work_port import MailPath

log = structlog.get_logger(__name__)

AGENT_VERSION = version("fleetpost")

MakeMailPath = Callable[[Settings, Link], MailPath]
NodeChanged = Callable[[wire.NodeItem, int], None]
_SECRET = 0o600
_TAKES_RETURNS = 2
"""The first version of the wire whose control plane takes mail back."""


class Switchboard:
    """Tells each part of the agent what concerns it on the link."""

    def __init__(
        self,
        loop: Loop,
        mail: MailPath,
        heart: Heart,
        *,
        mover: Mover | None = None,
        renderers: tuple[int, ...] = (),
        fleet_certificate: str = "",
    ) -> None:
        self._mover = mover
        self._loop = loop
        self._renderers = renderers
        self._fleet_certificate = fleet_certificate
        self._mail = mail
        self._heart = heart

    def hello(self) -> wire.Hello:
        return wire.Hello(
            wire_version=wire.WIRE_VERSION,
            oldest_wire_version=wire.OLDEST_WIRE_VERSION,
            agent_version=AGENT_VERSION,
            generation=self._loop.applied_generation,
            kinds=tuple(wire.ITEM_TYPES),
            renderers=self._renderers,
            fleet_certificate=self._fleet_certificate,
            fetches_files=True,
        )

    async def connected(self, welcome: wire.Welcome) -> None:
        self._heart.start(welcome.heartbeat_seconds)
        await self._loop.connected()
        await self._mail.connected(takes_returns=welcome.wire_version >= _TAKES_RETURNS)
        if self._mover is not None:
            await self._mover.connected()

    async def disconnected(self) -> None:
        self._heart.stop()
        await self._loop.disconnected()
        await self._mail.disconnected()

    async def received(self, frame: wire.FromControl) -> None:
        match frame:
            case wire.Changes():
                await self._loop.received(frame)
            case wire.Offer():
                offers.check(frame)
                await self._mail.offered(frame)
            case wire.Taken():
                await self._mail.taken(frame)
            case wire.Received():
                await self._mail.received(frame)
            case wire.AskDigests():
                self._loop.asked_for_digests()
            case wire.Accepted():
                await self._mail.accepted(frame)
            case wire.Bundle():
                log.warning("link.unhandled", frame=type(frame).__name__)
            case wire.Welcome():
                log.warning("link.unexpected", frame="Welcome")


async def run(
    settings: Settings, make_mail_path: MakeMailPath, *, errors: Callable[[], tuple[str, ...]] = tuple
) -> None:
    """Be the agent until cancelled; raises `EnrolmentFailed` if this node cannot join."""
    layout = settings.layout
    prepare_directories(layout)
    tls = tls_context(settings.ca_file) if settings.control_url.startswith("https:") else None
    identity = await _join(settings, tls)
    link = Link(settings.control_url, identity, tls=tls)
    shown = FleetCertificate.keep(layout.fleet_certificate, identity.node_id, dt.datetime.now(dt.UTC))
    peers = PeerBook(shown)
    mover = Mover(layout, identity.node_id, peers, link.send)
    mail = make_mail_path(settings, link)
    mail.fetch_by(Download(settings.control_url, lambda: identity.credential, tls))
    tables = stores(layout)
    challenges = challenge_server(layout, tables)
    bound = BoundAddresses()
    shelf = Shelf(layout.inbound)
    uploader = Uploader(shelf, settings.control_url, lambda: identity.credential, tls)
    submitted = Shelf(layout.submissions)
    submitter = Uploader(
        submitted,
        settings.control_url,
        lambda: identity.credential,
        tls,
        path=wire.SUBMISSIONS_PATH,
        describe=submissions.letter,
    )
    owners = Owners(layout.state_database)
    desk = Desk(
        identity.node_id,
        owners,
        submitted,
        check=mail.submit,
        clock=SystemClock(),
        arrived=submitter.wake,
    )
    receiver = Receiver(shelf, identity.node_id, uploader.wake, owners.taker_of)
    renderers = installed()
    loop = _loop(
        settings,
        identity.node_id,
        link,
        tables,
        _told_of_the_node(mail, challenges, bound, mover),
        sending_changed=mail.set_sending,
        peers_changed=lambda item: peers.learn(item, dt.datetime.now(dt.UTC)),
        duties_changed=mover.set_duties,
        rerouted=mover.waiting_mail.may_go,
        probe=mail.probe,
        renderers=renderers,
    )
    observer = Observer(layout, SystemClock(), errors=errors, provider_of=mail.provider_of)
    heart = Heart(
        layout,
        agent_version=AGENT_VERSION,
        send=link.send,
        generation=lambda: loop.applied_generation,
        spooled=mail.spooled,
        inbound=lambda: len(shelf) + len(submitted),
        clock=SystemClock(),
        additions=(observer.add, bound.add, mail.add_to),
    )
    mail.on_need(heart.hurry)
    leftovers = Leftovers(
        layout.mail_store, layout.state_database, layout.leftovers, SystemClock(), node_id=identity.node_id
    )
    renewal = Renewal(identity, settings.control_url, tls, reconnect=link.reconnect, clock=SystemClock())
    switchboard = Switchboard(
        loop, mail, heart, mover=mover, renderers=renderers.revisions, fleet_certificate=shown.pem
    )
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(loop.run())
        tasks.create_task(leftovers.run())
        tasks.create_task(observer.run())
        tasks.create_task(mail.run())
        tasks.create_task(mover.run())
        tasks.create_task(link.run(switchboard))
        tasks.create_task(challenges.run())
        tasks.create_task(receive.serve(receiver, layout.intake_socket))
        tasks.create_task(uploader.run())
        tasks.create_task(by_key.serve(desk, layout.by_key_socket))
        tasks.create_task(submitter.run())
        tasks.create_task(renewal.run())


def challenge_server(layout: Layout, tables: Mapping[Table, RowStore]) -> ChallengeServer:
    """Make the web server that answers with what is in the tables."""
    challenges, hosts = tables[Table.CHALLENGES], tables[Table.HTTPS_HOSTS]
    assert isinstance(challenges, MemoryRows)
    assert isinstance(hosts, MemoryRows)
    return ChallengeServer(challenges.rows, hosts.rows, layout.ports.http)


def _told_of_the_node(mail: MailPath, challenges: ChallengeServer, bound: BoundAddresses, mover: Mover) -> NodeChanged:
    def tell(node: wire.NodeItem, generation: int) -> None:
        mail.set_node(node, generation)
        mover.set_node(node)
        bound.learn(node)
        challenges.listen_on(node.service_address if {"mx", "mailbox"} & set(node.roles) else None)

    return tell


async def _join(settings: Settings, tls: ssl.SSLContext | None) -> Identity:
    backoff = Backoff(1.0, 30.0)
    while True:
        try:
            return await enrolled(settings, AGENT_VERSION, tls, SystemClock())
        except ControlPlaneAway as error:
            log.warning("enrolment.waiting", reason=str(error))
            await asyncio.sleep(backoff.next_seconds())


def _loop(
    settings: Settings,
    node_id: str,
    link: Link,
    tables: Mapping[Table, RowStore],
    node_changed: NodeChanged,
    *,
    sending_changed: Callable[[Sending], None],
    peers_changed: Callable[[wire.PeersItem], None],
    duties_changed: Callable[[Mapping[str, Duty]], None],
    rerouted: Callable[[Iterable[str]], None],
    probe: Callable[[wire.DaemonsItem], None],
    renderers: Renderers,
) -> Loop:
    layout = settings.layout
    state = State(layout.state_database)
    password = redis_password(layout)
    postfix, dovecot = Postfix(settings, renderers), Dovecot(settings, renderers)
    drivers: Sequence[Driver] = (
        Redis(layout, password, renderers),
        Signer(layout, password, renderers),
        Scanner(layout, password, renderers),
        postfix,
        dovecot,
    )
    client = redis.Redis(
        unix_socket_path=str(layout.redis_socket), password=password, decode_responses=True, socket_timeout=5.0
    )
    clock = SystemClock()
    projector = Projector(
        state,
        node_id,
        stores=tables,
        signing_keys=SigningKeys(client),
        homes=Homes(layout.mail_store),
        clock=clock,
        renderers=renderers.revisions,
    )
    return Loop(
        state,
        projector,
        Configurator(layout, state, drivers, clock=clock, secrets=(password,)),
        send=link.send,
        reload_postfix=postfix.reload,
        reload_dovecot=dovecot.reload,
        follow_logins=dovecot.follow,
        node_changed=node_changed,
        sending_changed=sending_changed,
        peers_changed=peers_changed,
        duties_changed=duties_changed,
        rerouted=rerouted,
        probe=probe,
        watch=Watch(layout, state, projector, tables, clock),
        clock=clock,
    )


def stores(layout: Layout) -> dict[Table, RowStore]:
    """Open the tables."""
    postmap = Postmap(layout.state / "postmap")
    maps: dict[Table, RowStore] = {
        table: LmdbMap(layout.maps / f"{name}.lmdb", postmap) for table, name in MAP_FILES.items()
    }
    return maps | {
        Table.USERS: PasswdShards(layout.users),
        Table.SMTP_KEYS: PasswdShards(layout.smtp_keys),
        Table.SNI: LmdbMap(layout.maps / f"{SNI_FILE}.lmdb", postmap, mode=_SECRET),
        Table.PEER_ROOTS: OneFile(layout.peer_roots),
        Table.PEER_SETTINGS: OneFile(layout.peer_settings),
        Table.LOCAL_NAMES: LocalNames(layout.local_names),
        Table.OWN_CERTIFICATE: OneFile(layout.own_certificate),
        Table.QUIET: DomainLines(layout.quiet_domains, quiet_lines),
        Table.NEVER_REFUSED: DomainLines(layout.never_refused, "{}\n".format),
        Table.CHALLENGES: MemoryRows(),
        Table.HTTPS_HOSTS: MemoryRows(),
    }


def prepare_directories(layout: Layout) -> None:
    """Make what daemons look into, each open to no more than the daemon that must."""
    for path, mode in ((layout.state, 0o755), (layout.maps, 0o755), (layout.users.parent, 0o755), (layout.run, 0o755)):
        _make(path, mode)
    for path in (layout.staging, layout.ready):
        _make(path, 0o700)
    for path in (layout.users, layout.smtp_keys.parent, layout.smtp_keys):
        _make(path, 0o750)
        give_to_group(path, "dovecot")
    LmdbMap(layout.maps / f"{REROUTED}.lmdb", Postmap(layout.state / "postmap")).close()  # nothing else fills it
    _make(layout.signer_state, 0o750)
    give_to_user(layout.signer_state, "_rspamd")


def redis_password(layout: Layout) -> str:
    """Give the password of the node's Redis, made on first use."""
    if not layout.redis_password.exists():
        replace_text(layout.redis_password, secrets.token_urlsafe(32), mode=0o600)
    return layout.redis_password.read_text()


def _make(path: Path, mode: int) -> None:
    path.mkdir(parents=True, exist_ok=True)
    if os.access(path, os.W_OK):
        path.chmod(mode)
