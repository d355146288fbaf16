"""How a limit stands, in words: what the resource is called, and what to do when it is nearly or wholly used up."""

from control_plane.core.languages import mark
from control_plane.quotas.resources import Resource
from control_plane.quotas.schemas import Level, ResourceUsage
from web import formats
from web.i18n import gettext

_WORDS: dict[Resource, str] = {
    "messages_hour": mark("Messages this hour"),
    "messages_day": mark("Messages today"),
    "messages_month": mark("Messages this month"),
    "domains": mark("Domains"),
    "mailboxes": mark("Mailboxes"),
    "storage_bytes": mark("Mailbox storage"),
    "contacts": mark("Contacts"),
    "dedicated_ips": mark("Dedicated IP addresses"),
}
TONES: dict[Level, str] = {"fine": "success", "near": "warning", "full": "error"}


def name(resource: Resource) -> str:
    """Name a resource."""
    return gettext(_WORDS[resource])


def advice(standing: ResourceUsage) -> str:
    """Say what to do about a resource that is nearly or wholly used up."""
    words = {"what": name(standing.resource)}
    if standing.provider_exhausted:
        return gettext("%(what)s: your provider's own allowance is used up. Ask your provider.") % words
    if standing.level == "near":
        return gettext("%(what)s: 80 %% or more is used. Ask your provider if you will need more.") % words
    if standing.resets_at is not None:
        words["when"] = formats.day(standing.resets_at)
        return (
            gettext("%(what)s: all is used until %(when)s UTC. Wait, or ask your provider for a larger plan.") % words
        )
    return gettext("%(what)s: all is used. Delete what you no longer need, or ask for a larger plan.") % words
