"""Every operation of the API as a method.

Made by `scripts/client` from the API's description: not to be edited.
"""

from datetime import datetime
from typing import Literal

from fleetpost_client import types as api
from fleetpost_client.paging import AsyncPages, Pages
from fleetpost_client.request import Request
from fleetpost_client.transport import AsyncTransport, Transport


class Client(Transport):
    """Asks, and waits for the answer."""

    def get_me(self, *, if_none_match: str | None = None) -> api.Me:
        """Show whose key this is and what it may do."""
        return self.send(
            Request("GET", "/v1/me", header={"If-None-Match": if_none_match}), api.Me
        )

    def list_messages(
        self,
        *,
        recipient: str | None = None,
        sender: str | None = None,
        subject: str | None = None,
        status: Literal[
            "accepted",
            "held",
            "scheduled",
            "queued",
            "deferred",
            "delivered",
            "bounced",
            "complained",
            "suppressed",
            "failed",
            "cancelled",
        ]
        | None = None,
        tag: str | None = None,
        stream: Literal["transactional", "broadcast"] | None = None,
        metadata: str | None = None,
        sandbox: Literal["only"] | None = None,
        reply: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        query: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.MessageSummaryPage:
        """List messages, newest first. A page holds fewer than `limit`, perhaps none, where what is asked for stands far apart: go on with `next`."""
        return self.send(
            Request(
                "GET",
                "/v1/messages",
                query={
                    "recipient": recipient,
                    "from": sender,
                    "subject": subject,
                    "status": status,
                    "tag": tag,
                    "stream": stream,
                    "metadata": metadata,
                    "sandbox": sandbox,
                    "reply": reply,
                    "since": since,
                    "until": until,
                    "query": query,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.MessageSummaryPage,
        )

    def iter_messages(
        self,
        *,
        recipient: str | None = None,
        sender: str | None = None,
        subject: str | None = None,
        status: Literal[
            "accepted",
            "held",
            "scheduled",
            "queued",
            "deferred",
            "delivered",
            "bounced",
            "complained",
            "suppressed",
            "failed",
            "cancelled",
        ]
        | None = None,
        tag: str | None = None,
        stream: Literal["transactional", "broadcast"] | None = None,
        metadata: str | None = None,
        sandbox: Literal["only"] | None = None,
        reply: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        query: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Pages[api.MessageSummary]:
        """Go through all that `list_messages` gives, page after page."""
        return Pages(
            lambda position: self.list_messages(
                recipient=recipient,
                sender=sender,
                subject=subject,
                status=status,
                tag=tag,
                stream=stream,
                metadata=metadata,
                sandbox=sandbox,
                reply=reply,
                since=since,
                until=until,
                query=query,
                limit=limit,
                after=position,
            ),
            after,
        )

    def send_message(
        self, body: api.NewMessage, *, idempotency_key: str | None = None
    ) -> api.AcceptedMessage:
        """Accept a message."""
        return self.send(
            Request(
                "POST",
                "/v1/messages",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.AcceptedMessage,
        )

    def get_bulk_act(
        self, act_id: str, *, if_none_match: str | None = None
    ) -> api.BulkAct:
        """Say how far something is that is done to many messages."""
        return self.send(
            Request(
                "GET",
                "/v1/messages/acts/{act_id}",
                path={"act_id": act_id},
                header={"If-None-Match": if_none_match},
            ),
            api.BulkAct,
        )

    def send_batch(
        self, body: api.NewBatch, *, idempotency_key: str | None = None
    ) -> api.BatchResult:
        """Accept messages, each by itself: one that is refused does not hold up the others."""
        return self.send(
            Request(
                "POST",
                "/v1/messages/batch",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.BatchResult,
        )

    def cancel_messages(
        self, body: api.ManyMessages, *, idempotency_key: str | None = None
    ) -> api.BulkAct:
        """Call back many messages, by their ids or all that are held or scheduled and fit a filter."""
        return self.send(
            Request(
                "POST",
                "/v1/messages/cancel",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.BulkAct,
        )

    def export_messages(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        query: str | None = None,
    ) -> bytes:
        """Give the messages of a search as CSV, newest first, a line for each recipient: at most 100,000 messages."""
        return self.send(
            Request(
                "GET",
                "/v1/messages/export",
                query={"since": since, "until": until, "query": query},
            ),
            bytes,
        )

    def release_messages(
        self, body: api.ManyMessages, *, idempotency_key: str | None = None
    ) -> api.BulkAct:
        """Let many held messages go, as far as there is room; those of paused streams only if a provider acts for you."""
        return self.send(
            Request(
                "POST",
                "/v1/messages/release",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.BulkAct,
        )

    def get_message(
        self, message_id: str, *, if_none_match: str | None = None
    ) -> api.Message:
        """Show a message with its recipients' timelines."""
        return self.send(
            Request(
                "GET",
                "/v1/messages/{message_id}",
                path={"message_id": message_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Message,
        )

    def reschedule_message(
        self, message_id: str, body: api.ScheduleChange, *, if_match: str | None = None
    ) -> api.Message:
        """Have what is scheduled of a message go at another moment, or now."""
        return self.send(
            Request(
                "PATCH",
                "/v1/messages/{message_id}",
                path={"message_id": message_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Message,
        )

    def cancel_message(
        self, message_id: str, *, idempotency_key: str | None = None
    ) -> api.Message:
        """Call back what of a message is scheduled, held, or still waits for a node."""
        return self.send(
            Request(
                "POST",
                "/v1/messages/{message_id}/cancel",
                path={"message_id": message_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Message,
        )

    def get_raw_message(self, message_id: str) -> bytes:
        """Give a message as it is sent, before it is signed; for as long as your settings say."""
        return self.send(
            Request(
                "GET", "/v1/messages/{message_id}/raw", path={"message_id": message_id}
            ),
            bytes,
        )

    def release_message(
        self, message_id: str, *, idempotency_key: str | None = None
    ) -> api.Message:
        """Let go what is held of a message over a limit, if there is room for it again."""
        return self.send(
            Request(
                "POST",
                "/v1/messages/{message_id}/release",
                path={"message_id": message_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Message,
        )

    def resend_message(
        self, message_id: str, body: api.Resend, *, idempotency_key: str | None = None
    ) -> api.AcceptedMessage:
        """Send a message once more, to all its recipients or some, as a new one."""
        return self.send(
            Request(
                "POST",
                "/v1/messages/{message_id}/resend",
                path={"message_id": message_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.AcceptedMessage,
        )

    def list_templates(
        self,
        *,
        kind: Literal["message", "layout"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.TemplateSummaryPage:
        """List templates and layouts, newest first."""
        return self.send(
            Request(
                "GET",
                "/v1/templates",
                query={"kind": kind, "limit": limit, "after": after},
            ),
            api.TemplateSummaryPage,
        )

    def iter_templates(
        self,
        *,
        kind: Literal["message", "layout"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Pages[api.TemplateSummary]:
        """Go through all that `list_templates` gives, page after page."""
        return Pages(
            lambda position: self.list_templates(
                kind=kind, limit=limit, after=position
            ),
            after,
        )

    def create_template(
        self, body: api.NewTemplate, *, idempotency_key: str | None = None
    ) -> api.Template:
        """Make a template; its first version is live at once."""
        return self.send(
            Request(
                "POST",
                "/v1/templates",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Template,
        )

    def preview_unsaved_template(
        self, body: api.UnsavedPreview, *, idempotency_key: str | None = None
    ) -> api.Preview:
        """Show what would be sent of a template that is not stored."""
        return self.send(
            Request(
                "POST",
                "/v1/templates/preview",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Preview,
        )

    def get_template(
        self,
        template_id: str,
        *,
        version: int | None = None,
        if_none_match: str | None = None,
    ) -> api.Template:
        """Give a template with its latest version, or with the one that is named."""
        return self.send(
            Request(
                "GET",
                "/v1/templates/{template_id}",
                path={"template_id": template_id},
                query={"version": version},
                header={"If-None-Match": if_none_match},
            ),
            api.Template,
        )

    def change_template(
        self, template_id: str, body: api.TemplateChange, *, if_match: str | None = None
    ) -> api.Template:
        """Change a template; other content makes a new version, which is sent when it is published."""
        return self.send(
            Request(
                "PATCH",
                "/v1/templates/{template_id}",
                path={"template_id": template_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Template,
        )

    def delete_template(self, template_id: str, *, if_match: str | None = None) -> None:
        """Delete a template with all its versions; a layout only when no template stands in it."""
        self.send(
            Request(
                "DELETE",
                "/v1/templates/{template_id}",
                path={"template_id": template_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    def clone_template(
        self,
        template_id: str,
        body: api.CloneRequest,
        *,
        idempotency_key: str | None = None,
    ) -> api.Template:
        """Make a copy of a template's latest version."""
        return self.send(
            Request(
                "POST",
                "/v1/templates/{template_id}/clone",
                path={"template_id": template_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Template,
        )

    def preview_template(
        self,
        template_id: str,
        body: api.PreviewRequest,
        *,
        idempotency_key: str | None = None,
    ) -> api.Preview:
        """Show what would be sent, with the given data or the sample data."""
        return self.send(
            Request(
                "POST",
                "/v1/templates/{template_id}/preview",
                path={"template_id": template_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Preview,
        )

    def publish_template(
        self,
        template_id: str,
        body: api.VersionChoice,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> api.Template:
        """Send a version from now on."""
        return self.send(
            Request(
                "POST",
                "/v1/templates/{template_id}/publish",
                path={"template_id": template_id},
                header={"If-Match": if_match, "Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Template,
        )

    def restore_template(
        self,
        template_id: str,
        body: api.VersionChoice,
        *,
        idempotency_key: str | None = None,
    ) -> api.Template:
        """Make a new version of an older one's content; it is sent when it is published."""
        return self.send(
            Request(
                "POST",
                "/v1/templates/{template_id}/restore",
                path={"template_id": template_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Template,
        )

    def test_send_template(
        self,
        template_id: str,
        body: api.TestSend,
        *,
        idempotency_key: str | None = None,
    ) -> api.AcceptedMessage:
        """Send a template to members of the account or to addresses at its proven domains."""
        return self.send(
            Request(
                "POST",
                "/v1/templates/{template_id}/test-send",
                path={"template_id": template_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.AcceptedMessage,
        )

    def list_template_versions(self, template_id: str) -> api.TemplateVersionPage:
        """List a template's versions, newest first; the 30 newest are kept, and the one that is live."""
        return self.send(
            Request(
                "GET",
                "/v1/templates/{template_id}/versions",
                path={"template_id": template_id},
            ),
            api.TemplateVersionPage,
        )

    def get_stats(
        self,
        *,
        grain: Literal["hour", "day"] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        stream: Literal["transactional", "broadcast"] | None = None,
        provider: str | None = None,
        by: str | None = None,
        if_none_match: str | None = None,
    ) -> api.Stats:
        """Count your deliveries by the hour or UTC day in which they were accepted and by the state that they are in now. Without `since`: the last 24 hours, or 30 days. At most 7 days of hours, or 90 of days."""
        return self.send(
            Request(
                "GET",
                "/v1/stats",
                query={
                    "grain": grain,
                    "since": since,
                    "until": until,
                    "stream": stream,
                    "provider": provider,
                    "by": by,
                },
                header={"If-None-Match": if_none_match},
            ),
            api.Stats,
        )

    def list_suppressions(
        self,
        *,
        email: str | None = None,
        domain: str | None = None,
        reason: Literal[
            "hard_bounce", "soft_bounce", "complaint", "unsubscribe", "manual"
        ]
        | None = None,
        stream: Literal["transactional", "broadcast"] | None = None,
        status: Literal["active", "ended"] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.SuppressionPage:
        """List suppressions, newest first; with `status=ended` those that were, and why they ended."""
        return self.send(
            Request(
                "GET",
                "/v1/suppressions",
                query={
                    "email": email,
                    "domain": domain,
                    "reason": reason,
                    "stream": stream,
                    "status": status,
                    "since": since,
                    "until": until,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.SuppressionPage,
        )

    def iter_suppressions(
        self,
        *,
        email: str | None = None,
        domain: str | None = None,
        reason: Literal[
            "hard_bounce", "soft_bounce", "complaint", "unsubscribe", "manual"
        ]
        | None = None,
        stream: Literal["transactional", "broadcast"] | None = None,
        status: Literal["active", "ended"] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Pages[api.Suppression]:
        """Go through all that `list_suppressions` gives, page after page."""
        return Pages(
            lambda position: self.list_suppressions(
                email=email,
                domain=domain,
                reason=reason,
                stream=stream,
                status=status,
                since=since,
                until=until,
                limit=limit,
                after=position,
            ),
            after,
        )

    def create_suppression(
        self, body: api.SuppressionRequest, *, idempotency_key: str | None = None
    ) -> api.Suppression:
        """Suppress an address or, as `@else.test`, a whole domain; if it is already, give what there is."""
        return self.send(
            Request(
                "POST",
                "/v1/suppressions",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Suppression,
        )

    def delete_suppressions(
        self, body: api.BulkDeletion, *, idempotency_key: str | None = None
    ) -> api.BulkDeleted:
        """End up to a thousand suppressions, named by addresses or ids, for one reason."""
        return self.send(
            Request(
                "POST",
                "/v1/suppressions/delete",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.BulkDeleted,
        )

    def export_suppressions(
        self,
        *,
        reason: Literal[
            "hard_bounce", "soft_bounce", "complaint", "unsubscribe", "manual"
        ]
        | None = None,
        stream: Literal["transactional", "broadcast"] | None = None,
        since: datetime | None = None,
    ) -> bytes:
        """Give all active suppressions as CSV, as the import takes them."""
        return self.send(
            Request(
                "GET",
                "/v1/suppressions/export",
                query={"reason": reason, "stream": stream, "since": since},
            ),
            bytes,
        )

    def import_suppressions(
        self,
        *,
        reason: Literal[
            "hard_bounce", "soft_bounce", "complaint", "unsubscribe", "manual"
        ]
        | None = None,
        stream: Literal["transactional", "broadcast"] | None = None,
        for_clients: bool | None = None,
        idempotency_key: str | None = None,
    ) -> api.SuppressionImport:
        """Import a file: the body is CSV (`text/csv`) with a column email, or JSON lines (`application/x-ndjson`). Columns reason, stream and note are read too; `reason` and `stream` hold for lines that name none."""
        return self.send(
            Request(
                "POST",
                "/v1/suppressions/import",
                query={"reason": reason, "stream": stream, "for_clients": for_clients},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.SuppressionImport,
        )

    def list_suppression_imports(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.SuppressionImportPage:
        """List imports, newest first."""
        return self.send(
            Request(
                "GET",
                "/v1/suppressions/imports",
                query={"limit": limit, "after": after},
            ),
            api.SuppressionImportPage,
        )

    def iter_suppression_imports(
        self, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.SuppressionImport]:
        """Go through all that `list_suppression_imports` gives, page after page."""
        return Pages(
            lambda position: self.list_suppression_imports(limit=limit, after=position),
            after,
        )

    def get_suppression_import(
        self, import_id: str, *, if_none_match: str | None = None
    ) -> api.SuppressionImport:
        """Show how far an import is, and which lines were left out."""
        return self.send(
            Request(
                "GET",
                "/v1/suppressions/imports/{import_id}",
                path={"import_id": import_id},
                header={"If-None-Match": if_none_match},
            ),
            api.SuppressionImport,
        )

    def get_suppression(
        self, suppression_id: str, *, if_none_match: str | None = None
    ) -> api.Suppression:
        """Show a suppression, also one that has ended."""
        return self.send(
            Request(
                "GET",
                "/v1/suppressions/{suppression_id}",
                path={"suppression_id": suppression_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Suppression,
        )

    def delete_suppression(
        self, suppression_id: str, *, if_match: str | None = None
    ) -> None:
        """Let mail go to the address again; after a hard bounce or a complaint, reactivate it instead and say why."""
        self.send(
            Request(
                "DELETE",
                "/v1/suppressions/{suppression_id}",
                path={"suppression_id": suppression_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    def reactivate_suppression(
        self,
        suppression_id: str,
        body: api.Reactivation,
        *,
        idempotency_key: str | None = None,
    ) -> api.Suppression:
        """Let mail go to the address again and remember why; if it bounces again, it is suppressed again."""
        return self.send(
            Request(
                "POST",
                "/v1/suppressions/{suppression_id}/reactivate",
                path={"suppression_id": suppression_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Suppression,
        )

    def restore_suppression(
        self, suppression_id: str, *, idempotency_key: str | None = None
    ) -> api.Suppression:
        """Take back that a suppression was ended."""
        return self.send(
            Request(
                "POST",
                "/v1/suppressions/{suppression_id}/restore",
                path={"suppression_id": suppression_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Suppression,
        )

    def list_events(
        self,
        *,
        after: str | None = None,
        since: datetime | None = None,
        types: str | None = None,
        limit: int | None = None,
        wait: int | None = None,
    ) -> api.EventPage:
        """Read events in the order in which we stored them; go on from `next`, and you miss none and see none twice. They can be read for 30 days after they happened. `more` says that there is more to read at once."""
        return self.send(
            Request(
                "GET",
                "/v1/events",
                query={
                    "after": after,
                    "since": since,
                    "types": types,
                    "limit": limit,
                    "wait": wait,
                },
            ),
            api.EventPage,
        )

    def iter_events(
        self,
        *,
        after: str | None = None,
        since: datetime | None = None,
        types: str | None = None,
        limit: int | None = None,
        wait: int | None = None,
    ) -> Pages[api.Event]:
        """Go through all that `list_events` gives, page after page."""
        return Pages(
            lambda position: self.list_events(
                since=since, types=types, limit=limit, wait=wait, after=position
            ),
            after,
        )

    def list_webhooks(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.WebhookPage:
        """List webhooks, newest first."""
        return self.send(
            Request("GET", "/v1/webhooks", query={"limit": limit, "after": after}),
            api.WebhookPage,
        )

    def iter_webhooks(
        self, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.Webhook]:
        """Go through all that `list_webhooks` gives, page after page."""
        return Pages(
            lambda position: self.list_webhooks(limit=limit, after=position), after
        )

    def create_webhook(
        self, body: api.NewWebhook, *, idempotency_key: str | None = None
    ) -> api.CreatedWebhook:
        """Make a webhook; its secret is shown this once."""
        return self.send(
            Request(
                "POST",
                "/v1/webhooks",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.CreatedWebhook,
        )

    def get_webhook(
        self, webhook_id: str, *, if_none_match: str | None = None
    ) -> api.Webhook:
        """Show a webhook."""
        return self.send(
            Request(
                "GET",
                "/v1/webhooks/{webhook_id}",
                path={"webhook_id": webhook_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Webhook,
        )

    def change_webhook(
        self, webhook_id: str, body: api.WebhookChange, *, if_match: str | None = None
    ) -> api.Webhook:
        """Change a webhook, or switch it off and on; what is left out stays."""
        return self.send(
            Request(
                "PATCH",
                "/v1/webhooks/{webhook_id}",
                path={"webhook_id": webhook_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Webhook,
        )

    def delete_webhook(self, webhook_id: str, *, if_match: str | None = None) -> None:
        """Delete a webhook; what was on its way to it is given up."""
        self.send(
            Request(
                "DELETE",
                "/v1/webhooks/{webhook_id}",
                path={"webhook_id": webhook_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    def list_webhook_deliveries(
        self,
        webhook_id: str,
        *,
        status: Literal["pending", "delivered", "failed"] | None = None,
        type: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.WebhookDeliveryPage:
        """List what was sent to a webhook or is to be, newest first."""
        return self.send(
            Request(
                "GET",
                "/v1/webhooks/{webhook_id}/deliveries",
                path={"webhook_id": webhook_id},
                query={
                    "status": status,
                    "type": type,
                    "since": since,
                    "until": until,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.WebhookDeliveryPage,
        )

    def iter_webhook_deliveries(
        self,
        webhook_id: str,
        *,
        status: Literal["pending", "delivered", "failed"] | None = None,
        type: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Pages[api.WebhookDelivery]:
        """Go through all that `list_webhook_deliveries` gives, page after page."""
        return Pages(
            lambda position: self.list_webhook_deliveries(
                webhook_id,
                status=status,
                type=type,
                since=since,
                until=until,
                limit=limit,
                after=position,
            ),
            after,
        )

    def get_webhook_delivery(
        self, webhook_id: str, sending_id: str, *, if_none_match: str | None = None
    ) -> api.WebhookExchange:
        """Show one thing that was sent, with the last request and its answer."""
        return self.send(
            Request(
                "GET",
                "/v1/webhooks/{webhook_id}/deliveries/{sending_id}",
                path={"webhook_id": webhook_id, "sending_id": sending_id},
                header={"If-None-Match": if_none_match},
            ),
            api.WebhookExchange,
        )

    def retry_webhook_delivery(
        self, webhook_id: str, sending_id: str, *, idempotency_key: str | None = None
    ) -> api.WebhookDelivery:
        """Send something once more at once, whatever became of it before."""
        return self.send(
            Request(
                "POST",
                "/v1/webhooks/{webhook_id}/deliveries/{sending_id}/retry",
                path={"webhook_id": webhook_id, "sending_id": sending_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.WebhookDelivery,
        )

    def replay_webhook(
        self,
        webhook_id: str,
        body: api.NewReplay,
        *,
        idempotency_key: str | None = None,
    ) -> api.WebhookReplay:
        """Send the events of a time once more, under the same ids; at most 100,000 of the last 30 days."""
        return self.send(
            Request(
                "POST",
                "/v1/webhooks/{webhook_id}/replay",
                path={"webhook_id": webhook_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.WebhookReplay,
        )

    def list_webhook_replays(
        self, webhook_id: str, *, limit: int | None = None, after: str | None = None
    ) -> api.WebhookReplayPage:
        """List a webhook's replays with their progress, newest first."""
        return self.send(
            Request(
                "GET",
                "/v1/webhooks/{webhook_id}/replays",
                path={"webhook_id": webhook_id},
                query={"limit": limit, "after": after},
            ),
            api.WebhookReplayPage,
        )

    def iter_webhook_replays(
        self, webhook_id: str, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.WebhookReplay]:
        """Go through all that `list_webhook_replays` gives, page after page."""
        return Pages(
            lambda position: self.list_webhook_replays(
                webhook_id, limit=limit, after=position
            ),
            after,
        )

    def rotate_webhook_secret(
        self, webhook_id: str, *, idempotency_key: str | None = None
    ) -> api.RotatedSecret:
        """Make a new secret, shown this once; for a day, messages bear the old one's signature too."""
        return self.send(
            Request(
                "POST",
                "/v1/webhooks/{webhook_id}/rotate-secret",
                path={"webhook_id": webhook_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.RotatedSecret,
        )

    def send_webhook_test(
        self, webhook_id: str, body: api.NewTest, *, idempotency_key: str | None = None
    ) -> api.WebhookTest:
        """Send a sample event, once, and say what came back."""
        return self.send(
            Request(
                "POST",
                "/v1/webhooks/{webhook_id}/test",
                path={"webhook_id": webhook_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.WebhookTest,
        )

    def list_domains(
        self,
        *,
        status: Literal["pending", "verified", "degraded", "failed"] | None = None,
        query: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.DomainPage:
        """List your domains, newest first."""
        return self.send(
            Request(
                "GET",
                "/v1/domains",
                query={
                    "status": status,
                    "query": query,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.DomainPage,
        )

    def iter_domains(
        self,
        *,
        status: Literal["pending", "verified", "degraded", "failed"] | None = None,
        query: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Pages[api.Domain]:
        """Go through all that `list_domains` gives, page after page."""
        return Pages(
            lambda position: self.list_domains(
                status=status, query=query, limit=limit, after=position
            ),
            after,
        )

    def add_domain(
        self, body: api.NewDomain, *, idempotency_key: str | None = None
    ) -> api.Domain:
        """Add a domain; the answer has the DNS records to publish. One that the platform gives needs none of you."""
        return self.send(
            Request(
                "POST",
                "/v1/domains",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Domain,
        )

    def get_domain(
        self, domain_id: str, *, if_none_match: str | None = None
    ) -> api.Domain:
        """Give a domain with its DNS records and what the last check found."""
        return self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}",
                path={"domain_id": domain_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Domain,
        )

    def delete_domain(self, domain_id: str, *, if_match: str | None = None) -> None:
        """Delete a domain that has no mailboxes; its mail is refused from then on."""
        self.send(
            Request(
                "DELETE",
                "/v1/domains/{domain_id}",
                path={"domain_id": domain_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    def list_domain_checks(
        self, domain_id: str, *, limit: int | None = None, after: str | None = None
    ) -> api.DomainCheckPage:
        """List the checks of a domain that found something new, newest first; they are kept for 400 days."""
        return self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/checks",
                path={"domain_id": domain_id},
                query={"limit": limit, "after": after},
            ),
            api.DomainCheckPage,
        )

    def iter_domain_checks(
        self, domain_id: str, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.DomainCheck]:
        """Go through all that `list_domain_checks` gives, page after page."""
        return Pages(
            lambda position: self.list_domain_checks(
                domain_id, limit=limit, after=position
            ),
            after,
        )

    def get_dkim_keys(
        self, domain_id: str, *, if_none_match: str | None = None
    ) -> api.DkimKeys:
        """Give a domain's DKIM keys, each with where it is in its life; private keys are never shown."""
        return self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/dkim-keys",
                path={"domain_id": domain_id},
                header={"If-None-Match": if_none_match},
            ),
            api.DkimKeys,
        )

    def change_dkim_keys(
        self, domain_id: str, body: api.DkimChange, *, if_match: str | None = None
    ) -> api.DkimKeys:
        """Say whether keys are delegated to us or published by you, and how often they are replaced."""
        return self.send(
            Request(
                "PATCH",
                "/v1/domains/{domain_id}/dkim-keys",
                path={"domain_id": domain_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.DkimKeys,
        )

    def rotate_dkim_keys(
        self, domain_id: str, body: api.Rotation, *, idempotency_key: str | None = None
    ) -> api.DkimKeys:
        """Begin to replace a domain's DKIM keys; the new ones sign once they are seen in DNS."""
        return self.send(
            Request(
                "POST",
                "/v1/domains/{domain_id}/dkim/rotate",
                path={"domain_id": domain_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.DkimKeys,
        )

    def export_dmarc_rows(self, domain_id: str, *, days: int | None = None) -> bytes:
        """Give what was reported of a domain's mail as CSV, by day and address."""
        return self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/dmarc-export",
                path={"domain_id": domain_id},
                query={"days": days},
            ),
            bytes,
        )

    def get_dmarc_summary(
        self,
        domain_id: str,
        *,
        days: int | None = None,
        if_none_match: str | None = None,
    ) -> api.DmarcSummary:
        """Add up how a domain's mail fared: who sends as it, what passes, and whether a stricter policy is safe."""
        return self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/dmarc-summary",
                path={"domain_id": domain_id},
                query={"days": days},
                header={"If-None-Match": if_none_match},
            ),
            api.DmarcSummary,
        )

    def get_mta_sts(
        self, domain_id: str, *, if_none_match: str | None = None
    ) -> api.MtaSts:
        """Give a domain's MTA-STS policy."""
        return self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/mta-sts",
                path={"domain_id": domain_id},
                header={"If-None-Match": if_none_match},
            ),
            api.MtaSts,
        )

    def change_mta_sts(
        self, domain_id: str, body: api.MtaStsChange, *, if_match: str | None = None
    ) -> api.MtaSts:
        """Change a domain's MTA-STS policy; its TXT record at `_mta-sts.` must name the new id."""
        return self.send(
            Request(
                "PATCH",
                "/v1/domains/{domain_id}/mta-sts",
                path={"domain_id": domain_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.MtaSts,
        )

    def list_publications(
        self, domain_id: str, *, limit: int | None = None, after: str | None = None
    ) -> api.PublicationPage:
        """List what was published of the domain's records at providers, newest first."""
        return self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/publications",
                path={"domain_id": domain_id},
                query={"limit": limit, "after": after},
            ),
            api.PublicationPage,
        )

    def iter_publications(
        self, domain_id: str, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.Publication]:
        """Go through all that `list_publications` gives, page after page."""
        return Pages(
            lambda position: self.list_publications(
                domain_id, limit=limit, after=position
            ),
            after,
        )

    def create_publication(
        self,
        domain_id: str,
        body: api.NewPublication,
        *,
        idempotency_key: str | None = None,
    ) -> api.Publication:
        """Compare the domain's records with a provider's zone, and publish what needs no decision unless `dry_run`. The answer comes before the comparison: read the publication again until its status is `compared` or later."""
        return self.send(
            Request(
                "POST",
                "/v1/domains/{domain_id}/publications",
                path={"domain_id": domain_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Publication,
        )

    def get_domain_relay(
        self, domain_id: str, *, if_none_match: str | None = None
    ) -> api.DomainRelay:
        """Say which relay a domain was switched to."""
        return self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/relay",
                path={"domain_id": domain_id},
                header={"If-None-Match": if_none_match},
            ),
            api.DomainRelay,
        )

    def switch_domain_relay(
        self,
        domain_id: str,
        body: api.DomainSwitch,
        *,
        idempotency_key: str | None = None,
    ) -> api.DomainRelay:
        """Switch a domain to a relay, or back; its mail leaves that way when the answer is there."""
        return self.send(
            Request(
                "POST",
                "/v1/domains/{domain_id}/relay",
                path={"domain_id": domain_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.DomainRelay,
        )

    def list_shared_links(self, domain_id: str) -> api.SharedLinkPage:
        """List the links that show the domain's records to whoever keeps its DNS; at most twenty are open."""
        return self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/shared-links",
                path={"domain_id": domain_id},
            ),
            api.SharedLinkPage,
        )

    def create_shared_link(
        self,
        domain_id: str,
        body: api.NewSharedLink,
        *,
        idempotency_key: str | None = None,
    ) -> api.CreatedSharedLink:
        """Make a link that shows the domain's records without signing in, for 14 days; it is shown this once."""
        return self.send(
            Request(
                "POST",
                "/v1/domains/{domain_id}/shared-links",
                path={"domain_id": domain_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.CreatedSharedLink,
        )

    def get_tls_summary(
        self,
        domain_id: str,
        *,
        days: int | None = None,
        if_none_match: str | None = None,
    ) -> api.TlsSummary:
        """Add up how others' connections to a domain's mail servers fared, and whether MTA-STS can be enforced."""
        return self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/tls-summary",
                path={"domain_id": domain_id},
                query={"days": days},
                header={"If-None-Match": if_none_match},
            ),
            api.TlsSummary,
        )

    def verify_domain(
        self, domain_id: str, *, idempotency_key: str | None = None
    ) -> api.Domain:
        """Look up the domain's DNS records now; once the proof of ownership is there, the domain can be used."""
        return self.send(
            Request(
                "POST",
                "/v1/domains/{domain_id}/verify",
                path={"domain_id": domain_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Domain,
        )

    def get_zone_file(
        self,
        domain_id: str,
        *,
        format_: Literal[
            "bind", "cloudflare", "terraform-cloudflare", "terraform-route53"
        ]
        | None = None,
    ) -> bytes:
        """Give the domain's records as a zone file, for Cloudflare's import, or as Terraform."""
        return self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/zone-file",
                path={"domain_id": domain_id},
                query={"format": format_},
            ),
            bytes,
        )

    def delete_shared_link(self, link_id: str) -> None:
        """Withdraw a link: it shows nothing any more."""
        self.send(
            Request("DELETE", "/v1/shared-links/{link_id}", path={"link_id": link_id}),
            None,
        )

    def list_dns_provider_kinds(self) -> api.DnsProviderKindPage:
        """List the DNS providers that can be connected, and what each asks for."""
        return self.send(
            Request("GET", "/v1/dns-provider-kinds"), api.DnsProviderKindPage
        )

    def list_dns_providers(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.DnsProviderPage:
        """List your connected DNS providers, newest first."""
        return self.send(
            Request("GET", "/v1/dns-providers", query={"limit": limit, "after": after}),
            api.DnsProviderPage,
        )

    def iter_dns_providers(
        self, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.DnsProvider]:
        """Go through all that `list_dns_providers` gives, page after page."""
        return Pages(
            lambda position: self.list_dns_providers(limit=limit, after=position), after
        )

    def create_dns_provider(
        self, body: api.NewDnsProvider, *, idempotency_key: str | None = None
    ) -> api.DnsProvider:
        """Connect a DNS provider; with `domain_id`, its credentials must open that domain's zone."""
        return self.send(
            Request(
                "POST",
                "/v1/dns-providers",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.DnsProvider,
        )

    def get_dns_provider(
        self, connection_id: str, *, if_none_match: str | None = None
    ) -> api.DnsProvider:
        """Give a connected DNS provider, without its credentials."""
        return self.send(
            Request(
                "GET",
                "/v1/dns-providers/{connection_id}",
                path={"connection_id": connection_id},
                header={"If-None-Match": if_none_match},
            ),
            api.DnsProvider,
        )

    def change_dns_provider(
        self,
        connection_id: str,
        body: api.ChangedDnsProvider,
        *,
        if_match: str | None = None,
    ) -> api.DnsProvider:
        """Rename a connected DNS provider, or give it new credentials."""
        return self.send(
            Request(
                "PATCH",
                "/v1/dns-providers/{connection_id}",
                path={"connection_id": connection_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.DnsProvider,
        )

    def delete_dns_provider(
        self, connection_id: str, *, if_match: str | None = None
    ) -> None:
        """Forget a DNS provider, its credentials and its publications; what was published stays."""
        self.send(
            Request(
                "DELETE",
                "/v1/dns-providers/{connection_id}",
                path={"connection_id": connection_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    def get_publication(
        self, publication_id: str, *, if_none_match: str | None = None
    ) -> api.Publication:
        """Give a publication: what differs, and how far each record got."""
        return self.send(
            Request(
                "GET",
                "/v1/publications/{publication_id}",
                path={"publication_id": publication_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Publication,
        )

    def apply_publication(
        self,
        publication_id: str,
        body: api.Decisions,
        *,
        idempotency_key: str | None = None,
    ) -> api.Publication:
        """Publish the differences, or go on with what failed; conflicts only where `replace` names them."""
        return self.send(
            Request(
                "POST",
                "/v1/publications/{publication_id}/apply",
                path={"publication_id": publication_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Publication,
        )

    def roll_back_publication(
        self, publication_id: str, *, idempotency_key: str | None = None
    ) -> api.Publication:
        """Put back what stood there before; what somebody has changed since is left alone."""
        return self.send(
            Request(
                "POST",
                "/v1/publications/{publication_id}/rollback",
                path={"publication_id": publication_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Publication,
        )

    def list_certificates(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.CertificatePage:
        """List your certificates, newest first."""
        return self.send(
            Request("GET", "/v1/certificates", query={"limit": limit, "after": after}),
            api.CertificatePage,
        )

    def iter_certificates(
        self, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.Certificate]:
        """Go through all that `list_certificates` gives, page after page."""
        return Pages(
            lambda position: self.list_certificates(limit=limit, after=position), after
        )

    def create_certificate(
        self, body: api.NewCertificate, *, idempotency_key: str | None = None
    ) -> api.Certificate:
        """Order a certificate for names, or upload one of your own, which is served at once. Names of your domains that point to us get theirs without being asked for."""
        return self.send(
            Request(
                "POST",
                "/v1/certificates",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Certificate,
        )

    def get_certificate(
        self, certificate_id: str, *, if_none_match: str | None = None
    ) -> api.Certificate:
        """Give a certificate; its private key stays here."""
        return self.send(
            Request(
                "GET",
                "/v1/certificates/{certificate_id}",
                path={"certificate_id": certificate_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Certificate,
        )

    def replace_certificate(
        self,
        certificate_id: str,
        body: api.OwnCertificate,
        *,
        if_match: str | None = None,
    ) -> api.Certificate:
        """Put a newer certificate in the place of one that you uploaded."""
        return self.send(
            Request(
                "PUT",
                "/v1/certificates/{certificate_id}",
                path={"certificate_id": certificate_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Certificate,
        )

    def delete_certificate(
        self, certificate_id: str, *, if_match: str | None = None
    ) -> None:
        """Delete a certificate; it is served no more."""
        self.send(
            Request(
                "DELETE",
                "/v1/certificates/{certificate_id}",
                path={"certificate_id": certificate_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    def renew_certificate(
        self, certificate_id: str, *, idempotency_key: str | None = None
    ) -> api.Certificate:
        """Renew a certificate now, or try again for one that failed."""
        return self.send(
            Request(
                "POST",
                "/v1/certificates/{certificate_id}/renew",
                path={"certificate_id": certificate_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Certificate,
        )

    def revoke_certificate(
        self,
        certificate_id: str,
        body: api.Revocation,
        *,
        idempotency_key: str | None = None,
    ) -> api.Certificate:
        """Revoke a certificate at its authority; unless it is given up, one with a new key is made at once."""
        return self.send(
            Request(
                "POST",
                "/v1/certificates/{certificate_id}/revoke",
                path={"certificate_id": certificate_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Certificate,
        )

    def list_mailboxes(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.MailboxPage:
        """List your mailboxes, newest first."""
        return self.send(
            Request("GET", "/v1/mailboxes", query={"limit": limit, "after": after}),
            api.MailboxPage,
        )

    def iter_mailboxes(
        self, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.Mailbox]:
        """Go through all that `list_mailboxes` gives, page after page."""
        return Pages(
            lambda position: self.list_mailboxes(limit=limit, after=position), after
        )

    def create_mailbox(
        self, body: api.NewMailbox, *, idempotency_key: str | None = None
    ) -> api.Mailbox:
        """Make a mailbox in a proven domain; it can be logged in to when the answer is there."""
        return self.send(
            Request(
                "POST",
                "/v1/mailboxes",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Mailbox,
        )

    def get_mailbox(
        self, mailbox_id: str, *, if_none_match: str | None = None
    ) -> api.Mailbox:
        """Give a mailbox."""
        return self.send(
            Request(
                "GET",
                "/v1/mailboxes/{mailbox_id}",
                path={"mailbox_id": mailbox_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Mailbox,
        )

    def change_mailbox(
        self, mailbox_id: str, body: api.MailboxChange, *, if_match: str | None = None
    ) -> api.Mailbox:
        """Change password, name, quota or status; what is left out stays."""
        return self.send(
            Request(
                "PATCH",
                "/v1/mailboxes/{mailbox_id}",
                path={"mailbox_id": mailbox_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Mailbox,
        )

    def delete_mailbox(self, mailbox_id: str, *, if_match: str | None = None) -> None:
        """Delete a mailbox: it receives no more mail and cannot be logged in to."""
        self.send(
            Request(
                "DELETE",
                "/v1/mailboxes/{mailbox_id}",
                path={"mailbox_id": mailbox_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    def list_inbound_routes(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.InboundRoutePage:
        """List your inbound routes, newest first."""
        return self.send(
            Request(
                "GET", "/v1/inbound-routes", query={"limit": limit, "after": after}
            ),
            api.InboundRoutePage,
        )

    def iter_inbound_routes(
        self, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.InboundRoute]:
        """Go through all that `list_inbound_routes` gives, page after page."""
        return Pages(
            lambda position: self.list_inbound_routes(limit=limit, after=position),
            after,
        )

    def create_inbound_route(
        self, body: api.NewInboundRoute, *, idempotency_key: str | None = None
    ) -> api.InboundRoute:
        """Make a route; mail for it is taken when the answer is there. Mailboxes come before routes."""
        return self.send(
            Request(
                "POST",
                "/v1/inbound-routes",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.InboundRoute,
        )

    def explain_inbound_route(
        self, body: api.InboundQuestion, *, idempotency_key: str | None = None
    ) -> api.InboundExplanation:
        """Say what would become of a mail, and why."""
        return self.send(
            Request(
                "POST",
                "/v1/inbound-routes/explain",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.InboundExplanation,
        )

    def get_inbound_route(
        self, route_id: str, *, if_none_match: str | None = None
    ) -> api.InboundRoute:
        """Give a route."""
        return self.send(
            Request(
                "GET",
                "/v1/inbound-routes/{route_id}",
                path={"route_id": route_id},
                header={"If-None-Match": if_none_match},
            ),
            api.InboundRoute,
        )

    def change_inbound_route(
        self,
        route_id: str,
        body: api.InboundRouteChange,
        *,
        if_match: str | None = None,
    ) -> api.InboundRoute:
        """Change a route; what is left out stays."""
        return self.send(
            Request(
                "PATCH",
                "/v1/inbound-routes/{route_id}",
                path={"route_id": route_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.InboundRoute,
        )

    def delete_inbound_route(
        self, route_id: str, *, if_match: str | None = None
    ) -> None:
        """Delete a route; mail that it had let in stays."""
        self.send(
            Request(
                "DELETE",
                "/v1/inbound-routes/{route_id}",
                path={"route_id": route_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    def ask_forward_target(
        self, route_id: str, *, idempotency_key: str | None = None
    ) -> None:
        """Write once more to whose address a route forwards to, if they have not agreed, or mail to them came back."""
        self.send(
            Request(
                "POST",
                "/v1/inbound-routes/{route_id}/ask",
                path={"route_id": route_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            None,
        )

    def test_inbound_route(
        self, route_id: str, *, idempotency_key: str | None = None
    ) -> api.TestSent:
        """Send a real mail to an address that the route is for; it counts as any message of yours."""
        return self.send(
            Request(
                "POST",
                "/v1/inbound-routes/{route_id}/test",
                path={"route_id": route_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.TestSent,
        )

    def list_inbound_messages(
        self,
        *,
        status: Literal[
            "routed", "forwarded", "delivered", "held", "dropped", "released", "purged"
        ]
        | None = None,
        route_id: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.InboundSummaryPage:
        """List mail that came in, newest first."""
        return self.send(
            Request(
                "GET",
                "/v1/inbound-messages",
                query={
                    "status": status,
                    "route_id": route_id,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.InboundSummaryPage,
        )

    def iter_inbound_messages(
        self,
        *,
        status: Literal[
            "routed", "forwarded", "delivered", "held", "dropped", "released", "purged"
        ]
        | None = None,
        route_id: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Pages[api.InboundSummary]:
        """Go through all that `list_inbound_messages` gives, page after page."""
        return Pages(
            lambda position: self.list_inbound_messages(
                status=status, route_id=route_id, limit=limit, after=position
            ),
            after,
        )

    def get_inbound_message(
        self, inbound_message_id: str, *, if_none_match: str | None = None
    ) -> api.InboundMessage:
        """Show a mail: what it says, what was checked, and links to its attachments."""
        return self.send(
            Request(
                "GET",
                "/v1/inbound-messages/{inbound_message_id}",
                path={"inbound_message_id": inbound_message_id},
                header={"If-None-Match": if_none_match},
            ),
            api.InboundMessage,
        )

    def purge_inbound_message(self, inbound_message_id: str) -> None:
        """Throw a mail away, held or not; what is known of it stays for its time."""
        self.send(
            Request(
                "DELETE",
                "/v1/inbound-messages/{inbound_message_id}",
                path={"inbound_message_id": inbound_message_id},
            ),
            None,
        )

    def get_inbound_attachment(self, inbound_message_id: str, number: str) -> bytes:
        """Give one of a mail's attachments."""
        return self.send(
            Request(
                "GET",
                "/v1/inbound-messages/{inbound_message_id}/attachments/{number}",
                path={"inbound_message_id": inbound_message_id, "number": number},
            ),
            bytes,
        )

    def get_inbound_message_raw(self, inbound_message_id: str) -> bytes:
        """Give a mail as it came in."""
        return self.send(
            Request(
                "GET",
                "/v1/inbound-messages/{inbound_message_id}/raw",
                path={"inbound_message_id": inbound_message_id},
            ),
            bytes,
        )

    def release_inbound_message(
        self,
        inbound_message_id: str,
        body: api.InboundRelease,
        *,
        idempotency_key: str | None = None,
    ) -> None:
        """Send a held mail to a webhook after all, or on its route's way to a mailbox or an address."""
        self.send(
            Request(
                "POST",
                "/v1/inbound-messages/{inbound_message_id}/release",
                path={"inbound_message_id": inbound_message_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            None,
        )

    def list_relays(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.RelayPage:
        """List your relays, newest first."""
        return self.send(
            Request("GET", "/v1/relays", query={"limit": limit, "after": after}),
            api.RelayPage,
        )

    def iter_relays(
        self, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.Relay]:
        """Go through all that `list_relays` gives, page after page."""
        return Pages(
            lambda position: self.list_relays(limit=limit, after=position), after
        )

    def create_relay(
        self, body: api.NewRelay, *, idempotency_key: str | None = None
    ) -> api.CreatedRelay:
        """Make a relay; mail leaves by it when the answer is there."""
        return self.send(
            Request(
                "POST",
                "/v1/relays",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.CreatedRelay,
        )

    def get_relay(
        self, relay_id: str, *, if_none_match: str | None = None
    ) -> api.Relay:
        """Give a relay, and how nodes fare with it."""
        return self.send(
            Request(
                "GET",
                "/v1/relays/{relay_id}",
                path={"relay_id": relay_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Relay,
        )

    def change_relay(
        self, relay_id: str, body: api.RelayChange, *, if_match: str | None = None
    ) -> api.Relay:
        """Change a relay, or pause it; what is left out stays."""
        return self.send(
            Request(
                "PATCH",
                "/v1/relays/{relay_id}",
                path={"relay_id": relay_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Relay,
        )

    def delete_relay(self, relay_id: str, *, if_match: str | None = None) -> None:
        """Delete a relay: mail leaves as the other relays' scopes say, or by our own addresses."""
        self.send(
            Request(
                "DELETE",
                "/v1/relays/{relay_id}",
                path={"relay_id": relay_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    def change_relay_events_address(
        self, relay_id: str, *, idempotency_key: str | None = None
    ) -> api.EventsAddress:
        """Make a new address for the provider's events; the old one ends at once."""
        return self.send(
            Request(
                "POST",
                "/v1/relays/{relay_id}/events-address",
                path={"relay_id": relay_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.EventsAddress,
        )

    def test_relay(
        self, relay_id: str, *, idempotency_key: str | None = None
    ) -> api.Relay:
        """Have every node try to log in; what came of it is in `health.tests` within some seconds."""
        return self.send(
            Request(
                "POST",
                "/v1/relays/{relay_id}/test",
                path={"relay_id": relay_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Relay,
        )

    def list_dmarc_reports(
        self,
        *,
        domain: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.DmarcReportPage:
        """List the DMARC aggregate reports that arrived, newest first."""
        return self.send(
            Request(
                "GET",
                "/v1/dmarc-reports",
                query={
                    "domain": domain,
                    "since": since,
                    "until": until,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.DmarcReportPage,
        )

    def iter_dmarc_reports(
        self,
        *,
        domain: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Pages[api.DmarcReport]:
        """Go through all that `list_dmarc_reports` gives, page after page."""
        return Pages(
            lambda position: self.list_dmarc_reports(
                domain=domain, since=since, until=until, limit=limit, after=position
            ),
            after,
        )

    def get_dmarc_report(
        self, dmarc_report_id: str, *, if_none_match: str | None = None
    ) -> api.DmarcReportDetails:
        """Give a DMARC report with its records."""
        return self.send(
            Request(
                "GET",
                "/v1/dmarc-reports/{dmarc_report_id}",
                path={"dmarc_report_id": dmarc_report_id},
                header={"If-None-Match": if_none_match},
            ),
            api.DmarcReportDetails,
        )

    def list_tls_reports(
        self,
        *,
        domain: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.TlsReportPage:
        """List the SMTP TLS reports that arrived, newest first."""
        return self.send(
            Request(
                "GET",
                "/v1/tls-reports",
                query={
                    "domain": domain,
                    "since": since,
                    "until": until,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.TlsReportPage,
        )

    def iter_tls_reports(
        self,
        *,
        domain: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Pages[api.TlsReport]:
        """Go through all that `list_tls_reports` gives, page after page."""
        return Pages(
            lambda position: self.list_tls_reports(
                domain=domain, since=since, until=until, limit=limit, after=position
            ),
            after,
        )

    def get_tls_report(
        self, tls_report_id: str, *, if_none_match: str | None = None
    ) -> api.TlsReportDetails:
        """Give a TLS report with its policies and failures."""
        return self.send(
            Request(
                "GET",
                "/v1/tls-reports/{tls_report_id}",
                path={"tls_report_id": tls_report_id},
                header={"If-None-Match": if_none_match},
            ),
            api.TlsReportDetails,
        )

    def list_complaints(
        self,
        *,
        domain: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.ComplaintPage:
        """List the complaints that feedback loops brought, newest first."""
        return self.send(
            Request(
                "GET",
                "/v1/complaints",
                query={
                    "domain": domain,
                    "since": since,
                    "until": until,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.ComplaintPage,
        )

    def iter_complaints(
        self,
        *,
        domain: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Pages[api.Complaint]:
        """Go through all that `list_complaints` gives, page after page."""
        return Pages(
            lambda position: self.list_complaints(
                domain=domain, since=since, until=until, limit=limit, after=position
            ),
            after,
        )

    def list_appeals(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.AppealPage:
        """List your appeals and what they were answered, newest first."""
        return self.send(
            Request("GET", "/v1/appeals", query={"limit": limit, "after": after}),
            api.AppealPage,
        )

    def iter_appeals(
        self, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.Appeal]:
        """Go through all that `list_appeals` gives, page after page."""
        return Pages(
            lambda position: self.list_appeals(limit=limit, after=position), after
        )

    def create_appeal(
        self, body: api.NewAppeal, *, idempotency_key: str | None = None
    ) -> api.Appeal:
        """Say why there were bounces or complaints and what you have changed, so that an operator looks at it."""
        return self.send(
            Request(
                "POST",
                "/v1/appeals",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Appeal,
        )

    def list_members(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.MemberPage:
        """List the people of your account."""
        return self.send(
            Request("GET", "/v1/members", query={"limit": limit, "after": after}),
            api.MemberPage,
        )

    def iter_members(
        self, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.Member]:
        """Go through all that `list_members` gives, page after page."""
        return Pages(
            lambda position: self.list_members(limit=limit, after=position), after
        )

    def get_member(
        self, member_id: str, *, if_none_match: str | None = None
    ) -> api.Member:
        """Give one of the people of your account."""
        return self.send(
            Request(
                "GET",
                "/v1/members/{member_id}",
                path={"member_id": member_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Member,
        )

    def change_member(
        self, member_id: str, body: api.MemberChange, *, if_match: str | None = None
    ) -> api.Member:
        """Give a member another role: none that may do more than you, and the last owner stays one."""
        return self.send(
            Request(
                "PATCH",
                "/v1/members/{member_id}",
                path={"member_id": member_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Member,
        )

    def remove_member(self, member_id: str, *, if_match: str | None = None) -> None:
        """Remove a member from your account; they are out at once, and stay whoever they are elsewhere."""
        self.send(
            Request(
                "DELETE",
                "/v1/members/{member_id}",
                path={"member_id": member_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    def transfer_ownership(
        self, member_id: str, *, idempotency_key: str | None = None
    ) -> api.Member:
        """Make a member the owner; who was the owner is an admin afterwards."""
        return self.send(
            Request(
                "POST",
                "/v1/members/{member_id}/transfer-ownership",
                path={"member_id": member_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Member,
        )

    def list_invitations(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.InvitationPage:
        """List who was asked to join and has not answered yet, newest first."""
        return self.send(
            Request("GET", "/v1/invitations", query={"limit": limit, "after": after}),
            api.InvitationPage,
        )

    def iter_invitations(
        self, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.Invitation]:
        """Go through all that `list_invitations` gives, page after page."""
        return Pages(
            lambda position: self.list_invitations(limit=limit, after=position), after
        )

    def create_invitation(
        self, body: api.NewInvitation, *, idempotency_key: str | None = None
    ) -> api.Invitation:
        """Ask somebody to join, by mail; the link in it is good for seven days and works once."""
        return self.send(
            Request(
                "POST",
                "/v1/invitations",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Invitation,
        )

    def get_invitation(
        self, invitation_id: str, *, if_none_match: str | None = None
    ) -> api.Invitation:
        """Give an invitation."""
        return self.send(
            Request(
                "GET",
                "/v1/invitations/{invitation_id}",
                path={"invitation_id": invitation_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Invitation,
        )

    def delete_invitation(
        self, invitation_id: str, *, if_match: str | None = None
    ) -> None:
        """Withdraw an invitation: its link is worth nothing any more."""
        self.send(
            Request(
                "DELETE",
                "/v1/invitations/{invitation_id}",
                path={"invitation_id": invitation_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    def resend_invitation(
        self, invitation_id: str, *, idempotency_key: str | None = None
    ) -> api.Invitation:
        """Mail an invitation again, with a new link that is good for seven days."""
        return self.send(
            Request(
                "POST",
                "/v1/invitations/{invitation_id}/resend",
                path={"invitation_id": invitation_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Invitation,
        )

    def list_api_keys(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.ApiKeyPage:
        """List your keys, newest first; revoked ones are not shown."""
        return self.send(
            Request("GET", "/v1/api-keys", query={"limit": limit, "after": after}),
            api.ApiKeyPage,
        )

    def iter_api_keys(
        self, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.ApiKey]:
        """Go through all that `list_api_keys` gives, page after page."""
        return Pages(
            lambda position: self.list_api_keys(limit=limit, after=position), after
        )

    def create_api_key(
        self, body: api.NewApiKey, *, idempotency_key: str | None = None
    ) -> api.CreatedApiKey:
        """Make a key with no more rights than you have; its secret is shown this once."""
        return self.send(
            Request(
                "POST",
                "/v1/api-keys",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.CreatedApiKey,
        )

    def get_api_key(
        self, key_id: str, *, if_none_match: str | None = None
    ) -> api.ApiKey:
        """Show a key, without its secret."""
        return self.send(
            Request(
                "GET",
                "/v1/api-keys/{key_id}",
                path={"key_id": key_id},
                header={"If-None-Match": if_none_match},
            ),
            api.ApiKey,
        )

    def change_api_key(
        self, key_id: str, body: api.ApiKeyChange, *, if_match: str | None = None
    ) -> api.ApiKey:
        """Change what a key is called and bound to; its scopes stay: for others, make another key."""
        return self.send(
            Request(
                "PATCH",
                "/v1/api-keys/{key_id}",
                path={"key_id": key_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.ApiKey,
        )

    def revoke_api_key(self, key_id: str, *, if_match: str | None = None) -> None:
        """End a key; within seconds neither it nor an access token made for it works."""
        self.send(
            Request(
                "DELETE",
                "/v1/api-keys/{key_id}",
                path={"key_id": key_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    def rotate_api_key(
        self, key_id: str, body: api.KeyRotation, *, idempotency_key: str | None = None
    ) -> api.CreatedApiKey:
        """Make a key with the same rights; the old one works on for the overlap, and then no more."""
        return self.send(
            Request(
                "POST",
                "/v1/api-keys/{key_id}/rotate",
                path={"key_id": key_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.CreatedApiKey,
        )

    def get_brand(self, *, if_none_match: str | None = None) -> api.Brand:
        """Give your own brand."""
        return self.send(
            Request(
                "GET", "/v1/account/brand", header={"If-None-Match": if_none_match}
            ),
            api.Brand,
        )

    def change_brand(
        self, body: api.BrandChange, *, if_match: str | None = None
    ) -> api.Brand:
        """Change name, colours, support address or host name; the first change makes the brand."""
        return self.send(
            Request(
                "PATCH", "/v1/account/brand", header={"If-Match": if_match}, body=body
            ),
            api.Brand,
        )

    def reset_brand(self) -> None:
        """Take the brand away, with its logo and host name."""
        self.send(Request("DELETE", "/v1/account/brand"), None)

    def check_brand_host(self, *, idempotency_key: str | None = None) -> api.Brand:
        """Look up whether the host name is yours now; it is also looked up by itself."""
        return self.send(
            Request(
                "POST",
                "/v1/account/brand/check-host",
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Brand,
        )

    def get_content_retention(
        self, *, if_none_match: str | None = None
    ) -> api.ContentRetention:
        """Say for how long it is kept what messages said."""
        return self.send(
            Request(
                "GET",
                "/v1/account/content-retention",
                header={"If-None-Match": if_none_match},
            ),
            api.ContentRetention,
        )

    def set_content_retention(
        self, body: api.NewContentRetention, *, if_match: str | None = None
    ) -> api.ContentRetention:
        """Choose for how long it is kept what messages said; what was forgotten stays so."""
        return self.send(
            Request(
                "PUT",
                "/v1/account/content-retention",
                header={"If-Match": if_match},
                body=body,
            ),
            api.ContentRetention,
        )

    def export_account(self) -> bytes:
        """Give everything that the account owns, but no secrets, to who may do everything: a line of JSON for each row."""
        return self.send(Request("GET", "/v1/account/export"), bytes)

    def list_own_ip_pools(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.IpPoolPage:
        """List the pools of sending addresses that are yours alone, oldest first."""
        return self.send(
            Request(
                "GET", "/v1/account/ip-pools", query={"limit": limit, "after": after}
            ),
            api.IpPoolPage,
        )

    def iter_own_ip_pools(
        self, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.IpPool]:
        """Go through all that `list_own_ip_pools` gives, page after page."""
        return Pages(
            lambda position: self.list_own_ip_pools(limit=limit, after=position), after
        )

    def get_sending_health(
        self, *, if_none_match: str | None = None
    ) -> api.SendingHealth:
        """Show how your mail's bounces and complaints stand beside the thresholds, and what is in force because of them."""
        return self.send(
            Request(
                "GET",
                "/v1/account/sending-health",
                header={"If-None-Match": if_none_match},
            ),
            api.SendingHealth,
        )

    def get_usage(self, *, if_none_match: str | None = None) -> api.Usage:
        """Show how much is used of what is limited, and when each window turns."""
        return self.send(
            Request(
                "GET", "/v1/account/usage", header={"If-None-Match": if_none_match}
            ),
            api.Usage,
        )

    def list_access_grants(self) -> api.AccessGrantPage:
        """List who above you may act for you, the nearest first."""
        return self.send(Request("GET", "/v1/access-grants"), api.AccessGrantPage)

    def create_access_grant(
        self, body: api.NewAccessGrant, *, idempotency_key: str | None = None
    ) -> api.AccessGrant:
        """Let a provider's people and keys act for you, with the rights of a role that has no more than you."""
        return self.send(
            Request(
                "POST",
                "/v1/access-grants",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.AccessGrant,
        )

    def get_access_grant(
        self, provider_id: str, *, if_none_match: str | None = None
    ) -> api.AccessGrant:
        """Give the grant of one provider."""
        return self.send(
            Request(
                "GET",
                "/v1/access-grants/{provider_id}",
                path={"provider_id": provider_id},
                header={"If-None-Match": if_none_match},
            ),
            api.AccessGrant,
        )

    def change_access_grant(
        self,
        provider_id: str,
        body: api.AccessGrantChange,
        *,
        if_match: str | None = None,
    ) -> api.AccessGrant:
        """Change what a provider's people may do; it is so from their next request on."""
        return self.send(
            Request(
                "PATCH",
                "/v1/access-grants/{provider_id}",
                path={"provider_id": provider_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.AccessGrant,
        )

    def delete_access_grant(
        self, provider_id: str, *, if_match: str | None = None
    ) -> None:
        """End a provider's access; their next request is refused."""
        self.send(
            Request(
                "DELETE",
                "/v1/access-grants/{provider_id}",
                path={"provider_id": provider_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    def list_audit_log(
        self,
        *,
        action: str | None = None,
        actor: str | None = None,
        target: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.AuditEntryPage:
        """List what was done, newest first; `action` is one as in `mailboxes.create`, or all of a feature: `mailboxes`."""
        return self.send(
            Request(
                "GET",
                "/v1/audit-log",
                query={
                    "action": action,
                    "actor": actor,
                    "target": target,
                    "since": since,
                    "until": until,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.AuditEntryPage,
        )

    def iter_audit_log(
        self,
        *,
        action: str | None = None,
        actor: str | None = None,
        target: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Pages[api.AuditEntry]:
        """Go through all that `list_audit_log` gives, page after page."""
        return Pages(
            lambda position: self.list_audit_log(
                action=action,
                actor=actor,
                target=target,
                since=since,
                until=until,
                limit=limit,
                after=position,
            ),
            after,
        )

    def export_audit_log(
        self, *, format_: Literal["ndjson", "csv"] | None = None
    ) -> bytes:
        """Give the whole log, oldest first, as NDJSON or CSV."""
        return self.send(
            Request("GET", "/v1/audit-log/export", query={"format": format_}), bytes
        )

    def get_audit_log_head(self, *, if_none_match: str | None = None) -> api.AuditHead:
        """Give the number and the hash of the last entry: keep them elsewhere, and the log cannot be rewritten unseen."""
        return self.send(
            Request(
                "GET", "/v1/audit-log/head", header={"If-None-Match": if_none_match}
            ),
            api.AuditHead,
        )

    def list_clients(
        self,
        *,
        status: Literal["active", "throttled", "suspended"] | None = None,
        kind: Literal["operator", "agency", "client"] | None = None,
        parent_id: str | None = None,
        query: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.ClientPage:
        """List all tenants below yours, newest first."""
        return self.send(
            Request(
                "GET",
                "/v1/clients",
                query={
                    "status": status,
                    "kind": kind,
                    "parent_id": parent_id,
                    "query": query,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.ClientPage,
        )

    def iter_clients(
        self,
        *,
        status: Literal["active", "throttled", "suspended"] | None = None,
        kind: Literal["operator", "agency", "client"] | None = None,
        parent_id: str | None = None,
        query: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Pages[api.Client]:
        """Go through all that `list_clients` gives, page after page."""
        return Pages(
            lambda position: self.list_clients(
                status=status,
                kind=kind,
                parent_id=parent_id,
                query=query,
                limit=limit,
                after=position,
            ),
            after,
        )

    def create_client(
        self, body: api.NewClient, *, idempotency_key: str | None = None
    ) -> api.Client:
        """Make a client or an agency below yours; you may act for it until it says otherwise."""
        return self.send(
            Request(
                "POST",
                "/v1/clients",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Client,
        )

    def get_client(
        self, client_id: str, *, if_none_match: str | None = None
    ) -> api.Client:
        """Give a client."""
        return self.send(
            Request(
                "GET",
                "/v1/clients/{client_id}",
                path={"client_id": client_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Client,
        )

    def change_client(
        self, client_id: str, body: api.ClientChange, *, if_match: str | None = None
    ) -> api.Client:
        """Change name, plan or limits; what is left out stays."""
        return self.send(
            Request(
                "PATCH",
                "/v1/clients/{client_id}",
                path={"client_id": client_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Client,
        )

    def close_client(
        self, client_id: str, *, idempotency_key: str | None = None
    ) -> api.Client:
        """Close a client: it is suspended at once, and erased at `closing_at` unless it is reopened before."""
        return self.send(
            Request(
                "POST",
                "/v1/clients/{client_id}/close",
                path={"client_id": client_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Client,
        )

    def move_client(
        self, client_id: str, body: api.Move, *, idempotency_key: str | None = None
    ) -> api.Client:
        """Move a client, with all below it, to another of your agencies; access of agencies it leaves ends."""
        return self.send(
            Request(
                "POST",
                "/v1/clients/{client_id}/move",
                path={"client_id": client_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Client,
        )

    def reopen_client(
        self, client_id: str, *, idempotency_key: str | None = None
    ) -> api.Client:
        """Reopen a client that was closed, before its data is erased."""
        return self.send(
            Request(
                "POST",
                "/v1/clients/{client_id}/reopen",
                path={"client_id": client_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Client,
        )

    def resume_client(
        self, client_id: str, *, idempotency_key: str | None = None
    ) -> api.Client:
        """End a client's suspension; what was suspended by itself below it, or is suspended above it, stays so."""
        return self.send(
            Request(
                "POST",
                "/v1/clients/{client_id}/resume",
                path={"client_id": client_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Client,
        )

    def get_client_sending_health(
        self, client_id: str, *, if_none_match: str | None = None
    ) -> api.SendingHealth:
        """Show the same of a client."""
        return self.send(
            Request(
                "GET",
                "/v1/clients/{client_id}/sending-health",
                path={"client_id": client_id},
                header={"If-None-Match": if_none_match},
            ),
            api.SendingHealth,
        )

    def suspend_client(
        self,
        client_id: str,
        body: api.Suspension,
        *,
        idempotency_key: str | None = None,
    ) -> api.Client:
        """Suspend a client and all below it: nothing is sent, nobody logs in to mailboxes; mail is still received."""
        return self.send(
            Request(
                "POST",
                "/v1/clients/{client_id}/suspend",
                path={"client_id": client_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Client,
        )

    def list_plans(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.PlanPage:
        """List the plans that you offer and those that your provider offers you, newest first."""
        return self.send(
            Request("GET", "/v1/plans", query={"limit": limit, "after": after}),
            api.PlanPage,
        )

    def iter_plans(
        self, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.Plan]:
        """Go through all that `list_plans` gives, page after page."""
        return Pages(
            lambda position: self.list_plans(limit=limit, after=position), after
        )

    def create_plan(
        self, body: api.NewPlan, *, idempotency_key: str | None = None
    ) -> api.Plan:
        """Make a plan for those right below you."""
        return self.send(
            Request(
                "POST",
                "/v1/plans",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Plan,
        )

    def get_plan(self, plan_id: str, *, if_none_match: str | None = None) -> api.Plan:
        """Give a plan."""
        return self.send(
            Request(
                "GET",
                "/v1/plans/{plan_id}",
                path={"plan_id": plan_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Plan,
        )

    def change_plan(
        self, plan_id: str, body: api.PlanChange, *, if_match: str | None = None
    ) -> api.Plan:
        """Change a plan of yours, for everybody who is on it."""
        return self.send(
            Request(
                "PATCH",
                "/v1/plans/{plan_id}",
                path={"plan_id": plan_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Plan,
        )

    def retire_plan(self, plan_id: str, *, if_match: str | None = None) -> None:
        """Offer a plan of yours no longer; who is on it keeps it."""
        self.send(
            Request(
                "DELETE",
                "/v1/plans/{plan_id}",
                path={"plan_id": plan_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    def list_warmups(
        self,
        *,
        status: Literal["running"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.WarmupPage:
        """List warm-ups, those of the newest addresses first; with `status=running`, those that are not over."""
        return self.send(
            Request(
                "GET",
                "/v1/warmups",
                query={"status": status, "limit": limit, "after": after},
            ),
            api.WarmupPage,
        )

    def iter_warmups(
        self,
        *,
        status: Literal["running"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Pages[api.Warmup]:
        """Go through all that `list_warmups` gives, page after page."""
        return Pages(
            lambda position: self.list_warmups(
                status=status, limit=limit, after=position
            ),
            after,
        )

    def list_warmup_schedules(
        self, *, if_none_match: str | None = None
    ) -> api.Schedules:
        """Give the tables of steps that come with the product."""
        return self.send(
            Request(
                "GET", "/v1/warmups/schedules", header={"If-None-Match": if_none_match}
            ),
            api.Schedules,
        )

    def get_warmup(
        self, warmup_id: str, *, if_none_match: str | None = None
    ) -> api.Warmup:
        """Give the warm-up of an address: each provider class's step and caps, what was sent today, and why it stands."""
        return self.send(
            Request(
                "GET",
                "/v1/warmups/{warmup_id}",
                path={"warmup_id": warmup_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Warmup,
        )

    def change_warmup(
        self, warmup_id: str, body: api.WarmupChange, *, if_match: str | None = None
    ) -> api.Warmup:
        """Choose another table of steps, a preset or your own; classes stay at the steps at which they are."""
        return self.send(
            Request(
                "PATCH",
                "/v1/warmups/{warmup_id}",
                path={"warmup_id": warmup_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Warmup,
        )

    def finish_warmup(
        self, warmup_id: str, *, idempotency_key: str | None = None
    ) -> api.Warmup:
        """End a warm-up at once: the address may send as much as it is given."""
        return self.send(
            Request(
                "POST",
                "/v1/warmups/{warmup_id}/finish",
                path={"warmup_id": warmup_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Warmup,
        )

    def hold_warmup(
        self, warmup_id: str, *, idempotency_key: str | None = None
    ) -> api.Warmup:
        """Let nothing climb until you let it go on; results that are bad still lead back."""
        return self.send(
            Request(
                "POST",
                "/v1/warmups/{warmup_id}/hold",
                path={"warmup_id": warmup_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Warmup,
        )

    def resume_warmup(
        self, warmup_id: str, *, idempotency_key: str | None = None
    ) -> api.Warmup:
        """Let a held warm-up go on."""
        return self.send(
            Request(
                "POST",
                "/v1/warmups/{warmup_id}/resume",
                path={"warmup_id": warmup_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Warmup,
        )

    def step_warmup_back(
        self, warmup_id: str, body: api.StepBack, *, idempotency_key: str | None = None
    ) -> api.Warmup:
        """Go one step back at once, at one provider class or all."""
        return self.send(
            Request(
                "POST",
                "/v1/warmups/{warmup_id}/step-back",
                path={"warmup_id": warmup_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Warmup,
        )

    def get_shaping_rules(
        self, *, if_none_match: str | None = None
    ) -> api.ShapingRules:
        """Give the provider classes and reply rules in force, and what of them you changed."""
        return self.send(
            Request(
                "GET", "/v1/shaping-rules", header={"If-None-Match": if_none_match}
            ),
            api.ShapingRules,
        )

    def change_shaping_rules(
        self, body: api.NewShapingRules, *, if_match: str | None = None
    ) -> api.ShapingRules:
        """Put changes in the place of those before, as a new version; nodes have it within seconds. With `at_once` false it is only saved, to be brought to nodes by a roll-out."""
        return self.send(
            Request(
                "PUT", "/v1/shaping-rules", header={"If-Match": if_match}, body=body
            ),
            api.ShapingRules,
        )

    def list_shaping_versions(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.ShapingVersionPage:
        """List what was changed, by whom and why, newest first."""
        return self.send(
            Request(
                "GET",
                "/v1/shaping-rules/versions",
                query={"limit": limit, "after": after},
            ),
            api.ShapingVersionPage,
        )

    def iter_shaping_versions(
        self, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.ShapingVersion]:
        """Go through all that `list_shaping_versions` gives, page after page."""
        return Pages(
            lambda position: self.list_shaping_versions(limit=limit, after=position),
            after,
        )

    def get_shaping_version(
        self, version_id: str, *, if_none_match: str | None = None
    ) -> api.ShapingVersion:
        """Give changes as they were saved; to go back to them, save them again."""
        return self.send(
            Request(
                "GET",
                "/v1/shaping-rules/versions/{version_id}",
                path={"version_id": version_id},
                header={"If-None-Match": if_none_match},
            ),
            api.ShapingVersion,
        )

    def try_shaping_rules(
        self, body: api.WhatIf, *, idempotency_key: str | None = None
    ) -> api.WhatIfResult:
        """Replay past attempts against proposed changes, without putting them in force: what would have been different."""
        return self.send(
            Request(
                "POST",
                "/v1/shaping-rules/what-if",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.WhatIfResult,
        )

    def list_ip_pools(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.IpPoolPage:
        """List all pools of sending addresses, oldest first."""
        return self.send(
            Request("GET", "/v1/ip-pools", query={"limit": limit, "after": after}),
            api.IpPoolPage,
        )

    def iter_ip_pools(
        self, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.IpPool]:
        """Go through all that `list_ip_pools` gives, page after page."""
        return Pages(
            lambda position: self.list_ip_pools(limit=limit, after=position), after
        )

    def create_ip_pool(
        self, body: api.NewPool, *, idempotency_key: str | None = None
    ) -> api.IpPool:
        """Make a pool, shared or a tenant's own. Mail leaves by it once it is made the default."""
        return self.send(
            Request(
                "POST",
                "/v1/ip-pools",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.IpPool,
        )

    def get_ip_pool(
        self, pool_id: str, *, if_none_match: str | None = None
    ) -> api.IpPool:
        """Give a pool with its addresses."""
        return self.send(
            Request(
                "GET",
                "/v1/ip-pools/{pool_id}",
                path={"pool_id": pool_id},
                header={"If-None-Match": if_none_match},
            ),
            api.IpPool,
        )

    def change_ip_pool(
        self, pool_id: str, body: api.PoolChange, *, if_match: str | None = None
    ) -> api.IpPool:
        """Rename a pool, or make it the one that its owner's mail of this stream leaves by."""
        return self.send(
            Request(
                "PATCH",
                "/v1/ip-pools/{pool_id}",
                path={"pool_id": pool_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.IpPool,
        )

    def delete_ip_pool(self, pool_id: str, *, if_match: str | None = None) -> None:
        """Delete a pool that never had an address."""
        self.send(
            Request(
                "DELETE",
                "/v1/ip-pools/{pool_id}",
                path={"pool_id": pool_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    def list_ips(
        self,
        *,
        limit: int | None = None,
        after: str | None = None,
        status: Literal[
            "provisioning", "warming", "active", "draining", "quarantined", "released"
        ]
        | None = None,
        pool_id: str | None = None,
        node_id: str | None = None,
    ) -> api.SendingIpPage:
        """List sending addresses, oldest first."""
        return self.send(
            Request(
                "GET",
                "/v1/ips",
                query={
                    "limit": limit,
                    "after": after,
                    "status": status,
                    "pool_id": pool_id,
                    "node_id": node_id,
                },
            ),
            api.SendingIpPage,
        )

    def iter_ips(
        self,
        *,
        limit: int | None = None,
        after: str | None = None,
        status: Literal[
            "provisioning", "warming", "active", "draining", "quarantined", "released"
        ]
        | None = None,
        pool_id: str | None = None,
        node_id: str | None = None,
    ) -> Pages[api.SendingIp]:
        """Go through all that `list_ips` gives, page after page."""
        return Pages(
            lambda position: self.list_ips(
                limit=limit,
                status=status,
                pool_id=pool_id,
                node_id=node_id,
                after=position,
            ),
            after,
        )

    def create_ip(
        self, body: api.NewSendingIp, *, idempotency_key: str | None = None
    ) -> api.SendingIp:
        """Add an address: it is checked, then warmed up, then active, all by itself."""
        return self.send(
            Request(
                "POST",
                "/v1/ips",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.SendingIp,
        )

    def get_ip(self, ip_id: str, *, if_none_match: str | None = None) -> api.SendingIp:
        """Give an address: its state, what was found out about its records, how far it is warmed up."""
        return self.send(
            Request(
                "GET",
                "/v1/ips/{ip_id}",
                path={"ip_id": ip_id},
                header={"If-None-Match": if_none_match},
            ),
            api.SendingIp,
        )

    def change_ip(
        self, ip_id: str, body: api.SendingIpChange, *, if_match: str | None = None
    ) -> api.SendingIp:
        """Change an address's host name, weight or whether it stands by; drained, it can go to another pool."""
        return self.send(
            Request(
                "PATCH",
                "/v1/ips/{ip_id}",
                path={"ip_id": ip_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.SendingIp,
        )

    def change_ip_cool_down(
        self,
        ip_id: str,
        body: api.CoolDownChange,
        *,
        idempotency_key: str | None = None,
    ) -> api.SendingIp:
        """Shorten or lengthen a released address's cool-down, with a reason."""
        return self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/cool-down",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.SendingIp,
        )

    def drain_ip(
        self, ip_id: str, body: api.Because, *, idempotency_key: str | None = None
    ) -> api.SendingIp:
        """Give an address nothing new; what its node has in the queue is seen off."""
        return self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/drain",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.SendingIp,
        )

    def finish_ip_warm_up(
        self, ip_id: str, body: api.Because, *, idempotency_key: str | None = None
    ) -> api.SendingIp:
        """Let a warming address take its full share at once."""
        return self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/finish-warm-up",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.SendingIp,
        )

    def quarantine_ip(
        self, ip_id: str, body: api.Because, *, idempotency_key: str | None = None
    ) -> api.SendingIp:
        """Send nothing more by an address because of its reputation; what waits for it goes by others."""
        return self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/quarantine",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.SendingIp,
        )

    def release_ip(
        self, ip_id: str, body: api.Release, *, idempotency_key: str | None = None
    ) -> api.SendingIp:
        """Give a drained address up; it cools down before anybody else gets it."""
        return self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/release",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.SendingIp,
        )

    def get_ip_reputation(
        self, ip_id: str, *, if_none_match: str | None = None
    ) -> api.IpReputation:
        """Give an address's reputation: blocklists, rates of bounces and complaints by provider, and what they suggest."""
        return self.send(
            Request(
                "GET",
                "/v1/ips/{ip_id}/reputation",
                path={"ip_id": ip_id},
                header={"If-None-Match": if_none_match},
            ),
            api.IpReputation,
        )

    def ask_ip_delisting(
        self,
        ip_id: str,
        body: api.AskedDelisting,
        *,
        idempotency_key: str | None = None,
    ) -> api.IpReputation:
        """Note that you have asked a list to take an address off, for whoever looks next."""
        return self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/reputation/delisting",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.IpReputation,
        )

    def look_up_ip_reputation(
        self, ip_id: str, *, idempotency_key: str | None = None
    ) -> None:
        """Have an address looked up on all lists at once; the answers come within a minute."""
        self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/reputation/look-up",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            None,
        )

    def resume_ip(
        self, ip_id: str, body: api.Because, *, idempotency_key: str | None = None
    ) -> api.SendingIp:
        """Let a draining address take mail again; if it was warm it need not be warmed up."""
        return self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/resume",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.SendingIp,
        )

    def list_ip_tenures(
        self, ip_id: str, *, if_none_match: str | None = None
    ) -> api.Tenures:
        """List whose an address was and how it fared with them, the newest first."""
        return self.send(
            Request(
                "GET",
                "/v1/ips/{ip_id}/tenures",
                path={"ip_id": ip_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Tenures,
        )

    def warm_up_ip_again(
        self, ip_id: str, body: api.Because, *, idempotency_key: str | None = None
    ) -> api.SendingIp:
        """Have a quarantined or active address warmed up from the start."""
        return self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/warm-up-again",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.SendingIp,
        )

    def list_measures(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.InForcePage:
        """List what is in force for whom, by account."""
        return self.send(
            Request("GET", "/v1/measures", query={"limit": limit, "after": after}),
            api.InForcePage,
        )

    def iter_measures(
        self, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.InForce]:
        """Go through all that `list_measures` gives, page after page."""
        return Pages(
            lambda position: self.list_measures(limit=limit, after=position), after
        )

    def list_open_appeals(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.NamedAppealPage:
        """List everybody's appeals that wait for an answer, the oldest first."""
        return self.send(
            Request(
                "GET", "/v1/measures/appeals", query={"limit": limit, "after": after}
            ),
            api.NamedAppealPage,
        )

    def iter_open_appeals(
        self, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.NamedAppeal]:
        """Go through all that `list_open_appeals` gives, page after page."""
        return Pages(
            lambda position: self.list_open_appeals(limit=limit, after=position), after
        )

    def answer_appeal(
        self,
        appeal_id: str,
        body: api.AppealAnswer,
        *,
        idempotency_key: str | None = None,
    ) -> api.Appeal:
        """Accept an appeal, which lifts the measures and leaves a warning, or decline it; either with words."""
        return self.send(
            Request(
                "POST",
                "/v1/measures/appeals/{appeal_id}/answer",
                path={"appeal_id": appeal_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Appeal,
        )

    def get_measures(
        self, tenant_id: str, *, if_none_match: str | None = None
    ) -> api.TenantMeasures:
        """Give an account's figures, what is in force for it, and what was."""
        return self.send(
            Request(
                "GET",
                "/v1/measures/{tenant_id}",
                path={"tenant_id": tenant_id},
                header={"If-None-Match": if_none_match},
            ),
            api.TenantMeasures,
        )

    def exempt_tenant(
        self,
        tenant_id: str,
        body: api.NewExemption,
        *,
        idempotency_key: str | None = None,
    ) -> api.TenantMeasures:
        """Trust an account until a moment: what is in force ends, and its figures lead to nothing before."""
        return self.send(
            Request(
                "POST",
                "/v1/measures/{tenant_id}/exemption",
                path={"tenant_id": tenant_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.TenantMeasures,
        )

    def set_measure(
        self,
        tenant_id: str,
        body: api.NewMeasure,
        *,
        idempotency_key: str | None = None,
    ) -> api.TenantMeasures:
        """Put a step in force for one of an account's streams, or for all it sends."""
        return self.send(
            Request(
                "POST",
                "/v1/measures/{tenant_id}/steps",
                path={"tenant_id": tenant_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.TenantMeasures,
        )

    def list_listings(self, *, if_none_match: str | None = None) -> api.Listings:
        """List all addresses and sending domains that are on a blocklist or may be, the most severe first."""
        return self.send(
            Request(
                "GET",
                "/v1/reputation/listings",
                header={"If-None-Match": if_none_match},
            ),
            api.Listings,
        )

    def list_nodes(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.NodePage:
        """List the fleet's nodes, oldest first."""
        return self.send(
            Request("GET", "/v1/nodes", query={"limit": limit, "after": after}),
            api.NodePage,
        )

    def iter_nodes(
        self, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.Node]:
        """Go through all that `list_nodes` gives, page after page."""
        return Pages(
            lambda position: self.list_nodes(limit=limit, after=position), after
        )

    def create_node(
        self, body: api.NewNode, *, idempotency_key: str | None = None
    ) -> api.Node:
        """Register a node, or bring the one of this name up to date; it serves once its agent has enrolled."""
        return self.send(
            Request(
                "POST",
                "/v1/nodes",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Node,
        )

    def create_enrolment_token(
        self, body: api.NewEnrolmentToken, *, idempotency_key: str | None = None
    ) -> api.EnrolmentToken:
        """Make a one-time token for a node's agent, good for an hour and shown once."""
        return self.send(
            Request(
                "POST",
                "/v1/nodes/enrolment-tokens",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.EnrolmentToken,
        )

    def get_node(self, node_id: str, *, if_none_match: str | None = None) -> api.Node:
        """Give one node with its addresses, its generations and what it said of itself last."""
        return self.send(
            Request(
                "GET",
                "/v1/nodes/{node_id}",
                path={"node_id": node_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Node,
        )

    def change_node(
        self, node_id: str, body: api.NodeChange, *, if_match: str | None = None
    ) -> api.Node:
        """Change a node's host name, address, roles or region; what is left out stays. Its name is for life."""
        return self.send(
            Request(
                "PATCH",
                "/v1/nodes/{node_id}",
                path={"node_id": node_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Node,
        )

    def drain_node(
        self, node_id: str, *, idempotency_key: str | None = None
    ) -> api.Node:
        """Give a node nothing new to send and no new tenants' mailboxes; it sees off what it has and goes on serving."""
        return self.send(
            Request(
                "POST",
                "/v1/nodes/{node_id}/drain",
                path={"node_id": node_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Node,
        )

    def withdraw_enrolment_tokens(self, node_id: str) -> None:
        """Withdraw a node's enrolment tokens that were not used."""
        self.send(
            Request(
                "DELETE",
                "/v1/nodes/{node_id}/enrolment-tokens",
                path={"node_id": node_id},
            ),
            None,
        )

    def give_up_node(
        self, node_id: str, body: api.GivingUp, *, idempotency_key: str | None = None
    ) -> api.GivenUp:
        """Declare a lost node gone for ever: its credential ends at once, and what is on its disk is lost. What it had taken and did not report may have left or not. With `send_again`, other nodes send it, and some of it may arrive twice; without, it is never sent."""
        return self.send(
            Request(
                "POST",
                "/v1/nodes/{node_id}/give-up",
                path={"node_id": node_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.GivenUp,
        )

    def get_node_queue(
        self, node_id: str, *, if_none_match: str | None = None
    ) -> api.NodeQueue:
        """Show what waits on a node, by destination and age, and what would be lost with it."""
        return self.send(
            Request(
                "GET",
                "/v1/nodes/{node_id}/queue",
                path={"node_id": node_id},
                header={"If-None-Match": if_none_match},
            ),
            api.NodeQueue,
        )

    def retire_node(
        self, node_id: str, body: api.Retirement, *, idempotency_key: str | None = None
    ) -> api.Node:
        """Take a drained node out of service for ever; refused while it holds something, unless its loss is confirmed."""
        return self.send(
            Request(
                "POST",
                "/v1/nodes/{node_id}/retire",
                path={"node_id": node_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Node,
        )

    def undrain_node(
        self, node_id: str, *, idempotency_key: str | None = None
    ) -> api.Node:
        """Let a node that was drained serve fully again."""
        return self.send(
            Request(
                "POST",
                "/v1/nodes/{node_id}/undrain",
                path={"node_id": node_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Node,
        )

    def list_moves(
        self,
        *,
        status: Literal[
            "waiting", "copying", "final", "switched", "done", "failed", "aborted"
        ]
        | None = None,
        batch_id: str | None = None,
        tenant_id: str | None = None,
        node_id: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.MailboxMovePage:
        """List moves, newest first."""
        return self.send(
            Request(
                "GET",
                "/v1/moves",
                query={
                    "status": status,
                    "batch_id": batch_id,
                    "tenant_id": tenant_id,
                    "node_id": node_id,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.MailboxMovePage,
        )

    def iter_moves(
        self,
        *,
        status: Literal[
            "waiting", "copying", "final", "switched", "done", "failed", "aborted"
        ]
        | None = None,
        batch_id: str | None = None,
        tenant_id: str | None = None,
        node_id: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Pages[api.MailboxMove]:
        """Go through all that `list_moves` gives, page after page."""
        return Pages(
            lambda position: self.list_moves(
                status=status,
                batch_id=batch_id,
                tenant_id=tenant_id,
                node_id=node_id,
                limit=limit,
                after=position,
            ),
            after,
        )

    def create_moves(
        self, body: api.NewMoves, *, idempotency_key: str | None = None
    ) -> api.MoveBatch:
        """Move mailboxes to another node while they are in use: one, or all of a domain, a tenant or a node. A node whose mailboxes leave is drained. Without `to`, each goes to the node that has most room when its turn comes."""
        return self.send(
            Request(
                "POST",
                "/v1/moves",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.MoveBatch,
        )

    def list_move_batches(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.MoveBatchPage:
        """List what was asked for, newest first, with how far it is."""
        return self.send(
            Request("GET", "/v1/moves/batches", query={"limit": limit, "after": after}),
            api.MoveBatchPage,
        )

    def iter_move_batches(
        self, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.MoveBatch]:
        """Go through all that `list_move_batches` gives, page after page."""
        return Pages(
            lambda position: self.list_move_batches(limit=limit, after=position), after
        )

    def get_move_batch(
        self, batch_id: str, *, if_none_match: str | None = None
    ) -> api.MoveBatch:
        """Say how far what was asked for is: mailboxes that have arrived, octets, how long it will take."""
        return self.send(
            Request(
                "GET",
                "/v1/moves/batches/{batch_id}",
                path={"batch_id": batch_id},
                header={"If-None-Match": if_none_match},
            ),
            api.MoveBatch,
        )

    def abort_move_batch(
        self, batch_id: str, *, idempotency_key: str | None = None
    ) -> api.MoveBatch:
        """Leave where they are those mailboxes that have not arrived."""
        return self.send(
            Request(
                "POST",
                "/v1/moves/batches/{batch_id}/abort",
                path={"batch_id": batch_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.MoveBatch,
        )

    def pause_move_batch(
        self, batch_id: str, *, idempotency_key: str | None = None
    ) -> api.MoveBatch:
        """Begin nothing more, and ask for no more copies; a mailbox that is closed just now is seen through."""
        return self.send(
            Request(
                "POST",
                "/v1/moves/batches/{batch_id}/pause",
                path={"batch_id": batch_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.MoveBatch,
        )

    def resume_move_batch(
        self, batch_id: str, *, idempotency_key: str | None = None
    ) -> api.MoveBatch:
        """Go on with what was paused."""
        return self.send(
            Request(
                "POST",
                "/v1/moves/batches/{batch_id}/resume",
                path={"batch_id": batch_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.MoveBatch,
        )

    def retry_move_batch(
        self, batch_id: str, *, idempotency_key: str | None = None
    ) -> api.MoveBatch:
        """Try again what has failed."""
        return self.send(
            Request(
                "POST",
                "/v1/moves/batches/{batch_id}/retry",
                path={"batch_id": batch_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.MoveBatch,
        )

    def get_move(
        self, move_id: str, *, if_none_match: str | None = None
    ) -> api.MailboxMove:
        """Give one move: how far it is, what went wrong last, what it waits for."""
        return self.send(
            Request(
                "GET",
                "/v1/moves/{move_id}",
                path={"move_id": move_id},
                header={"If-None-Match": if_none_match},
            ),
            api.MailboxMove,
        )

    def abort_move(
        self, move_id: str, *, idempotency_key: str | None = None
    ) -> api.MailboxMove:
        """Leave the mailbox where it is; if it was closed for its last copy, it is opened at once."""
        return self.send(
            Request(
                "POST",
                "/v1/moves/{move_id}/abort",
                path={"move_id": move_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.MailboxMove,
        )

    def retry_move(
        self, move_id: str, *, idempotency_key: str | None = None
    ) -> api.MailboxMove:
        """Try a move that failed or was aborted again, from the beginning."""
        return self.send(
            Request(
                "POST",
                "/v1/moves/{move_id}/retry",
                path={"move_id": move_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.MailboxMove,
        )

    def list_rollouts(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.RolloutLinePage:
        """List roll-outs, newest first."""
        return self.send(
            Request("GET", "/v1/rollouts", query={"limit": limit, "after": after}),
            api.RolloutLinePage,
        )

    def iter_rollouts(
        self, *, limit: int | None = None, after: str | None = None
    ) -> Pages[api.RolloutLine]:
        """Go through all that `list_rollouts` gives, page after page."""
        return Pages(
            lambda position: self.list_rollouts(limit=limit, after=position), after
        )

    def start_rollout(
        self, body: api.NewRollout, *, idempotency_key: str | None = None
    ) -> api.Rollout:
        """Bring a change to the fleet: canaries first, then waves, each watched before the next. It stops and goes back by itself when a node is not well with it. There is one roll-out at a time."""
        return self.send(
            Request(
                "POST",
                "/v1/rollouts",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Rollout,
        )

    def get_rollout(
        self, rollout_id: str, *, if_none_match: str | None = None
    ) -> api.Rollout:
        """Give a roll-out with each node's stage, state and gates."""
        return self.send(
            Request(
                "GET",
                "/v1/rollouts/{rollout_id}",
                path={"rollout_id": rollout_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Rollout,
        )

    def abort_rollout(
        self, rollout_id: str, *, idempotency_key: str | None = None
    ) -> api.Rollout:
        """End it: nodes that have the change get back what they had."""
        return self.send(
            Request(
                "POST",
                "/v1/rollouts/{rollout_id}/abort",
                path={"rollout_id": rollout_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Rollout,
        )

    def get_rollout_diffs(
        self, rollout_id: str, *, if_none_match: str | None = None
    ) -> api.RolloutDiffs:
        """Give what changed in nodes' rendered files, and what daemons said of it; kept for 90 days."""
        return self.send(
            Request(
                "GET",
                "/v1/rollouts/{rollout_id}/diffs",
                path={"rollout_id": rollout_id},
                header={"If-None-Match": if_none_match},
            ),
            api.RolloutDiffs,
        )

    def pause_rollout(
        self, rollout_id: str, *, idempotency_key: str | None = None
    ) -> api.Rollout:
        """Bring it to nobody else for now; nodes that have it are watched on, and it still goes back if it does harm."""
        return self.send(
            Request(
                "POST",
                "/v1/rollouts/{rollout_id}/pause",
                path={"rollout_id": rollout_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Rollout,
        )

    def resume_rollout(
        self, rollout_id: str, *, idempotency_key: str | None = None
    ) -> api.Rollout:
        """Let a paused roll-out go on."""
        return self.send(
            Request(
                "POST",
                "/v1/rollouts/{rollout_id}/resume",
                path={"rollout_id": rollout_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Rollout,
        )


class AsyncClient(AsyncTransport):
    """Asks, and lets others work meanwhile."""

    async def get_me(self, *, if_none_match: str | None = None) -> api.Me:
        """Show whose key this is and what it may do."""
        return await self.send(
            Request("GET", "/v1/me", header={"If-None-Match": if_none_match}), api.Me
        )

    async def list_messages(
        self,
        *,
        recipient: str | None = None,
        sender: str | None = None,
        subject: str | None = None,
        status: Literal[
            "accepted",
            "held",
            "scheduled",
            "queued",
            "deferred",
            "delivered",
            "bounced",
            "complained",
            "suppressed",
            "failed",
            "cancelled",
        ]
        | None = None,
        tag: str | None = None,
        stream: Literal["transactional", "broadcast"] | None = None,
        metadata: str | None = None,
        sandbox: Literal["only"] | None = None,
        reply: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        query: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.MessageSummaryPage:
        """List messages, newest first. A page holds fewer than `limit`, perhaps none, where what is asked for stands far apart: go on with `next`."""
        return await self.send(
            Request(
                "GET",
                "/v1/messages",
                query={
                    "recipient": recipient,
                    "from": sender,
                    "subject": subject,
                    "status": status,
                    "tag": tag,
                    "stream": stream,
                    "metadata": metadata,
                    "sandbox": sandbox,
                    "reply": reply,
                    "since": since,
                    "until": until,
                    "query": query,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.MessageSummaryPage,
        )

    def iter_messages(
        self,
        *,
        recipient: str | None = None,
        sender: str | None = None,
        subject: str | None = None,
        status: Literal[
            "accepted",
            "held",
            "scheduled",
            "queued",
            "deferred",
            "delivered",
            "bounced",
            "complained",
            "suppressed",
            "failed",
            "cancelled",
        ]
        | None = None,
        tag: str | None = None,
        stream: Literal["transactional", "broadcast"] | None = None,
        metadata: str | None = None,
        sandbox: Literal["only"] | None = None,
        reply: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        query: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> AsyncPages[api.MessageSummary]:
        """Go through all that `list_messages` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_messages(
                recipient=recipient,
                sender=sender,
                subject=subject,
                status=status,
                tag=tag,
                stream=stream,
                metadata=metadata,
                sandbox=sandbox,
                reply=reply,
                since=since,
                until=until,
                query=query,
                limit=limit,
                after=position,
            ),
            after,
        )

    async def send_message(
        self, body: api.NewMessage, *, idempotency_key: str | None = None
    ) -> api.AcceptedMessage:
        """Accept a message."""
        return await self.send(
            Request(
                "POST",
                "/v1/messages",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.AcceptedMessage,
        )

    async def get_bulk_act(
        self, act_id: str, *, if_none_match: str | None = None
    ) -> api.BulkAct:
        """Say how far something is that is done to many messages."""
        return await self.send(
            Request(
                "GET",
                "/v1/messages/acts/{act_id}",
                path={"act_id": act_id},
                header={"If-None-Match": if_none_match},
            ),
            api.BulkAct,
        )

    async def send_batch(
        self, body: api.NewBatch, *, idempotency_key: str | None = None
    ) -> api.BatchResult:
        """Accept messages, each by itself: one that is refused does not hold up the others."""
        return await self.send(
            Request(
                "POST",
                "/v1/messages/batch",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.BatchResult,
        )

    async def cancel_messages(
        self, body: api.ManyMessages, *, idempotency_key: str | None = None
    ) -> api.BulkAct:
        """Call back many messages, by their ids or all that are held or scheduled and fit a filter."""
        return await self.send(
            Request(
                "POST",
                "/v1/messages/cancel",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.BulkAct,
        )

    async def export_messages(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        query: str | None = None,
    ) -> bytes:
        """Give the messages of a search as CSV, newest first, a line for each recipient: at most 100,000 messages."""
        return await self.send(
            Request(
                "GET",
                "/v1/messages/export",
                query={"since": since, "until": until, "query": query},
            ),
            bytes,
        )

    async def release_messages(
        self, body: api.ManyMessages, *, idempotency_key: str | None = None
    ) -> api.BulkAct:
        """Let many held messages go, as far as there is room; those of paused streams only if a provider acts for you."""
        return await self.send(
            Request(
                "POST",
                "/v1/messages/release",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.BulkAct,
        )

    async def get_message(
        self, message_id: str, *, if_none_match: str | None = None
    ) -> api.Message:
        """Show a message with its recipients' timelines."""
        return await self.send(
            Request(
                "GET",
                "/v1/messages/{message_id}",
                path={"message_id": message_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Message,
        )

    async def reschedule_message(
        self, message_id: str, body: api.ScheduleChange, *, if_match: str | None = None
    ) -> api.Message:
        """Have what is scheduled of a message go at another moment, or now."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/messages/{message_id}",
                path={"message_id": message_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Message,
        )

    async def cancel_message(
        self, message_id: str, *, idempotency_key: str | None = None
    ) -> api.Message:
        """Call back what of a message is scheduled, held, or still waits for a node."""
        return await self.send(
            Request(
                "POST",
                "/v1/messages/{message_id}/cancel",
                path={"message_id": message_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Message,
        )

    async def get_raw_message(self, message_id: str) -> bytes:
        """Give a message as it is sent, before it is signed; for as long as your settings say."""
        return await self.send(
            Request(
                "GET", "/v1/messages/{message_id}/raw", path={"message_id": message_id}
            ),
            bytes,
        )

    async def release_message(
        self, message_id: str, *, idempotency_key: str | None = None
    ) -> api.Message:
        """Let go what is held of a message over a limit, if there is room for it again."""
        return await self.send(
            Request(
                "POST",
                "/v1/messages/{message_id}/release",
                path={"message_id": message_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Message,
        )

    async def resend_message(
        self, message_id: str, body: api.Resend, *, idempotency_key: str | None = None
    ) -> api.AcceptedMessage:
        """Send a message once more, to all its recipients or some, as a new one."""
        return await self.send(
            Request(
                "POST",
                "/v1/messages/{message_id}/resend",
                path={"message_id": message_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.AcceptedMessage,
        )

    async def list_templates(
        self,
        *,
        kind: Literal["message", "layout"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.TemplateSummaryPage:
        """List templates and layouts, newest first."""
        return await self.send(
            Request(
                "GET",
                "/v1/templates",
                query={"kind": kind, "limit": limit, "after": after},
            ),
            api.TemplateSummaryPage,
        )

    def iter_templates(
        self,
        *,
        kind: Literal["message", "layout"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> AsyncPages[api.TemplateSummary]:
        """Go through all that `list_templates` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_templates(
                kind=kind, limit=limit, after=position
            ),
            after,
        )

    async def create_template(
        self, body: api.NewTemplate, *, idempotency_key: str | None = None
    ) -> api.Template:
        """Make a template; its first version is live at once."""
        return await self.send(
            Request(
                "POST",
                "/v1/templates",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Template,
        )

    async def preview_unsaved_template(
        self, body: api.UnsavedPreview, *, idempotency_key: str | None = None
    ) -> api.Preview:
        """Show what would be sent of a template that is not stored."""
        return await self.send(
            Request(
                "POST",
                "/v1/templates/preview",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Preview,
        )

    async def get_template(
        self,
        template_id: str,
        *,
        version: int | None = None,
        if_none_match: str | None = None,
    ) -> api.Template:
        """Give a template with its latest version, or with the one that is named."""
        return await self.send(
            Request(
                "GET",
                "/v1/templates/{template_id}",
                path={"template_id": template_id},
                query={"version": version},
                header={"If-None-Match": if_none_match},
            ),
            api.Template,
        )

    async def change_template(
        self, template_id: str, body: api.TemplateChange, *, if_match: str | None = None
    ) -> api.Template:
        """Change a template; other content makes a new version, which is sent when it is published."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/templates/{template_id}",
                path={"template_id": template_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Template,
        )

    async def delete_template(
        self, template_id: str, *, if_match: str | None = None
    ) -> None:
        """Delete a template with all its versions; a layout only when no template stands in it."""
        await self.send(
            Request(
                "DELETE",
                "/v1/templates/{template_id}",
                path={"template_id": template_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    async def clone_template(
        self,
        template_id: str,
        body: api.CloneRequest,
        *,
        idempotency_key: str | None = None,
    ) -> api.Template:
        """Make a copy of a template's latest version."""
        return await self.send(
            Request(
                "POST",
                "/v1/templates/{template_id}/clone",
                path={"template_id": template_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Template,
        )

    async def preview_template(
        self,
        template_id: str,
        body: api.PreviewRequest,
        *,
        idempotency_key: str | None = None,
    ) -> api.Preview:
        """Show what would be sent, with the given data or the sample data."""
        return await self.send(
            Request(
                "POST",
                "/v1/templates/{template_id}/preview",
                path={"template_id": template_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Preview,
        )

    async def publish_template(
        self,
        template_id: str,
        body: api.VersionChoice,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> api.Template:
        """Send a version from now on."""
        return await self.send(
            Request(
                "POST",
                "/v1/templates/{template_id}/publish",
                path={"template_id": template_id},
                header={"If-Match": if_match, "Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Template,
        )

    async def restore_template(
        self,
        template_id: str,
        body: api.VersionChoice,
        *,
        idempotency_key: str | None = None,
    ) -> api.Template:
        """Make a new version of an older one's content; it is sent when it is published."""
        return await self.send(
            Request(
                "POST",
                "/v1/templates/{template_id}/restore",
                path={"template_id": template_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Template,
        )

    async def test_send_template(
        self,
        template_id: str,
        body: api.TestSend,
        *,
        idempotency_key: str | None = None,
    ) -> api.AcceptedMessage:
        """Send a template to members of the account or to addresses at its proven domains."""
        return await self.send(
            Request(
                "POST",
                "/v1/templates/{template_id}/test-send",
                path={"template_id": template_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.AcceptedMessage,
        )

    async def list_template_versions(self, template_id: str) -> api.TemplateVersionPage:
        """List a template's versions, newest first; the 30 newest are kept, and the one that is live."""
        return await self.send(
            Request(
                "GET",
                "/v1/templates/{template_id}/versions",
                path={"template_id": template_id},
            ),
            api.TemplateVersionPage,
        )

    async def get_stats(
        self,
        *,
        grain: Literal["hour", "day"] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        stream: Literal["transactional", "broadcast"] | None = None,
        provider: str | None = None,
        by: str | None = None,
        if_none_match: str | None = None,
    ) -> api.Stats:
        """Count your deliveries by the hour or UTC day in which they were accepted and by the state that they are in now. Without `since`: the last 24 hours, or 30 days. At most 7 days of hours, or 90 of days."""
        return await self.send(
            Request(
                "GET",
                "/v1/stats",
                query={
                    "grain": grain,
                    "since": since,
                    "until": until,
                    "stream": stream,
                    "provider": provider,
                    "by": by,
                },
                header={"If-None-Match": if_none_match},
            ),
            api.Stats,
        )

    async def list_suppressions(
        self,
        *,
        email: str | None = None,
        domain: str | None = None,
        reason: Literal[
            "hard_bounce", "soft_bounce", "complaint", "unsubscribe", "manual"
        ]
        | None = None,
        stream: Literal["transactional", "broadcast"] | None = None,
        status: Literal["active", "ended"] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.SuppressionPage:
        """List suppressions, newest first; with `status=ended` those that were, and why they ended."""
        return await self.send(
            Request(
                "GET",
                "/v1/suppressions",
                query={
                    "email": email,
                    "domain": domain,
                    "reason": reason,
                    "stream": stream,
                    "status": status,
                    "since": since,
                    "until": until,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.SuppressionPage,
        )

    def iter_suppressions(
        self,
        *,
        email: str | None = None,
        domain: str | None = None,
        reason: Literal[
            "hard_bounce", "soft_bounce", "complaint", "unsubscribe", "manual"
        ]
        | None = None,
        stream: Literal["transactional", "broadcast"] | None = None,
        status: Literal["active", "ended"] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> AsyncPages[api.Suppression]:
        """Go through all that `list_suppressions` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_suppressions(
                email=email,
                domain=domain,
                reason=reason,
                stream=stream,
                status=status,
                since=since,
                until=until,
                limit=limit,
                after=position,
            ),
            after,
        )

    async def create_suppression(
        self, body: api.SuppressionRequest, *, idempotency_key: str | None = None
    ) -> api.Suppression:
        """Suppress an address or, as `@else.test`, a whole domain; if it is already, give what there is."""
        return await self.send(
            Request(
                "POST",
                "/v1/suppressions",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Suppression,
        )

    async def delete_suppressions(
        self, body: api.BulkDeletion, *, idempotency_key: str | None = None
    ) -> api.BulkDeleted:
        """End up to a thousand suppressions, named by addresses or ids, for one reason."""
        return await self.send(
            Request(
                "POST",
                "/v1/suppressions/delete",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.BulkDeleted,
        )

    async def export_suppressions(
        self,
        *,
        reason: Literal[
            "hard_bounce", "soft_bounce", "complaint", "unsubscribe", "manual"
        ]
        | None = None,
        stream: Literal["transactional", "broadcast"] | None = None,
        since: datetime | None = None,
    ) -> bytes:
        """Give all active suppressions as CSV, as the import takes them."""
        return await self.send(
            Request(
                "GET",
                "/v1/suppressions/export",
                query={"reason": reason, "stream": stream, "since": since},
            ),
            bytes,
        )

    async def import_suppressions(
        self,
        *,
        reason: Literal[
            "hard_bounce", "soft_bounce", "complaint", "unsubscribe", "manual"
        ]
        | None = None,
        stream: Literal["transactional", "broadcast"] | None = None,
        for_clients: bool | None = None,
        idempotency_key: str | None = None,
    ) -> api.SuppressionImport:
        """Import a file: the body is CSV (`text/csv`) with a column email, or JSON lines (`application/x-ndjson`). Columns reason, stream and note are read too; `reason` and `stream` hold for lines that name none."""
        return await self.send(
            Request(
                "POST",
                "/v1/suppressions/import",
                query={"reason": reason, "stream": stream, "for_clients": for_clients},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.SuppressionImport,
        )

    async def list_suppression_imports(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.SuppressionImportPage:
        """List imports, newest first."""
        return await self.send(
            Request(
                "GET",
                "/v1/suppressions/imports",
                query={"limit": limit, "after": after},
            ),
            api.SuppressionImportPage,
        )

    def iter_suppression_imports(
        self, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.SuppressionImport]:
        """Go through all that `list_suppression_imports` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_suppression_imports(limit=limit, after=position),
            after,
        )

    async def get_suppression_import(
        self, import_id: str, *, if_none_match: str | None = None
    ) -> api.SuppressionImport:
        """Show how far an import is, and which lines were left out."""
        return await self.send(
            Request(
                "GET",
                "/v1/suppressions/imports/{import_id}",
                path={"import_id": import_id},
                header={"If-None-Match": if_none_match},
            ),
            api.SuppressionImport,
        )

    async def get_suppression(
        self, suppression_id: str, *, if_none_match: str | None = None
    ) -> api.Suppression:
        """Show a suppression, also one that has ended."""
        return await self.send(
            Request(
                "GET",
                "/v1/suppressions/{suppression_id}",
                path={"suppression_id": suppression_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Suppression,
        )

    async def delete_suppression(
        self, suppression_id: str, *, if_match: str | None = None
    ) -> None:
        """Let mail go to the address again; after a hard bounce or a complaint, reactivate it instead and say why."""
        await self.send(
            Request(
                "DELETE",
                "/v1/suppressions/{suppression_id}",
                path={"suppression_id": suppression_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    async def reactivate_suppression(
        self,
        suppression_id: str,
        body: api.Reactivation,
        *,
        idempotency_key: str | None = None,
    ) -> api.Suppression:
        """Let mail go to the address again and remember why; if it bounces again, it is suppressed again."""
        return await self.send(
            Request(
                "POST",
                "/v1/suppressions/{suppression_id}/reactivate",
                path={"suppression_id": suppression_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Suppression,
        )

    async def restore_suppression(
        self, suppression_id: str, *, idempotency_key: str | None = None
    ) -> api.Suppression:
        """Take back that a suppression was ended."""
        return await self.send(
            Request(
                "POST",
                "/v1/suppressions/{suppression_id}/restore",
                path={"suppression_id": suppression_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Suppression,
        )

    async def list_events(
        self,
        *,
        after: str | None = None,
        since: datetime | None = None,
        types: str | None = None,
        limit: int | None = None,
        wait: int | None = None,
    ) -> api.EventPage:
        """Read events in the order in which we stored them; go on from `next`, and you miss none and see none twice. They can be read for 30 days after they happened. `more` says that there is more to read at once."""
        return await self.send(
            Request(
                "GET",
                "/v1/events",
                query={
                    "after": after,
                    "since": since,
                    "types": types,
                    "limit": limit,
                    "wait": wait,
                },
            ),
            api.EventPage,
        )

    def iter_events(
        self,
        *,
        after: str | None = None,
        since: datetime | None = None,
        types: str | None = None,
        limit: int | None = None,
        wait: int | None = None,
    ) -> AsyncPages[api.Event]:
        """Go through all that `list_events` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_events(
                since=since, types=types, limit=limit, wait=wait, after=position
            ),
            after,
        )

    async def list_webhooks(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.WebhookPage:
        """List webhooks, newest first."""
        return await self.send(
            Request("GET", "/v1/webhooks", query={"limit": limit, "after": after}),
            api.WebhookPage,
        )

    def iter_webhooks(
        self, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.Webhook]:
        """Go through all that `list_webhooks` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_webhooks(limit=limit, after=position), after
        )

    async def create_webhook(
        self, body: api.NewWebhook, *, idempotency_key: str | None = None
    ) -> api.CreatedWebhook:
        """Make a webhook; its secret is shown this once."""
        return await self.send(
            Request(
                "POST",
                "/v1/webhooks",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.CreatedWebhook,
        )

    async def get_webhook(
        self, webhook_id: str, *, if_none_match: str | None = None
    ) -> api.Webhook:
        """Show a webhook."""
        return await self.send(
            Request(
                "GET",
                "/v1/webhooks/{webhook_id}",
                path={"webhook_id": webhook_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Webhook,
        )

    async def change_webhook(
        self, webhook_id: str, body: api.WebhookChange, *, if_match: str | None = None
    ) -> api.Webhook:
        """Change a webhook, or switch it off and on; what is left out stays."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/webhooks/{webhook_id}",
                path={"webhook_id": webhook_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Webhook,
        )

    async def delete_webhook(
        self, webhook_id: str, *, if_match: str | None = None
    ) -> None:
        """Delete a webhook; what was on its way to it is given up."""
        await self.send(
            Request(
                "DELETE",
                "/v1/webhooks/{webhook_id}",
                path={"webhook_id": webhook_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    async def list_webhook_deliveries(
        self,
        webhook_id: str,
        *,
        status: Literal["pending", "delivered", "failed"] | None = None,
        type: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.WebhookDeliveryPage:
        """List what was sent to a webhook or is to be, newest first."""
        return await self.send(
            Request(
                "GET",
                "/v1/webhooks/{webhook_id}/deliveries",
                path={"webhook_id": webhook_id},
                query={
                    "status": status,
                    "type": type,
                    "since": since,
                    "until": until,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.WebhookDeliveryPage,
        )

    def iter_webhook_deliveries(
        self,
        webhook_id: str,
        *,
        status: Literal["pending", "delivered", "failed"] | None = None,
        type: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> AsyncPages[api.WebhookDelivery]:
        """Go through all that `list_webhook_deliveries` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_webhook_deliveries(
                webhook_id,
                status=status,
                type=type,
                since=since,
                until=until,
                limit=limit,
                after=position,
            ),
            after,
        )

    async def get_webhook_delivery(
        self, webhook_id: str, sending_id: str, *, if_none_match: str | None = None
    ) -> api.WebhookExchange:
        """Show one thing that was sent, with the last request and its answer."""
        return await self.send(
            Request(
                "GET",
                "/v1/webhooks/{webhook_id}/deliveries/{sending_id}",
                path={"webhook_id": webhook_id, "sending_id": sending_id},
                header={"If-None-Match": if_none_match},
            ),
            api.WebhookExchange,
        )

    async def retry_webhook_delivery(
        self, webhook_id: str, sending_id: str, *, idempotency_key: str | None = None
    ) -> api.WebhookDelivery:
        """Send something once more at once, whatever became of it before."""
        return await self.send(
            Request(
                "POST",
                "/v1/webhooks/{webhook_id}/deliveries/{sending_id}/retry",
                path={"webhook_id": webhook_id, "sending_id": sending_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.WebhookDelivery,
        )

    async def replay_webhook(
        self,
        webhook_id: str,
        body: api.NewReplay,
        *,
        idempotency_key: str | None = None,
    ) -> api.WebhookReplay:
        """Send the events of a time once more, under the same ids; at most 100,000 of the last 30 days."""
        return await self.send(
            Request(
                "POST",
                "/v1/webhooks/{webhook_id}/replay",
                path={"webhook_id": webhook_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.WebhookReplay,
        )

    async def list_webhook_replays(
        self, webhook_id: str, *, limit: int | None = None, after: str | None = None
    ) -> api.WebhookReplayPage:
        """List a webhook's replays with their progress, newest first."""
        return await self.send(
            Request(
                "GET",
                "/v1/webhooks/{webhook_id}/replays",
                path={"webhook_id": webhook_id},
                query={"limit": limit, "after": after},
            ),
            api.WebhookReplayPage,
        )

    def iter_webhook_replays(
        self, webhook_id: str, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.WebhookReplay]:
        """Go through all that `list_webhook_replays` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_webhook_replays(
                webhook_id, limit=limit, after=position
            ),
            after,
        )

    async def rotate_webhook_secret(
        self, webhook_id: str, *, idempotency_key: str | None = None
    ) -> api.RotatedSecret:
        """Make a new secret, shown this once; for a day, messages bear the old one's signature too."""
        return await self.send(
            Request(
                "POST",
                "/v1/webhooks/{webhook_id}/rotate-secret",
                path={"webhook_id": webhook_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.RotatedSecret,
        )

    async def send_webhook_test(
        self, webhook_id: str, body: api.NewTest, *, idempotency_key: str | None = None
    ) -> api.WebhookTest:
        """Send a sample event, once, and say what came back."""
        return await self.send(
            Request(
                "POST",
                "/v1/webhooks/{webhook_id}/test",
                path={"webhook_id": webhook_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.WebhookTest,
        )

    async def list_domains(
        self,
        *,
        status: Literal["pending", "verified", "degraded", "failed"] | None = None,
        query: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.DomainPage:
        """List your domains, newest first."""
        return await self.send(
            Request(
                "GET",
                "/v1/domains",
                query={
                    "status": status,
                    "query": query,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.DomainPage,
        )

    def iter_domains(
        self,
        *,
        status: Literal["pending", "verified", "degraded", "failed"] | None = None,
        query: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> AsyncPages[api.Domain]:
        """Go through all that `list_domains` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_domains(
                status=status, query=query, limit=limit, after=position
            ),
            after,
        )

    async def add_domain(
        self, body: api.NewDomain, *, idempotency_key: str | None = None
    ) -> api.Domain:
        """Add a domain; the answer has the DNS records to publish. One that the platform gives needs none of you."""
        return await self.send(
            Request(
                "POST",
                "/v1/domains",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Domain,
        )

    async def get_domain(
        self, domain_id: str, *, if_none_match: str | None = None
    ) -> api.Domain:
        """Give a domain with its DNS records and what the last check found."""
        return await self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}",
                path={"domain_id": domain_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Domain,
        )

    async def delete_domain(
        self, domain_id: str, *, if_match: str | None = None
    ) -> None:
        """Delete a domain that has no mailboxes; its mail is refused from then on."""
        await self.send(
            Request(
                "DELETE",
                "/v1/domains/{domain_id}",
                path={"domain_id": domain_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    async def list_domain_checks(
        self, domain_id: str, *, limit: int | None = None, after: str | None = None
    ) -> api.DomainCheckPage:
        """List the checks of a domain that found something new, newest first; they are kept for 400 days."""
        return await self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/checks",
                path={"domain_id": domain_id},
                query={"limit": limit, "after": after},
            ),
            api.DomainCheckPage,
        )

    def iter_domain_checks(
        self, domain_id: str, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.DomainCheck]:
        """Go through all that `list_domain_checks` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_domain_checks(
                domain_id, limit=limit, after=position
            ),
            after,
        )

    async def get_dkim_keys(
        self, domain_id: str, *, if_none_match: str | None = None
    ) -> api.DkimKeys:
        """Give a domain's DKIM keys, each with where it is in its life; private keys are never shown."""
        return await self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/dkim-keys",
                path={"domain_id": domain_id},
                header={"If-None-Match": if_none_match},
            ),
            api.DkimKeys,
        )

    async def change_dkim_keys(
        self, domain_id: str, body: api.DkimChange, *, if_match: str | None = None
    ) -> api.DkimKeys:
        """Say whether keys are delegated to us or published by you, and how often they are replaced."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/domains/{domain_id}/dkim-keys",
                path={"domain_id": domain_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.DkimKeys,
        )

    async def rotate_dkim_keys(
        self, domain_id: str, body: api.Rotation, *, idempotency_key: str | None = None
    ) -> api.DkimKeys:
        """Begin to replace a domain's DKIM keys; the new ones sign once they are seen in DNS."""
        return await self.send(
            Request(
                "POST",
                "/v1/domains/{domain_id}/dkim/rotate",
                path={"domain_id": domain_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.DkimKeys,
        )

    async def export_dmarc_rows(
        self, domain_id: str, *, days: int | None = None
    ) -> bytes:
        """Give what was reported of a domain's mail as CSV, by day and address."""
        return await self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/dmarc-export",
                path={"domain_id": domain_id},
                query={"days": days},
            ),
            bytes,
        )

    async def get_dmarc_summary(
        self,
        domain_id: str,
        *,
        days: int | None = None,
        if_none_match: str | None = None,
    ) -> api.DmarcSummary:
        """Add up how a domain's mail fared: who sends as it, what passes, and whether a stricter policy is safe."""
        return await self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/dmarc-summary",
                path={"domain_id": domain_id},
                query={"days": days},
                header={"If-None-Match": if_none_match},
            ),
            api.DmarcSummary,
        )

    async def get_mta_sts(
        self, domain_id: str, *, if_none_match: str | None = None
    ) -> api.MtaSts:
        """Give a domain's MTA-STS policy."""
        return await self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/mta-sts",
                path={"domain_id": domain_id},
                header={"If-None-Match": if_none_match},
            ),
            api.MtaSts,
        )

    async def change_mta_sts(
        self, domain_id: str, body: api.MtaStsChange, *, if_match: str | None = None
    ) -> api.MtaSts:
        """Change a domain's MTA-STS policy; its TXT record at `_mta-sts.` must name the new id."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/domains/{domain_id}/mta-sts",
                path={"domain_id": domain_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.MtaSts,
        )

    async def list_publications(
        self, domain_id: str, *, limit: int | None = None, after: str | None = None
    ) -> api.PublicationPage:
        """List what was published of the domain's records at providers, newest first."""
        return await self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/publications",
                path={"domain_id": domain_id},
                query={"limit": limit, "after": after},
            ),
            api.PublicationPage,
        )

    def iter_publications(
        self, domain_id: str, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.Publication]:
        """Go through all that `list_publications` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_publications(
                domain_id, limit=limit, after=position
            ),
            after,
        )

    async def create_publication(
        self,
        domain_id: str,
        body: api.NewPublication,
        *,
        idempotency_key: str | None = None,
    ) -> api.Publication:
        """Compare the domain's records with a provider's zone, and publish what needs no decision unless `dry_run`. The answer comes before the comparison: read the publication again until its status is `compared` or later."""
        return await self.send(
            Request(
                "POST",
                "/v1/domains/{domain_id}/publications",
                path={"domain_id": domain_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Publication,
        )

    async def get_domain_relay(
        self, domain_id: str, *, if_none_match: str | None = None
    ) -> api.DomainRelay:
        """Say which relay a domain was switched to."""
        return await self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/relay",
                path={"domain_id": domain_id},
                header={"If-None-Match": if_none_match},
            ),
            api.DomainRelay,
        )

    async def switch_domain_relay(
        self,
        domain_id: str,
        body: api.DomainSwitch,
        *,
        idempotency_key: str | None = None,
    ) -> api.DomainRelay:
        """Switch a domain to a relay, or back; its mail leaves that way when the answer is there."""
        return await self.send(
            Request(
                "POST",
                "/v1/domains/{domain_id}/relay",
                path={"domain_id": domain_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.DomainRelay,
        )

    async def list_shared_links(self, domain_id: str) -> api.SharedLinkPage:
        """List the links that show the domain's records to whoever keeps its DNS; at most twenty are open."""
        return await self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/shared-links",
                path={"domain_id": domain_id},
            ),
            api.SharedLinkPage,
        )

    async def create_shared_link(
        self,
        domain_id: str,
        body: api.NewSharedLink,
        *,
        idempotency_key: str | None = None,
    ) -> api.CreatedSharedLink:
        """Make a link that shows the domain's records without signing in, for 14 days; it is shown this once."""
        return await self.send(
            Request(
                "POST",
                "/v1/domains/{domain_id}/shared-links",
                path={"domain_id": domain_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.CreatedSharedLink,
        )

    async def get_tls_summary(
        self,
        domain_id: str,
        *,
        days: int | None = None,
        if_none_match: str | None = None,
    ) -> api.TlsSummary:
        """Add up how others' connections to a domain's mail servers fared, and whether MTA-STS can be enforced."""
        return await self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/tls-summary",
                path={"domain_id": domain_id},
                query={"days": days},
                header={"If-None-Match": if_none_match},
            ),
            api.TlsSummary,
        )

    async def verify_domain(
        self, domain_id: str, *, idempotency_key: str | None = None
    ) -> api.Domain:
        """Look up the domain's DNS records now; once the proof of ownership is there, the domain can be used."""
        return await self.send(
            Request(
                "POST",
                "/v1/domains/{domain_id}/verify",
                path={"domain_id": domain_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Domain,
        )

    async def get_zone_file(
        self,
        domain_id: str,
        *,
        format_: Literal[
            "bind", "cloudflare", "terraform-cloudflare", "terraform-route53"
        ]
        | None = None,
    ) -> bytes:
        """Give the domain's records as a zone file, for Cloudflare's import, or as Terraform."""
        return await self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/zone-file",
                path={"domain_id": domain_id},
                query={"format": format_},
            ),
            bytes,
        )

    async def delete_shared_link(self, link_id: str) -> None:
        """Withdraw a link: it shows nothing any more."""
        await self.send(
            Request("DELETE", "/v1/shared-links/{link_id}", path={"link_id": link_id}),
            None,
        )

    async def list_dns_provider_kinds(self) -> api.DnsProviderKindPage:
        """List the DNS providers that can be connected, and what each asks for."""
        return await self.send(
            Request("GET", "/v1/dns-provider-kinds"), api.DnsProviderKindPage
        )

    async def list_dns_providers(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.DnsProviderPage:
        """List your connected DNS providers, newest first."""
        return await self.send(
            Request("GET", "/v1/dns-providers", query={"limit": limit, "after": after}),
            api.DnsProviderPage,
        )

    def iter_dns_providers(
        self, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.DnsProvider]:
        """Go through all that `list_dns_providers` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_dns_providers(limit=limit, after=position), after
        )

    async def create_dns_provider(
        self, body: api.NewDnsProvider, *, idempotency_key: str | None = None
    ) -> api.DnsProvider:
        """Connect a DNS provider; with `domain_id`, its credentials must open that domain's zone."""
        return await self.send(
            Request(
                "POST",
                "/v1/dns-providers",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.DnsProvider,
        )

    async def get_dns_provider(
        self, connection_id: str, *, if_none_match: str | None = None
    ) -> api.DnsProvider:
        """Give a connected DNS provider, without its credentials."""
        return await self.send(
            Request(
                "GET",
                "/v1/dns-providers/{connection_id}",
                path={"connection_id": connection_id},
                header={"If-None-Match": if_none_match},
            ),
            api.DnsProvider,
        )

    async def change_dns_provider(
        self,
        connection_id: str,
        body: api.ChangedDnsProvider,
        *,
        if_match: str | None = None,
    ) -> api.DnsProvider:
        """Rename a connected DNS provider, or give it new credentials."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/dns-providers/{connection_id}",
                path={"connection_id": connection_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.DnsProvider,
        )

    async def delete_dns_provider(
        self, connection_id: str, *, if_match: str | None = None
    ) -> None:
        """Forget a DNS provider, its credentials and its publications; what was published stays."""
        await self.send(
            Request(
                "DELETE",
                "/v1/dns-providers/{connection_id}",
                path={"connection_id": connection_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    async def get_publication(
        self, publication_id: str, *, if_none_match: str | None = None
    ) -> api.Publication:
        """Give a publication: what differs, and how far each record got."""
        return await self.send(
            Request(
                "GET",
                "/v1/publications/{publication_id}",
                path={"publication_id": publication_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Publication,
        )

    async def apply_publication(
        self,
        publication_id: str,
        body: api.Decisions,
        *,
        idempotency_key: str | None = None,
    ) -> api.Publication:
        """Publish the differences, or go on with what failed; conflicts only where `replace` names them."""
        return await self.send(
            Request(
                "POST",
                "/v1/publications/{publication_id}/apply",
                path={"publication_id": publication_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Publication,
        )

    async def roll_back_publication(
        self, publication_id: str, *, idempotency_key: str | None = None
    ) -> api.Publication:
        """Put back what stood there before; what somebody has changed since is left alone."""
        return await self.send(
            Request(
                "POST",
                "/v1/publications/{publication_id}/rollback",
                path={"publication_id": publication_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Publication,
        )

    async def list_certificates(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.CertificatePage:
        """List your certificates, newest first."""
        return await self.send(
            Request("GET", "/v1/certificates", query={"limit": limit, "after": after}),
            api.CertificatePage,
        )

    def iter_certificates(
        self, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.Certificate]:
        """Go through all that `list_certificates` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_certificates(limit=limit, after=position), after
        )

    async def create_certificate(
        self, body: api.NewCertificate, *, idempotency_key: str | None = None
    ) -> api.Certificate:
        """Order a certificate for names, or upload one of your own, which is served at once. Names of your domains that point to us get theirs without being asked for."""
        return await self.send(
            Request(
                "POST",
                "/v1/certificates",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Certificate,
        )

    async def get_certificate(
        self, certificate_id: str, *, if_none_match: str | None = None
    ) -> api.Certificate:
        """Give a certificate; its private key stays here."""
        return await self.send(
            Request(
                "GET",
                "/v1/certificates/{certificate_id}",
                path={"certificate_id": certificate_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Certificate,
        )

    async def replace_certificate(
        self,
        certificate_id: str,
        body: api.OwnCertificate,
        *,
        if_match: str | None = None,
    ) -> api.Certificate:
        """Put a newer certificate in the place of one that you uploaded."""
        return await self.send(
            Request(
                "PUT",
                "/v1/certificates/{certificate_id}",
                path={"certificate_id": certificate_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Certificate,
        )

    async def delete_certificate(
        self, certificate_id: str, *, if_match: str | None = None
    ) -> None:
        """Delete a certificate; it is served no more."""
        await self.send(
            Request(
                "DELETE",
                "/v1/certificates/{certificate_id}",
                path={"certificate_id": certificate_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    async def renew_certificate(
        self, certificate_id: str, *, idempotency_key: str | None = None
    ) -> api.Certificate:
        """Renew a certificate now, or try again for one that failed."""
        return await self.send(
            Request(
                "POST",
                "/v1/certificates/{certificate_id}/renew",
                path={"certificate_id": certificate_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Certificate,
        )

    async def revoke_certificate(
        self,
        certificate_id: str,
        body: api.Revocation,
        *,
        idempotency_key: str | None = None,
    ) -> api.Certificate:
        """Revoke a certificate at its authority; unless it is given up, one with a new key is made at once."""
        return await self.send(
            Request(
                "POST",
                "/v1/certificates/{certificate_id}/revoke",
                path={"certificate_id": certificate_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Certificate,
        )

    async def list_mailboxes(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.MailboxPage:
        """List your mailboxes, newest first."""
        return await self.send(
            Request("GET", "/v1/mailboxes", query={"limit": limit, "after": after}),
            api.MailboxPage,
        )

    def iter_mailboxes(
        self, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.Mailbox]:
        """Go through all that `list_mailboxes` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_mailboxes(limit=limit, after=position), after
        )

    async def create_mailbox(
        self, body: api.NewMailbox, *, idempotency_key: str | None = None
    ) -> api.Mailbox:
        """Make a mailbox in a proven domain; it can be logged in to when the answer is there."""
        return await self.send(
            Request(
                "POST",
                "/v1/mailboxes",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Mailbox,
        )

    async def get_mailbox(
        self, mailbox_id: str, *, if_none_match: str | None = None
    ) -> api.Mailbox:
        """Give a mailbox."""
        return await self.send(
            Request(
                "GET",
                "/v1/mailboxes/{mailbox_id}",
                path={"mailbox_id": mailbox_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Mailbox,
        )

    async def change_mailbox(
        self, mailbox_id: str, body: api.MailboxChange, *, if_match: str | None = None
    ) -> api.Mailbox:
        """Change password, name, quota or status; what is left out stays."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/mailboxes/{mailbox_id}",
                path={"mailbox_id": mailbox_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Mailbox,
        )

    async def delete_mailbox(
        self, mailbox_id: str, *, if_match: str | None = None
    ) -> None:
        """Delete a mailbox: it receives no more mail and cannot be logged in to."""
        await self.send(
            Request(
                "DELETE",
                "/v1/mailboxes/{mailbox_id}",
                path={"mailbox_id": mailbox_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    async def list_inbound_routes(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.InboundRoutePage:
        """List your inbound routes, newest first."""
        return await self.send(
            Request(
                "GET", "/v1/inbound-routes", query={"limit": limit, "after": after}
            ),
            api.InboundRoutePage,
        )

    def iter_inbound_routes(
        self, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.InboundRoute]:
        """Go through all that `list_inbound_routes` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_inbound_routes(limit=limit, after=position),
            after,
        )

    async def create_inbound_route(
        self, body: api.NewInboundRoute, *, idempotency_key: str | None = None
    ) -> api.InboundRoute:
        """Make a route; mail for it is taken when the answer is there. Mailboxes come before routes."""
        return await self.send(
            Request(
                "POST",
                "/v1/inbound-routes",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.InboundRoute,
        )

    async def explain_inbound_route(
        self, body: api.InboundQuestion, *, idempotency_key: str | None = None
    ) -> api.InboundExplanation:
        """Say what would become of a mail, and why."""
        return await self.send(
            Request(
                "POST",
                "/v1/inbound-routes/explain",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.InboundExplanation,
        )

    async def get_inbound_route(
        self, route_id: str, *, if_none_match: str | None = None
    ) -> api.InboundRoute:
        """Give a route."""
        return await self.send(
            Request(
                "GET",
                "/v1/inbound-routes/{route_id}",
                path={"route_id": route_id},
                header={"If-None-Match": if_none_match},
            ),
            api.InboundRoute,
        )

    async def change_inbound_route(
        self,
        route_id: str,
        body: api.InboundRouteChange,
        *,
        if_match: str | None = None,
    ) -> api.InboundRoute:
        """Change a route; what is left out stays."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/inbound-routes/{route_id}",
                path={"route_id": route_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.InboundRoute,
        )

    async def delete_inbound_route(
        self, route_id: str, *, if_match: str | None = None
    ) -> None:
        """Delete a route; mail that it had let in stays."""
        await self.send(
            Request(
                "DELETE",
                "/v1/inbound-routes/{route_id}",
                path={"route_id": route_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    async def ask_forward_target(
        self, route_id: str, *, idempotency_key: str | None = None
    ) -> None:
        """Write once more to whose address a route forwards to, if they have not agreed, or mail to them came back."""
        await self.send(
            Request(
                "POST",
                "/v1/inbound-routes/{route_id}/ask",
                path={"route_id": route_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            None,
        )

    async def test_inbound_route(
        self, route_id: str, *, idempotency_key: str | None = None
    ) -> api.TestSent:
        """Send a real mail to an address that the route is for; it counts as any message of yours."""
        return await self.send(
            Request(
                "POST",
                "/v1/inbound-routes/{route_id}/test",
                path={"route_id": route_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.TestSent,
        )

    async def list_inbound_messages(
        self,
        *,
        status: Literal[
            "routed", "forwarded", "delivered", "held", "dropped", "released", "purged"
        ]
        | None = None,
        route_id: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.InboundSummaryPage:
        """List mail that came in, newest first."""
        return await self.send(
            Request(
                "GET",
                "/v1/inbound-messages",
                query={
                    "status": status,
                    "route_id": route_id,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.InboundSummaryPage,
        )

    def iter_inbound_messages(
        self,
        *,
        status: Literal[
            "routed", "forwarded", "delivered", "held", "dropped", "released", "purged"
        ]
        | None = None,
        route_id: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> AsyncPages[api.InboundSummary]:
        """Go through all that `list_inbound_messages` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_inbound_messages(
                status=status, route_id=route_id, limit=limit, after=position
            ),
            after,
        )

    async def get_inbound_message(
        self, inbound_message_id: str, *, if_none_match: str | None = None
    ) -> api.InboundMessage:
        """Show a mail: what it says, what was checked, and links to its attachments."""
        return await self.send(
            Request(
                "GET",
                "/v1/inbound-messages/{inbound_message_id}",
                path={"inbound_message_id": inbound_message_id},
                header={"If-None-Match": if_none_match},
            ),
            api.InboundMessage,
        )

    async def purge_inbound_message(self, inbound_message_id: str) -> None:
        """Throw a mail away, held or not; what is known of it stays for its time."""
        await self.send(
            Request(
                "DELETE",
                "/v1/inbound-messages/{inbound_message_id}",
                path={"inbound_message_id": inbound_message_id},
            ),
            None,
        )

    async def get_inbound_attachment(
        self, inbound_message_id: str, number: str
    ) -> bytes:
        """Give one of a mail's attachments."""
        return await self.send(
            Request(
                "GET",
                "/v1/inbound-messages/{inbound_message_id}/attachments/{number}",
                path={"inbound_message_id": inbound_message_id, "number": number},
            ),
            bytes,
        )

    async def get_inbound_message_raw(self, inbound_message_id: str) -> bytes:
        """Give a mail as it came in."""
        return await self.send(
            Request(
                "GET",
                "/v1/inbound-messages/{inbound_message_id}/raw",
                path={"inbound_message_id": inbound_message_id},
            ),
            bytes,
        )

    async def release_inbound_message(
        self,
        inbound_message_id: str,
        body: api.InboundRelease,
        *,
        idempotency_key: str | None = None,
    ) -> None:
        """Send a held mail to a webhook after all, or on its route's way to a mailbox or an address."""
        await self.send(
            Request(
                "POST",
                "/v1/inbound-messages/{inbound_message_id}/release",
                path={"inbound_message_id": inbound_message_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            None,
        )

    async def list_relays(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.RelayPage:
        """List your relays, newest first."""
        return await self.send(
            Request("GET", "/v1/relays", query={"limit": limit, "after": after}),
            api.RelayPage,
        )

    def iter_relays(
        self, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.Relay]:
        """Go through all that `list_relays` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_relays(limit=limit, after=position), after
        )

    async def create_relay(
        self, body: api.NewRelay, *, idempotency_key: str | None = None
    ) -> api.CreatedRelay:
        """Make a relay; mail leaves by it when the answer is there."""
        return await self.send(
            Request(
                "POST",
                "/v1/relays",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.CreatedRelay,
        )

    async def get_relay(
        self, relay_id: str, *, if_none_match: str | None = None
    ) -> api.Relay:
        """Give a relay, and how nodes fare with it."""
        return await self.send(
            Request(
                "GET",
                "/v1/relays/{relay_id}",
                path={"relay_id": relay_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Relay,
        )

    async def change_relay(
        self, relay_id: str, body: api.RelayChange, *, if_match: str | None = None
    ) -> api.Relay:
        """Change a relay, or pause it; what is left out stays."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/relays/{relay_id}",
                path={"relay_id": relay_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Relay,
        )

    async def delete_relay(self, relay_id: str, *, if_match: str | None = None) -> None:
        """Delete a relay: mail leaves as the other relays' scopes say, or by our own addresses."""
        await self.send(
            Request(
                "DELETE",
                "/v1/relays/{relay_id}",
                path={"relay_id": relay_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    async def change_relay_events_address(
        self, relay_id: str, *, idempotency_key: str | None = None
    ) -> api.EventsAddress:
        """Make a new address for the provider's events; the old one ends at once."""
        return await self.send(
            Request(
                "POST",
                "/v1/relays/{relay_id}/events-address",
                path={"relay_id": relay_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.EventsAddress,
        )

    async def test_relay(
        self, relay_id: str, *, idempotency_key: str | None = None
    ) -> api.Relay:
        """Have every node try to log in; what came of it is in `health.tests` within some seconds."""
        return await self.send(
            Request(
                "POST",
                "/v1/relays/{relay_id}/test",
                path={"relay_id": relay_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Relay,
        )

    async def list_dmarc_reports(
        self,
        *,
        domain: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.DmarcReportPage:
        """List the DMARC aggregate reports that arrived, newest first."""
        return await self.send(
            Request(
                "GET",
                "/v1/dmarc-reports",
                query={
                    "domain": domain,
                    "since": since,
                    "until": until,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.DmarcReportPage,
        )

    def iter_dmarc_reports(
        self,
        *,
        domain: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> AsyncPages[api.DmarcReport]:
        """Go through all that `list_dmarc_reports` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_dmarc_reports(
                domain=domain, since=since, until=until, limit=limit, after=position
            ),
            after,
        )

    async def get_dmarc_report(
        self, dmarc_report_id: str, *, if_none_match: str | None = None
    ) -> api.DmarcReportDetails:
        """Give a DMARC report with its records."""
        return await self.send(
            Request(
                "GET",
                "/v1/dmarc-reports/{dmarc_report_id}",
                path={"dmarc_report_id": dmarc_report_id},
                header={"If-None-Match": if_none_match},
            ),
            api.DmarcReportDetails,
        )

    async def list_tls_reports(
        self,
        *,
        domain: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.TlsReportPage:
        """List the SMTP TLS reports that arrived, newest first."""
        return await self.send(
            Request(
                "GET",
                "/v1/tls-reports",
                query={
                    "domain": domain,
                    "since": since,
                    "until": until,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.TlsReportPage,
        )

    def iter_tls_reports(
        self,
        *,
        domain: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> AsyncPages[api.TlsReport]:
        """Go through all that `list_tls_reports` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_tls_reports(
                domain=domain, since=since, until=until, limit=limit, after=position
            ),
            after,
        )

    async def get_tls_report(
        self, tls_report_id: str, *, if_none_match: str | None = None
    ) -> api.TlsReportDetails:
        """Give a TLS report with its policies and failures."""
        return await self.send(
            Request(
                "GET",
                "/v1/tls-reports/{tls_report_id}",
                path={"tls_report_id": tls_report_id},
                header={"If-None-Match": if_none_match},
            ),
            api.TlsReportDetails,
        )

    async def list_complaints(
        self,
        *,
        domain: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.ComplaintPage:
        """List the complaints that feedback loops brought, newest first."""
        return await self.send(
            Request(
                "GET",
                "/v1/complaints",
                query={
                    "domain": domain,
                    "since": since,
                    "until": until,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.ComplaintPage,
        )

    def iter_complaints(
        self,
        *,
        domain: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> AsyncPages[api.Complaint]:
        """Go through all that `list_complaints` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_complaints(
                domain=domain, since=since, until=until, limit=limit, after=position
            ),
            after,
        )

    async def list_appeals(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.AppealPage:
        """List your appeals and what they were answered, newest first."""
        return await self.send(
            Request("GET", "/v1/appeals", query={"limit": limit, "after": after}),
            api.AppealPage,
        )

    def iter_appeals(
        self, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.Appeal]:
        """Go through all that `list_appeals` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_appeals(limit=limit, after=position), after
        )

    async def create_appeal(
        self, body: api.NewAppeal, *, idempotency_key: str | None = None
    ) -> api.Appeal:
        """Say why there were bounces or complaints and what you have changed, so that an operator looks at it."""
        return await self.send(
            Request(
                "POST",
                "/v1/appeals",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Appeal,
        )

    async def list_members(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.MemberPage:
        """List the people of your account."""
        return await self.send(
            Request("GET", "/v1/members", query={"limit": limit, "after": after}),
            api.MemberPage,
        )

    def iter_members(
        self, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.Member]:
        """Go through all that `list_members` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_members(limit=limit, after=position), after
        )

    async def get_member(
        self, member_id: str, *, if_none_match: str | None = None
    ) -> api.Member:
        """Give one of the people of your account."""
        return await self.send(
            Request(
                "GET",
                "/v1/members/{member_id}",
                path={"member_id": member_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Member,
        )

    async def change_member(
        self, member_id: str, body: api.MemberChange, *, if_match: str | None = None
    ) -> api.Member:
        """Give a member another role: none that may do more than you, and the last owner stays one."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/members/{member_id}",
                path={"member_id": member_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Member,
        )

    async def remove_member(
        self, member_id: str, *, if_match: str | None = None
    ) -> None:
        """Remove a member from your account; they are out at once, and stay whoever they are elsewhere."""
        await self.send(
            Request(
                "DELETE",
                "/v1/members/{member_id}",
                path={"member_id": member_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    async def transfer_ownership(
        self, member_id: str, *, idempotency_key: str | None = None
    ) -> api.Member:
        """Make a member the owner; who was the owner is an admin afterwards."""
        return await self.send(
            Request(
                "POST",
                "/v1/members/{member_id}/transfer-ownership",
                path={"member_id": member_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Member,
        )

    async def list_invitations(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.InvitationPage:
        """List who was asked to join and has not answered yet, newest first."""
        return await self.send(
            Request("GET", "/v1/invitations", query={"limit": limit, "after": after}),
            api.InvitationPage,
        )

    def iter_invitations(
        self, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.Invitation]:
        """Go through all that `list_invitations` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_invitations(limit=limit, after=position), after
        )

    async def create_invitation(
        self, body: api.NewInvitation, *, idempotency_key: str | None = None
    ) -> api.Invitation:
        """Ask somebody to join, by mail; the link in it is good for seven days and works once."""
        return await self.send(
            Request(
                "POST",
                "/v1/invitations",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Invitation,
        )

    async def get_invitation(
        self, invitation_id: str, *, if_none_match: str | None = None
    ) -> api.Invitation:
        """Give an invitation."""
        return await self.send(
            Request(
                "GET",
                "/v1/invitations/{invitation_id}",
                path={"invitation_id": invitation_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Invitation,
        )

    async def delete_invitation(
        self, invitation_id: str, *, if_match: str | None = None
    ) -> None:
        """Withdraw an invitation: its link is worth nothing any more."""
        await self.send(
            Request(
                "DELETE",
                "/v1/invitations/{invitation_id}",
                path={"invitation_id": invitation_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    async def resend_invitation(
        self, invitation_id: str, *, idempotency_key: str | None = None
    ) -> api.Invitation:
        """Mail an invitation again, with a new link that is good for seven days."""
        return await self.send(
            Request(
                "POST",
                "/v1/invitations/{invitation_id}/resend",
                path={"invitation_id": invitation_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Invitation,
        )

    async def list_api_keys(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.ApiKeyPage:
        """List your keys, newest first; revoked ones are not shown."""
        return await self.send(
            Request("GET", "/v1/api-keys", query={"limit": limit, "after": after}),
            api.ApiKeyPage,
        )

    def iter_api_keys(
        self, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.ApiKey]:
        """Go through all that `list_api_keys` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_api_keys(limit=limit, after=position), after
        )

    async def create_api_key(
        self, body: api.NewApiKey, *, idempotency_key: str | None = None
    ) -> api.CreatedApiKey:
        """Make a key with no more rights than you have; its secret is shown this once."""
        return await self.send(
            Request(
                "POST",
                "/v1/api-keys",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.CreatedApiKey,
        )

    async def get_api_key(
        self, key_id: str, *, if_none_match: str | None = None
    ) -> api.ApiKey:
        """Show a key, without its secret."""
        return await self.send(
            Request(
                "GET",
                "/v1/api-keys/{key_id}",
                path={"key_id": key_id},
                header={"If-None-Match": if_none_match},
            ),
            api.ApiKey,
        )

    async def change_api_key(
        self, key_id: str, body: api.ApiKeyChange, *, if_match: str | None = None
    ) -> api.ApiKey:
        """Change what a key is called and bound to; its scopes stay: for others, make another key."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/api-keys/{key_id}",
                path={"key_id": key_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.ApiKey,
        )

    async def revoke_api_key(self, key_id: str, *, if_match: str | None = None) -> None:
        """End a key; within seconds neither it nor an access token made for it works."""
        await self.send(
            Request(
                "DELETE",
                "/v1/api-keys/{key_id}",
                path={"key_id": key_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    async def rotate_api_key(
        self, key_id: str, body: api.KeyRotation, *, idempotency_key: str | None = None
    ) -> api.CreatedApiKey:
        """Make a key with the same rights; the old one works on for the overlap, and then no more."""
        return await self.send(
            Request(
                "POST",
                "/v1/api-keys/{key_id}/rotate",
                path={"key_id": key_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.CreatedApiKey,
        )

    async def get_brand(self, *, if_none_match: str | None = None) -> api.Brand:
        """Give your own brand."""
        return await self.send(
            Request(
                "GET", "/v1/account/brand", header={"If-None-Match": if_none_match}
            ),
            api.Brand,
        )

    async def change_brand(
        self, body: api.BrandChange, *, if_match: str | None = None
    ) -> api.Brand:
        """Change name, colours, support address or host name; the first change makes the brand."""
        return await self.send(
            Request(
                "PATCH", "/v1/account/brand", header={"If-Match": if_match}, body=body
            ),
            api.Brand,
        )

    async def reset_brand(self) -> None:
        """Take the brand away, with its logo and host name."""
        await self.send(Request("DELETE", "/v1/account/brand"), None)

    async def check_brand_host(
        self, *, idempotency_key: str | None = None
    ) -> api.Brand:
        """Look up whether the host name is yours now; it is also looked up by itself."""
        return await self.send(
            Request(
                "POST",
                "/v1/account/brand/check-host",
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Brand,
        )

    async def get_content_retention(
        self, *, if_none_match: str | None = None
    ) -> api.ContentRetention:
        """Say for how long it is kept what messages said."""
        return await self.send(
            Request(
                "GET",
                "/v1/account/content-retention",
                header={"If-None-Match": if_none_match},
            ),
            api.ContentRetention,
        )

    async def set_content_retention(
        self, body: api.NewContentRetention, *, if_match: str | None = None
    ) -> api.ContentRetention:
        """Choose for how long it is kept what messages said; what was forgotten stays so."""
        return await self.send(
            Request(
                "PUT",
                "/v1/account/content-retention",
                header={"If-Match": if_match},
                body=body,
            ),
            api.ContentRetention,
        )

    async def export_account(self) -> bytes:
        """Give everything that the account owns, but no secrets, to who may do everything: a line of JSON for each row."""
        return await self.send(Request("GET", "/v1/account/export"), bytes)

    async def list_own_ip_pools(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.IpPoolPage:
        """List the pools of sending addresses that are yours alone, oldest first."""
        return await self.send(
            Request(
                "GET", "/v1/account/ip-pools", query={"limit": limit, "after": after}
            ),
            api.IpPoolPage,
        )

    def iter_own_ip_pools(
        self, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.IpPool]:
        """Go through all that `list_own_ip_pools` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_own_ip_pools(limit=limit, after=position), after
        )

    async def get_sending_health(
        self, *, if_none_match: str | None = None
    ) -> api.SendingHealth:
        """Show how your mail's bounces and complaints stand beside the thresholds, and what is in force because of them."""
        return await self.send(
            Request(
                "GET",
                "/v1/account/sending-health",
                header={"If-None-Match": if_none_match},
            ),
            api.SendingHealth,
        )

    async def get_usage(self, *, if_none_match: str | None = None) -> api.Usage:
        """Show how much is used of what is limited, and when each window turns."""
        return await self.send(
            Request(
                "GET", "/v1/account/usage", header={"If-None-Match": if_none_match}
            ),
            api.Usage,
        )

    async def list_access_grants(self) -> api.AccessGrantPage:
        """List who above you may act for you, the nearest first."""
        return await self.send(Request("GET", "/v1/access-grants"), api.AccessGrantPage)

    async def create_access_grant(
        self, body: api.NewAccessGrant, *, idempotency_key: str | None = None
    ) -> api.AccessGrant:
        """Let a provider's people and keys act for you, with the rights of a role that has no more than you."""
        return await self.send(
            Request(
                "POST",
                "/v1/access-grants",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.AccessGrant,
        )

    async def get_access_grant(
        self, provider_id: str, *, if_none_match: str | None = None
    ) -> api.AccessGrant:
        """Give the grant of one provider."""
        return await self.send(
            Request(
                "GET",
                "/v1/access-grants/{provider_id}",
                path={"provider_id": provider_id},
                header={"If-None-Match": if_none_match},
            ),
            api.AccessGrant,
        )

    async def change_access_grant(
        self,
        provider_id: str,
        body: api.AccessGrantChange,
        *,
        if_match: str | None = None,
    ) -> api.AccessGrant:
        """Change what a provider's people may do; it is so from their next request on."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/access-grants/{provider_id}",
                path={"provider_id": provider_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.AccessGrant,
        )

    async def delete_access_grant(
        self, provider_id: str, *, if_match: str | None = None
    ) -> None:
        """End a provider's access; their next request is refused."""
        await self.send(
            Request(
                "DELETE",
                "/v1/access-grants/{provider_id}",
                path={"provider_id": provider_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    async def list_audit_log(
        self,
        *,
        action: str | None = None,
        actor: str | None = None,
        target: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.AuditEntryPage:
        """List what was done, newest first; `action` is one as in `mailboxes.create`, or all of a feature: `mailboxes`."""
        return await self.send(
            Request(
                "GET",
                "/v1/audit-log",
                query={
                    "action": action,
                    "actor": actor,
                    "target": target,
                    "since": since,
                    "until": until,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.AuditEntryPage,
        )

    def iter_audit_log(
        self,
        *,
        action: str | None = None,
        actor: str | None = None,
        target: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> AsyncPages[api.AuditEntry]:
        """Go through all that `list_audit_log` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_audit_log(
                action=action,
                actor=actor,
                target=target,
                since=since,
                until=until,
                limit=limit,
                after=position,
            ),
            after,
        )

    async def export_audit_log(
        self, *, format_: Literal["ndjson", "csv"] | None = None
    ) -> bytes:
        """Give the whole log, oldest first, as NDJSON or CSV."""
        return await self.send(
            Request("GET", "/v1/audit-log/export", query={"format": format_}), bytes
        )

    async def get_audit_log_head(
        self, *, if_none_match: str | None = None
    ) -> api.AuditHead:
        """Give the number and the hash of the last entry: keep them elsewhere, and the log cannot be rewritten unseen."""
        return await self.send(
            Request(
                "GET", "/v1/audit-log/head", header={"If-None-Match": if_none_match}
            ),
            api.AuditHead,
        )

    async def list_clients(
        self,
        *,
        status: Literal["active", "throttled", "suspended"] | None = None,
        kind: Literal["operator", "agency", "client"] | None = None,
        parent_id: str | None = None,
        query: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.ClientPage:
        """List all tenants below yours, newest first."""
        return await self.send(
            Request(
                "GET",
                "/v1/clients",
                query={
                    "status": status,
                    "kind": kind,
                    "parent_id": parent_id,
                    "query": query,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.ClientPage,
        )

    def iter_clients(
        self,
        *,
        status: Literal["active", "throttled", "suspended"] | None = None,
        kind: Literal["operator", "agency", "client"] | None = None,
        parent_id: str | None = None,
        query: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> AsyncPages[api.Client]:
        """Go through all that `list_clients` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_clients(
                status=status,
                kind=kind,
                parent_id=parent_id,
                query=query,
                limit=limit,
                after=position,
            ),
            after,
        )

    async def create_client(
        self, body: api.NewClient, *, idempotency_key: str | None = None
    ) -> api.Client:
        """Make a client or an agency below yours; you may act for it until it says otherwise."""
        return await self.send(
            Request(
                "POST",
                "/v1/clients",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Client,
        )

    async def get_client(
        self, client_id: str, *, if_none_match: str | None = None
    ) -> api.Client:
        """Give a client."""
        return await self.send(
            Request(
                "GET",
                "/v1/clients/{client_id}",
                path={"client_id": client_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Client,
        )

    async def change_client(
        self, client_id: str, body: api.ClientChange, *, if_match: str | None = None
    ) -> api.Client:
        """Change name, plan or limits; what is left out stays."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/clients/{client_id}",
                path={"client_id": client_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Client,
        )

    async def close_client(
        self, client_id: str, *, idempotency_key: str | None = None
    ) -> api.Client:
        """Close a client: it is suspended at once, and erased at `closing_at` unless it is reopened before."""
        return await self.send(
            Request(
                "POST",
                "/v1/clients/{client_id}/close",
                path={"client_id": client_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Client,
        )

    async def move_client(
        self, client_id: str, body: api.Move, *, idempotency_key: str | None = None
    ) -> api.Client:
        """Move a client, with all below it, to another of your agencies; access of agencies it leaves ends."""
        return await self.send(
            Request(
                "POST",
                "/v1/clients/{client_id}/move",
                path={"client_id": client_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Client,
        )

    async def reopen_client(
        self, client_id: str, *, idempotency_key: str | None = None
    ) -> api.Client:
        """Reopen a client that was closed, before its data is erased."""
        return await self.send(
            Request(
                "POST",
                "/v1/clients/{client_id}/reopen",
                path={"client_id": client_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Client,
        )

    async def resume_client(
        self, client_id: str, *, idempotency_key: str | None = None
    ) -> api.Client:
        """End a client's suspension; what was suspended by itself below it, or is suspended above it, stays so."""
        return await self.send(
            Request(
                "POST",
                "/v1/clients/{client_id}/resume",
                path={"client_id": client_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Client,
        )

    async def get_client_sending_health(
        self, client_id: str, *, if_none_match: str | None = None
    ) -> api.SendingHealth:
        """Show the same of a client."""
        return await self.send(
            Request(
                "GET",
                "/v1/clients/{client_id}/sending-health",
                path={"client_id": client_id},
                header={"If-None-Match": if_none_match},
            ),
            api.SendingHealth,
        )

    async def suspend_client(
        self,
        client_id: str,
        body: api.Suspension,
        *,
        idempotency_key: str | None = None,
    ) -> api.Client:
        """Suspend a client and all below it: nothing is sent, nobody logs in to mailboxes; mail is still received."""
        return await self.send(
            Request(
                "POST",
                "/v1/clients/{client_id}/suspend",
                path={"client_id": client_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Client,
        )

    async def list_plans(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.PlanPage:
        """List the plans that you offer and those that your provider offers you, newest first."""
        return await self.send(
            Request("GET", "/v1/plans", query={"limit": limit, "after": after}),
            api.PlanPage,
        )

    def iter_plans(
        self, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.Plan]:
        """Go through all that `list_plans` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_plans(limit=limit, after=position), after
        )

    async def create_plan(
        self, body: api.NewPlan, *, idempotency_key: str | None = None
    ) -> api.Plan:
        """Make a plan for those right below you."""
        return await self.send(
            Request(
                "POST",
                "/v1/plans",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Plan,
        )

    async def get_plan(
        self, plan_id: str, *, if_none_match: str | None = None
    ) -> api.Plan:
        """Give a plan."""
        return await self.send(
            Request(
                "GET",
                "/v1/plans/{plan_id}",
                path={"plan_id": plan_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Plan,
        )

    async def change_plan(
        self, plan_id: str, body: api.PlanChange, *, if_match: str | None = None
    ) -> api.Plan:
        """Change a plan of yours, for everybody who is on it."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/plans/{plan_id}",
                path={"plan_id": plan_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Plan,
        )

    async def retire_plan(self, plan_id: str, *, if_match: str | None = None) -> None:
        """Offer a plan of yours no longer; who is on it keeps it."""
        await self.send(
            Request(
                "DELETE",
                "/v1/plans/{plan_id}",
                path={"plan_id": plan_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    async def list_warmups(
        self,
        *,
        status: Literal["running"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.WarmupPage:
        """List warm-ups, those of the newest addresses first; with `status=running`, those that are not over."""
        return await self.send(
            Request(
                "GET",
                "/v1/warmups",
                query={"status": status, "limit": limit, "after": after},
            ),
            api.WarmupPage,
        )

    def iter_warmups(
        self,
        *,
        status: Literal["running"] | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> AsyncPages[api.Warmup]:
        """Go through all that `list_warmups` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_warmups(
                status=status, limit=limit, after=position
            ),
            after,
        )

    async def list_warmup_schedules(
        self, *, if_none_match: str | None = None
    ) -> api.Schedules:
        """Give the tables of steps that come with the product."""
        return await self.send(
            Request(
                "GET", "/v1/warmups/schedules", header={"If-None-Match": if_none_match}
            ),
            api.Schedules,
        )

    async def get_warmup(
        self, warmup_id: str, *, if_none_match: str | None = None
    ) -> api.Warmup:
        """Give the warm-up of an address: each provider class's step and caps, what was sent today, and why it stands."""
        return await self.send(
            Request(
                "GET",
                "/v1/warmups/{warmup_id}",
                path={"warmup_id": warmup_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Warmup,
        )

    async def change_warmup(
        self, warmup_id: str, body: api.WarmupChange, *, if_match: str | None = None
    ) -> api.Warmup:
        """Choose another table of steps, a preset or your own; classes stay at the steps at which they are."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/warmups/{warmup_id}",
                path={"warmup_id": warmup_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Warmup,
        )

    async def finish_warmup(
        self, warmup_id: str, *, idempotency_key: str | None = None
    ) -> api.Warmup:
        """End a warm-up at once: the address may send as much as it is given."""
        return await self.send(
            Request(
                "POST",
                "/v1/warmups/{warmup_id}/finish",
                path={"warmup_id": warmup_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Warmup,
        )

    async def hold_warmup(
        self, warmup_id: str, *, idempotency_key: str | None = None
    ) -> api.Warmup:
        """Let nothing climb until you let it go on; results that are bad still lead back."""
        return await self.send(
            Request(
                "POST",
                "/v1/warmups/{warmup_id}/hold",
                path={"warmup_id": warmup_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Warmup,
        )

    async def resume_warmup(
        self, warmup_id: str, *, idempotency_key: str | None = None
    ) -> api.Warmup:
        """Let a held warm-up go on."""
        return await self.send(
            Request(
                "POST",
                "/v1/warmups/{warmup_id}/resume",
                path={"warmup_id": warmup_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Warmup,
        )

    async def step_warmup_back(
        self, warmup_id: str, body: api.StepBack, *, idempotency_key: str | None = None
    ) -> api.Warmup:
        """Go one step back at once, at one provider class or all."""
        return await self.send(
            Request(
                "POST",
                "/v1/warmups/{warmup_id}/step-back",
                path={"warmup_id": warmup_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Warmup,
        )

    async def get_shaping_rules(
        self, *, if_none_match: str | None = None
    ) -> api.ShapingRules:
        """Give the provider classes and reply rules in force, and what of them you changed."""
        return await self.send(
            Request(
                "GET", "/v1/shaping-rules", header={"If-None-Match": if_none_match}
            ),
            api.ShapingRules,
        )

    async def change_shaping_rules(
        self, body: api.NewShapingRules, *, if_match: str | None = None
    ) -> api.ShapingRules:
        """Put changes in the place of those before, as a new version; nodes have it within seconds. With `at_once` false it is only saved, to be brought to nodes by a roll-out."""
        return await self.send(
            Request(
                "PUT", "/v1/shaping-rules", header={"If-Match": if_match}, body=body
            ),
            api.ShapingRules,
        )

    async def list_shaping_versions(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.ShapingVersionPage:
        """List what was changed, by whom and why, newest first."""
        return await self.send(
            Request(
                "GET",
                "/v1/shaping-rules/versions",
                query={"limit": limit, "after": after},
            ),
            api.ShapingVersionPage,
        )

    def iter_shaping_versions(
        self, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.ShapingVersion]:
        """Go through all that `list_shaping_versions` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_shaping_versions(limit=limit, after=position),
            after,
        )

    async def get_shaping_version(
        self, version_id: str, *, if_none_match: str | None = None
    ) -> api.ShapingVersion:
        """Give changes as they were saved; to go back to them, save them again."""
        return await self.send(
            Request(
                "GET",
                "/v1/shaping-rules/versions/{version_id}",
                path={"version_id": version_id},
                header={"If-None-Match": if_none_match},
            ),
            api.ShapingVersion,
        )

    async def try_shaping_rules(
        self, body: api.WhatIf, *, idempotency_key: str | None = None
    ) -> api.WhatIfResult:
        """Replay past attempts against proposed changes, without putting them in force: what would have been different."""
        return await self.send(
            Request(
                "POST",
                "/v1/shaping-rules/what-if",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.WhatIfResult,
        )

    async def list_ip_pools(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.IpPoolPage:
        """List all pools of sending addresses, oldest first."""
        return await self.send(
            Request("GET", "/v1/ip-pools", query={"limit": limit, "after": after}),
            api.IpPoolPage,
        )

    def iter_ip_pools(
        self, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.IpPool]:
        """Go through all that `list_ip_pools` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_ip_pools(limit=limit, after=position), after
        )

    async def create_ip_pool(
        self, body: api.NewPool, *, idempotency_key: str | None = None
    ) -> api.IpPool:
        """Make a pool, shared or a tenant's own. Mail leaves by it once it is made the default."""
        return await self.send(
            Request(
                "POST",
                "/v1/ip-pools",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.IpPool,
        )

    async def get_ip_pool(
        self, pool_id: str, *, if_none_match: str | None = None
    ) -> api.IpPool:
        """Give a pool with its addresses."""
        return await self.send(
            Request(
                "GET",
                "/v1/ip-pools/{pool_id}",
                path={"pool_id": pool_id},
                header={"If-None-Match": if_none_match},
            ),
            api.IpPool,
        )

    async def change_ip_pool(
        self, pool_id: str, body: api.PoolChange, *, if_match: str | None = None
    ) -> api.IpPool:
        """Rename a pool, or make it the one that its owner's mail of this stream leaves by."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/ip-pools/{pool_id}",
                path={"pool_id": pool_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.IpPool,
        )

    async def delete_ip_pool(
        self, pool_id: str, *, if_match: str | None = None
    ) -> None:
        """Delete a pool that never had an address."""
        await self.send(
            Request(
                "DELETE",
                "/v1/ip-pools/{pool_id}",
                path={"pool_id": pool_id},
                header={"If-Match": if_match},
            ),
            None,
        )

    async def list_ips(
        self,
        *,
        limit: int | None = None,
        after: str | None = None,
        status: Literal[
            "provisioning", "warming", "active", "draining", "quarantined", "released"
        ]
        | None = None,
        pool_id: str | None = None,
        node_id: str | None = None,
    ) -> api.SendingIpPage:
        """List sending addresses, oldest first."""
        return await self.send(
            Request(
                "GET",
                "/v1/ips",
                query={
                    "limit": limit,
                    "after": after,
                    "status": status,
                    "pool_id": pool_id,
                    "node_id": node_id,
                },
            ),
            api.SendingIpPage,
        )

    def iter_ips(
        self,
        *,
        limit: int | None = None,
        after: str | None = None,
        status: Literal[
            "provisioning", "warming", "active", "draining", "quarantined", "released"
        ]
        | None = None,
        pool_id: str | None = None,
        node_id: str | None = None,
    ) -> AsyncPages[api.SendingIp]:
        """Go through all that `list_ips` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_ips(
                limit=limit,
                status=status,
                pool_id=pool_id,
                node_id=node_id,
                after=position,
            ),
            after,
        )

    async def create_ip(
        self, body: api.NewSendingIp, *, idempotency_key: str | None = None
    ) -> api.SendingIp:
        """Add an address: it is checked, then warmed up, then active, all by itself."""
        return await self.send(
            Request(
                "POST",
                "/v1/ips",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.SendingIp,
        )

    async def get_ip(
        self, ip_id: str, *, if_none_match: str | None = None
    ) -> api.SendingIp:
        """Give an address: its state, what was found out about its records, how far it is warmed up."""
        return await self.send(
            Request(
                "GET",
                "/v1/ips/{ip_id}",
                path={"ip_id": ip_id},
                header={"If-None-Match": if_none_match},
            ),
            api.SendingIp,
        )

    async def change_ip(
        self, ip_id: str, body: api.SendingIpChange, *, if_match: str | None = None
    ) -> api.SendingIp:
        """Change an address's host name, weight or whether it stands by; drained, it can go to another pool."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/ips/{ip_id}",
                path={"ip_id": ip_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.SendingIp,
        )

    async def change_ip_cool_down(
        self,
        ip_id: str,
        body: api.CoolDownChange,
        *,
        idempotency_key: str | None = None,
    ) -> api.SendingIp:
        """Shorten or lengthen a released address's cool-down, with a reason."""
        return await self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/cool-down",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.SendingIp,
        )

    async def drain_ip(
        self, ip_id: str, body: api.Because, *, idempotency_key: str | None = None
    ) -> api.SendingIp:
        """Give an address nothing new; what its node has in the queue is seen off."""
        return await self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/drain",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.SendingIp,
        )

    async def finish_ip_warm_up(
        self, ip_id: str, body: api.Because, *, idempotency_key: str | None = None
    ) -> api.SendingIp:
        """Let a warming address take its full share at once."""
        return await self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/finish-warm-up",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.SendingIp,
        )

    async def quarantine_ip(
        self, ip_id: str, body: api.Because, *, idempotency_key: str | None = None
    ) -> api.SendingIp:
        """Send nothing more by an address because of its reputation; what waits for it goes by others."""
        return await self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/quarantine",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.SendingIp,
        )

    async def release_ip(
        self, ip_id: str, body: api.Release, *, idempotency_key: str | None = None
    ) -> api.SendingIp:
        """Give a drained address up; it cools down before anybody else gets it."""
        return await self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/release",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.SendingIp,
        )

    async def get_ip_reputation(
        self, ip_id: str, *, if_none_match: str | None = None
    ) -> api.IpReputation:
        """Give an address's reputation: blocklists, rates of bounces and complaints by provider, and what they suggest."""
        return await self.send(
            Request(
                "GET",
                "/v1/ips/{ip_id}/reputation",
                path={"ip_id": ip_id},
                header={"If-None-Match": if_none_match},
            ),
            api.IpReputation,
        )

    async def ask_ip_delisting(
        self,
        ip_id: str,
        body: api.AskedDelisting,
        *,
        idempotency_key: str | None = None,
    ) -> api.IpReputation:
        """Note that you have asked a list to take an address off, for whoever looks next."""
        return await self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/reputation/delisting",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.IpReputation,
        )

    async def look_up_ip_reputation(
        self, ip_id: str, *, idempotency_key: str | None = None
    ) -> None:
        """Have an address looked up on all lists at once; the answers come within a minute."""
        await self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/reputation/look-up",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            None,
        )

    async def resume_ip(
        self, ip_id: str, body: api.Because, *, idempotency_key: str | None = None
    ) -> api.SendingIp:
        """Let a draining address take mail again; if it was warm it need not be warmed up."""
        return await self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/resume",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.SendingIp,
        )

    async def list_ip_tenures(
        self, ip_id: str, *, if_none_match: str | None = None
    ) -> api.Tenures:
        """List whose an address was and how it fared with them, the newest first."""
        return await self.send(
            Request(
                "GET",
                "/v1/ips/{ip_id}/tenures",
                path={"ip_id": ip_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Tenures,
        )

    async def warm_up_ip_again(
        self, ip_id: str, body: api.Because, *, idempotency_key: str | None = None
    ) -> api.SendingIp:
        """Have a quarantined or active address warmed up from the start."""
        return await self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/warm-up-again",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.SendingIp,
        )

    async def list_measures(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.InForcePage:
        """List what is in force for whom, by account."""
        return await self.send(
            Request("GET", "/v1/measures", query={"limit": limit, "after": after}),
            api.InForcePage,
        )

    def iter_measures(
        self, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.InForce]:
        """Go through all that `list_measures` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_measures(limit=limit, after=position), after
        )

    async def list_open_appeals(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.NamedAppealPage:
        """List everybody's appeals that wait for an answer, the oldest first."""
        return await self.send(
            Request(
                "GET", "/v1/measures/appeals", query={"limit": limit, "after": after}
            ),
            api.NamedAppealPage,
        )

    def iter_open_appeals(
        self, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.NamedAppeal]:
        """Go through all that `list_open_appeals` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_open_appeals(limit=limit, after=position), after
        )

    async def answer_appeal(
        self,
        appeal_id: str,
        body: api.AppealAnswer,
        *,
        idempotency_key: str | None = None,
    ) -> api.Appeal:
        """Accept an appeal, which lifts the measures and leaves a warning, or decline it; either with words."""
        return await self.send(
            Request(
                "POST",
                "/v1/measures/appeals/{appeal_id}/answer",
                path={"appeal_id": appeal_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Appeal,
        )

    async def get_measures(
        self, tenant_id: str, *, if_none_match: str | None = None
    ) -> api.TenantMeasures:
        """Give an account's figures, what is in force for it, and what was."""
        return await self.send(
            Request(
                "GET",
                "/v1/measures/{tenant_id}",
                path={"tenant_id": tenant_id},
                header={"If-None-Match": if_none_match},
            ),
            api.TenantMeasures,
        )

    async def exempt_tenant(
        self,
        tenant_id: str,
        body: api.NewExemption,
        *,
        idempotency_key: str | None = None,
    ) -> api.TenantMeasures:
        """Trust an account until a moment: what is in force ends, and its figures lead to nothing before."""
        return await self.send(
            Request(
                "POST",
                "/v1/measures/{tenant_id}/exemption",
                path={"tenant_id": tenant_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.TenantMeasures,
        )

    async def set_measure(
        self,
        tenant_id: str,
        body: api.NewMeasure,
        *,
        idempotency_key: str | None = None,
    ) -> api.TenantMeasures:
        """Put a step in force for one of an account's streams, or for all it sends."""
        return await self.send(
            Request(
                "POST",
                "/v1/measures/{tenant_id}/steps",
                path={"tenant_id": tenant_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.TenantMeasures,
        )

    async def list_listings(self, *, if_none_match: str | None = None) -> api.Listings:
        """List all addresses and sending domains that are on a blocklist or may be, the most severe first."""
        return await self.send(
            Request(
                "GET",
                "/v1/reputation/listings",
                header={"If-None-Match": if_none_match},
            ),
            api.Listings,
        )

    async def list_nodes(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.NodePage:
        """List the fleet's nodes, oldest first."""
        return await self.send(
            Request("GET", "/v1/nodes", query={"limit": limit, "after": after}),
            api.NodePage,
        )

    def iter_nodes(
        self, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.Node]:
        """Go through all that `list_nodes` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_nodes(limit=limit, after=position), after
        )

    async def create_node(
        self, body: api.NewNode, *, idempotency_key: str | None = None
    ) -> api.Node:
        """Register a node, or bring the one of this name up to date; it serves once its agent has enrolled."""
        return await self.send(
            Request(
                "POST",
                "/v1/nodes",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Node,
        )

    async def create_enrolment_token(
        self, body: api.NewEnrolmentToken, *, idempotency_key: str | None = None
    ) -> api.EnrolmentToken:
        """Make a one-time token for a node's agent, good for an hour and shown once."""
        return await self.send(
            Request(
                "POST",
                "/v1/nodes/enrolment-tokens",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.EnrolmentToken,
        )

    async def get_node(
        self, node_id: str, *, if_none_match: str | None = None
    ) -> api.Node:
        """Give one node with its addresses, its generations and what it said of itself last."""
        return await self.send(
            Request(
                "GET",
                "/v1/nodes/{node_id}",
                path={"node_id": node_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Node,
        )

    async def change_node(
        self, node_id: str, body: api.NodeChange, *, if_match: str | None = None
    ) -> api.Node:
        """Change a node's host name, address, roles or region; what is left out stays. Its name is for life."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/nodes/{node_id}",
                path={"node_id": node_id},
                header={"If-Match": if_match},
                body=body,
            ),
            api.Node,
        )

    async def drain_node(
        self, node_id: str, *, idempotency_key: str | None = None
    ) -> api.Node:
        """Give a node nothing new to send and no new tenants' mailboxes; it sees off what it has and goes on serving."""
        return await self.send(
            Request(
                "POST",
                "/v1/nodes/{node_id}/drain",
                path={"node_id": node_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Node,
        )

    async def withdraw_enrolment_tokens(self, node_id: str) -> None:
        """Withdraw a node's enrolment tokens that were not used."""
        await self.send(
            Request(
                "DELETE",
                "/v1/nodes/{node_id}/enrolment-tokens",
                path={"node_id": node_id},
            ),
            None,
        )

    async def give_up_node(
        self, node_id: str, body: api.GivingUp, *, idempotency_key: str | None = None
    ) -> api.GivenUp:
        """Declare a lost node gone for ever: its credential ends at once, and what is on its disk is lost. What it had taken and did not report may have left or not. With `send_again`, other nodes send it, and some of it may arrive twice; without, it is never sent."""
        return await self.send(
            Request(
                "POST",
                "/v1/nodes/{node_id}/give-up",
                path={"node_id": node_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.GivenUp,
        )

    async def get_node_queue(
        self, node_id: str, *, if_none_match: str | None = None
    ) -> api.NodeQueue:
        """Show what waits on a node, by destination and age, and what would be lost with it."""
        return await self.send(
            Request(
                "GET",
                "/v1/nodes/{node_id}/queue",
                path={"node_id": node_id},
                header={"If-None-Match": if_none_match},
            ),
            api.NodeQueue,
        )

    async def retire_node(
        self, node_id: str, body: api.Retirement, *, idempotency_key: str | None = None
    ) -> api.Node:
        """Take a drained node out of service for ever; refused while it holds something, unless its loss is confirmed."""
        return await self.send(
            Request(
                "POST",
                "/v1/nodes/{node_id}/retire",
                path={"node_id": node_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Node,
        )

    async def undrain_node(
        self, node_id: str, *, idempotency_key: str | None = None
    ) -> api.Node:
        """Let a node that was drained serve fully again."""
        return await self.send(
            Request(
                "POST",
                "/v1/nodes/{node_id}/undrain",
                path={"node_id": node_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Node,
        )

    async def list_moves(
        self,
        *,
        status: Literal[
            "waiting", "copying", "final", "switched", "done", "failed", "aborted"
        ]
        | None = None,
        batch_id: str | None = None,
        tenant_id: str | None = None,
        node_id: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> api.MailboxMovePage:
        """List moves, newest first."""
        return await self.send(
            Request(
                "GET",
                "/v1/moves",
                query={
                    "status": status,
                    "batch_id": batch_id,
                    "tenant_id": tenant_id,
                    "node_id": node_id,
                    "limit": limit,
                    "after": after,
                },
            ),
            api.MailboxMovePage,
        )

    def iter_moves(
        self,
        *,
        status: Literal[
            "waiting", "copying", "final", "switched", "done", "failed", "aborted"
        ]
        | None = None,
        batch_id: str | None = None,
        tenant_id: str | None = None,
        node_id: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> AsyncPages[api.MailboxMove]:
        """Go through all that `list_moves` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_moves(
                status=status,
                batch_id=batch_id,
                tenant_id=tenant_id,
                node_id=node_id,
                limit=limit,
                after=position,
            ),
            after,
        )

    async def create_moves(
        self, body: api.NewMoves, *, idempotency_key: str | None = None
    ) -> api.MoveBatch:
        """Move mailboxes to another node while they are in use: one, or all of a domain, a tenant or a node. A node whose mailboxes leave is drained. Without `to`, each goes to the node that has most room when its turn comes."""
        return await self.send(
            Request(
                "POST",
                "/v1/moves",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.MoveBatch,
        )

    async def list_move_batches(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.MoveBatchPage:
        """List what was asked for, newest first, with how far it is."""
        return await self.send(
            Request("GET", "/v1/moves/batches", query={"limit": limit, "after": after}),
            api.MoveBatchPage,
        )

    def iter_move_batches(
        self, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.MoveBatch]:
        """Go through all that `list_move_batches` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_move_batches(limit=limit, after=position), after
        )

    async def get_move_batch(
        self, batch_id: str, *, if_none_match: str | None = None
    ) -> api.MoveBatch:
        """Say how far what was asked for is: mailboxes that have arrived, octets, how long it will take."""
        return await self.send(
            Request(
                "GET",
                "/v1/moves/batches/{batch_id}",
                path={"batch_id": batch_id},
                header={"If-None-Match": if_none_match},
            ),
            api.MoveBatch,
        )

    async def abort_move_batch(
        self, batch_id: str, *, idempotency_key: str | None = None
    ) -> api.MoveBatch:
        """Leave where they are those mailboxes that have not arrived."""
        return await self.send(
            Request(
                "POST",
                "/v1/moves/batches/{batch_id}/abort",
                path={"batch_id": batch_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.MoveBatch,
        )

    async def pause_move_batch(
        self, batch_id: str, *, idempotency_key: str | None = None
    ) -> api.MoveBatch:
        """Begin nothing more, and ask for no more copies; a mailbox that is closed just now is seen through."""
        return await self.send(
            Request(
                "POST",
                "/v1/moves/batches/{batch_id}/pause",
                path={"batch_id": batch_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.MoveBatch,
        )

    async def resume_move_batch(
        self, batch_id: str, *, idempotency_key: str | None = None
    ) -> api.MoveBatch:
        """Go on with what was paused."""
        return await self.send(
            Request(
                "POST",
                "/v1/moves/batches/{batch_id}/resume",
                path={"batch_id": batch_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.MoveBatch,
        )

    async def retry_move_batch(
        self, batch_id: str, *, idempotency_key: str | None = None
    ) -> api.MoveBatch:
        """Try again what has failed."""
        return await self.send(
            Request(
                "POST",
                "/v1/moves/batches/{batch_id}/retry",
                path={"batch_id": batch_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.MoveBatch,
        )

    async def get_move(
        self, move_id: str, *, if_none_match: str | None = None
    ) -> api.MailboxMove:
        """Give one move: how far it is, what went wrong last, what it waits for."""
        return await self.send(
            Request(
                "GET",
                "/v1/moves/{move_id}",
                path={"move_id": move_id},
                header={"If-None-Match": if_none_match},
            ),
            api.MailboxMove,
        )

    async def abort_move(
        self, move_id: str, *, idempotency_key: str | None = None
    ) -> api.MailboxMove:
        """Leave the mailbox where it is; if it was closed for its last copy, it is opened at once."""
        return await self.send(
            Request(
                "POST",
                "/v1/moves/{move_id}/abort",
                path={"move_id": move_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.MailboxMove,
        )

    async def retry_move(
        self, move_id: str, *, idempotency_key: str | None = None
    ) -> api.MailboxMove:
        """Try a move that failed or was aborted again, from the beginning."""
        return await self.send(
            Request(
                "POST",
                "/v1/moves/{move_id}/retry",
                path={"move_id": move_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.MailboxMove,
        )

    async def list_rollouts(
        self, *, limit: int | None = None, after: str | None = None
    ) -> api.RolloutLinePage:
        """List roll-outs, newest first."""
        return await self.send(
            Request("GET", "/v1/rollouts", query={"limit": limit, "after": after}),
            api.RolloutLinePage,
        )

    def iter_rollouts(
        self, *, limit: int | None = None, after: str | None = None
    ) -> AsyncPages[api.RolloutLine]:
        """Go through all that `list_rollouts` gives, page after page."""
        return AsyncPages(
            lambda position: self.list_rollouts(limit=limit, after=position), after
        )

    async def start_rollout(
        self, body: api.NewRollout, *, idempotency_key: str | None = None
    ) -> api.Rollout:
        """Bring a change to the fleet: canaries first, then waves, each watched before the next. It stops and goes back by itself when a node is not well with it. There is one roll-out at a time."""
        return await self.send(
            Request(
                "POST",
                "/v1/rollouts",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            api.Rollout,
        )

    async def get_rollout(
        self, rollout_id: str, *, if_none_match: str | None = None
    ) -> api.Rollout:
        """Give a roll-out with each node's stage, state and gates."""
        return await self.send(
            Request(
                "GET",
                "/v1/rollouts/{rollout_id}",
                path={"rollout_id": rollout_id},
                header={"If-None-Match": if_none_match},
            ),
            api.Rollout,
        )

    async def abort_rollout(
        self, rollout_id: str, *, idempotency_key: str | None = None
    ) -> api.Rollout:
        """End it: nodes that have the change get back what they had."""
        return await self.send(
            Request(
                "POST",
                "/v1/rollouts/{rollout_id}/abort",
                path={"rollout_id": rollout_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Rollout,
        )

    async def get_rollout_diffs(
        self, rollout_id: str, *, if_none_match: str | None = None
    ) -> api.RolloutDiffs:
        """Give what changed in nodes' rendered files, and what daemons said of it; kept for 90 days."""
        return await self.send(
            Request(
                "GET",
                "/v1/rollouts/{rollout_id}/diffs",
                path={"rollout_id": rollout_id},
                header={"If-None-Match": if_none_match},
            ),
            api.RolloutDiffs,
        )

    async def pause_rollout(
        self, rollout_id: str, *, idempotency_key: str | None = None
    ) -> api.Rollout:
        """Bring it to nobody else for now; nodes that have it are watched on, and it still goes back if it does harm."""
        return await self.send(
            Request(
                "POST",
                "/v1/rollouts/{rollout_id}/pause",
                path={"rollout_id": rollout_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Rollout,
        )

    async def resume_rollout(
        self, rollout_id: str, *, idempotency_key: str | None = None
    ) -> api.Rollout:
        """Let a paused roll-out go on."""
        return await self.send(
            Request(
                "POST",
                "/v1/rollouts/{rollout_id}/resume",
                path={"rollout_id": rollout_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            api.Rollout,
        )
