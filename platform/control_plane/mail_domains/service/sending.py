"""Which domains mail may be sent from; asked for every message that is accepted."""

from collections.abc import Collection

from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import bound_tenant
from control_plane.core.ttl_cache import TtlCache
from control_plane.mail_domains import queries, records
from control_plane.mail_domains.errors import DomainNotUsable
from control_plane.mail_domains.schemas import SendingDomain

_usable: TtlCache[tuple[TenantId, str], SendingDomain] = TtlCache(fresh_seconds=5)


async def sending_domains(tx: Transaction, names: Collection[str]) -> dict[str, SendingDomain]:
    """Give those of the names (lower-case A-labels) that the bound tenant may send from; up to 5 s old."""
    tenant_id = bound_tenant()
    known = {name: domain for name in set(names) if (domain := _usable.get((tenant_id, name))) is not None}
    unknown = set(names) - known.keys()
    for name, domain_id in (await queries.proven_ids(tx.connection, list(unknown))).items() if unknown else ():
        known[name] = SendingDomain(domain_id, name, records.return_domain(name))
        _usable.put((tenant_id, name), known[name])
    return known


async def sending_domain(tx: Transaction, name: str) -> SendingDomain:
    """Give the domain if the bound tenant may send from it; raises `DomainNotUsable` at `from.email`."""
    found = (await sending_domains(tx, [name])).get(name)
    if found is None:
        message = f"{name} is not a proven domain of yours: add it and publish its DNS records first."
        raise DomainNotUsable(errors=(FieldError("from.email", message),))
    return found
