"""Names below a tenant's domain that are another tenant's all the same: proven before the domain above them was."""

from collections.abc import Collection, Iterable

from control_plane.certificates import names
from control_plane.core.database import Transaction
from control_plane.mail_domains import service as mail_domains


async def stranger_among(tx: Transaction, wanted: Iterable[str], proven: Collection[str]) -> str | None:
    """Find a name that is at or below what another tenant has proven; `proven`: the bound tenant's domains."""
    for name in wanted:
        domain = names.domain_of(name, proven)
        between = [] if domain is None else names.below_domain(name, domain)
        if between and await mail_domains.proven_by_another(tx, between):
            return name
    return None
