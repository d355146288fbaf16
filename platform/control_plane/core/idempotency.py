"""`Idempotency-Key`: a POST that is sent again with the same key is answered again, and not done again.

An answer may hold a secret that is shown once, so it is kept encrypted, and repeated to nobody with other rights: they
might not have been given it.

The whole request runs in one database transaction that `Database.tenant_tx` joins: the claim of the key, the effect and
the answer are committed together, so a crash at any moment leaves either all of them or none. Two requests with the
same key at the same time: the second waits for the first, for some seconds. Only successes are remembered; a refused
request left nothing behind and may be repeated, corrected, under the same key. Keys live 24 hours. Such a request holds
a database connection from its start to its end, so a tenant has only a few of them at once and the others wait.
"""

import hashlib
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import asyncpg
import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from control_plane.core.auth import Subject
from control_plane.core.crypto import Vault
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import Conflict, FieldError, Invalid
from control_plane.core.ids import TenantId
from control_plane.core.jobs import Job, JobContext
from control_plane.core.runtime import Runtime
from control_plane.core.sandbox import is_test
from control_plane.core.tenancy import bound_tenant
from control_plane.core.turns import Turns

HEADER = "Idempotency-Key"
MOST_CHARACTERS = 256
_PURPOSE = "idempotency_keys.body"
_WAIT = "5s"
_FIRST_ERROR_STATUS = 400
_PORTION = 5000
"""Keys that are forgotten in one transaction."""

_CLAIM = """
insert into idempotency_keys (tenant_id, route, key, body_hash)
select app_tenant(), $1, $2, $3 from (select set_config('lock_timeout', $4, true)) as patience
on conflict do nothing returning set_config('lock_timeout', '0', true)
"""
_YOUNGEST_OF_THE_OLDEST = """
select max(created_at) from (
  select created_at from idempotency_keys where created_at < now() - interval '24 hours' order by created_at limit $1
) oldest
"""
_FIND = "select body_hash, status, body from idempotency_keys where tenant_id = $1 and route = $2 and key = $3"
_REMEMBER = "update idempotency_keys set status = $4, body = $5 where tenant_id = $1 and route = $2 and key = $3"


class IdempotencyKeyReused(Conflict):
    """The same Idempotency-Key was used with another body: use a new key for a new request."""

    code = "idempotency_key_reused"


class IdempotencyKeyInUse(Conflict):
    """A request with the same Idempotency-Key is still being answered: repeat this one in a moment."""

    code = "idempotency_key_in_use"


class Claim(msgspec.Struct, frozen=True):
    """What is to be done once: where, under which key, and a hash of what it is and with which rights it is asked."""

    route: str
    key: str
    body_hash: bytes


class _Answer(msgspec.Struct):
    """What the application sends, held back until it is committed."""

    start: Message | None = None
    body: bytes = b""

    @property
    def status(self) -> int:
        return 500 if self.start is None else int(self.start["status"])  # type: ignore[typeddict-item]

    async def take(self, message: Message) -> None:
        """Collect a message of the answer."""
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] == "http.response.body":
            self.body += message["body"]


class _RolledBack(Exception):
    """The request was refused: leave nothing of it."""


class IdempotencyMiddleware(ASGIMiddleware):
    """Gives every POST under an API key its `Idempotency-Key`; stands after the authentication."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, at_once: int) -> None:
        self._turns: Turns[TenantId] = Turns(at_once)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Answer from memory, or run the request in one transaction with its claim."""
        request: Request[object, object, State] = Request(scope, receive)
        key = request.headers.get(HEADER)
        if request.method != "POST" or key is None:
            return await next_app(scope, receive, send)
        key = _checked(key)
        await scope["route_handler"].authorize_connection(request)  # an answer from memory passes by the route's guards
        runtime: Runtime = scope["litestar_app"].state.runtime
        async with self._turns.take(bound_tenant()):
            claim = Claim(_route(request.url.path), key, _hash(scope["user"], await request.body()))
            answer = await _answer_once(runtime, claim, scope, receive, next_app)
        assert answer.start is not None
        await send(answer.start)
        await send({"type": "http.response.body", "body": answer.body, "more_body": False})
        return None


