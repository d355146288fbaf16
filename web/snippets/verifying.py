"""How a receiver checks that a webhook's message is ours: over the body as it came, with the webhook's secret."""

from web.snippets.calls import Snippet

_PYTHON = """\
import os

from fleetpost_client import Forged, Webhook

webhook = Webhook(os.environ["FLEETPOST_WEBHOOK_SECRET"])

def receive(body, headers):  # the body's bytes, not yet parsed
    try:
        event = webhook.verify(body, headers)
    except Forged:  # not ours, or older than five minutes
        return 400
    print(event.id, event.type)  # the same id again is the same event
    return 204"""
_NODE = """\
import { Forged, Webhook } from "fleetpost-client";

const webhook = new Webhook(process.env.FLEETPOST_WEBHOOK_SECRET);

export async function receive(request) {
  try {
    const event = await webhook.verify(await request.text(), request.headers);
    console.log(event.id, event.type); // the same id again is the same event
    return new Response(null, { status: 204 });
  } catch (error) {
    if (error instanceof Forged) return new Response(null, { status: 400 }); // not ours, or too old
    throw error;
  }
}"""
_OTHERS = """\
from standardwebhooks.webhooks import Webhook

# There is such a library for most languages: see standardwebhooks.com.
# It raises WebhookVerificationError when it is not ours, or is older than five minutes.
event = Webhook(secret).verify(body, headers)"""
_SHELL = """\
key=$(printf %s "${FLEETPOST_WEBHOOK_SECRET#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \\n')
{ printf '%s.%s.' "$webhook_id" "$webhook_timestamp"; cat body.json; } |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64
# one of the signatures in webhook-signature must be v1, and this"""

VERIFYING = (
    Snippet("Python", _PYTHON),
    Snippet("Node.js", _NODE),
    Snippet("Others", _OTHERS),
    Snippet("Shell", _SHELL),
)
