"""Every operation of the API as a method.

Made by `scripts/client` from the API's description: not to be edited.
"""

from datetime import datetime
from typing import Literal

from fleetpost_client import types
from fleetpost_client.transport import AsyncTransport, Request, Transport


class Client(Transport):
    """Asks, and waits for the answer."""

    def get_me(self, *, if_none_match: str | None = None) -> types.Me:
        """Show whose key this is and what it may do."""
        return self.send(
            Request("GET", "/v1/me", header={"If-None-Match": if_none_match}), types.Me
        )

    def list_messages(
        self,
        *,
        recipient: str | None = None,
        sender: str | None = None,
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
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> types.MessageSummaryPage:
        """List messages, newest first."""
        return self.send(
            Request(
                "GET",
                "/v1/messages",
                query={
                    "recipient": recipient,
                    "from": sender,
                    "status": status,
                    "tag": tag,
                    "stream": stream,
                    "since": since,
                    "until": until,
                    "limit": limit,
                    "after": after,
                },
            ),
            types.MessageSummaryPage,
        )

    def send_message(
        self, body: types.NewMessage, *, idempotency_key: str | None = None
    ) -> types.AcceptedMessage:
        """Accept a message."""
        return self.send(
            Request(
                "POST",
                "/v1/messages",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.AcceptedMessage,
        )

    def send_batch(
        self, body: types.NewBatch, *, idempotency_key: str | None = None
    ) -> types.BatchResult:
        """Accept messages, each by itself: one that is refused does not hold up the others."""
        return self.send(
            Request(
                "POST",
                "/v1/messages/batch",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.BatchResult,
        )

    def get_message(
        self, message_id: str, *, if_none_match: str | None = None
    ) -> types.Message:
        """Show a message with its recipients' timelines."""
        return self.send(
            Request(
                "GET",
                "/v1/messages/{message_id}",
                path={"message_id": message_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Message,
        )

    def get_stats(
        self,
        *,
        grain: Literal["hour", "day"] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        stream: Literal["transactional", "broadcast"] | None = None,
        provider: str | None = None,
        if_none_match: str | None = None,
    ) -> types.Stats:
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
                },
                header={"If-None-Match": if_none_match},
            ),
            types.Stats,
        )

    def list_webhooks(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.WebhookPage:
        """List webhooks, newest first."""
        return self.send(
            Request("GET", "/v1/webhooks", query={"limit": limit, "after": after}),
            types.WebhookPage,
        )

    def create_webhook(
        self, body: types.NewWebhook, *, idempotency_key: str | None = None
    ) -> types.CreatedWebhook:
        """Make a webhook; its secret is shown this once."""
        return self.send(
            Request(
                "POST",
                "/v1/webhooks",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.CreatedWebhook,
        )

    def get_webhook(
        self, webhook_id: str, *, if_none_match: str | None = None
    ) -> types.Webhook:
        """Show a webhook."""
        return self.send(
            Request(
                "GET",
                "/v1/webhooks/{webhook_id}",
                path={"webhook_id": webhook_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Webhook,
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
        self, webhook_id: str, *, limit: int | None = None, after: str | None = None
    ) -> types.WebhookDeliveryPage:
        """List what was sent to a webhook or is to be, newest first."""
        return self.send(
            Request(
                "GET",
                "/v1/webhooks/{webhook_id}/deliveries",
                path={"webhook_id": webhook_id},
                query={"limit": limit, "after": after},
            ),
            types.WebhookDeliveryPage,
        )

    def list_domains(
        self,
        *,
        status: Literal["pending", "verified", "degraded", "failed"] | None = None,
        query: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> types.DomainPage:
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
            types.DomainPage,
        )

    def add_domain(
        self, body: types.NewDomain, *, idempotency_key: str | None = None
    ) -> types.Domain:
        """Add a domain; the answer has the DNS records to publish. One that the platform gives needs none of you."""
        return self.send(
            Request(
                "POST",
                "/v1/domains",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Domain,
        )

    def get_domain(
        self, domain_id: str, *, if_none_match: str | None = None
    ) -> types.Domain:
        """Give a domain with its DNS records and what the last check found."""
        return self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}",
                path={"domain_id": domain_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Domain,
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
    ) -> types.DomainCheckPage:
        """List the checks of a domain that found something new, newest first; they are kept for 400 days."""
        return self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/checks",
                path={"domain_id": domain_id},
                query={"limit": limit, "after": after},
            ),
            types.DomainCheckPage,
        )

    def get_dkim_keys(
        self, domain_id: str, *, if_none_match: str | None = None
    ) -> types.DkimKeys:
        """Give a domain's DKIM keys, each with where it is in its life; private keys are never shown."""
        return self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/dkim-keys",
                path={"domain_id": domain_id},
                header={"If-None-Match": if_none_match},
            ),
            types.DkimKeys,
        )

    def change_dkim_keys(
        self, domain_id: str, body: types.DkimChange, *, if_match: str | None = None
    ) -> types.DkimKeys:
        """Say whether keys are delegated to us or published by you, and how often they are replaced."""
        return self.send(
            Request(
                "PATCH",
                "/v1/domains/{domain_id}/dkim-keys",
                path={"domain_id": domain_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.DkimKeys,
        )

    def rotate_dkim_keys(
        self,
        domain_id: str,
        body: types.Rotation,
        *,
        idempotency_key: str | None = None,
    ) -> types.DkimKeys:
        """Begin to replace a domain's DKIM keys; the new ones sign once they are seen in DNS."""
        return self.send(
            Request(
                "POST",
                "/v1/domains/{domain_id}/dkim/rotate",
                path={"domain_id": domain_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.DkimKeys,
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
    ) -> types.DmarcSummary:
        """Add up how a domain's mail fared: who sends as it, what passes, and whether a stricter policy is safe."""
        return self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/dmarc-summary",
                path={"domain_id": domain_id},
                query={"days": days},
                header={"If-None-Match": if_none_match},
            ),
            types.DmarcSummary,
        )

    def get_mta_sts(
        self, domain_id: str, *, if_none_match: str | None = None
    ) -> types.MtaSts:
        """Give a domain's MTA-STS policy."""
        return self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/mta-sts",
                path={"domain_id": domain_id},
                header={"If-None-Match": if_none_match},
            ),
            types.MtaSts,
        )

    def change_mta_sts(
        self, domain_id: str, body: types.MtaStsChange, *, if_match: str | None = None
    ) -> types.MtaSts:
        """Change a domain's MTA-STS policy; its TXT record at `_mta-sts.` must name the new id."""
        return self.send(
            Request(
                "PATCH",
                "/v1/domains/{domain_id}/mta-sts",
                path={"domain_id": domain_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.MtaSts,
        )

    def list_publications(
        self, domain_id: str, *, limit: int | None = None, after: str | None = None
    ) -> types.PublicationPage:
        """List what was published of the domain's records at providers, newest first."""
        return self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/publications",
                path={"domain_id": domain_id},
                query={"limit": limit, "after": after},
            ),
            types.PublicationPage,
        )

    def create_publication(
        self,
        domain_id: str,
        body: types.NewPublication,
        *,
        idempotency_key: str | None = None,
    ) -> types.Publication:
        """Compare the domain's records with a provider's zone, and publish what needs no decision unless `dry_run`. The answer comes before the comparison: read the publication again until its status is `compared` or later."""
        return self.send(
            Request(
                "POST",
                "/v1/domains/{domain_id}/publications",
                path={"domain_id": domain_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Publication,
        )

    def get_domain_relay(
        self, domain_id: str, *, if_none_match: str | None = None
    ) -> types.DomainRelay:
        """Say which relay a domain was switched to."""
        return self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/relay",
                path={"domain_id": domain_id},
                header={"If-None-Match": if_none_match},
            ),
            types.DomainRelay,
        )

    def switch_domain_relay(
        self,
        domain_id: str,
        body: types.DomainSwitch,
        *,
        idempotency_key: str | None = None,
    ) -> types.DomainRelay:
        """Switch a domain to a relay, or back; its mail leaves that way when the answer is there."""
        return self.send(
            Request(
                "POST",
                "/v1/domains/{domain_id}/relay",
                path={"domain_id": domain_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.DomainRelay,
        )

    def list_shared_links(self, domain_id: str) -> types.SharedLinkPage:
        """List the links that show the domain's records to whoever keeps its DNS; at most twenty are open."""
        return self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/shared-links",
                path={"domain_id": domain_id},
            ),
            types.SharedLinkPage,
        )

    def create_shared_link(
        self,
        domain_id: str,
        body: types.NewSharedLink,
        *,
        idempotency_key: str | None = None,
    ) -> types.CreatedSharedLink:
        """Make a link that shows the domain's records without signing in, for 14 days; it is shown this once."""
        return self.send(
            Request(
                "POST",
                "/v1/domains/{domain_id}/shared-links",
                path={"domain_id": domain_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.CreatedSharedLink,
        )

    def get_tls_summary(
        self,
        domain_id: str,
        *,
        days: int | None = None,
        if_none_match: str | None = None,
    ) -> types.TlsSummary:
        """Add up how others' connections to a domain's mail servers fared, and whether MTA-STS can be enforced."""
        return self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/tls-summary",
                path={"domain_id": domain_id},
                query={"days": days},
                header={"If-None-Match": if_none_match},
            ),
            types.TlsSummary,
        )

    def verify_domain(
        self, domain_id: str, *, idempotency_key: str | None = None
    ) -> types.Domain:
        """Look up the domain's DNS records now; once the proof of ownership is there, the domain can be used."""
        return self.send(
            Request(
                "POST",
                "/v1/domains/{domain_id}/verify",
                path={"domain_id": domain_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Domain,
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

    def list_dns_provider_kinds(self) -> types.DnsProviderKindPage:
        """List the DNS providers that can be connected, and what each asks for."""
        return self.send(
            Request("GET", "/v1/dns-provider-kinds"), types.DnsProviderKindPage
        )

    def list_dns_providers(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.DnsProviderPage:
        """List your connected DNS providers, newest first."""
        return self.send(
            Request("GET", "/v1/dns-providers", query={"limit": limit, "after": after}),
            types.DnsProviderPage,
        )

    def create_dns_provider(
        self, body: types.NewDnsProvider, *, idempotency_key: str | None = None
    ) -> types.DnsProvider:
        """Connect a DNS provider; with `domain_id`, its credentials must open that domain's zone."""
        return self.send(
            Request(
                "POST",
                "/v1/dns-providers",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.DnsProvider,
        )

    def get_dns_provider(
        self, connection_id: str, *, if_none_match: str | None = None
    ) -> types.DnsProvider:
        """Give a connected DNS provider, without its credentials."""
        return self.send(
            Request(
                "GET",
                "/v1/dns-providers/{connection_id}",
                path={"connection_id": connection_id},
                header={"If-None-Match": if_none_match},
            ),
            types.DnsProvider,
        )

    def change_dns_provider(
        self,
        connection_id: str,
        body: types.ChangedDnsProvider,
        *,
        if_match: str | None = None,
    ) -> types.DnsProvider:
        """Rename a connected DNS provider, or give it new credentials."""
        return self.send(
            Request(
                "PATCH",
                "/v1/dns-providers/{connection_id}",
                path={"connection_id": connection_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.DnsProvider,
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
    ) -> types.Publication:
        """Give a publication: what differs, and how far each record got."""
        return self.send(
            Request(
                "GET",
                "/v1/publications/{publication_id}",
                path={"publication_id": publication_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Publication,
        )

    def apply_publication(
        self,
        publication_id: str,
        body: types.Decisions,
        *,
        idempotency_key: str | None = None,
    ) -> types.Publication:
        """Publish the differences, or go on with what failed; conflicts only where `replace` names them."""
        return self.send(
            Request(
                "POST",
                "/v1/publications/{publication_id}/apply",
                path={"publication_id": publication_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Publication,
        )

    def roll_back_publication(
        self, publication_id: str, *, idempotency_key: str | None = None
    ) -> types.Publication:
        """Put back what stood there before; what somebody has changed since is left alone."""
        return self.send(
            Request(
                "POST",
                "/v1/publications/{publication_id}/rollback",
                path={"publication_id": publication_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Publication,
        )

    def list_certificates(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.CertificatePage:
        """List your certificates, newest first."""
        return self.send(
            Request("GET", "/v1/certificates", query={"limit": limit, "after": after}),
            types.CertificatePage,
        )

    def create_certificate(
        self, body: types.NewCertificate, *, idempotency_key: str | None = None
    ) -> types.Certificate:
        """Order a certificate for names, or upload one of your own, which is served at once. Names of your domains that point to us get theirs without being asked for."""
        return self.send(
            Request(
                "POST",
                "/v1/certificates",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Certificate,
        )

    def get_certificate(
        self, certificate_id: str, *, if_none_match: str | None = None
    ) -> types.Certificate:
        """Give a certificate; its private key stays here."""
        return self.send(
            Request(
                "GET",
                "/v1/certificates/{certificate_id}",
                path={"certificate_id": certificate_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Certificate,
        )

    def replace_certificate(
        self,
        certificate_id: str,
        body: types.OwnCertificate,
        *,
        if_match: str | None = None,
    ) -> types.Certificate:
        """Put a newer certificate in the place of one that you uploaded."""
        return self.send(
            Request(
                "PUT",
                "/v1/certificates/{certificate_id}",
                path={"certificate_id": certificate_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.Certificate,
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
    ) -> types.Certificate:
        """Renew a certificate now, or try again for one that failed."""
        return self.send(
            Request(
                "POST",
                "/v1/certificates/{certificate_id}/renew",
                path={"certificate_id": certificate_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Certificate,
        )

    def revoke_certificate(
        self,
        certificate_id: str,
        body: types.Revocation,
        *,
        idempotency_key: str | None = None,
    ) -> types.Certificate:
        """Revoke a certificate at its authority; unless it is given up, one with a new key is made at once."""
        return self.send(
            Request(
                "POST",
                "/v1/certificates/{certificate_id}/revoke",
                path={"certificate_id": certificate_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Certificate,
        )

    def list_mailboxes(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.MailboxPage:
        """List your mailboxes, newest first."""
        return self.send(
            Request("GET", "/v1/mailboxes", query={"limit": limit, "after": after}),
            types.MailboxPage,
        )

    def create_mailbox(
        self, body: types.NewMailbox, *, idempotency_key: str | None = None
    ) -> types.Mailbox:
        """Make a mailbox in a proven domain; it can be logged in to when the answer is there."""
        return self.send(
            Request(
                "POST",
                "/v1/mailboxes",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Mailbox,
        )

    def get_mailbox(
        self, mailbox_id: str, *, if_none_match: str | None = None
    ) -> types.Mailbox:
        """Give a mailbox."""
        return self.send(
            Request(
                "GET",
                "/v1/mailboxes/{mailbox_id}",
                path={"mailbox_id": mailbox_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Mailbox,
        )

    def change_mailbox(
        self, mailbox_id: str, body: types.MailboxChange, *, if_match: str | None = None
    ) -> types.Mailbox:
        """Change password, name, quota or status; what is left out stays."""
        return self.send(
            Request(
                "PATCH",
                "/v1/mailboxes/{mailbox_id}",
                path={"mailbox_id": mailbox_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.Mailbox,
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

    def list_relays(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.RelayPage:
        """List your relays, newest first."""
        return self.send(
            Request("GET", "/v1/relays", query={"limit": limit, "after": after}),
            types.RelayPage,
        )

    def create_relay(
        self, body: types.NewRelay, *, idempotency_key: str | None = None
    ) -> types.CreatedRelay:
        """Make a relay; mail leaves by it when the answer is there."""
        return self.send(
            Request(
                "POST",
                "/v1/relays",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.CreatedRelay,
        )

    def get_relay(
        self, relay_id: str, *, if_none_match: str | None = None
    ) -> types.Relay:
        """Give a relay, and how nodes fare with it."""
        return self.send(
            Request(
                "GET",
                "/v1/relays/{relay_id}",
                path={"relay_id": relay_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Relay,
        )

    def change_relay(
        self, relay_id: str, body: types.RelayChange, *, if_match: str | None = None
    ) -> types.Relay:
        """Change a relay, or pause it; what is left out stays."""
        return self.send(
            Request(
                "PATCH",
                "/v1/relays/{relay_id}",
                path={"relay_id": relay_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.Relay,
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
    ) -> types.EventsAddress:
        """Make a new address for the provider's events; the old one ends at once."""
        return self.send(
            Request(
                "POST",
                "/v1/relays/{relay_id}/events-address",
                path={"relay_id": relay_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.EventsAddress,
        )

    def test_relay(
        self, relay_id: str, *, idempotency_key: str | None = None
    ) -> types.Relay:
        """Have every node try to log in; what came of it is in `health.tests` within some seconds."""
        return self.send(
            Request(
                "POST",
                "/v1/relays/{relay_id}/test",
                path={"relay_id": relay_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Relay,
        )

    def list_dmarc_reports(
        self,
        *,
        domain: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> types.DmarcReportPage:
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
            types.DmarcReportPage,
        )

    def get_dmarc_report(
        self, dmarc_report_id: str, *, if_none_match: str | None = None
    ) -> types.DmarcReportDetails:
        """Give a DMARC report with its records."""
        return self.send(
            Request(
                "GET",
                "/v1/dmarc-reports/{dmarc_report_id}",
                path={"dmarc_report_id": dmarc_report_id},
                header={"If-None-Match": if_none_match},
            ),
            types.DmarcReportDetails,
        )

    def list_tls_reports(
        self,
        *,
        domain: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> types.TlsReportPage:
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
            types.TlsReportPage,
        )

    def get_tls_report(
        self, tls_report_id: str, *, if_none_match: str | None = None
    ) -> types.TlsReportDetails:
        """Give a TLS report with its policies and failures."""
        return self.send(
            Request(
                "GET",
                "/v1/tls-reports/{tls_report_id}",
                path={"tls_report_id": tls_report_id},
                header={"If-None-Match": if_none_match},
            ),
            types.TlsReportDetails,
        )

    def list_complaints(
        self,
        *,
        domain: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> types.ComplaintPage:
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
            types.ComplaintPage,
        )

    def list_members(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.MemberPage:
        """List the people of your account."""
        return self.send(
            Request("GET", "/v1/members", query={"limit": limit, "after": after}),
            types.MemberPage,
        )

    def get_member(
        self, member_id: str, *, if_none_match: str | None = None
    ) -> types.Member:
        """Give one of the people of your account."""
        return self.send(
            Request(
                "GET",
                "/v1/members/{member_id}",
                path={"member_id": member_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Member,
        )

    def change_member(
        self, member_id: str, body: types.MemberChange, *, if_match: str | None = None
    ) -> types.Member:
        """Give a member another role: none that may do more than you, and the last owner stays one."""
        return self.send(
            Request(
                "PATCH",
                "/v1/members/{member_id}",
                path={"member_id": member_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.Member,
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
    ) -> types.Member:
        """Make a member the owner; who was the owner is an admin afterwards."""
        return self.send(
            Request(
                "POST",
                "/v1/members/{member_id}/transfer-ownership",
                path={"member_id": member_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Member,
        )

    def list_invitations(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.InvitationPage:
        """List who was asked to join and has not answered yet, newest first."""
        return self.send(
            Request("GET", "/v1/invitations", query={"limit": limit, "after": after}),
            types.InvitationPage,
        )

    def create_invitation(
        self, body: types.NewInvitation, *, idempotency_key: str | None = None
    ) -> types.Invitation:
        """Ask somebody to join, by mail; the link in it is good for seven days and works once."""
        return self.send(
            Request(
                "POST",
                "/v1/invitations",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Invitation,
        )

    def get_invitation(
        self, invitation_id: str, *, if_none_match: str | None = None
    ) -> types.Invitation:
        """Give an invitation."""
        return self.send(
            Request(
                "GET",
                "/v1/invitations/{invitation_id}",
                path={"invitation_id": invitation_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Invitation,
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
    ) -> types.Invitation:
        """Mail an invitation again, with a new link that is good for seven days."""
        return self.send(
            Request(
                "POST",
                "/v1/invitations/{invitation_id}/resend",
                path={"invitation_id": invitation_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Invitation,
        )

    def list_api_keys(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.ApiKeyPage:
        """List your keys, newest first; revoked ones are not shown."""
        return self.send(
            Request("GET", "/v1/api-keys", query={"limit": limit, "after": after}),
            types.ApiKeyPage,
        )

    def create_api_key(
        self, body: types.NewApiKey, *, idempotency_key: str | None = None
    ) -> types.CreatedApiKey:
        """Make a key with no more rights than you have; its secret is shown this once."""
        return self.send(
            Request(
                "POST",
                "/v1/api-keys",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.CreatedApiKey,
        )

    def get_api_key(
        self, key_id: str, *, if_none_match: str | None = None
    ) -> types.ApiKey:
        """Show a key, without its secret."""
        return self.send(
            Request(
                "GET",
                "/v1/api-keys/{key_id}",
                path={"key_id": key_id},
                header={"If-None-Match": if_none_match},
            ),
            types.ApiKey,
        )

    def change_api_key(
        self, key_id: str, body: types.ApiKeyChange, *, if_match: str | None = None
    ) -> types.ApiKey:
        """Change what a key is called and bound to; its scopes stay: for others, make another key."""
        return self.send(
            Request(
                "PATCH",
                "/v1/api-keys/{key_id}",
                path={"key_id": key_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.ApiKey,
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
        self,
        key_id: str,
        body: types.KeyRotation,
        *,
        idempotency_key: str | None = None,
    ) -> types.CreatedApiKey:
        """Make a key with the same rights; the old one works on for the overlap, and then no more."""
        return self.send(
            Request(
                "POST",
                "/v1/api-keys/{key_id}/rotate",
                path={"key_id": key_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.CreatedApiKey,
        )

    def get_brand(self, *, if_none_match: str | None = None) -> types.Brand:
        """Give your own brand."""
        return self.send(
            Request(
                "GET", "/v1/account/brand", header={"If-None-Match": if_none_match}
            ),
            types.Brand,
        )

    def change_brand(
        self, body: types.BrandChange, *, if_match: str | None = None
    ) -> types.Brand:
        """Change name, colours, support address or host name; the first change makes the brand."""
        return self.send(
            Request(
                "PATCH", "/v1/account/brand", header={"If-Match": if_match}, body=body
            ),
            types.Brand,
        )

    def reset_brand(self) -> None:
        """Take the brand away, with its logo and host name."""
        self.send(Request("DELETE", "/v1/account/brand"), None)

    def check_brand_host(self, *, idempotency_key: str | None = None) -> types.Brand:
        """Look up whether the host name is yours now; it is also looked up by itself."""
        return self.send(
            Request(
                "POST",
                "/v1/account/brand/check-host",
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Brand,
        )

    def export_account(self) -> bytes:
        """Give everything that the account owns, but no secrets, to who may do everything: a line of JSON for each row."""
        return self.send(Request("GET", "/v1/account/export"), bytes)

    def list_own_ip_pools(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.IpPoolPage:
        """List the pools of sending addresses that are yours alone, oldest first."""
        return self.send(
            Request(
                "GET", "/v1/account/ip-pools", query={"limit": limit, "after": after}
            ),
            types.IpPoolPage,
        )

    def get_usage(self, *, if_none_match: str | None = None) -> types.Usage:
        """Show how much is used of what is limited, and when each window turns."""
        return self.send(
            Request(
                "GET", "/v1/account/usage", header={"If-None-Match": if_none_match}
            ),
            types.Usage,
        )

    def list_access_grants(self) -> types.AccessGrantPage:
        """List who above you may act for you, the nearest first."""
        return self.send(Request("GET", "/v1/access-grants"), types.AccessGrantPage)

    def create_access_grant(
        self, body: types.NewAccessGrant, *, idempotency_key: str | None = None
    ) -> types.AccessGrant:
        """Let a provider's people and keys act for you, with the rights of a role that has no more than you."""
        return self.send(
            Request(
                "POST",
                "/v1/access-grants",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.AccessGrant,
        )

    def get_access_grant(
        self, provider_id: str, *, if_none_match: str | None = None
    ) -> types.AccessGrant:
        """Give the grant of one provider."""
        return self.send(
            Request(
                "GET",
                "/v1/access-grants/{provider_id}",
                path={"provider_id": provider_id},
                header={"If-None-Match": if_none_match},
            ),
            types.AccessGrant,
        )

    def change_access_grant(
        self,
        provider_id: str,
        body: types.AccessGrantChange,
        *,
        if_match: str | None = None,
    ) -> types.AccessGrant:
        """Change what a provider's people may do; it is so from their next request on."""
        return self.send(
            Request(
                "PATCH",
                "/v1/access-grants/{provider_id}",
                path={"provider_id": provider_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.AccessGrant,
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
    ) -> types.AuditEntryPage:
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
            types.AuditEntryPage,
        )

    def export_audit_log(
        self, *, format_: Literal["ndjson", "csv"] | None = None
    ) -> bytes:
        """Give the whole log, oldest first, as NDJSON or CSV."""
        return self.send(
            Request("GET", "/v1/audit-log/export", query={"format": format_}), bytes
        )

    def get_audit_log_head(
        self, *, if_none_match: str | None = None
    ) -> types.AuditHead:
        """Give the number and the hash of the last entry: keep them elsewhere, and the log cannot be rewritten unseen."""
        return self.send(
            Request(
                "GET", "/v1/audit-log/head", header={"If-None-Match": if_none_match}
            ),
            types.AuditHead,
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
    ) -> types.ClientPage:
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
            types.ClientPage,
        )

    def create_client(
        self, body: types.NewClient, *, idempotency_key: str | None = None
    ) -> types.Client:
        """Make a client or an agency below yours; you may act for it until it says otherwise."""
        return self.send(
            Request(
                "POST",
                "/v1/clients",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Client,
        )

    def get_client(
        self, client_id: str, *, if_none_match: str | None = None
    ) -> types.Client:
        """Give a client."""
        return self.send(
            Request(
                "GET",
                "/v1/clients/{client_id}",
                path={"client_id": client_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Client,
        )

    def change_client(
        self, client_id: str, body: types.ClientChange, *, if_match: str | None = None
    ) -> types.Client:
        """Change name, plan or limits; what is left out stays."""
        return self.send(
            Request(
                "PATCH",
                "/v1/clients/{client_id}",
                path={"client_id": client_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.Client,
        )

    def close_client(
        self, client_id: str, *, idempotency_key: str | None = None
    ) -> types.Client:
        """Close a client: it is suspended at once, and erased at `closing_at` unless it is reopened before."""
        return self.send(
            Request(
                "POST",
                "/v1/clients/{client_id}/close",
                path={"client_id": client_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Client,
        )

    def move_client(
        self, client_id: str, body: types.Move, *, idempotency_key: str | None = None
    ) -> types.Client:
        """Move a client, with all below it, to another of your agencies; access of agencies it leaves ends."""
        return self.send(
            Request(
                "POST",
                "/v1/clients/{client_id}/move",
                path={"client_id": client_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Client,
        )

    def reopen_client(
        self, client_id: str, *, idempotency_key: str | None = None
    ) -> types.Client:
        """Reopen a client that was closed, before its data is erased."""
        return self.send(
            Request(
                "POST",
                "/v1/clients/{client_id}/reopen",
                path={"client_id": client_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Client,
        )

    def resume_client(
        self, client_id: str, *, idempotency_key: str | None = None
    ) -> types.Client:
        """End a client's suspension; what was suspended by itself below it, or is suspended above it, stays so."""
        return self.send(
            Request(
                "POST",
                "/v1/clients/{client_id}/resume",
                path={"client_id": client_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Client,
        )

    def suspend_client(
        self,
        client_id: str,
        body: types.Suspension,
        *,
        idempotency_key: str | None = None,
    ) -> types.Client:
        """Suspend a client and all below it: nothing is sent, nobody logs in to mailboxes; mail is still received."""
        return self.send(
            Request(
                "POST",
                "/v1/clients/{client_id}/suspend",
                path={"client_id": client_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Client,
        )

    def list_plans(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.PlanPage:
        """List the plans that you offer and those that your provider offers you, newest first."""
        return self.send(
            Request("GET", "/v1/plans", query={"limit": limit, "after": after}),
            types.PlanPage,
        )

    def create_plan(
        self, body: types.NewPlan, *, idempotency_key: str | None = None
    ) -> types.Plan:
        """Make a plan for those right below you."""
        return self.send(
            Request(
                "POST",
                "/v1/plans",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Plan,
        )

    def get_plan(self, plan_id: str, *, if_none_match: str | None = None) -> types.Plan:
        """Give a plan."""
        return self.send(
            Request(
                "GET",
                "/v1/plans/{plan_id}",
                path={"plan_id": plan_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Plan,
        )

    def change_plan(
        self, plan_id: str, body: types.PlanChange, *, if_match: str | None = None
    ) -> types.Plan:
        """Change a plan of yours, for everybody who is on it."""
        return self.send(
            Request(
                "PATCH",
                "/v1/plans/{plan_id}",
                path={"plan_id": plan_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.Plan,
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
    ) -> types.WarmupPage:
        """List warm-ups, those of the newest addresses first; with `status=running`, those that are not over."""
        return self.send(
            Request(
                "GET",
                "/v1/warmups",
                query={"status": status, "limit": limit, "after": after},
            ),
            types.WarmupPage,
        )

    def list_warmup_schedules(
        self, *, if_none_match: str | None = None
    ) -> types.Schedules:
        """Give the tables of steps that come with the product."""
        return self.send(
            Request(
                "GET", "/v1/warmups/schedules", header={"If-None-Match": if_none_match}
            ),
            types.Schedules,
        )

    def get_warmup(
        self, warmup_id: str, *, if_none_match: str | None = None
    ) -> types.Warmup:
        """Give the warm-up of an address: each provider class's step and caps, what was sent today, and why it stands."""
        return self.send(
            Request(
                "GET",
                "/v1/warmups/{warmup_id}",
                path={"warmup_id": warmup_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Warmup,
        )

    def change_warmup(
        self, warmup_id: str, body: types.WarmupChange, *, if_match: str | None = None
    ) -> types.Warmup:
        """Choose another table of steps, a preset or your own; classes stay at the steps at which they are."""
        return self.send(
            Request(
                "PATCH",
                "/v1/warmups/{warmup_id}",
                path={"warmup_id": warmup_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.Warmup,
        )

    def finish_warmup(
        self, warmup_id: str, *, idempotency_key: str | None = None
    ) -> types.Warmup:
        """End a warm-up at once: the address may send as much as it is given."""
        return self.send(
            Request(
                "POST",
                "/v1/warmups/{warmup_id}/finish",
                path={"warmup_id": warmup_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Warmup,
        )

    def hold_warmup(
        self, warmup_id: str, *, idempotency_key: str | None = None
    ) -> types.Warmup:
        """Let nothing climb until you let it go on; results that are bad still lead back."""
        return self.send(
            Request(
                "POST",
                "/v1/warmups/{warmup_id}/hold",
                path={"warmup_id": warmup_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Warmup,
        )

    def resume_warmup(
        self, warmup_id: str, *, idempotency_key: str | None = None
    ) -> types.Warmup:
        """Let a held warm-up go on."""
        return self.send(
            Request(
                "POST",
                "/v1/warmups/{warmup_id}/resume",
                path={"warmup_id": warmup_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Warmup,
        )

    def step_warmup_back(
        self,
        warmup_id: str,
        body: types.StepBack,
        *,
        idempotency_key: str | None = None,
    ) -> types.Warmup:
        """Go one step back at once, at one provider class or all."""
        return self.send(
            Request(
                "POST",
                "/v1/warmups/{warmup_id}/step-back",
                path={"warmup_id": warmup_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Warmup,
        )

    def get_shaping_rules(
        self, *, if_none_match: str | None = None
    ) -> types.ShapingRules:
        """Give the provider classes and reply rules in force, and what of them you changed."""
        return self.send(
            Request(
                "GET", "/v1/shaping-rules", header={"If-None-Match": if_none_match}
            ),
            types.ShapingRules,
        )

    def change_shaping_rules(
        self, body: types.NewShapingRules, *, if_match: str | None = None
    ) -> types.ShapingRules:
        """Put changes in the place of those before, as a new version; nodes have it within seconds."""
        return self.send(
            Request(
                "PUT", "/v1/shaping-rules", header={"If-Match": if_match}, body=body
            ),
            types.ShapingRules,
        )

    def list_shaping_versions(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.ShapingVersionPage:
        """List what was changed, by whom and why, newest first."""
        return self.send(
            Request(
                "GET",
                "/v1/shaping-rules/versions",
                query={"limit": limit, "after": after},
            ),
            types.ShapingVersionPage,
        )

    def get_shaping_version(
        self, version_id: str, *, if_none_match: str | None = None
    ) -> types.ShapingVersion:
        """Give changes as they were saved; to go back to them, save them again."""
        return self.send(
            Request(
                "GET",
                "/v1/shaping-rules/versions/{version_id}",
                path={"version_id": version_id},
                header={"If-None-Match": if_none_match},
            ),
            types.ShapingVersion,
        )

    def try_shaping_rules(
        self, body: types.WhatIf, *, idempotency_key: str | None = None
    ) -> types.WhatIfResult:
        """Replay past attempts against proposed changes, without putting them in force: what would have been different."""
        return self.send(
            Request(
                "POST",
                "/v1/shaping-rules/what-if",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.WhatIfResult,
        )

    def list_ip_pools(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.IpPoolPage:
        """List all pools of sending addresses, oldest first."""
        return self.send(
            Request("GET", "/v1/ip-pools", query={"limit": limit, "after": after}),
            types.IpPoolPage,
        )

    def create_ip_pool(
        self, body: types.NewPool, *, idempotency_key: str | None = None
    ) -> types.IpPool:
        """Make a pool, shared or a tenant's own. Mail leaves by it once it is made the default."""
        return self.send(
            Request(
                "POST",
                "/v1/ip-pools",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.IpPool,
        )

    def get_ip_pool(
        self, pool_id: str, *, if_none_match: str | None = None
    ) -> types.IpPool:
        """Give a pool with its addresses."""
        return self.send(
            Request(
                "GET",
                "/v1/ip-pools/{pool_id}",
                path={"pool_id": pool_id},
                header={"If-None-Match": if_none_match},
            ),
            types.IpPool,
        )

    def change_ip_pool(
        self, pool_id: str, body: types.PoolChange, *, if_match: str | None = None
    ) -> types.IpPool:
        """Rename a pool, or make it the one that its owner's mail of this stream leaves by."""
        return self.send(
            Request(
                "PATCH",
                "/v1/ip-pools/{pool_id}",
                path={"pool_id": pool_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.IpPool,
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
    ) -> types.SendingIpPage:
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
            types.SendingIpPage,
        )

    def create_ip(
        self, body: types.NewSendingIp, *, idempotency_key: str | None = None
    ) -> types.SendingIp:
        """Add an address: it is checked, then warmed up, then active, all by itself."""
        return self.send(
            Request(
                "POST",
                "/v1/ips",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.SendingIp,
        )

    def get_ip(
        self, ip_id: str, *, if_none_match: str | None = None
    ) -> types.SendingIp:
        """Give an address: its state, what was found out about its records, how far it is warmed up."""
        return self.send(
            Request(
                "GET",
                "/v1/ips/{ip_id}",
                path={"ip_id": ip_id},
                header={"If-None-Match": if_none_match},
            ),
            types.SendingIp,
        )

    def change_ip(
        self, ip_id: str, body: types.SendingIpChange, *, if_match: str | None = None
    ) -> types.SendingIp:
        """Change an address's host name, weight or whether it stands by; drained, it can go to another pool."""
        return self.send(
            Request(
                "PATCH",
                "/v1/ips/{ip_id}",
                path={"ip_id": ip_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.SendingIp,
        )

    def change_ip_cool_down(
        self,
        ip_id: str,
        body: types.CoolDownChange,
        *,
        idempotency_key: str | None = None,
    ) -> types.SendingIp:
        """Shorten or lengthen a released address's cool-down, with a reason."""
        return self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/cool-down",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.SendingIp,
        )

    def drain_ip(
        self, ip_id: str, body: types.Because, *, idempotency_key: str | None = None
    ) -> types.SendingIp:
        """Give an address nothing new; what its node has in the queue is seen off."""
        return self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/drain",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.SendingIp,
        )

    def finish_ip_warm_up(
        self, ip_id: str, body: types.Because, *, idempotency_key: str | None = None
    ) -> types.SendingIp:
        """Let a warming address take its full share at once."""
        return self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/finish-warm-up",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.SendingIp,
        )

    def quarantine_ip(
        self, ip_id: str, body: types.Because, *, idempotency_key: str | None = None
    ) -> types.SendingIp:
        """Send nothing more by an address because of its reputation; what waits for it goes by others."""
        return self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/quarantine",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.SendingIp,
        )

    def release_ip(
        self, ip_id: str, body: types.Release, *, idempotency_key: str | None = None
    ) -> types.SendingIp:
        """Give a drained address up; it cools down before anybody else gets it."""
        return self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/release",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.SendingIp,
        )

    def get_ip_reputation(
        self, ip_id: str, *, if_none_match: str | None = None
    ) -> types.IpReputation:
        """Give an address's reputation: blocklists, rates of bounces and complaints by provider, and what they suggest."""
        return self.send(
            Request(
                "GET",
                "/v1/ips/{ip_id}/reputation",
                path={"ip_id": ip_id},
                header={"If-None-Match": if_none_match},
            ),
            types.IpReputation,
        )

    def ask_ip_delisting(
        self,
        ip_id: str,
        body: types.AskedDelisting,
        *,
        idempotency_key: str | None = None,
    ) -> types.IpReputation:
        """Note that you have asked a list to take an address off, for whoever looks next."""
        return self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/reputation/delisting",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.IpReputation,
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
        self, ip_id: str, body: types.Because, *, idempotency_key: str | None = None
    ) -> types.SendingIp:
        """Let a draining address take mail again; if it was warm it need not be warmed up."""
        return self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/resume",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.SendingIp,
        )

    def list_ip_tenures(
        self, ip_id: str, *, if_none_match: str | None = None
    ) -> types.Tenures:
        """List whose an address was and how it fared with them, the newest first."""
        return self.send(
            Request(
                "GET",
                "/v1/ips/{ip_id}/tenures",
                path={"ip_id": ip_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Tenures,
        )

    def warm_up_ip_again(
        self, ip_id: str, body: types.Because, *, idempotency_key: str | None = None
    ) -> types.SendingIp:
        """Have a quarantined or active address warmed up from the start."""
        return self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/warm-up-again",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.SendingIp,
        )

    def list_listings(self, *, if_none_match: str | None = None) -> types.Listings:
        """List all addresses and sending domains that are on a blocklist or may be, the most severe first."""
        return self.send(
            Request(
                "GET",
                "/v1/reputation/listings",
                header={"If-None-Match": if_none_match},
            ),
            types.Listings,
        )

    def list_nodes(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.NodePage:
        """List the fleet's nodes, oldest first."""
        return self.send(
            Request("GET", "/v1/nodes", query={"limit": limit, "after": after}),
            types.NodePage,
        )

    def create_node(
        self, body: types.NewNode, *, idempotency_key: str | None = None
    ) -> types.Node:
        """Register a node, or bring the one of this name up to date; it serves once its agent has enrolled."""
        return self.send(
            Request(
                "POST",
                "/v1/nodes",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Node,
        )

    def create_enrolment_token(
        self, body: types.NewEnrolmentToken, *, idempotency_key: str | None = None
    ) -> types.EnrolmentToken:
        """Make a one-time token for a node's agent, good for an hour and shown once."""
        return self.send(
            Request(
                "POST",
                "/v1/nodes/enrolment-tokens",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.EnrolmentToken,
        )

    def get_node(self, node_id: str, *, if_none_match: str | None = None) -> types.Node:
        """Give one node with its addresses, its generations and what it said of itself last."""
        return self.send(
            Request(
                "GET",
                "/v1/nodes/{node_id}",
                path={"node_id": node_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Node,
        )

    def change_node(
        self, node_id: str, body: types.NodeChange, *, if_match: str | None = None
    ) -> types.Node:
        """Change a node's host name, address, roles or region; what is left out stays. Its name is for life."""
        return self.send(
            Request(
                "PATCH",
                "/v1/nodes/{node_id}",
                path={"node_id": node_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.Node,
        )

    def drain_node(
        self, node_id: str, *, idempotency_key: str | None = None
    ) -> types.Node:
        """Give a node nothing new to send and no new tenants' mailboxes; it sees off what it has and goes on serving."""
        return self.send(
            Request(
                "POST",
                "/v1/nodes/{node_id}/drain",
                path={"node_id": node_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Node,
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
        self, node_id: str, body: types.GivingUp, *, idempotency_key: str | None = None
    ) -> types.GivenUp:
        """Declare a lost node gone for ever: its credential ends at once, and what is on its disk is lost. What it had taken and did not report may have left or not. With `send_again`, other nodes send it, and some of it may arrive twice; without, it is never sent."""
        return self.send(
            Request(
                "POST",
                "/v1/nodes/{node_id}/give-up",
                path={"node_id": node_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.GivenUp,
        )

    def get_node_queue(
        self, node_id: str, *, if_none_match: str | None = None
    ) -> types.NodeQueue:
        """Show what waits on a node, by destination and age, and what would be lost with it."""
        return self.send(
            Request(
                "GET",
                "/v1/nodes/{node_id}/queue",
                path={"node_id": node_id},
                header={"If-None-Match": if_none_match},
            ),
            types.NodeQueue,
        )

    def retire_node(
        self,
        node_id: str,
        body: types.Retirement,
        *,
        idempotency_key: str | None = None,
    ) -> types.Node:
        """Take a drained node out of service for ever; refused while it holds something, unless its loss is confirmed."""
        return self.send(
            Request(
                "POST",
                "/v1/nodes/{node_id}/retire",
                path={"node_id": node_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Node,
        )

    def undrain_node(
        self, node_id: str, *, idempotency_key: str | None = None
    ) -> types.Node:
        """Let a node that was drained serve fully again."""
        return self.send(
            Request(
                "POST",
                "/v1/nodes/{node_id}/undrain",
                path={"node_id": node_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Node,
        )


class AsyncClient(AsyncTransport):
    """Asks, and lets others work meanwhile."""

    async def get_me(self, *, if_none_match: str | None = None) -> types.Me:
        """Show whose key this is and what it may do."""
        return await self.send(
            Request("GET", "/v1/me", header={"If-None-Match": if_none_match}), types.Me
        )

    async def list_messages(
        self,
        *,
        recipient: str | None = None,
        sender: str | None = None,
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
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> types.MessageSummaryPage:
        """List messages, newest first."""
        return await self.send(
            Request(
                "GET",
                "/v1/messages",
                query={
                    "recipient": recipient,
                    "from": sender,
                    "status": status,
                    "tag": tag,
                    "stream": stream,
                    "since": since,
                    "until": until,
                    "limit": limit,
                    "after": after,
                },
            ),
            types.MessageSummaryPage,
        )

    async def send_message(
        self, body: types.NewMessage, *, idempotency_key: str | None = None
    ) -> types.AcceptedMessage:
        """Accept a message."""
        return await self.send(
            Request(
                "POST",
                "/v1/messages",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.AcceptedMessage,
        )

    async def send_batch(
        self, body: types.NewBatch, *, idempotency_key: str | None = None
    ) -> types.BatchResult:
        """Accept messages, each by itself: one that is refused does not hold up the others."""
        return await self.send(
            Request(
                "POST",
                "/v1/messages/batch",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.BatchResult,
        )

    async def get_message(
        self, message_id: str, *, if_none_match: str | None = None
    ) -> types.Message:
        """Show a message with its recipients' timelines."""
        return await self.send(
            Request(
                "GET",
                "/v1/messages/{message_id}",
                path={"message_id": message_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Message,
        )

    async def get_stats(
        self,
        *,
        grain: Literal["hour", "day"] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        stream: Literal["transactional", "broadcast"] | None = None,
        provider: str | None = None,
        if_none_match: str | None = None,
    ) -> types.Stats:
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
                },
                header={"If-None-Match": if_none_match},
            ),
            types.Stats,
        )

    async def list_webhooks(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.WebhookPage:
        """List webhooks, newest first."""
        return await self.send(
            Request("GET", "/v1/webhooks", query={"limit": limit, "after": after}),
            types.WebhookPage,
        )

    async def create_webhook(
        self, body: types.NewWebhook, *, idempotency_key: str | None = None
    ) -> types.CreatedWebhook:
        """Make a webhook; its secret is shown this once."""
        return await self.send(
            Request(
                "POST",
                "/v1/webhooks",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.CreatedWebhook,
        )

    async def get_webhook(
        self, webhook_id: str, *, if_none_match: str | None = None
    ) -> types.Webhook:
        """Show a webhook."""
        return await self.send(
            Request(
                "GET",
                "/v1/webhooks/{webhook_id}",
                path={"webhook_id": webhook_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Webhook,
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
        self, webhook_id: str, *, limit: int | None = None, after: str | None = None
    ) -> types.WebhookDeliveryPage:
        """List what was sent to a webhook or is to be, newest first."""
        return await self.send(
            Request(
                "GET",
                "/v1/webhooks/{webhook_id}/deliveries",
                path={"webhook_id": webhook_id},
                query={"limit": limit, "after": after},
            ),
            types.WebhookDeliveryPage,
        )

    async def list_domains(
        self,
        *,
        status: Literal["pending", "verified", "degraded", "failed"] | None = None,
        query: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> types.DomainPage:
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
            types.DomainPage,
        )

    async def add_domain(
        self, body: types.NewDomain, *, idempotency_key: str | None = None
    ) -> types.Domain:
        """Add a domain; the answer has the DNS records to publish. One that the platform gives needs none of you."""
        return await self.send(
            Request(
                "POST",
                "/v1/domains",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Domain,
        )

    async def get_domain(
        self, domain_id: str, *, if_none_match: str | None = None
    ) -> types.Domain:
        """Give a domain with its DNS records and what the last check found."""
        return await self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}",
                path={"domain_id": domain_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Domain,
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
    ) -> types.DomainCheckPage:
        """List the checks of a domain that found something new, newest first; they are kept for 400 days."""
        return await self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/checks",
                path={"domain_id": domain_id},
                query={"limit": limit, "after": after},
            ),
            types.DomainCheckPage,
        )

    async def get_dkim_keys(
        self, domain_id: str, *, if_none_match: str | None = None
    ) -> types.DkimKeys:
        """Give a domain's DKIM keys, each with where it is in its life; private keys are never shown."""
        return await self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/dkim-keys",
                path={"domain_id": domain_id},
                header={"If-None-Match": if_none_match},
            ),
            types.DkimKeys,
        )

    async def change_dkim_keys(
        self, domain_id: str, body: types.DkimChange, *, if_match: str | None = None
    ) -> types.DkimKeys:
        """Say whether keys are delegated to us or published by you, and how often they are replaced."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/domains/{domain_id}/dkim-keys",
                path={"domain_id": domain_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.DkimKeys,
        )

    async def rotate_dkim_keys(
        self,
        domain_id: str,
        body: types.Rotation,
        *,
        idempotency_key: str | None = None,
    ) -> types.DkimKeys:
        """Begin to replace a domain's DKIM keys; the new ones sign once they are seen in DNS."""
        return await self.send(
            Request(
                "POST",
                "/v1/domains/{domain_id}/dkim/rotate",
                path={"domain_id": domain_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.DkimKeys,
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
    ) -> types.DmarcSummary:
        """Add up how a domain's mail fared: who sends as it, what passes, and whether a stricter policy is safe."""
        return await self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/dmarc-summary",
                path={"domain_id": domain_id},
                query={"days": days},
                header={"If-None-Match": if_none_match},
            ),
            types.DmarcSummary,
        )

    async def get_mta_sts(
        self, domain_id: str, *, if_none_match: str | None = None
    ) -> types.MtaSts:
        """Give a domain's MTA-STS policy."""
        return await self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/mta-sts",
                path={"domain_id": domain_id},
                header={"If-None-Match": if_none_match},
            ),
            types.MtaSts,
        )

    async def change_mta_sts(
        self, domain_id: str, body: types.MtaStsChange, *, if_match: str | None = None
    ) -> types.MtaSts:
        """Change a domain's MTA-STS policy; its TXT record at `_mta-sts.` must name the new id."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/domains/{domain_id}/mta-sts",
                path={"domain_id": domain_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.MtaSts,
        )

    async def list_publications(
        self, domain_id: str, *, limit: int | None = None, after: str | None = None
    ) -> types.PublicationPage:
        """List what was published of the domain's records at providers, newest first."""
        return await self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/publications",
                path={"domain_id": domain_id},
                query={"limit": limit, "after": after},
            ),
            types.PublicationPage,
        )

    async def create_publication(
        self,
        domain_id: str,
        body: types.NewPublication,
        *,
        idempotency_key: str | None = None,
    ) -> types.Publication:
        """Compare the domain's records with a provider's zone, and publish what needs no decision unless `dry_run`. The answer comes before the comparison: read the publication again until its status is `compared` or later."""
        return await self.send(
            Request(
                "POST",
                "/v1/domains/{domain_id}/publications",
                path={"domain_id": domain_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Publication,
        )

    async def get_domain_relay(
        self, domain_id: str, *, if_none_match: str | None = None
    ) -> types.DomainRelay:
        """Say which relay a domain was switched to."""
        return await self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/relay",
                path={"domain_id": domain_id},
                header={"If-None-Match": if_none_match},
            ),
            types.DomainRelay,
        )

    async def switch_domain_relay(
        self,
        domain_id: str,
        body: types.DomainSwitch,
        *,
        idempotency_key: str | None = None,
    ) -> types.DomainRelay:
        """Switch a domain to a relay, or back; its mail leaves that way when the answer is there."""
        return await self.send(
            Request(
                "POST",
                "/v1/domains/{domain_id}/relay",
                path={"domain_id": domain_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.DomainRelay,
        )

    async def list_shared_links(self, domain_id: str) -> types.SharedLinkPage:
        """List the links that show the domain's records to whoever keeps its DNS; at most twenty are open."""
        return await self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/shared-links",
                path={"domain_id": domain_id},
            ),
            types.SharedLinkPage,
        )

    async def create_shared_link(
        self,
        domain_id: str,
        body: types.NewSharedLink,
        *,
        idempotency_key: str | None = None,
    ) -> types.CreatedSharedLink:
        """Make a link that shows the domain's records without signing in, for 14 days; it is shown this once."""
        return await self.send(
            Request(
                "POST",
                "/v1/domains/{domain_id}/shared-links",
                path={"domain_id": domain_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.CreatedSharedLink,
        )

    async def get_tls_summary(
        self,
        domain_id: str,
        *,
        days: int | None = None,
        if_none_match: str | None = None,
    ) -> types.TlsSummary:
        """Add up how others' connections to a domain's mail servers fared, and whether MTA-STS can be enforced."""
        return await self.send(
            Request(
                "GET",
                "/v1/domains/{domain_id}/tls-summary",
                path={"domain_id": domain_id},
                query={"days": days},
                header={"If-None-Match": if_none_match},
            ),
            types.TlsSummary,
        )

    async def verify_domain(
        self, domain_id: str, *, idempotency_key: str | None = None
    ) -> types.Domain:
        """Look up the domain's DNS records now; once the proof of ownership is there, the domain can be used."""
        return await self.send(
            Request(
                "POST",
                "/v1/domains/{domain_id}/verify",
                path={"domain_id": domain_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Domain,
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

    async def list_dns_provider_kinds(self) -> types.DnsProviderKindPage:
        """List the DNS providers that can be connected, and what each asks for."""
        return await self.send(
            Request("GET", "/v1/dns-provider-kinds"), types.DnsProviderKindPage
        )

    async def list_dns_providers(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.DnsProviderPage:
        """List your connected DNS providers, newest first."""
        return await self.send(
            Request("GET", "/v1/dns-providers", query={"limit": limit, "after": after}),
            types.DnsProviderPage,
        )

    async def create_dns_provider(
        self, body: types.NewDnsProvider, *, idempotency_key: str | None = None
    ) -> types.DnsProvider:
        """Connect a DNS provider; with `domain_id`, its credentials must open that domain's zone."""
        return await self.send(
            Request(
                "POST",
                "/v1/dns-providers",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.DnsProvider,
        )

    async def get_dns_provider(
        self, connection_id: str, *, if_none_match: str | None = None
    ) -> types.DnsProvider:
        """Give a connected DNS provider, without its credentials."""
        return await self.send(
            Request(
                "GET",
                "/v1/dns-providers/{connection_id}",
                path={"connection_id": connection_id},
                header={"If-None-Match": if_none_match},
            ),
            types.DnsProvider,
        )

    async def change_dns_provider(
        self,
        connection_id: str,
        body: types.ChangedDnsProvider,
        *,
        if_match: str | None = None,
    ) -> types.DnsProvider:
        """Rename a connected DNS provider, or give it new credentials."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/dns-providers/{connection_id}",
                path={"connection_id": connection_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.DnsProvider,
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
    ) -> types.Publication:
        """Give a publication: what differs, and how far each record got."""
        return await self.send(
            Request(
                "GET",
                "/v1/publications/{publication_id}",
                path={"publication_id": publication_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Publication,
        )

    async def apply_publication(
        self,
        publication_id: str,
        body: types.Decisions,
        *,
        idempotency_key: str | None = None,
    ) -> types.Publication:
        """Publish the differences, or go on with what failed; conflicts only where `replace` names them."""
        return await self.send(
            Request(
                "POST",
                "/v1/publications/{publication_id}/apply",
                path={"publication_id": publication_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Publication,
        )

    async def roll_back_publication(
        self, publication_id: str, *, idempotency_key: str | None = None
    ) -> types.Publication:
        """Put back what stood there before; what somebody has changed since is left alone."""
        return await self.send(
            Request(
                "POST",
                "/v1/publications/{publication_id}/rollback",
                path={"publication_id": publication_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Publication,
        )

    async def list_certificates(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.CertificatePage:
        """List your certificates, newest first."""
        return await self.send(
            Request("GET", "/v1/certificates", query={"limit": limit, "after": after}),
            types.CertificatePage,
        )

    async def create_certificate(
        self, body: types.NewCertificate, *, idempotency_key: str | None = None
    ) -> types.Certificate:
        """Order a certificate for names, or upload one of your own, which is served at once. Names of your domains that point to us get theirs without being asked for."""
        return await self.send(
            Request(
                "POST",
                "/v1/certificates",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Certificate,
        )

    async def get_certificate(
        self, certificate_id: str, *, if_none_match: str | None = None
    ) -> types.Certificate:
        """Give a certificate; its private key stays here."""
        return await self.send(
            Request(
                "GET",
                "/v1/certificates/{certificate_id}",
                path={"certificate_id": certificate_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Certificate,
        )

    async def replace_certificate(
        self,
        certificate_id: str,
        body: types.OwnCertificate,
        *,
        if_match: str | None = None,
    ) -> types.Certificate:
        """Put a newer certificate in the place of one that you uploaded."""
        return await self.send(
            Request(
                "PUT",
                "/v1/certificates/{certificate_id}",
                path={"certificate_id": certificate_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.Certificate,
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
    ) -> types.Certificate:
        """Renew a certificate now, or try again for one that failed."""
        return await self.send(
            Request(
                "POST",
                "/v1/certificates/{certificate_id}/renew",
                path={"certificate_id": certificate_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Certificate,
        )

    async def revoke_certificate(
        self,
        certificate_id: str,
        body: types.Revocation,
        *,
        idempotency_key: str | None = None,
    ) -> types.Certificate:
        """Revoke a certificate at its authority; unless it is given up, one with a new key is made at once."""
        return await self.send(
            Request(
                "POST",
                "/v1/certificates/{certificate_id}/revoke",
                path={"certificate_id": certificate_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Certificate,
        )

    async def list_mailboxes(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.MailboxPage:
        """List your mailboxes, newest first."""
        return await self.send(
            Request("GET", "/v1/mailboxes", query={"limit": limit, "after": after}),
            types.MailboxPage,
        )

    async def create_mailbox(
        self, body: types.NewMailbox, *, idempotency_key: str | None = None
    ) -> types.Mailbox:
        """Make a mailbox in a proven domain; it can be logged in to when the answer is there."""
        return await self.send(
            Request(
                "POST",
                "/v1/mailboxes",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Mailbox,
        )

    async def get_mailbox(
        self, mailbox_id: str, *, if_none_match: str | None = None
    ) -> types.Mailbox:
        """Give a mailbox."""
        return await self.send(
            Request(
                "GET",
                "/v1/mailboxes/{mailbox_id}",
                path={"mailbox_id": mailbox_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Mailbox,
        )

    async def change_mailbox(
        self, mailbox_id: str, body: types.MailboxChange, *, if_match: str | None = None
    ) -> types.Mailbox:
        """Change password, name, quota or status; what is left out stays."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/mailboxes/{mailbox_id}",
                path={"mailbox_id": mailbox_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.Mailbox,
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

    async def list_relays(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.RelayPage:
        """List your relays, newest first."""
        return await self.send(
            Request("GET", "/v1/relays", query={"limit": limit, "after": after}),
            types.RelayPage,
        )

    async def create_relay(
        self, body: types.NewRelay, *, idempotency_key: str | None = None
    ) -> types.CreatedRelay:
        """Make a relay; mail leaves by it when the answer is there."""
        return await self.send(
            Request(
                "POST",
                "/v1/relays",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.CreatedRelay,
        )

    async def get_relay(
        self, relay_id: str, *, if_none_match: str | None = None
    ) -> types.Relay:
        """Give a relay, and how nodes fare with it."""
        return await self.send(
            Request(
                "GET",
                "/v1/relays/{relay_id}",
                path={"relay_id": relay_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Relay,
        )

    async def change_relay(
        self, relay_id: str, body: types.RelayChange, *, if_match: str | None = None
    ) -> types.Relay:
        """Change a relay, or pause it; what is left out stays."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/relays/{relay_id}",
                path={"relay_id": relay_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.Relay,
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
    ) -> types.EventsAddress:
        """Make a new address for the provider's events; the old one ends at once."""
        return await self.send(
            Request(
                "POST",
                "/v1/relays/{relay_id}/events-address",
                path={"relay_id": relay_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.EventsAddress,
        )

    async def test_relay(
        self, relay_id: str, *, idempotency_key: str | None = None
    ) -> types.Relay:
        """Have every node try to log in; what came of it is in `health.tests` within some seconds."""
        return await self.send(
            Request(
                "POST",
                "/v1/relays/{relay_id}/test",
                path={"relay_id": relay_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Relay,
        )

    async def list_dmarc_reports(
        self,
        *,
        domain: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> types.DmarcReportPage:
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
            types.DmarcReportPage,
        )

    async def get_dmarc_report(
        self, dmarc_report_id: str, *, if_none_match: str | None = None
    ) -> types.DmarcReportDetails:
        """Give a DMARC report with its records."""
        return await self.send(
            Request(
                "GET",
                "/v1/dmarc-reports/{dmarc_report_id}",
                path={"dmarc_report_id": dmarc_report_id},
                header={"If-None-Match": if_none_match},
            ),
            types.DmarcReportDetails,
        )

    async def list_tls_reports(
        self,
        *,
        domain: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> types.TlsReportPage:
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
            types.TlsReportPage,
        )

    async def get_tls_report(
        self, tls_report_id: str, *, if_none_match: str | None = None
    ) -> types.TlsReportDetails:
        """Give a TLS report with its policies and failures."""
        return await self.send(
            Request(
                "GET",
                "/v1/tls-reports/{tls_report_id}",
                path={"tls_report_id": tls_report_id},
                header={"If-None-Match": if_none_match},
            ),
            types.TlsReportDetails,
        )

    async def list_complaints(
        self,
        *,
        domain: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> types.ComplaintPage:
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
            types.ComplaintPage,
        )

    async def list_members(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.MemberPage:
        """List the people of your account."""
        return await self.send(
            Request("GET", "/v1/members", query={"limit": limit, "after": after}),
            types.MemberPage,
        )

    async def get_member(
        self, member_id: str, *, if_none_match: str | None = None
    ) -> types.Member:
        """Give one of the people of your account."""
        return await self.send(
            Request(
                "GET",
                "/v1/members/{member_id}",
                path={"member_id": member_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Member,
        )

    async def change_member(
        self, member_id: str, body: types.MemberChange, *, if_match: str | None = None
    ) -> types.Member:
        """Give a member another role: none that may do more than you, and the last owner stays one."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/members/{member_id}",
                path={"member_id": member_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.Member,
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
    ) -> types.Member:
        """Make a member the owner; who was the owner is an admin afterwards."""
        return await self.send(
            Request(
                "POST",
                "/v1/members/{member_id}/transfer-ownership",
                path={"member_id": member_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Member,
        )

    async def list_invitations(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.InvitationPage:
        """List who was asked to join and has not answered yet, newest first."""
        return await self.send(
            Request("GET", "/v1/invitations", query={"limit": limit, "after": after}),
            types.InvitationPage,
        )

    async def create_invitation(
        self, body: types.NewInvitation, *, idempotency_key: str | None = None
    ) -> types.Invitation:
        """Ask somebody to join, by mail; the link in it is good for seven days and works once."""
        return await self.send(
            Request(
                "POST",
                "/v1/invitations",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Invitation,
        )

    async def get_invitation(
        self, invitation_id: str, *, if_none_match: str | None = None
    ) -> types.Invitation:
        """Give an invitation."""
        return await self.send(
            Request(
                "GET",
                "/v1/invitations/{invitation_id}",
                path={"invitation_id": invitation_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Invitation,
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
    ) -> types.Invitation:
        """Mail an invitation again, with a new link that is good for seven days."""
        return await self.send(
            Request(
                "POST",
                "/v1/invitations/{invitation_id}/resend",
                path={"invitation_id": invitation_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Invitation,
        )

    async def list_api_keys(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.ApiKeyPage:
        """List your keys, newest first; revoked ones are not shown."""
        return await self.send(
            Request("GET", "/v1/api-keys", query={"limit": limit, "after": after}),
            types.ApiKeyPage,
        )

    async def create_api_key(
        self, body: types.NewApiKey, *, idempotency_key: str | None = None
    ) -> types.CreatedApiKey:
        """Make a key with no more rights than you have; its secret is shown this once."""
        return await self.send(
            Request(
                "POST",
                "/v1/api-keys",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.CreatedApiKey,
        )

    async def get_api_key(
        self, key_id: str, *, if_none_match: str | None = None
    ) -> types.ApiKey:
        """Show a key, without its secret."""
        return await self.send(
            Request(
                "GET",
                "/v1/api-keys/{key_id}",
                path={"key_id": key_id},
                header={"If-None-Match": if_none_match},
            ),
            types.ApiKey,
        )

    async def change_api_key(
        self, key_id: str, body: types.ApiKeyChange, *, if_match: str | None = None
    ) -> types.ApiKey:
        """Change what a key is called and bound to; its scopes stay: for others, make another key."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/api-keys/{key_id}",
                path={"key_id": key_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.ApiKey,
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
        self,
        key_id: str,
        body: types.KeyRotation,
        *,
        idempotency_key: str | None = None,
    ) -> types.CreatedApiKey:
        """Make a key with the same rights; the old one works on for the overlap, and then no more."""
        return await self.send(
            Request(
                "POST",
                "/v1/api-keys/{key_id}/rotate",
                path={"key_id": key_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.CreatedApiKey,
        )

    async def get_brand(self, *, if_none_match: str | None = None) -> types.Brand:
        """Give your own brand."""
        return await self.send(
            Request(
                "GET", "/v1/account/brand", header={"If-None-Match": if_none_match}
            ),
            types.Brand,
        )

    async def change_brand(
        self, body: types.BrandChange, *, if_match: str | None = None
    ) -> types.Brand:
        """Change name, colours, support address or host name; the first change makes the brand."""
        return await self.send(
            Request(
                "PATCH", "/v1/account/brand", header={"If-Match": if_match}, body=body
            ),
            types.Brand,
        )

    async def reset_brand(self) -> None:
        """Take the brand away, with its logo and host name."""
        await self.send(Request("DELETE", "/v1/account/brand"), None)

    async def check_brand_host(
        self, *, idempotency_key: str | None = None
    ) -> types.Brand:
        """Look up whether the host name is yours now; it is also looked up by itself."""
        return await self.send(
            Request(
                "POST",
                "/v1/account/brand/check-host",
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Brand,
        )

    async def export_account(self) -> bytes:
        """Give everything that the account owns, but no secrets, to who may do everything: a line of JSON for each row."""
        return await self.send(Request("GET", "/v1/account/export"), bytes)

    async def list_own_ip_pools(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.IpPoolPage:
        """List the pools of sending addresses that are yours alone, oldest first."""
        return await self.send(
            Request(
                "GET", "/v1/account/ip-pools", query={"limit": limit, "after": after}
            ),
            types.IpPoolPage,
        )

    async def get_usage(self, *, if_none_match: str | None = None) -> types.Usage:
        """Show how much is used of what is limited, and when each window turns."""
        return await self.send(
            Request(
                "GET", "/v1/account/usage", header={"If-None-Match": if_none_match}
            ),
            types.Usage,
        )

    async def list_access_grants(self) -> types.AccessGrantPage:
        """List who above you may act for you, the nearest first."""
        return await self.send(
            Request("GET", "/v1/access-grants"), types.AccessGrantPage
        )

    async def create_access_grant(
        self, body: types.NewAccessGrant, *, idempotency_key: str | None = None
    ) -> types.AccessGrant:
        """Let a provider's people and keys act for you, with the rights of a role that has no more than you."""
        return await self.send(
            Request(
                "POST",
                "/v1/access-grants",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.AccessGrant,
        )

    async def get_access_grant(
        self, provider_id: str, *, if_none_match: str | None = None
    ) -> types.AccessGrant:
        """Give the grant of one provider."""
        return await self.send(
            Request(
                "GET",
                "/v1/access-grants/{provider_id}",
                path={"provider_id": provider_id},
                header={"If-None-Match": if_none_match},
            ),
            types.AccessGrant,
        )

    async def change_access_grant(
        self,
        provider_id: str,
        body: types.AccessGrantChange,
        *,
        if_match: str | None = None,
    ) -> types.AccessGrant:
        """Change what a provider's people may do; it is so from their next request on."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/access-grants/{provider_id}",
                path={"provider_id": provider_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.AccessGrant,
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
    ) -> types.AuditEntryPage:
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
            types.AuditEntryPage,
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
    ) -> types.AuditHead:
        """Give the number and the hash of the last entry: keep them elsewhere, and the log cannot be rewritten unseen."""
        return await self.send(
            Request(
                "GET", "/v1/audit-log/head", header={"If-None-Match": if_none_match}
            ),
            types.AuditHead,
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
    ) -> types.ClientPage:
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
            types.ClientPage,
        )

    async def create_client(
        self, body: types.NewClient, *, idempotency_key: str | None = None
    ) -> types.Client:
        """Make a client or an agency below yours; you may act for it until it says otherwise."""
        return await self.send(
            Request(
                "POST",
                "/v1/clients",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Client,
        )

    async def get_client(
        self, client_id: str, *, if_none_match: str | None = None
    ) -> types.Client:
        """Give a client."""
        return await self.send(
            Request(
                "GET",
                "/v1/clients/{client_id}",
                path={"client_id": client_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Client,
        )

    async def change_client(
        self, client_id: str, body: types.ClientChange, *, if_match: str | None = None
    ) -> types.Client:
        """Change name, plan or limits; what is left out stays."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/clients/{client_id}",
                path={"client_id": client_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.Client,
        )

    async def close_client(
        self, client_id: str, *, idempotency_key: str | None = None
    ) -> types.Client:
        """Close a client: it is suspended at once, and erased at `closing_at` unless it is reopened before."""
        return await self.send(
            Request(
                "POST",
                "/v1/clients/{client_id}/close",
                path={"client_id": client_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Client,
        )

    async def move_client(
        self, client_id: str, body: types.Move, *, idempotency_key: str | None = None
    ) -> types.Client:
        """Move a client, with all below it, to another of your agencies; access of agencies it leaves ends."""
        return await self.send(
            Request(
                "POST",
                "/v1/clients/{client_id}/move",
                path={"client_id": client_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Client,
        )

    async def reopen_client(
        self, client_id: str, *, idempotency_key: str | None = None
    ) -> types.Client:
        """Reopen a client that was closed, before its data is erased."""
        return await self.send(
            Request(
                "POST",
                "/v1/clients/{client_id}/reopen",
                path={"client_id": client_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Client,
        )

    async def resume_client(
        self, client_id: str, *, idempotency_key: str | None = None
    ) -> types.Client:
        """End a client's suspension; what was suspended by itself below it, or is suspended above it, stays so."""
        return await self.send(
            Request(
                "POST",
                "/v1/clients/{client_id}/resume",
                path={"client_id": client_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Client,
        )

    async def suspend_client(
        self,
        client_id: str,
        body: types.Suspension,
        *,
        idempotency_key: str | None = None,
    ) -> types.Client:
        """Suspend a client and all below it: nothing is sent, nobody logs in to mailboxes; mail is still received."""
        return await self.send(
            Request(
                "POST",
                "/v1/clients/{client_id}/suspend",
                path={"client_id": client_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Client,
        )

    async def list_plans(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.PlanPage:
        """List the plans that you offer and those that your provider offers you, newest first."""
        return await self.send(
            Request("GET", "/v1/plans", query={"limit": limit, "after": after}),
            types.PlanPage,
        )

    async def create_plan(
        self, body: types.NewPlan, *, idempotency_key: str | None = None
    ) -> types.Plan:
        """Make a plan for those right below you."""
        return await self.send(
            Request(
                "POST",
                "/v1/plans",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Plan,
        )

    async def get_plan(
        self, plan_id: str, *, if_none_match: str | None = None
    ) -> types.Plan:
        """Give a plan."""
        return await self.send(
            Request(
                "GET",
                "/v1/plans/{plan_id}",
                path={"plan_id": plan_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Plan,
        )

    async def change_plan(
        self, plan_id: str, body: types.PlanChange, *, if_match: str | None = None
    ) -> types.Plan:
        """Change a plan of yours, for everybody who is on it."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/plans/{plan_id}",
                path={"plan_id": plan_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.Plan,
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
    ) -> types.WarmupPage:
        """List warm-ups, those of the newest addresses first; with `status=running`, those that are not over."""
        return await self.send(
            Request(
                "GET",
                "/v1/warmups",
                query={"status": status, "limit": limit, "after": after},
            ),
            types.WarmupPage,
        )

    async def list_warmup_schedules(
        self, *, if_none_match: str | None = None
    ) -> types.Schedules:
        """Give the tables of steps that come with the product."""
        return await self.send(
            Request(
                "GET", "/v1/warmups/schedules", header={"If-None-Match": if_none_match}
            ),
            types.Schedules,
        )

    async def get_warmup(
        self, warmup_id: str, *, if_none_match: str | None = None
    ) -> types.Warmup:
        """Give the warm-up of an address: each provider class's step and caps, what was sent today, and why it stands."""
        return await self.send(
            Request(
                "GET",
                "/v1/warmups/{warmup_id}",
                path={"warmup_id": warmup_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Warmup,
        )

    async def change_warmup(
        self, warmup_id: str, body: types.WarmupChange, *, if_match: str | None = None
    ) -> types.Warmup:
        """Choose another table of steps, a preset or your own; classes stay at the steps at which they are."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/warmups/{warmup_id}",
                path={"warmup_id": warmup_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.Warmup,
        )

    async def finish_warmup(
        self, warmup_id: str, *, idempotency_key: str | None = None
    ) -> types.Warmup:
        """End a warm-up at once: the address may send as much as it is given."""
        return await self.send(
            Request(
                "POST",
                "/v1/warmups/{warmup_id}/finish",
                path={"warmup_id": warmup_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Warmup,
        )

    async def hold_warmup(
        self, warmup_id: str, *, idempotency_key: str | None = None
    ) -> types.Warmup:
        """Let nothing climb until you let it go on; results that are bad still lead back."""
        return await self.send(
            Request(
                "POST",
                "/v1/warmups/{warmup_id}/hold",
                path={"warmup_id": warmup_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Warmup,
        )

    async def resume_warmup(
        self, warmup_id: str, *, idempotency_key: str | None = None
    ) -> types.Warmup:
        """Let a held warm-up go on."""
        return await self.send(
            Request(
                "POST",
                "/v1/warmups/{warmup_id}/resume",
                path={"warmup_id": warmup_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Warmup,
        )

    async def step_warmup_back(
        self,
        warmup_id: str,
        body: types.StepBack,
        *,
        idempotency_key: str | None = None,
    ) -> types.Warmup:
        """Go one step back at once, at one provider class or all."""
        return await self.send(
            Request(
                "POST",
                "/v1/warmups/{warmup_id}/step-back",
                path={"warmup_id": warmup_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Warmup,
        )

    async def get_shaping_rules(
        self, *, if_none_match: str | None = None
    ) -> types.ShapingRules:
        """Give the provider classes and reply rules in force, and what of them you changed."""
        return await self.send(
            Request(
                "GET", "/v1/shaping-rules", header={"If-None-Match": if_none_match}
            ),
            types.ShapingRules,
        )

    async def change_shaping_rules(
        self, body: types.NewShapingRules, *, if_match: str | None = None
    ) -> types.ShapingRules:
        """Put changes in the place of those before, as a new version; nodes have it within seconds."""
        return await self.send(
            Request(
                "PUT", "/v1/shaping-rules", header={"If-Match": if_match}, body=body
            ),
            types.ShapingRules,
        )

    async def list_shaping_versions(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.ShapingVersionPage:
        """List what was changed, by whom and why, newest first."""
        return await self.send(
            Request(
                "GET",
                "/v1/shaping-rules/versions",
                query={"limit": limit, "after": after},
            ),
            types.ShapingVersionPage,
        )

    async def get_shaping_version(
        self, version_id: str, *, if_none_match: str | None = None
    ) -> types.ShapingVersion:
        """Give changes as they were saved; to go back to them, save them again."""
        return await self.send(
            Request(
                "GET",
                "/v1/shaping-rules/versions/{version_id}",
                path={"version_id": version_id},
                header={"If-None-Match": if_none_match},
            ),
            types.ShapingVersion,
        )

    async def try_shaping_rules(
        self, body: types.WhatIf, *, idempotency_key: str | None = None
    ) -> types.WhatIfResult:
        """Replay past attempts against proposed changes, without putting them in force: what would have been different."""
        return await self.send(
            Request(
                "POST",
                "/v1/shaping-rules/what-if",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.WhatIfResult,
        )

    async def list_ip_pools(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.IpPoolPage:
        """List all pools of sending addresses, oldest first."""
        return await self.send(
            Request("GET", "/v1/ip-pools", query={"limit": limit, "after": after}),
            types.IpPoolPage,
        )

    async def create_ip_pool(
        self, body: types.NewPool, *, idempotency_key: str | None = None
    ) -> types.IpPool:
        """Make a pool, shared or a tenant's own. Mail leaves by it once it is made the default."""
        return await self.send(
            Request(
                "POST",
                "/v1/ip-pools",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.IpPool,
        )

    async def get_ip_pool(
        self, pool_id: str, *, if_none_match: str | None = None
    ) -> types.IpPool:
        """Give a pool with its addresses."""
        return await self.send(
            Request(
                "GET",
                "/v1/ip-pools/{pool_id}",
                path={"pool_id": pool_id},
                header={"If-None-Match": if_none_match},
            ),
            types.IpPool,
        )

    async def change_ip_pool(
        self, pool_id: str, body: types.PoolChange, *, if_match: str | None = None
    ) -> types.IpPool:
        """Rename a pool, or make it the one that its owner's mail of this stream leaves by."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/ip-pools/{pool_id}",
                path={"pool_id": pool_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.IpPool,
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
    ) -> types.SendingIpPage:
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
            types.SendingIpPage,
        )

    async def create_ip(
        self, body: types.NewSendingIp, *, idempotency_key: str | None = None
    ) -> types.SendingIp:
        """Add an address: it is checked, then warmed up, then active, all by itself."""
        return await self.send(
            Request(
                "POST",
                "/v1/ips",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.SendingIp,
        )

    async def get_ip(
        self, ip_id: str, *, if_none_match: str | None = None
    ) -> types.SendingIp:
        """Give an address: its state, what was found out about its records, how far it is warmed up."""
        return await self.send(
            Request(
                "GET",
                "/v1/ips/{ip_id}",
                path={"ip_id": ip_id},
                header={"If-None-Match": if_none_match},
            ),
            types.SendingIp,
        )

    async def change_ip(
        self, ip_id: str, body: types.SendingIpChange, *, if_match: str | None = None
    ) -> types.SendingIp:
        """Change an address's host name, weight or whether it stands by; drained, it can go to another pool."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/ips/{ip_id}",
                path={"ip_id": ip_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.SendingIp,
        )

    async def change_ip_cool_down(
        self,
        ip_id: str,
        body: types.CoolDownChange,
        *,
        idempotency_key: str | None = None,
    ) -> types.SendingIp:
        """Shorten or lengthen a released address's cool-down, with a reason."""
        return await self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/cool-down",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.SendingIp,
        )

    async def drain_ip(
        self, ip_id: str, body: types.Because, *, idempotency_key: str | None = None
    ) -> types.SendingIp:
        """Give an address nothing new; what its node has in the queue is seen off."""
        return await self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/drain",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.SendingIp,
        )

    async def finish_ip_warm_up(
        self, ip_id: str, body: types.Because, *, idempotency_key: str | None = None
    ) -> types.SendingIp:
        """Let a warming address take its full share at once."""
        return await self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/finish-warm-up",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.SendingIp,
        )

    async def quarantine_ip(
        self, ip_id: str, body: types.Because, *, idempotency_key: str | None = None
    ) -> types.SendingIp:
        """Send nothing more by an address because of its reputation; what waits for it goes by others."""
        return await self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/quarantine",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.SendingIp,
        )

    async def release_ip(
        self, ip_id: str, body: types.Release, *, idempotency_key: str | None = None
    ) -> types.SendingIp:
        """Give a drained address up; it cools down before anybody else gets it."""
        return await self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/release",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.SendingIp,
        )

    async def get_ip_reputation(
        self, ip_id: str, *, if_none_match: str | None = None
    ) -> types.IpReputation:
        """Give an address's reputation: blocklists, rates of bounces and complaints by provider, and what they suggest."""
        return await self.send(
            Request(
                "GET",
                "/v1/ips/{ip_id}/reputation",
                path={"ip_id": ip_id},
                header={"If-None-Match": if_none_match},
            ),
            types.IpReputation,
        )

    async def ask_ip_delisting(
        self,
        ip_id: str,
        body: types.AskedDelisting,
        *,
        idempotency_key: str | None = None,
    ) -> types.IpReputation:
        """Note that you have asked a list to take an address off, for whoever looks next."""
        return await self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/reputation/delisting",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.IpReputation,
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
        self, ip_id: str, body: types.Because, *, idempotency_key: str | None = None
    ) -> types.SendingIp:
        """Let a draining address take mail again; if it was warm it need not be warmed up."""
        return await self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/resume",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.SendingIp,
        )

    async def list_ip_tenures(
        self, ip_id: str, *, if_none_match: str | None = None
    ) -> types.Tenures:
        """List whose an address was and how it fared with them, the newest first."""
        return await self.send(
            Request(
                "GET",
                "/v1/ips/{ip_id}/tenures",
                path={"ip_id": ip_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Tenures,
        )

    async def warm_up_ip_again(
        self, ip_id: str, body: types.Because, *, idempotency_key: str | None = None
    ) -> types.SendingIp:
        """Have a quarantined or active address warmed up from the start."""
        return await self.send(
            Request(
                "POST",
                "/v1/ips/{ip_id}/warm-up-again",
                path={"ip_id": ip_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.SendingIp,
        )

    async def list_listings(
        self, *, if_none_match: str | None = None
    ) -> types.Listings:
        """List all addresses and sending domains that are on a blocklist or may be, the most severe first."""
        return await self.send(
            Request(
                "GET",
                "/v1/reputation/listings",
                header={"If-None-Match": if_none_match},
            ),
            types.Listings,
        )

    async def list_nodes(
        self, *, limit: int | None = None, after: str | None = None
    ) -> types.NodePage:
        """List the fleet's nodes, oldest first."""
        return await self.send(
            Request("GET", "/v1/nodes", query={"limit": limit, "after": after}),
            types.NodePage,
        )

    async def create_node(
        self, body: types.NewNode, *, idempotency_key: str | None = None
    ) -> types.Node:
        """Register a node, or bring the one of this name up to date; it serves once its agent has enrolled."""
        return await self.send(
            Request(
                "POST",
                "/v1/nodes",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Node,
        )

    async def create_enrolment_token(
        self, body: types.NewEnrolmentToken, *, idempotency_key: str | None = None
    ) -> types.EnrolmentToken:
        """Make a one-time token for a node's agent, good for an hour and shown once."""
        return await self.send(
            Request(
                "POST",
                "/v1/nodes/enrolment-tokens",
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.EnrolmentToken,
        )

    async def get_node(
        self, node_id: str, *, if_none_match: str | None = None
    ) -> types.Node:
        """Give one node with its addresses, its generations and what it said of itself last."""
        return await self.send(
            Request(
                "GET",
                "/v1/nodes/{node_id}",
                path={"node_id": node_id},
                header={"If-None-Match": if_none_match},
            ),
            types.Node,
        )

    async def change_node(
        self, node_id: str, body: types.NodeChange, *, if_match: str | None = None
    ) -> types.Node:
        """Change a node's host name, address, roles or region; what is left out stays. Its name is for life."""
        return await self.send(
            Request(
                "PATCH",
                "/v1/nodes/{node_id}",
                path={"node_id": node_id},
                header={"If-Match": if_match},
                body=body,
            ),
            types.Node,
        )

    async def drain_node(
        self, node_id: str, *, idempotency_key: str | None = None
    ) -> types.Node:
        """Give a node nothing new to send and no new tenants' mailboxes; it sees off what it has and goes on serving."""
        return await self.send(
            Request(
                "POST",
                "/v1/nodes/{node_id}/drain",
                path={"node_id": node_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Node,
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
        self, node_id: str, body: types.GivingUp, *, idempotency_key: str | None = None
    ) -> types.GivenUp:
        """Declare a lost node gone for ever: its credential ends at once, and what is on its disk is lost. What it had taken and did not report may have left or not. With `send_again`, other nodes send it, and some of it may arrive twice; without, it is never sent."""
        return await self.send(
            Request(
                "POST",
                "/v1/nodes/{node_id}/give-up",
                path={"node_id": node_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.GivenUp,
        )

    async def get_node_queue(
        self, node_id: str, *, if_none_match: str | None = None
    ) -> types.NodeQueue:
        """Show what waits on a node, by destination and age, and what would be lost with it."""
        return await self.send(
            Request(
                "GET",
                "/v1/nodes/{node_id}/queue",
                path={"node_id": node_id},
                header={"If-None-Match": if_none_match},
            ),
            types.NodeQueue,
        )

    async def retire_node(
        self,
        node_id: str,
        body: types.Retirement,
        *,
        idempotency_key: str | None = None,
    ) -> types.Node:
        """Take a drained node out of service for ever; refused while it holds something, unless its loss is confirmed."""
        return await self.send(
            Request(
                "POST",
                "/v1/nodes/{node_id}/retire",
                path={"node_id": node_id},
                header={"Idempotency-Key": idempotency_key},
                body=body,
            ),
            types.Node,
        )

    async def undrain_node(
        self, node_id: str, *, idempotency_key: str | None = None
    ) -> types.Node:
        """Let a node that was drained serve fully again."""
        return await self.send(
            Request(
                "POST",
                "/v1/nodes/{node_id}/undrain",
                path={"node_id": node_id},
                header={"Idempotency-Key": idempotency_key},
            ),
            types.Node,
        )
