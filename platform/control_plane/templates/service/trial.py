"""Send a template to oneself: to members of the account and to addresses at its own domains, and to nobody else."""

from collections.abc import Sequence
from uuid import UUID

from control_plane.accounts import service as accounts
from control_plane.audit import service as audit
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.ids import encode
from control_plane.mail_domains import service as mail_domains
from control_plane.mail_domains.schemas import SendingDomain
from control_plane.messages.addresses import BadAddress, domain_of, normalise
from control_plane.messages.schemas import AcceptedMessage, EmailAddress, NewMessage
from control_plane.templates.schemas import TestSend
from control_plane.templates.service.preview import fill_in
from control_plane.templates.service.rendering import PREFIX

_MOST_MEMBERS = 200
_TAG = "template-test"


async def test_send(db: Database, clock: Clock, template_id: UUID, wanted: TestSend) -> AcceptedMessage:
    """Send a filled-in version, the latest if none is named; raises `NotFound`, `Invalid` and what `accept` raises."""
    from control_plane.messages import service as messages  # which renders templates itself

    recipients = await _own(db, wanted.to)
    rendered = await fill_in(db, template_id, wanted.version, wanted.data)
    new = NewMessage(
        sender=wanted.sender,
        to=tuple(EmailAddress(email=address) for address in recipients),
        subject=f"[Test] {rendered.subject}".strip(),
        text=rendered.text,
        html=rendered.html,
        tags=(_TAG,),
    )
    accepted = await messages.accept(db, clock, new)
    async with db.tenant_tx() as tx:
        told = {"to": list(recipients), "message": accepted.id}
        audit.record(tx, "templates.test_send", encode(PREFIX, template_id), after=told)
    return accepted


test_send.__test__ = False  # type: ignore[attr-defined]  # pytest would take its name for a test's


async def _own(db: Database, addresses: Sequence[str]) -> list[str]:
    """Give the addresses in their one form; raises `Invalid` for those of strangers."""
    members = {member.email.lower() for member in (await accounts.list_members(db, None, _MOST_MEMBERS)).data}
    found, errors = list[str](), list[FieldError]()
    for index, text in enumerate(addresses):
        try:
            found.append(normalise(text))
        except BadAddress as error:
            errors.append(FieldError(f"to[{index}]", str(error)))
    async with db.tenant_tx() as tx:
        domains = await mail_domains.sending_domains(tx, {domain_of(address) for address in found})
    for index, address in enumerate(found):
        if address.lower() not in members and not isinstance(domains[domain_of(address)], SendingDomain):
            message = "Tests go to members of the account and to addresses at its proven domains."
            errors.append(FieldError(f"to[{index}]", message))
    if errors:
        raise Invalid(errors=tuple(errors))
    return found
