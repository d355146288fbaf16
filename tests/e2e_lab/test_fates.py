"""The server where each address says what becomes of its mail."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks.webhooks import Webhook

from e2e.lab.fates import Call, Fate, Fates, Said, Server, address

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with closing(Server(tmp_path)) as opened:
        yield opened


async def answered(server: Server, recipient: str) -> str:
    """Ask for one recipient."""
    envelope = Envelope()
    reply = await server.handle_RCPT(SMTP(server), Session(None), envelope, recipient, [])  # type: ignore[arg-type]
    assert (recipient in envelope.rcpt_tos) is reply.startswith("250")
    return reply


@pytest.mark.parametrize(
    ("fate", "codes"),
    [("taken", ["250", "250"]), ("refused", ["550", "550"]), ("later", ["451", "250"]), ("returned", ["250", "250"])],
)
async def test_the_address_says_what_is_answered(server: Server, tmp_path: Path, fate: Fate, codes: list[str]) -> None:
    person = address("x", 17, fate)
    assert [(await answered(server, person))[:3] for _ in codes] == codes
    refusals = [Said(person, int(code)) for code in codes if code != "250"]
    assert Fates(tmp_path).said() == refusals  # what is taken is written down at the end of the data


def test_calls_are_verified_as_they_come(server: Server, tmp_path: Path) -> None:
    world, now = Fates(tmp_path), datetime.now(UTC)
    signature = Webhook(SECRET).sign("evt_1", now, "{}")
    headers = {"webhook-id": "evt_1", "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}
    server.keep(headers, b"{}")  # nobody has said yet by which secret
    world.expect_signed_by(SECRET)
    server.keep(headers, b"{}")
    server.keep(headers, b"[]")
    assert world.calls() == [Call("evt_1", signed) for signed in (False, True, False)]
