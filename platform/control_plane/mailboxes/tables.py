"""The table of mailboxes."""

from piccolo.columns import UUID, BigInt, Integer, Text, Timestamptz
from piccolo.table import Table


class MailboxTable(Table, tablename="mailboxes"):
    """An address whose mail is stored."""

    id = UUID(primary_key=True)
    tenant_id = UUID()
    domain_id = UUID()
    node_id = UUID()
    address = Text()
    name = Text()
    password_hash = Text()
    quota_bytes = BigInt()
    status = Text()
    version = Integer()
    created_at = Timestamptz()
