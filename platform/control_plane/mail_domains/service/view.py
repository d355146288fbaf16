"""A stored domain as the API shows it: the records it needs, joined with what the last check found."""

from collections.abc import Sequence

import msgspec

from control_plane.core.ids import encode
from control_plane.mail_domains import checkup, names
from control_plane.mail_domains.checkup import PublicKey
from control_plane.mail_domains.queries.dkim_keys import KeyRow
from control_plane.mail_domains.queries.domains import DomainRow
from control_plane.mail_domains.schemas import DnsRecord, Domain
from control_plane.mail_domains.service.looking import needs_of
from control_plane.settings import Settings

PREFIX = "dom"
VAULT_PURPOSE = "dkim_keys.private_key"

findings_decoder = msgspec.json.Decoder(list[DnsRecord])


def required_records(row: DomainRow, keys: Sequence[KeyRow], settings: Settings) -> list[DnsRecord]:
    """List the records that this domain needs."""
    public = [PublicKey(key.selector, key.algorithm, key.public_key, key.status) for key in keys]
    return checkup.required(needs_of(row, public, checkup.platform_of(settings)))


def view(row: DomainRow, keys: Sequence[KeyRow], settings: Settings) -> Domain:
    """Show a domain; a record that has changed since the last check counts as unchecked."""
    found = findings_decoder.decode(row.findings)
    checked = {(each.host, each.type, each.value): each for each in found}
    needed = required_records(row, keys, settings)
    of_addresses = [each for each in found if each.purpose == "ptr"]  # which addresses there were, only a check knows
    return Domain(
        id=encode(PREFIX, row.id),
        name=row.name,
        display_name=names.displayed(row.name),
        status=row.status,
        records=[
            *(checked.get((record.host, record.type, record.value), record) for record in needed),
            *of_addresses,
        ],
        created_at=row.created_at,
        proven_at=row.proven_at,
        proof_missing_since=row.proof_missing_since,
        checked_at=row.checked_at,
        next_check_at=row.next_check_at,
    )
