"""An order from its beginning to the certificate, in steps that any worker can take up again from the database.

No order: one is made, its challenges are stored and answered. Challenges that the authority was not told of: we look
for our answers ourselves, then tell it. All told: the order is watched; once it is ready it is finalized, once it is
valid the certificate is fetched and put in force. Whatever goes wrong ends in a plan for the next attempt.
"""

import asyncio
from datetime import timedelta
from uuid import UUID

import msgspec
import structlog
from cryptography import x509

from control_plane.certificates import ca, directories, keys, problems, schedule
from control_plane.certificates.ca import Authority, CaProblem
from control_plane.certificates.prober import Seen
from control_plane.certificates.problems import Problem
from control_plane.certificates.queries import certificates as queries
from control_plane.certificates.queries import orders
from control_plane.certificates.queries.certificates import CertificateRow
from control_plane.certificates.queries.orders import ChallengeRow, OrderRow
from control_plane.certificates.service import answers, plan
from control_plane.certificates.service.means import Means, ask, forget_account, note_authority, open_authority
from control_plane.certificates.service.outcome import fail, give_up_order, issue, rest
from control_plane.certificates.service.plan import NotReady
from control_plane.certificates.service.view import KEY_PURPOSE, ORDER_KEY_PURPOSE

_log = structlog.get_logger()

_LEASE = timedelta(minutes=3)
"""Longer than a job may take: another worker takes up what was killed."""
_MOST_STEPS = 6
_POLLS = 20
_POLL_SECONDS = 1.0
_LOOK_SECONDS = 8.0
_PROBE_SECONDS = 0.5
_WATCH_AGAIN = timedelta(seconds=30)
_BLIND_PROBES = 3
"""So often we look in vain from where nothing can be reached; then the authority may look, from where it is."""


class Work(msgspec.Struct, frozen=True):
    """A certificate with the order under way for it."""

    row: CertificateRow
    order: OrderRow | None
    challenges: list[ChallengeRow]


async def work_on(means: Means, certificate_id: UUID) -> None:
    """Get a certificate of the bound tenant on as far as possible, if it is due and nobody else is at it."""
    db, now = means.runtime.db, means.runtime.clock.now()
    async with db.tenant_tx() as tx:
        is_due = await queries.postpone_if_due(tx.connection, certificate_id, now, now + _LEASE)
    steps = 0
    while is_due and steps < _MOST_STEPS:
        is_due = await _step(means, certificate_id)
        steps += 1


async def _step(means: Means, certificate_id: UUID) -> bool:
    """Take the next step; says whether another can follow at once."""
    work = await _load(means, certificate_id)
    if work is None or work.row.origin == "upload":
        return False
    try:
        if work.order is None:
            return await _begin(means, work.row)
        if not all(each.answered for each in work.challenges):
            return await _prove(means, work.row, work.order, work.challenges)
        return await _collect(means, work.row, work.order)
    except NotReady as reason:
        await fail(means, work.row, Problem(kind=reason.kind, sentence=str(reason)))
    except CaProblem as problem:
        return await _setback(means, work.row, problem, work.order)
    return False


async def _load(means: Means, certificate_id: UUID) -> Work | None:
    async with means.runtime.db.tenant_tx() as tx:
        row = await queries.find(tx.connection, certificate_id)
        if row is None:
            return None
        order = await orders.find(tx.connection, certificate_id)
        return Work(row, order, await orders.challenges_of(tx.connection, certificate_id))


async def _setback(means: Means, row: CertificateRow, problem: CaProblem, order: OrderRow | None) -> bool:
    """Note what an authority said, and plan the next attempt; what it has just forgotten is made anew at once."""
    directory = order.directory if order else plan.directory_for(means.runtime.settings, row)
    judged = problems.judge(problem, directories.name_of(directory), row.names)
    _log.warning(
        "a certificate is not issued yet",
        action="certificates.setback",
        certificate_id=str(row.id),
        names=row.names,
        code=problem.code,
        detail=problem.detail,
    )
    if judged.kind == "forgotten":
        await forget_account(means, directory)
        await give_up_order(means, row)
        return True
    if judged.kind in ("authority", "operator"):
        await note_authority(means, directory, judged.sentence)
    keeps_order = problem.code in (ca.UNREACHABLE, "badNonce", "serverInternal")
    await fail(means, row, judged, keeps_order=keeps_order)
    return False


# --- Begin ------------------------------------------------------------------------------------------------------------


async def _begin(means: Means, row: CertificateRow) -> bool:
    """Make an order, store it and have its challenges answered."""
    runtime = means.runtime
    proofs = await plan.proofs(means, row)
    await plan.check_budget(means, row)
    directory = plan.directory_for(runtime.settings, row)
    authority = await open_authority(means, directory)
    replaced = keys.first_of(row.chain) if row.chain and row.directory == directory else None
    order = await _make_order(authority, row, replaced)
    wanted = await ask(authority.challenges, order, {name: proof.kind for name, proof in proofs.items()})
    stored = OrderRow(
        certificate_id=row.id,
        directory=directory,
        url=order.url,
        finalize_url=order.finalize_url,
        private_key=runtime.vault.encrypt(keys.new_key(), purpose=ORDER_KEY_PURPOSE),
        created_at=runtime.clock.now(),
    )
    challenges = [_challenge_row(row.id, each, proofs) for each in wanted]
    async with runtime.db.tenant_tx() as tx:
        if await queries.find(tx.connection, row.id, lock=True) is None:
            return False
        await orders.insert(tx.connection, stored, challenges)
        await answers.put_up(tx, runtime.settings, challenges)
    return True


