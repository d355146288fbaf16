"""The MTA-STS policy of a domain as senders get it (RFC 8461 §3.3): over HTTPS, no redirects, not much of it."""

import asyncio
import ssl
from collections.abc import Sequence
from typing import Protocol

import httpx
import msgspec

from control_plane.core.http import Network, read_some, walled_client

_SECONDS = 5.0
_LONGEST_OCTETS = 65_536


class PolicyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back."""

    text: str = ""
    flaw: str = ""
    """What is definitely wrong with it, so that senders do without a policy."""
    problem: str = ""
    """Why nothing could be found out."""


class Policies(Protocol):
    """Gets policies."""

    async def fetch(self, name: str) -> PolicyAnswer: ...


class HttpsPolicies:
    """Gets policies from where they are, as long as that is on the public internet."""

    def __init__(self, allowed: Sequence[Network], verify: ssl.SSLContext | None = None, *, port: int = 443) -> None:
        self._allowed = allowed
        self._verify = verify or ssl.create_default_context()
        self._authority = "" if port == 443 else f":{port}"

    async def fetch(self, name: str) -> PolicyAnswer:
        """Get the policy of a domain; whatever goes wrong is part of the answer."""
        url = f"https://mta-sts.{name}{self._authority}/.well-known/mta-sts.txt"
        try:
            async with (
                asyncio.timeout(_SECONDS),
                walled_client(self._allowed, self._verify) as client,
                client.stream("GET", url, headers={"accept-encoding": "identity"}) as response,
            ):
                return await _read(response)
        except (TimeoutError, httpx.TimeoutException):
            return PolicyAnswer(problem="no answer in time")
        except httpx.HTTPError as error:
            return _failed(error)
        except (httpx.InvalidURL, UnicodeError, ValueError):
            return PolicyAnswer(flaw="the name cannot be asked")


async def _read(response: httpx.Response) -> PolicyAnswer:
    if response.status_code >= 500:
        return PolicyAnswer(problem=f"the answer was {response.status_code}")
    if response.status_code != 200:
        return PolicyAnswer(
            flaw=f"the answer was {response.status_code} instead of 200, and senders follow no redirects"
        )
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "text/plain":
        return PolicyAnswer(flaw="it is not sent as text/plain")
    body = await read_some(response, _LONGEST_OCTETS)
    if len(body) == _LONGEST_OCTETS:
        return PolicyAnswer(flaw="it is longer than 64 KB")
    return PolicyAnswer(text=body.decode(errors="replace"))


def _failed(error: httpx.HTTPError) -> PolicyAnswer:
    """Tell a certificate that senders would refuse from a host that does not answer just now."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return PolicyAnswer(flaw=f"senders refuse the certificate: {cause.verify_message.rstrip('.')}")
        cause = cause.__cause__ or cause.__context__
    return PolicyAnswer(problem=type(error).__name__)
