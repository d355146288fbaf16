"""The audit log in words: what was done as a sentence, what changed as before and after."""

import re
from datetime import datetime

import msgspec

from control_plane.audit.schemas import AuditChange, AuditEntry
from control_plane.core.languages import mark
from web import formats
from web.i18n import gettext

HIDDEN = "(hidden)"
_LONGEST = 160
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")

FEATURES: dict[str, tuple[str, str]] = {
    "accounts": (mark("Signing in"), "log-in"),
    "members": (mark("Members"), "users"),
    "api-keys": (mark("API keys"), "key-round"),
    "domains": (mark("Domains"), "globe"),
    "certificates": (mark("Certificates"), "lock"),
    "mailboxes": (mark("Mailboxes"), "inbox"),
    "inbound-routes": (mark("Inbound routes"), "log-in"),
    "forward-targets": (mark("Addresses that mail is forwarded to"), "send"),
    "inbound-messages": (mark("Mail that came in"), "mail"),
    "templates": (mark("Templates"), "layout-template"),
    "messages": (mark("Messages"), "send"),
    "webhooks": (mark("Webhooks"), "webhook"),
    "suppressions": (mark("Suppressions"), "ban"),
    "access-grants": (mark("Access"), "handshake"),
    "identity-providers": (mark("Single sign-on"), "shield-check"),
    "clients": (mark("Clients"), "building-2"),
    "plans": (mark("Plans"), "layers"),
    "brand": (mark("Brand"), "palette"),
    "account": (mark("This account"), "settings"),
    "ip_pools": (mark("Sending pools"), "layers"),
    "ips": (mark("Sending addresses"), "route"),
    "reputation": (mark("Reputation"), "shield-check"),
    "nodes": (mark("Nodes"), "server"),
    "moves": (mark("Moves"), "circle-arrow-right"),
    "relays": (mark("Relays"), "route"),
    "rollouts": (mark("Roll-outs"), "refresh-cw"),
    "shaping": (mark("Shaping"), "sliders-horizontal"),
    "enforcement": (mark("Sending health"), "activity"),
    "warmup": (mark("Warm-up"), "activity"),
}
"""What acts are about: a word for the filter, and a sign."""

