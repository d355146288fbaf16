"""Signatures of webhooks, as their receiver checks them."""

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook as StandardWebhook

from control_plane.webhooks import signing
from fleetpost_client import Forged, Webhook

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET, OLD_SECRET = signing.new_secret(), signing.new_secret()
BODY = b'{"type":"message.delivered","timestamp":"2026-11-22T12:00:00Z","tenant_id":"ten_1","data":{"attempt":1}}'


def webhook(*secrets: str) -> Webhook:
    return Webhook(*secrets, clock=NOW.timestamp)


def test_what_the_platform_signs_is_read() -> None:
    event = webhook(SECRET).verify(BODY, signing.headers("evt_1", NOW, BODY, [SECRET]))
    assert (event.id, event.type, event.timestamp, event.data) == ("evt_1", "message.delivered", NOW, {"attempt": 1})


def test_what_the_standards_own_library_signs_is_read() -> None:
    told = {"webhook-id": "evt_1", "webhook-timestamp": str(int(NOW.timestamp()))}
    signature = StandardWebhook(SECRET).sign("evt_1", NOW, BODY.decode())
    assert webhook(SECRET).verify(BODY.decode(), told | {"webhook-signature": signature}).id == "evt_1"


def test_while_a_secret_is_changed_either_is_believed() -> None:
    both = signing.headers("evt_1", NOW, BODY, [SECRET, OLD_SECRET])
    assert webhook(OLD_SECRET).verify(BODY, both).id == "evt_1"
    assert webhook(SECRET, OLD_SECRET).verify(BODY, signing.headers("evt_1", NOW, BODY, [OLD_SECRET])).id == "evt_1"


def test_names_of_headers_may_be_written_in_any_way() -> None:
    headers = {name.title(): value for name, value in signing.headers("evt_1", NOW, BODY, [SECRET]).items()}
    assert webhook(SECRET).verify(BODY, headers).id == "evt_1"


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "evt_2"},
        {"webhook-timestamp": str(int(NOW.timestamp()) + 1)},
        {"webhook-timestamp": "٣"},
        {"webhook-timestamp": "9" * 5000},
        {"webhook-timestamp": ""},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,ü v2,x v1a,y"},
    ],
)
def test_what_was_changed_on_the_way_is_not_believed(change: dict[str, str]) -> None:
    with pytest.raises(Forged):
        webhook(SECRET).verify(BODY, signing.headers("evt_1", NOW, BODY, [SECRET]) | change)


def test_another_body_or_secret_is_not_believed() -> None:
    headers = signing.headers("evt_1", NOW, BODY, [SECRET])
    for secret, body in ((OLD_SECRET, BODY), (SECRET, BODY + b" ")):
        with pytest.raises(Forged):
            webhook(secret).verify(body, headers)


@pytest.mark.parametrize(("seconds", "is_believed"), [(-301, False), (-299, True), (299, True), (301, False)])
def test_an_old_message_is_not_believed_nor_one_of_the_future(seconds: int, *, is_believed: bool) -> None:
    headers = signing.headers("evt_1", NOW + timedelta(seconds=seconds), BODY, [SECRET])
    if is_believed:
        assert webhook(SECRET).verify(BODY, headers).id == "evt_1"
    else:
        with pytest.raises(Forged):
            webhook(SECRET).verify(BODY, headers)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"type": 1}', b"\xff\xfe", b"{"])
def test_what_is_signed_and_no_event_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(Forged, match="no event"):
        webhook(SECRET).verify(body, signing.headers("evt_1", NOW, body, [SECRET]))


@pytest.mark.parametrize("secrets", [(), ("",), ("whsec_",), ("whsec_ü",), ("whsec_***",)])
def test_a_secret_that_is_none_is_refused_at_once(secrets: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        Webhook(*secrets)
