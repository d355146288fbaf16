"""A stored certificate as the API shows it, and as the audit log tells of it."""

from control_plane.certificates.queries.certificates import CertificateRow
from control_plane.certificates.schemas import PREFIX, Certificate
from control_plane.core.ids import encode

KEY_PURPOSE = "certificates.private_key"
ORDER_KEY_PURPOSE = "certificate_orders.private_key"


def public_id(row: CertificateRow) -> str:
    """Give its public id."""
    return encode(PREFIX, row.id)


def view(row: CertificateRow) -> Certificate:
    """Show a certificate."""
    window = None if row.window_start is None or row.window_end is None else (row.window_start, row.window_end)
    return Certificate(
        id=public_id(row),
        names=row.names,
        source="upload" if row.origin == "upload" else "acme",
        status=row.status,
        issuer=row.issuer,
        key_type=row.key_type,
        fingerprint=row.fingerprint,
        not_before=row.not_before,
        not_after=row.not_after,
        renew_at=row.renew_at,
        renewal_window=window,
        attempts=row.attempts,
        problem=row.problem,
        next_attempt_at=row.next_attempt_at,
        created_at=row.created_at,
    )


def told(row: CertificateRow) -> dict[str, object]:
    """Give what the audit log says of a certificate."""
    return {name: getattr(row, name) for name in ("names", "status", "issuer", "fingerprint", "not_after")}