ACTIONS: dict[str, str] = {
    "accounts.sign_in": mark("Signed in"),
    "accounts.sign_in_failed": mark("Tried to sign in and failed"),
    "accounts.sign_out": mark("Signed out"),
    "accounts.reset_password": mark("Set a new password"),
    "accounts.change_password": mark("Changed the password"),
    "members.invite": mark("Invited somebody"),
    "members.join": mark("Joined the account"),
    "members.change_role": mark("Gave a member another role"),
    "members.remove": mark("Removed a member"),
    "members.transfer_ownership": mark("Handed the account over"),
    "members.resend_invitation": mark("Sent an invitation again"),
    "members.withdraw_invitation": mark("Withdrew an invitation"),
    "api-keys.create": mark("Made an API key"),
    "api-keys.change": mark("Changed an API key"),
    "api-keys.rotate": mark("Replaced an API key"),
    "api-keys.revoke": mark("Revoked an API key"),
    "domains.add": mark("Added a domain"),
    "domains.verify": mark("A domain’s check had a new result"),
    "domains.change_mta_sts": mark("Changed a domain’s MTA-STS policy"),
    "inbound-routes.create": mark("Added an inbound route"),
    "inbound-routes.change": mark("Changed an inbound route"),
    "inbound-routes.move": mark("Changed the order of inbound routes"),
    "inbound-routes.delete": mark("Deleted an inbound route"),
    "inbound-routes.ask": mark("Asked once more whether somebody wants forwarded mail"),
    "forward-targets.confirm": mark("The owner of an address agreed to forwarded mail"),
    "forward-targets.decline": mark("The owner of an address declined forwarded mail"),
    "forward-targets.pause": mark("Forwarding to an address was paused, as mail came back"),
    "inbound-messages.release": mark("Released a mail that was held"),
    "inbound-messages.purge": mark("Threw a mail away that had come in"),
    "relays.create": mark("Added a relay"),
    "relays.change": mark("Changed a relay"),
    "relays.delete": mark("Deleted a relay"),
    "relays.test": mark("Had a relay tested"),
    "relays.switch": mark("Switched a domain to or from a relay"),
    "relays.change_events_address": mark("Gave a relay’s events another address"),
    "certificates.order": mark("Ordered a certificate"),
    "certificates.issue": mark("A certificate was issued"),
    "certificates.upload": mark("Uploaded a certificate"),
    "certificates.replace": mark("Replaced an uploaded certificate"),
    "certificates.renew": mark("Had a certificate renewed"),
    "certificates.revoke": mark("Revoked a certificate"),
    "certificates.delete": mark("Deleted a certificate"),
    "certificates.withdraw": mark("A certificate was withdrawn: its name is no longer this account’s"),
    "domains.rotate_dkim": mark("Began to replace a domain’s DKIM keys"),
    "domains.advance_dkim": mark("A domain’s DKIM keys changed their state"),
    "domains.change_dkim": mark("Changed how a domain’s DKIM keys are kept"),
    "domains.delete": mark("Deleted a domain"),
    "domains.share": mark("Shared a domain’s records by a link"),
    "domains.unshare": mark("Withdrew a link to a domain’s records"),
    "domains.connect": mark("Connected a DNS provider"),
    "domains.change_connection": mark("Changed a DNS provider"),
    "domains.disconnect": mark("Removed a DNS provider"),
    "domains.compare": mark("Compared a domain’s records with its provider"),
    "domains.publish": mark("Published a domain’s records at its provider"),
    "domains.roll_back": mark("Took published records back"),
    "mailboxes.create": mark("Made a mailbox"),
    "mailboxes.change": mark("Changed a mailbox"),
    "mailboxes.delete": mark("Deleted a mailbox"),
    "templates.create": mark("Made a template"),
    "templates.change": mark("Changed a template"),
    "templates.publish": mark("Published a template’s version"),
    "templates.restore": mark("Went back to a template’s older version"),
    "templates.test_send": mark("Sent a template as a test"),
    "templates.delete": mark("Deleted a template"),
    "webhooks.create": mark("Made a webhook"),
    "webhooks.update": mark("Changed a webhook"),
    "webhooks.disable": mark("Switched off a webhook that failed"),
    "webhooks.rotate_secret": mark("Gave a webhook a new secret"),
    "webhooks.test": mark("Sent a webhook a sample"),
    "webhooks.retry": mark("Had a webhook sent an event once more"),
    "webhooks.replay": mark("Had a webhook sent events of the past"),
    "webhooks.delete": mark("Deleted a webhook"),
    "suppressions.add": mark("Suppressed an address"),
    "suppressions.delete": mark("Took an address off the suppression list"),
    "suppressions.reactivate": mark("Reactivated a suppressed address"),
    "suppressions.restore": mark("Put an address back on the suppression list"),
    "suppressions.delete_many": mark("Reactivated suppressed addresses"),
    "suppressions.import": mark("Imported addresses to suppress"),
    "access-grants.create": mark("Let a provider act for the account"),
    "access-grants.change": mark("Changed what a provider may do"),
    "access-grants.delete": mark("Ended a provider’s access"),
    "identity-providers.create": mark("Set up single sign-on"),
    "identity-providers.change": mark("Changed single sign-on"),
    "identity-providers.delete": mark("Removed single sign-on"),
    "identity-providers.link": mark("Linked a person to single sign-on"),
    "clients.create": mark("Made a client"),
    "clients.change": mark("Changed a client"),
    "clients.move": mark("Moved a client"),
    "clients.suspend": mark("Suspended a client"),
    "clients.resume": mark("Resumed a client"),
    "clients.close": mark("Closed a client"),
    "clients.reopen": mark("Reopened a client"),
    "plans.create": mark("Made a plan"),
    "plans.change": mark("Changed a plan"),
    "plans.retire": mark("Retired a plan"),
    "brand.change": mark("Changed the brand"),
    "brand.host": mark("Checked the brand’s host name"),
    "brand.reset": mark("Went back to the usual brand"),
    "account.sign_up": mark("Signed up"),
    "account.change_retention": mark("Changed for how long messages’ contents are kept"),
    "messages.cancel": mark("Called a message back"),
    "messages.release": mark("Released a message that was held"),
    "messages.reschedule": mark("Changed when a scheduled message goes"),
    "messages.resend": mark("Sent a message once more"),
    "account.export": mark("Exported the account’s data"),
    "account.erase": mark("Erased the account’s data"),
    "nodes.change": mark("Changed a node"),
    "nodes.drain": mark("Began to drain a node"),
    "nodes.undrain": mark("Let a drained node serve again"),
    "nodes.retire": mark("Took a node out of service"),
    "nodes.give_up": mark("Gave a lost node up"),
    "nodes.withdraw_tokens": mark("Withdrew a node’s enrolment tokens"),
    "ip_pools.create": mark("Made a pool of sending addresses"),
    "ip_pools.change": mark("Changed a pool of sending addresses"),
    "ip_pools.delete": mark("Deleted a pool of sending addresses"),
    "ips.add": mark("Added a sending address"),
    "ips.change": mark("Changed a sending address"),
    "ips.verify": mark("Found a sending address fit to send"),
    "ips.warm": mark("Ended a sending address’s warm-up"),
    "ips.rewarm": mark("Began to warm up a sending address again"),
    "ips.drain": mark("Began to drain a sending address"),
    "ips.resume": mark("Resumed a draining address"),
    "ips.quarantine": mark("Quarantined a sending address"),
    "ips.release": mark("Gave up a sending address"),
    "ips.reuse": mark("Took a released address up again"),
    "ips.set_cool_down": mark("Changed an address’s cool-down"),
    "ips.keep_warm": mark("Kept a standby address warm, or let it rest"),
    "ips.stand_in": mark("Let a standby address take over"),
    "reputation.ask_delisting": mark("Noted that a delisting was asked for"),
    "nodes.register": mark("Registered a node"),
    "rollouts.start": mark("Began a roll-out"),
    "rollouts.enter_stage": mark("A roll-out went on to its next wave"),
    "rollouts.pause": mark("Paused a roll-out"),
    "rollouts.resume": mark("Let a roll-out go on"),
    "rollouts.abort": mark("Aborted a roll-out"),
    "rollouts.turn_back": mark("A roll-out did harm and went back"),
    "rollouts.complete": mark("A roll-out went through"),
    "rollouts.end": mark("A roll-out ended"),
    "shaping.save": mark("Changed the shaping rules"),
    "messages.cancel_many": mark("Called back many messages"),
    "messages.release_many": mark("Released many messages"),
    "enforcement.step": mark("Figures led to another step"),
    "enforcement.exempt": mark("Trusted an account for a while"),
    "enforcement.appeal": mark("Appealed against a measure"),
    "enforcement.answer": mark("Answered an appeal"),
    "warmup.begin": mark("The warm-up of an address began"),
    "warmup.change": mark("Gave a warm-up another table"),
    "warmup.hold": mark("Held a warm-up"),
    "warmup.resume": mark("Let a warm-up go on"),
    "warmup.step_back": mark("Took a warm-up a step back"),
    "warmup.finish": mark("Ended a warm-up"),
    "mailboxes.move": mark("A mailbox was moved to another server"),
    "moves.request": mark("Asked for mailboxes to move"),
    "moves.abort": mark("Aborted the move of a mailbox"),
    "moves.retry": mark("Tried the move of a mailbox again"),
    "moves.abort_batch": mark("Aborted moves of mailboxes"),
    "moves.retry_batch": mark("Tried failed moves of mailboxes again"),
    "moves.pause": mark("Paused moves of mailboxes"),
    "moves.resume": mark("Let moves of mailboxes go on"),
    "nodes.make_enrolment_token": mark("Made an enrolment token for a node"),
    "nodes.show_certificate": mark("A node showed another certificate to the fleet"),
    "nodes.renew_credential": mark("A node renewed its credential"),
    "nodes.rotate_bundle_key": mark("Made a new key for signing desired state"),
}

