"""The outside world's own API: tests and people see through it what arrived, send mail in, and set moods."""

import msgspec

from e2e.lab.outside.http import Request, Response
from e2e.lab.outside.mail import Mailroom
from e2e.lab.outside.provider import Provider
from e2e.lab.outside.sender import Letter, deliver
from e2e.lab.outside.webhooks import Webhooks


class Mood(msgspec.Struct, frozen=True):
    """The status that webhooks are answered with from now on, everywhere or at one path; 0: none, ever."""

    status: int
    path: str | None = None


class Works(msgspec.Struct, frozen=True):
    """Whether the provider of relays lets anybody log in from now on."""

    works: bool


_KNOWN = "GET|DELETE /messages, POST /send, GET|DELETE /webhooks, POST /webhooks/answer, GET /relayed, POST /relay"


class Api:
    """Routes by method and path."""

    def __init__(self, mailroom: Mailroom, webhooks: Webhooks, provider: Provider, helo: str) -> None:
        self._mailroom = mailroom
        self._webhooks = webhooks
        self._provider = provider
        self._helo = helo

    async def answer(self, request: Request) -> Response:
        """Answer one request; what cannot be read is the caller's fault."""
        try:
            return await self._route(request)
        except msgspec.MsgspecError as error:
            return Response(400, {"error": str(error)})

    async def _route(self, request: Request) -> Response:
        match (request.method, request.path):
            case ("GET", "/messages"):
                return Response(content=list(self._mailroom.find(request.query.get("recipient") or None)))
            case ("DELETE", "/messages"):
                self._mailroom.clear()
                return Response()
            case ("POST", "/send"):
                letter = msgspec.json.decode(request.body, type=Letter)
                return Response(content=await deliver(letter, helo=self._helo))
            case ("GET", "/webhooks"):
                return Response(content=self._webhooks.at(request.query.get("path")))
            case ("DELETE", "/webhooks"):
                self._webhooks.calls.clear()
                return Response()
            case ("POST", "/webhooks/answer"):
                mood = msgspec.json.decode(request.body, type=Mood)
                self._webhooks.be(mood.status, mood.path)
                return Response()
            case ("GET", "/relayed"):
                return Response(content=self._provider.relayed)
            case ("POST", "/relay"):
                self._provider.works = msgspec.json.decode(request.body, type=Works).works
                return Response()
            case _:
                return Response(404, {"error": _KNOWN})
