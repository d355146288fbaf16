"""The socket that Postfix tells submitted mail at."""

import asyncio
from pathlib import Path

import structlog

from tenant_agent.by_key import milter
from tenant_agent.by_key.conversation import Conversation
from tenant_agent.by_key.desk import Desk
from tenant_agent.by_key.milter import ProtocolError
from tenant_agent.postfix_socket import bound

log = structlog.get_logger(__name__)


async def serve(desk: Desk, path: Path) -> None:
    """Answer until cancelled; then hang up on who is connected, so that they try again."""
    connections: set[asyncio.StreamWriter] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.add(writer)
        try:
            await _converse(Conversation(desk), reader, writer)
        finally:
            connections.discard(writer)
            writer.close()

    server = await asyncio.start_unix_server(connected, sock=bound(path))
    try:
        async with server:
            await server.serve_forever()
    finally:
        for writer in connections:
            writer.transport.abort()


async def _converse(conversation: Conversation, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while (packet := await milter.read(reader)) is not None and packet.what != milter.QUIT:
            answer = await conversation.answer(packet)
            if answer is not None:
                writer.write(milter.written(answer))
                await writer.drain()
    except ProtocolError as error:
        log.error("by_key.misunderstood", reason=str(error))  # noqa: TRY400 (no trace wanted)
    except ConnectionError:
        log.info("by_key.hung_up")
    finally:
        conversation.forget()