FIELDS: dict[str, str] = {
    "name": mark("Name"),
    "address": mark("Address"),
    "status": mark("Status"),
    "scopes": mark("Rights"),
    "expires_at": mark("Expires"),
    "allowed_domains": mark("Domains"),
    "allowed_networks": mark("Networks"),
    "requests_per_minute": mark("Requests per minute"),
    "quota_bytes": mark("Quota"),
    "password_hash": mark("Password"),
    "role": mark("Role"),
    "email": mark("Email"),
    "url": mark("Address"),
    "events": mark("Events"),
    "secrets": mark("Secrets"),
    "replaced_by": mark("Replaced by"),
    "limits": mark("Limits"),
    "plan_id": mark("Plan"),
    "reason": mark("Reason"),
    "method": mark("Way to sign in"),
    "because": mark("Reason"),
    "note": mark("Note"),
    "stream": mark("Stream"),
    "addresses": mark("Addresses"),
    "for_clients": mark("For accounts below"),
}


_CODED = ("status", "own_status", "kind", "method", "second_factor")
"""Fields whose values are our own words; what people wrote stays as it is."""
_VALUES = {
    "active": mark("Active"),
    "suspended": mark("Suspended"),
    "disabled": mark("Disabled"),
    "password": mark("Password"),
    "passkey": mark("Passkey"),
    "link": mark("Mailed link"),
    "provider": mark("Single sign-on"),
    "client": mark("Client"),
    "agency": mark("Agency"),
}


