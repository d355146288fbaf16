"""A list of messages as lines of a table: one for each recipient."""

from collections.abc import Iterator

from control_plane.messages.schemas import MessageSummary

HEADER = ("id", "created_at", "from", "to", "subject", "status", "stream", "sandbox")
"""The names of the API, whatever the reader's language."""
MESSAGES_MAX = 100_000


def lines_of(message: MessageSummary) -> Iterator[tuple[str, ...]]:
    """Give a message's lines."""
    moment = message.created_at.isoformat()
    for recipient in message.recipients:
        yield (
            message.id,
            moment,
            message.sender,
            recipient.email,
            message.subject,
            recipient.status,
            message.stream,
            "yes" if recipient.sandbox else "",
        )
