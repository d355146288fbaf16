"""What an order needs to know before it is made: whom to ask, how each name is proven, and whether it is worth it."""

from uuid import UUID

import msgspec

from control_plane.certificates import directories, names, schedule
from control_plane.certificates.ca import ChallengeKind
from control_plane.certificates.problems import Kind
from control_plane.certificates.queries import certificates as queries
from control_plane.certificates.queries.certificates import CertificateRow
from control_plane.certificates.service import answers
from control_plane.certificates.service.means import Means
from control_plane.dns_zone import service as dns_zone
from control_plane.mail_domains import service as mail_domains
from control_plane.settings import Settings


class NotReady(Exception):
    """There is no point in an order yet; the sentence says why, and what to do."""

    def __init__(self, sentence: str, kind: Kind = "name") -> None:
        super().__init__(sentence)
        self.kind: Kind = kind


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """How a name is proven."""

    host: str
    kind: ChallengeKind
    domain_id: UUID | None
    """The proven domain that it is at or below; None for the platform's own names."""


def directory_for(settings: Settings, row: CertificateRow) -> str:
    """Choose the authority; raises `NotReady` if there is none."""
    available = directories.urls(settings.acme)
    if not available:
        raise NotReady(
            "Your provider has set up no certificate authority. Upload a certificate of your own.", "operator"
        )
    return directories.choose(available, row.authority_failures)


async def check_budget(means: Means, row: CertificateRow) -> None:
    """Raise `NotReady` if authorities have issued so many for the domain that they would refuse; renewals go first."""
    if row.chain is not None:
        return
    since = means.runtime.clock.now() - schedule.WEEK
    async with means.runtime.db.tenant_tx() as tx:
        issued = await queries.issued_since(tx.connection, row.registered_domain, since)
    if issued >= schedule.WEEKLY_BUDGET:
        raise NotReady(
            f"{issued} certificates were issued below {row.registered_domain} in the last seven days, and authorities "
            "allow few more. You need do nothing: it is tried again by itself.",
            "limit",
        )


async def proofs(means: Means, row: CertificateRow) -> dict[str, Proof]:
    """Say how each name is proven; raises `NotReady` if DNS does not lead to us."""
    async with means.runtime.db.tenant_tx() as tx:
        proven = await mail_domains.proven_names(tx)
        served = {each.name for each in await mail_domains.served_names(tx)}
    found = {name: _proof(name, row, proven, served, means.runtime.settings) for name in row.names}
    for proof in found.values():
        if proof.kind == "dns-01":
            await _check_alias(means, proof)
    return found


def _proof(name: str, row: CertificateRow, proven: dict[str, UUID], served: set[str], settings: Settings) -> Proof:
    host = names.host_of(name)
    domain = names.domain_of(name, proven)
    if domain is None and row.origin != "served":
        raise NotReady(f"{host} is not below a proven domain of yours any more. Prove the domain again.")
    domain_id = None if domain is None else proven[domain]
    by_http = row.origin == "served" or (not names.is_wildcard(name) and host in served)
    if not by_http and not dns_zone.is_configured(settings):
        if names.is_wildcard(name):
            raise NotReady("A wildcard is proven by DNS, and your provider has no zone for that. Order single names.")
        by_http = True
    return Proof(host=host, kind="http-01" if by_http else "dns-01", domain_id=domain_id)


async def _check_alias(means: Means, proof: Proof) -> None:
    """See that the record that the authority looks for leads into our zone."""
    assert proof.domain_id is not None
    target = answers.record_name(proof.domain_id, means.runtime.settings)
    alias = names.challenge_host(proof.host)
    found = await means.resolver.lookup(alias, "CNAME")
    if found.problem is not None:
        raise NotReady(
            f"{alias} cannot be looked up in DNS just now. You need do nothing: it is tried again by itself."
        )
    if target not in {value.rstrip(".").lower() for value in found.values}:
        raise NotReady(f"Publish a CNAME record at {alias} that points to {target}. It is looked for by itself.")
