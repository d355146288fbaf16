/* Is a webhook's message ours? Signatures of the Standard Webhooks specification (v1, symmetric). */
import { webCrypto } from "./crypto.js";
import { Forged } from "./errors.js";

/** A message that is older, or newer, is not believed: it may be one that was overheard. */
export const TOLERANCE_SECONDS = 300;

/** What a webhook tells. */
export interface WebhookEvent {
  /** The same with every try: leave out what you have. */
  id: string;
  type: string;
  timestamp: string;
  tenant_id: string;
  data: Record<string, unknown>;
}

export type WebhookHeaders = Headers | Record<string, string | string[] | undefined>;

/** A webhook as its receiver sees it; with a new secret and the old one, both are believed. */
export class Webhook {
  readonly #keys: Uint8Array<ArrayBuffer>[];

  constructor(
    secrets: string | readonly string[] | undefined,
    private readonly now: () => number = Date.now,
  ) {
    this.#keys = (typeof secrets === "string" ? [secrets] : (secrets ?? [])).map(keyOf);
    if (this.#keys.length === 0) throw new TypeError("give the webhook's secret, whsec_…");
  }

  /** Reads a message that is ours; throws `Forged`. `body` is what came, to the octet. */
  async verify(body: string | Uint8Array, headers: WebhookHeaders): Promise<WebhookEvent> {
    const content = typeof body === "string" ? new TextEncoder().encode(body) : body;
    const id = header(headers, "webhook-id");
    const timestamp = header(headers, "webhook-timestamp");
    this.#checkTime(timestamp);
    const signed = joined(new TextEncoder().encode(`${id}.${timestamp}.`), content);
    if (!(await this.#fits(signed, header(headers, "webhook-signature")))) throw new Forged("the signature does not fit");
    return { ...eventOf(content), id };
  }

  #checkTime(timestamp: string): void {
    if (!/^[0-9]{1,12}$/.test(timestamp)) throw new Forged("the message does not say when it was sent");
    if (Math.abs(this.now() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) {
      throw new Forged("the message is too old, or this machine's clock is wrong");
    }
  }

  async #fits(signed: Uint8Array<ArrayBuffer>, signatures: string): Promise<boolean> {
    const { subtle } = await webCrypto();
    const given = signatures.split(/\s+/).flatMap((each) => (each.startsWith("v1,") ? octets(each.slice(3)) : []));
    let fits = false;
    for (const raw of this.#keys) {
      const key = await subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
      for (const each of given) fits = (await subtle.verify("HMAC", key, each, signed)) || fits;
    }
    return fits;
  }
}

function header(headers: WebhookHeaders, name: string): string {
  if (headers instanceof Headers) return headers.get(name) ?? "";
  const found = Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1];
  return (Array.isArray(found) ? found[0] : found) ?? "";
}

function eventOf(content: Uint8Array): WebhookEvent {
  try {
    const read: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
    if (read && typeof read === "object" && "type" in read && "data" in read) return read as WebhookEvent;
  } catch {
    // told below
  }
  throw new Forged("the message is signed, and no event");
}

function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  const [key] = octets(secret.replace(/^whsec_/, ""));
  if (!key?.length) throw new TypeError("that is no webhook's secret: it begins with whsec_");
  return key;
}

// What base64 says: one array, or none where it is no base64.
function octets(base64: string): Uint8Array<ArrayBuffer>[] {
  try {
    return [Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))];
  } catch {
    return [];
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
