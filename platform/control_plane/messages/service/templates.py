"""Fill in templates, and put what was written into the form that is stored."""

import asyncio
import time
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from control_plane.core.database import Database
from control_plane.core.errors import Invalid, Refused
from control_plane.core.spooled_body import restored
from control_plane.messages.aside import Aside
from control_plane.messages.compose import Composed, compose
from control_plane.messages.schemas import NewMessage
from control_plane.templates import service as templates
from control_plane.templates.service import Ready

_LONG_SECONDS = 0.01


async def composed(
    db: Database, batch: Sequence[NewMessage | Refused], aside: Aside | None = None
) -> list[Composed | Refused]:
    """Compose each message that can be; for the others, say why not. A large batch lets others have their turn."""
    ready = await _ready(db, {each.template.id for each in batch if isinstance(each, NewMessage) and each.template})
    results: list[Composed | Refused] = []
    began = time.monotonic()
    for each in batch:
        results.append(each if isinstance(each, Refused) else _composed(each, ready, aside))
        if time.monotonic() - began > _LONG_SECONDS:
            await asyncio.sleep(0)
            began = time.monotonic()
    return results


async def _ready(db: Database, template_ids: set[str]) -> Mapping[str, Ready | Invalid]:
    if not template_ids:
        return {}
    async with db.tenant_tx() as tx:
        return await templates.prepare(tx, template_ids)


def _composed(new: NewMessage, ready: Mapping[str, Ready | Invalid], aside: Aside | None) -> Composed | Refused:
    try:
        return compose(_filled(new, ready), aside)
    except Refused as refused:
        return refused


def _filled(new: NewMessage, ready: Mapping[str, Ready | Invalid]) -> NewMessage:
    """Take from the template what the message does not say itself; raises `Invalid`."""
    if new.template is None:
        return new
    template = ready[new.template.id]
    if isinstance(template, Invalid):
        raise template
    data = {name: restored(value) for name, value in new.template.data.items()}
    rendered = template.render(data)
    return replace(
        new,
        subject=new.subject or rendered.subject,
        text=rendered.text if new.text is None else new.text,
        html=rendered.html if new.html is None else new.html,
        template=None,
    )
