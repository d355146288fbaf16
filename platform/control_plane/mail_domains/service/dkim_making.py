"""New DKIM keys: made, sealed, stored, and shown in our zone."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Transaction
from control_plane.core.ids import new_uuid
from control_plane.dns_zone import service as dns_zone
from control_plane.dns_zone.names import dkim_name
from control_plane.dns_zone.schemas import ZoneRecord
from control_plane.mail_domains.dkim import SLOTS, KeyPair, key_record, no_key_record
from control_plane.mail_domains.dkim_life import ROTATE_DAYS, next_rotation
from control_plane.mail_domains.queries import dkim_keys, dkim_rotation
from control_plane.mail_domains.queries.dkim_keys import KeyRow
from control_plane.mail_domains.service.view import VAULT_PURPOSE
from control_plane.settings import Settings


async def begin(
    tx: Transaction, vault: Vault, settings: Settings, clock: Clock, domain_id: UUID, pairs: Sequence[KeyPair]
) -> None:
    """Give a new domain its first keys; they lie in our zone if there is one, and are replaced twice a year then."""
    now = clock.now()
    if dns_zone.is_configured(settings):
        await dkim_rotation.set_mode(tx.connection, domain_id, "cname", ROTATE_DAYS, next_rotation(now, ROTATE_DAYS))
    keys = [seal(pair, domain_id, vault, now) for pair in pairs]
    await dkim_keys.insert_keys(keys)
    await show(tx, settings, domain_id, keys)


async def begin_signing(tx: Transaction, domain_id: UUID, now: datetime) -> None:
    """Let the first keys of a domain that was just proven sign."""
    await dkim_keys.activate_keys(tx.connection, domain_id, now)


def seal(pair: KeyPair, domain_id: UUID, vault: Vault, now: datetime) -> KeyRow:
    """Make a row of a new key, its private half encrypted."""
    return KeyRow(
        id=new_uuid(),
        domain_id=domain_id,
        selector=pair.selector,
        algorithm=pair.algorithm,
        private_key=vault.encrypt(pair.private_key, purpose=VAULT_PURPOSE),
        public_key=pair.public_key,
        status="pending",
        created_at=now,
    )


async def show(tx: Transaction, settings: Settings, domain_id: UUID, keys: Sequence[KeyRow]) -> None:
    """Bring a domain's names in our zone to what its keys are; a slot without a key says so, in place of nothing.

    Whoever wants to know whether the customer's CNAME is there sees it by that, before there is a key behind it.
    """
    if dns_zone.is_configured(settings):
        living = {key.selector: key_record(key.algorithm, key.public_key) for key in keys if key.status != "retired"}
        names = {selector: no_key_record(algorithm) for algorithm, slots in SLOTS.items() for selector in slots}
        texts = (names | living).items()
        records = [_record(dkim_name(domain_id, name, settings.zone.name), text) for name, text in texts]
        await dns_zone.put(tx, settings, records)


def _record(name: str, text: str) -> ZoneRecord:
    return ZoneRecord(name=name, type="TXT", values=(text,))