def _checked(key: str) -> str:
    if not 0 < len(key) <= MOST_CHARACTERS or not key.isascii() or not key.isprintable():
        message = f"Use 1 to {MOST_CHARACTERS} printable ASCII characters."
        raise Invalid(errors=(FieldError(HEADER, message),))
    return key


def _route(path: str) -> str:
    """Keep what was done with test keys apart: a program that goes live may use the same keys again."""
    return f"{path} (test)" if is_test() else path


def _hash(subject: Subject, body: bytes) -> bytes:
    rights = subject.scopes, subject.within or (), subject.allowed_domains, subject.allowed_networks
    return hashlib.sha256(msgspec.json.encode([sorted(each) for each in rights]) + body).digest()


async def _answer_once(runtime: Runtime, claim: Claim, scope: Scope, receive: Receive, next_app: ASGIApp) -> _Answer:
    answer = _Answer()
    try:
        async with runtime.db.joined_tx() as tx:
            if not await _claimed(tx, claim):
                return await _replay(tx, claim, runtime.vault)
            await next_app(scope, receive, answer.take)
            if answer.status >= _FIRST_ERROR_STATUS:
                raise _RolledBack  # noqa: TRY301 that is how a transaction is rolled back
            await _remember(tx, claim, runtime.vault, answer.status, answer.body)
    except _RolledBack:
        pass
    return answer


async def once(db: Database, vault: Vault, claim: Claim, act: Callable[[], Awaitable[bytes]]) -> bytes:
    """Do something for the bound tenant and keep what it gave; asked again, give that and do nothing.

    What `act` does through `Database.tenant_tx` is committed with the claim; if it raises, nothing is left of either.
    """
    async with db.joined_tx() as tx:
        if not await _claimed(tx, claim):
            return (await _replay(tx, claim, vault)).body
        given = await act()
        await _remember(tx, claim, vault, HTTPStatus.OK, given)
        return given


async def _claimed(tx: Transaction, claim: Claim) -> bool:
    """Claim the key; waits while another request holds it, and raises `IdempotencyKeyInUse` when that takes long."""
    try:
        found = await tx.connection.fetchval(_CLAIM, claim.route, claim.key, claim.body_hash, _WAIT)
    except asyncpg.LockNotAvailableError as error:
        raise IdempotencyKeyInUse from error
    return found is not None


async def _replay(tx: Transaction, claim: Claim, vault: Vault) -> _Answer:
    row = await tx.connection.fetchrow(_FIND, bound_tenant(), claim.route, claim.key)
    if row is None:  # swept away in between
        raise IdempotencyKeyInUse
    if row["body_hash"] != claim.body_hash:
        raise IdempotencyKeyReused
    body = vault.decrypt(row["body"], purpose=_PURPOSE)
    headers = [(b"content-type", b"application/json"), (b"idempotency-replayed", b"true")]
    return _Answer({"type": "http.response.start", "status": row["status"], "headers": headers}, body)


async def _remember(tx: Transaction, claim: Claim, vault: Vault, status: int, body: bytes) -> None:
    sealed = vault.encrypt(body, purpose=_PURPOSE)
    await tx.connection.execute(_REMEMBER, bound_tenant(), claim.route, claim.key, status, sealed)


async def purge(context: JobContext) -> None:
    """Forget keys that are older than 24 hours: a portion at a time, so that what was forgotten stays so."""
    while True:
        async with context.db.fleet_tx() as tx:
            youngest = await tx.connection.fetchval(_YOUNGEST_OF_THE_OLDEST, _PORTION)
            if youngest is None:
                return
            await tx.connection.execute("delete from idempotency_keys where created_at <= $1", youngest)


JOBS = (Job(name="core.purge_idempotency_keys", run=purge, every_seconds=600, timeout_seconds=600),)