async def _make_order(authority: Authority, row: CertificateRow, replaced: x509.Certificate | None) -> ca.Order:
    try:
        return await ask(authority.order, row.names, replaced)
    except CaProblem as problem:
        if replaced is None or problem.code not in (ca.ALREADY_REPLACED, "malformed"):
            raise
        return await ask(authority.order, row.names)  # a hint that is not liked is no reason to go without


def _challenge_row(certificate_id: UUID, wanted: ca.Challenge, proofs: dict[str, plan.Proof]) -> ChallengeRow:
    hosts = {proof.host: proof.domain_id for proof in proofs.values()}
    return ChallengeRow(
        certificate_id=certificate_id,
        token=wanted.token,
        kind=wanted.kind,
        name=wanted.name,
        domain_id=hosts.get(wanted.name) if wanted.kind == "dns-01" else None,
        value=wanted.value,
        url=wanted.url,
        authorization_url=wanted.authorization_url,
    )


# --- Prove ------------------------------------------------------------------------------------------------------------


async def _prove(means: Means, row: CertificateRow, order: OrderRow, challenges: list[ChallengeRow]) -> bool:
    """Look for our answers, then have the authority look."""
    waiting = [each for each in challenges if not each.answered]
    for challenge in waiting:
        if not await _is_there(means, challenge, blind=order.probes >= _BLIND_PROBES):
            await _not_there(means, row, order, challenge)
            return False
    authority = await open_authority(means, order.directory)
    for challenge in waiting:
        await ask(authority.answer, challenge.url)
        async with means.runtime.db.tenant_tx() as tx:
            await orders.mark_answered(tx.connection, row.id, challenge.token)
    return True


async def _is_there(means: Means, challenge: ChallengeRow, *, blind: bool) -> bool:
    """Say whether our answer can be found; it may take a moment to reach a node or a name server."""
    seen: Seen = "nothing"
    loop = asyncio.get_running_loop()
    until = loop.time() + _LOOK_SECONDS
    while loop.time() < until:
        if challenge.kind == "http-01":
            seen = await means.prober.over_http(challenge.name, challenge.token, challenge.value)
        else:
            seen = await means.prober.in_dns(challenge.name, challenge.value)
        if seen == "ours":
            return True
        await asyncio.sleep(_PROBE_SECONDS)
    return seen == "nothing" and blind


async def _not_there(means: Means, row: CertificateRow, order: OrderRow, challenge: ChallengeRow) -> None:
    now = means.runtime.clock.now()
    if not schedule.can_wait_for_order(order.created_at, now):
        raise CaProblem(ca.ORDER_GONE, "our answers were not found in time")
    sentence = (
        f"Our answer cannot be found at http://{challenge.name}/ yet. See that the name points to us and that port 80 "
        "is open; it is looked for again by itself."
        if challenge.kind == "http-01"
        else f"Our answer cannot be found at _acme-challenge.{challenge.name} in DNS yet. It is looked for again by "
        "itself."
    )
    await rest(means, row, sentence, now + schedule.rest_after(order.probes), counts_probe=True)


# --- Collect ----------------------------------------------------------------------------------------------------------


async def _collect(means: Means, row: CertificateRow, order: OrderRow) -> bool:
    """Watch the order until there is a certificate."""
    authority = await open_authority(means, order.directory)
    for _ in range(_POLLS):
        seen = await ask(authority.look_at, order.url)
        if seen.status == "valid" and seen.certificate_url is not None:
            await _fetch(means, row, order, await ask(authority.download, seen.certificate_url))
            await note_authority(means, order.directory, None)
            return False
        if seen.status == "invalid":
            raise await ask(authority.failure, seen)
        if seen.status == "ready":
            private_key = means.runtime.vault.decrypt(order.private_key, purpose=ORDER_KEY_PURPOSE)
            await ask(authority.finalize, seen, keys.signing_request(private_key, row.names))
        else:
            await asyncio.sleep(_POLL_SECONDS)
    now = means.runtime.clock.now()
    if not schedule.can_wait_for_order(order.created_at, now):
        raise CaProblem(ca.ORDER_GONE, "it was not finished in time")
    await rest(means, row, "The authority is still looking. You need do nothing.", now + _WATCH_AGAIN)
    return False


async def _fetch(means: Means, row: CertificateRow, order: OrderRow, chain: str) -> None:
    private_key = means.runtime.vault.decrypt(order.private_key, purpose=ORDER_KEY_PURPOSE)
    try:
        found = keys.facts(keys.first_of(chain))
        is_ours = keys.belong_together(chain, private_key) and set(row.names) <= set(found.names)
    except ValueError as error:
        raise CaProblem(ca.UNEXPECTED, "what it issued cannot be read") from error
    if not is_ours:
        raise CaProblem(ca.UNEXPECTED, "it issued another certificate than was asked for")
    sealed = means.runtime.vault.encrypt(private_key, purpose=KEY_PURPOSE)
    await issue(means, row, order.directory, chain, sealed, found)