class ChangeWords(msgspec.Struct, frozen=True):
    """One field that changed; nothing where there was or is nothing."""

    field: str
    before: str
    after: str


class EntryWords(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as the page shows it."""

    entry: AuditEntry
    sentence: str
    icon: str
    changes: list[ChangeWords]
    is_visit: bool
    """Somebody from another tenant acted here."""


def words_of(entry: AuditEntry, own_id: str) -> EntryWords:
    """Put an entry into words; what has none yet is shown by its name."""
    feature = entry.action.partition(".")[0]
    known = ACTIONS.get(entry.action)
    return EntryWords(
        entry=entry,
        sentence=gettext(known) if known else entry.action,
        icon=FEATURES.get(feature, ("", "pen-line"))[1],
        changes=[words for name, change in entry.changes.items() if (words := _change(name, change))],
        is_visit=entry.on_behalf_of is None and entry.actor.tenant_id not in (None, own_id),
    )


def _change(name: str, change: AuditChange) -> ChangeWords | None:
    known = FIELDS.get(name)
    field = gettext(known) if known else name.replace("_", " ").capitalize()
    if change.before == change.after == HIDDEN:
        return ChangeWords(field, "", gettext("changed"))
    before, after = _value(name, change.before), _value(name, change.after)
    return ChangeWords(field, before, after) if before or after else None


def _value(name: str, value: object) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if value == HIDDEN:
        return gettext("(hidden)")
    if isinstance(value, int) and name.endswith("_bytes"):
        return formats.size(value) if value else gettext("No limit")
    if name in _CODED and isinstance(value, str) and value in _VALUES:
        return gettext(_VALUES[value])
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return _moment(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return _short(", ".join(value))
    return _short(value if isinstance(value, str) else msgspec.json.encode(value).decode())


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _moment(text: str) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{formats.date(at)}, {at:%H:%M} UTC"
