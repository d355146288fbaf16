"""Relays and mails to try them with."""

from tenant_agent import wire


def relay(relay_id: object = "rly_1", **changes: object) -> wire.RelayItem:
    fields: dict[str, object] = {
        "relay_id": relay_id,
        "tenant_id": "ten_1",
        "kind": "smtp",
        "host": "smtp.provider.test",
        "port": 587,
        "tls": "starttls",
        "username": "ann",
        "password": "secret",
        "mode": "always",
    }
    return wire.RelayItem(**(fields | changes))  # type: ignore[arg-type]


def envelope(**changes: object) -> wire.Envelope:
    fields: dict[str, object] = {
        "tenant_id": "ten_1",
        "message_id": "msg_1",
        "stream": "transactional",
        "pool_id": "pool_t",
        "domain": "acme.test",
        "return_domain": "bounce.acme.test",
    }
    return wire.Envelope(**(fields | changes))  # type: ignore[arg-type]
