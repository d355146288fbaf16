"""Which domains mail may be sent from; asked for every message that is accepted."""

from collections.abc import Collection

from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import bound_tenant, reaches_domain
from control_plane.core.ttl_cache import TtlCache
from control_plane.mail_domains.checkup.needs import return_domain
from control_plane.mail_domains.errors import DomainNotUsable
from control_plane.mail_domains.queries import domains
from control_plane.mail_domains.schemas import SendingDomain

_usable: TtlCache[tuple[TenantId, str], SendingDomain] = TtlCache(fresh_seconds=5)


async def sending_domains(tx: Transaction, names: Collection[str]) -> dict[str, SendingDomain | DomainNotUsable]:
    """Give for each name (lower-case A-labels) the domain, or why the bound tenant may not use it; up to 5 s old."""
    tenant_id = bound_tenant()
    known = {name: domain for name in set(names) if (domain := _usable.get((tenant_id, name))) is not None}
    unknown = set(names) - known.keys()
    for name, domain_id in (await domains.proven_ids(tx.connection, list(unknown))).items() if unknown else ():
        known[name] = SendingDomain(domain_id, name, return_domain(name))
        _usable.put((tenant_id, name), known[name])
    return {name: _if_reached(name, known.get(name)) for name in names}


def forget(name: str) -> None:
    """Have the bound tenant's domain looked up anew: it is lost. Other processes find out within 5 s."""
    _usable.drop((bound_tenant(), name))


async def sending_domain(tx: Transaction, name: str) -> SendingDomain:
    """Give the domain if the bound tenant may send from it; raises `DomainNotUsable` at `from.email`."""
    found = (await sending_domains(tx, [name]))[name]
    if isinstance(found, DomainNotUsable):
        raise found
    return found


def _if_reached(name: str, found: SendingDomain | None) -> SendingDomain | DomainNotUsable:
    if found is not None and not reaches_domain(name):
        message = f"This key is bound to other domains than {name}: use one that may act for it."
        return DomainNotUsable(message, errors=(FieldError("from.email", message),))
    return found or _not_usable(name)


def _not_usable(name: str) -> DomainNotUsable:
    message = f"{name} is not a proven domain of yours: add it and publish its DNS records first."
    return DomainNotUsable(errors=(FieldError("from.email", message),))
