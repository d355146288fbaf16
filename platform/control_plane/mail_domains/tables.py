"""The tables of mail domains and their DKIM keys."""

from piccolo.columns import JSONB, UUID, Array, Boolean, Bytea, Integer, Text, Timestamptz
from piccolo.table import Table


class MailDomain(Table, tablename="mail_domains"):
    """A domain that a tenant has added."""

    id = UUID(primary_key=True)
    tenant_id = UUID()
    name = Text()
    status = Text()
    ownership_token = Text()
    proven_at = Timestamptz(null=True, default=None)
    checked_at = Timestamptz(null=True, default=None)
    next_check_at = Timestamptz(null=True, default=None)
    checks_failed = Integer()
    findings = JSONB()
    created_at = Timestamptz()
    dkim_mode = Text()
    dkim_rotate_at = Timestamptz(null=True, default=None)
    report_token = Text()
    proof_missing_since = Timestamptz(null=True, default=None)
    is_ours = Boolean()
    flawed_since = Timestamptz(null=True, default=None)
    told = Text(null=True, default=None)
    served = Array(base_column=Text())


class DkimKey(Table, tablename="dkim_keys"):
    """A key that mail of a domain is signed with."""

    id = UUID(primary_key=True)
    tenant_id = UUID()
    domain_id = UUID()
    selector = Text()
    algorithm = Text()
    private_key = Bytea()
    public_key = Text()
    status = Text()
    created_at = Timestamptz()
    seen_at = Timestamptz(null=True, default=None)
    activated_at = Timestamptz(null=True, default=None)
    retiring_at = Timestamptz(null=True, default=None)
    retired_at = Timestamptz(null=True, default=None)
    compromised_at = Timestamptz(null=True, default=None)
