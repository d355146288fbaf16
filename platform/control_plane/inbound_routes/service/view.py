"""Routes and mails as the API shows them."""

from collections.abc import Callable
from datetime import timedelta

from control_plane.core.ids import TenantId, encode
from control_plane.core.tenancy import bound_tenant
from control_plane.inbound_routes.links import Links, Target
from control_plane.inbound_routes.matching import Rule
from control_plane.inbound_routes.queries.messages import MessageRow
from control_plane.inbound_routes.queries.routes import RouteRow
from control_plane.inbound_routes.reading import File, Letter, Mailbox
from control_plane.inbound_routes.schemas import (
    Action,
    ForwardTarget,
    InboundAddress,
    InboundAttachment,
    InboundAuthentication,
    InboundContent,
    InboundEnvelope,
    InboundHeader,
    InboundMessage,
    InboundParse,
    InboundRoute,
    InboundSpam,
    InboundSummary,
    Match,
)

PREFIX = "rte"
MESSAGE_PREFIX = "inb"
WEBHOOK_PREFIX = "whk"

LinkTo = Callable[[int | None], str]
"""From an attachment's number, or none for the mail itself, to a link."""


def route_of(row: RouteRow) -> InboundRoute:
    """Show a route."""
    is_address = row.match_type == "address"
    return InboundRoute(
        id=encode(PREFIX, row.id),
        name=row.name,
        match=Match(
            type=row.match_type,
            address=row.address,
            domain=None if is_address else row.domain,
            name=row.header_name,
            pattern=row.header_pattern,
        ),
        action=Action(
            type=row.action_type,
            webhook_id=None if row.webhook_id is None else encode(WEBHOOK_PREFIX, row.webhook_id),
            mailbox=row.mailbox,
            to=row.target_email,
        ),
        target=_target(row),
        priority=row.priority,
        enabled=row.enabled,
        created_at=row.created_at,
        version=row.version,
    )


def _target(row: RouteRow) -> ForwardTarget | None:
    if row.target_email is None or row.target_status is None:
        return None
    return ForwardTarget(email=row.target_email, status=row.target_status, note=row.target_note)


def rule_of(row: RouteRow) -> Rule:
    """Give what a route wants."""
    return Rule(
        route_id=row.id,
        priority=row.priority,
        match_type=row.match_type,
        domain=row.domain,
        address=row.address,
        header_name=row.header_name,
        header_pattern=row.header_pattern,
        enabled=row.enabled,
    )


def summary_of(row: MessageRow) -> InboundSummary:
    """Show a mail in a list."""
    return InboundSummary(
        id=encode(MESSAGE_PREFIX, row.id),
        route_id=encode(PREFIX, row.route_id),
        status=row.status,
        note=row.note,
        recipient=row.recipient,
        sender=row.from_email,
        subject=row.subject,
        received_at=row.received_at,
        size=row.size,
        spam_score=row.spam_score,
    )


def message_of(row: MessageRow, letter: Letter | None, link_to: LinkTo) -> InboundMessage:
    """Show a mail with what it says, if it is still kept."""
    summary = summary_of(row)
    return InboundMessage(
        **{name: getattr(summary, name) for name in InboundSummary.__struct_fields__},
        envelope=InboundEnvelope(sender=row.sender, recipient=row.recipient, client=row.client),
        content=None if letter is None else _content(letter, link_to),
        raw=None if letter is None else link_to(None),
    )


def linking(links: Links, row: MessageRow, lifetime: timedelta) -> LinkTo:
    """Make links to parts of a mail of the bound tenant."""
    tenant_id: TenantId = bound_tenant()
    return lambda number: links.make(Target(tenant_id, row.id, number), lifetime)


def _content(letter: Letter, link_to: LinkTo) -> InboundContent:
    checks = letter.checks
    return InboundContent(
        sender=_addresses(letter.sender),
        to=_addresses(letter.to),
        cc=_addresses(letter.cc),
        reply_to=_addresses(letter.reply_to),
        subject=letter.subject,
        date=letter.date,
        message_id=letter.message_id,
        text=letter.text,
        html=letter.html,
        safe_html=letter.safe_html,
        reply=letter.reply,
        headers=tuple(InboundHeader(name, value) for name, value in letter.headers),
        attachments=tuple(_attachment(each, link_to(number)) for number, each in enumerate(letter.files)),
        spam=InboundSpam(score=checks.score, symbols=dict(checks.symbols)),
        authentication=InboundAuthentication(spf=checks.spf, dkim=checks.dkim, dmarc=checks.dmarc, arc=checks.arc),
        parse=InboundParse(problems=letter.problems),
    )


def _addresses(found: tuple[Mailbox, ...]) -> tuple[InboundAddress, ...]:
    return tuple(InboundAddress(email=each.email, name=each.name) for each in found)


def _attachment(file: File, link: str) -> InboundAttachment:
    return InboundAttachment(
        filename=file.filename,
        content_type=file.content_type,
        size=file.size,
        content_id=file.content_id,
        link=link,
    )
