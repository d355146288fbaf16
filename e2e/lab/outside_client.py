"""The outside world as tests and people see it: what arrived, what was called, and mail sent in."""

from collections.abc import Callable

import httpx
import msgspec

from e2e.lab.commands import wait_until
from e2e.lab.outside.mail import ReceivedMail
from e2e.lab.outside.provider import Relayed
from e2e.lab.outside.sender import Handover, Letter
from e2e.lab.outside.webhooks import Call

_SECONDS = 30.0


class Outside:
    """Talks to `e2e.lab.outside.api`."""

    def __init__(self, url: str) -> None:
        self.url = url

    def answers(self) -> bool:
        """Tell whether it is up."""
        try:
            return httpx.get(f"{self.url}/webhooks", timeout=5).is_success
        except httpx.TransportError:
            return False

    def mails(self, recipient: str) -> list[ReceivedMail]:
        """List the mails that a recipient got, oldest first."""
        answer = httpx.get(f"{self.url}/messages", params={"recipient": recipient}, timeout=_SECONDS)
        return msgspec.json.decode(answer.raise_for_status().content, type=list[ReceivedMail])

    def wait_for_mail(self, recipient: str, *, count: int = 1, seconds: float = _SECONDS) -> list[ReceivedMail]:
        """Wait until a recipient has got so many mails."""

        def find() -> list[ReceivedMail] | None:
            found = self.mails(recipient)
            return found if len(found) >= count else None

        return wait_until(find, f"{count} mails for {recipient} arrive outside", seconds=seconds)

    def send(self, letter: Letter) -> Handover:
        """Send a mail in, through the recipient's MX."""
        answer = httpx.post(f"{self.url}/send", content=msgspec.json.encode(letter), timeout=_SECONDS)
        return msgspec.json.decode(answer.raise_for_status().content, type=Handover)

    def relayed(self, recipient: str) -> list[Relayed]:
        """List the mails to a recipient that the provider of relays took, oldest first."""
        answer = httpx.get(f"{self.url}/relayed", timeout=_SECONDS)
        mails = msgspec.json.decode(answer.raise_for_status().content, type=list[Relayed])
        return [mail for mail in mails if recipient in mail.recipients]

    def wait_for_relayed(self, recipient: str, *, seconds: float = _SECONDS) -> Relayed:
        """Wait until the provider has taken a mail to a recipient."""
        return wait_until(
            lambda: next(iter(self.relayed(recipient)), None), f"a mail to {recipient} is relayed", seconds=seconds
        )

    def let_relay_work(self, *, works: bool) -> None:
        """Let the provider take logins from now on, or none."""
        httpx.post(f"{self.url}/relay", json={"works": works}, timeout=_SECONDS).raise_for_status()

    def webhooks(self, path: str | None = None) -> list[Call]:
        """List the webhooks that were received, at one path or all, oldest first."""
        params = {} if path is None else {"path": path}
        answer = httpx.get(f"{self.url}/webhooks", params=params, timeout=_SECONDS)
        return msgspec.json.decode(answer.raise_for_status().content, type=list[Call])

    def wait_for_webhook(self, wanted: Callable[[Call], bool], *, seconds: float = _SECONDS) -> Call:
        """Wait for the first webhook that fits."""
        return wait_until(lambda: next(filter(wanted, self.webhooks()), None), "a webhook arrives", seconds=seconds)

    def answer_webhooks(self, status: int, path: str | None = None) -> None:
        """Answer every webhook, or those to one path, with this status from now on; 0: not at all."""
        mood = {"status": status, "path": path}
        httpx.post(f"{self.url}/webhooks/answer", json=mood, timeout=_SECONDS).raise_for_status()
