/* How the client's methods reach the API: tries that are repeated, a limit of time, refusals as exceptions. */
import { newKey } from "./crypto.js";
import { NotFound, Unreachable } from "./errors.js";
import { type RateLimit, rateLimitOf } from "./limits.js";
import { type Answer, given, type Kind, read, type Request } from "./request.js";
import { pauseAfter, type Retrying, USUAL } from "./retrying.js";
import { VERSION } from "./version.js";

/** What a client may be told besides its address and key. */
export interface ClientOptions {
  /** The client for whom an agency's key acts, `ten_…`. */
  actingFor?: string;
  retrying?: Partial<Retrying>;
  timeoutSeconds?: number;
  fetch?: typeof fetch;
  sleep?: (seconds: number) => Promise<void>;
}

/** What every call may be told. */
export interface CallOptions {
  /** Ends the call, and what it waits for. */
  signal?: AbortSignal;
}

const ONCE = "Idempotency-Key";
const TIMEOUT_SECONDS = 30;

export class Transport {
  /** How much the key may still ask for, as the last answer said. */
  rateLimit: RateLimit | undefined;

  readonly #etags = new WeakMap<object, string>();
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #retrying: Retrying;
  readonly #timeoutSeconds: number;
  readonly #fetch: typeof fetch;
  readonly #sleep: (seconds: number) => Promise<void>;

  /** Takes a key that may not be there, as what stands in the environment; without one it throws. */
  constructor(url: string, key: string | undefined, options: ClientOptions = {}) {
    this.#url = baseOf(url);
    this.#headers = headersFor(key, options.actingFor);
    this.#retrying = { ...USUAL, ...options.retrying };
    this.#timeoutSeconds = options.timeoutSeconds ?? TIMEOUT_SECONDS;
    this.#fetch = options.fetch ?? ((...request) => fetch(...request));
    this.#sleep = options.sleep ?? sleep;
  }

  /** Sends a request, again where that helps; throws `Failed`. */
  protected async send<Wanted>(request: Request, kind: Kind, { signal }: CallOptions): Promise<Wanted> {
    const once = await this.#doneOnce(request);
    for (let tried = 1; ; tried++) {
      try {
        const answer = await this.#ask(once, signal);
        return this.#kept(read(answer, kind), answer) as Wanted;
      } catch (failure) {
        if (failure instanceof NotFound && request.method === "DELETE" && tried > 1) {
          return undefined as Wanted; // an earlier try deleted it, and its answer was lost
        }
        const pause = pauseAfter(this.#retrying, tried, failure, Math.random());
        if (pause === undefined) throw failure;
        await endedBy(signal, this.#sleep(pause));
      }
    }
  }

  /** The ETag of what this client read, for `ifMatch`: so a change meets what was read, or is refused. */
  etagOf(thing: object): string | undefined {
    return this.#etags.get(thing);
  }

  #kept(thing: unknown, answer: Answer): unknown {
    const etag = answer.headers.get("etag");
    if (etag !== null && typeof thing === "object" && thing !== null) this.#etags.set(thing, etag);
    return thing;
  }

  // However often it is sent, it is done once.
  async #doneOnce(request: Request): Promise<Request> {
    const { headers } = request;
    if (this.#retrying.tries <= 1 || !headers || !(ONCE in headers) || headers[ONCE]) return request;
    return { ...request, headers: { ...headers, [ONCE]: await newKey() } };
  }

  async #ask(request: Request, signal: AbortSignal | undefined): Promise<Answer> {
    signal?.throwIfAborted();
    const ender = new AbortController();
    const end = () => ender.abort(signal?.reason);
    const timer = setTimeout(() => ender.abort(new Error("timed out")), this.#timeoutSeconds * 1000);
    signal?.addEventListener("abort", end, { once: true });
    try {
      const answer = await this.#fetch(this.#address(request), this.#init(request, ender.signal));
      this.rateLimit = rateLimitOf(answer.headers) ?? this.rateLimit;
      const { status, statusText, headers } = answer;
      return { status, statusText, headers, content: new Uint8Array(await answer.arrayBuffer()) };
    } catch (error) {
      signal?.throwIfAborted();
      throw new Unreachable(`no answer: ${String(ender.signal.reason ?? error)}`, { cause: error });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
    }
  }

  #address(request: Request): string {
    const query = new URLSearchParams(given(request.query)).toString();
    return this.#url + request.path + (query && `?${query}`);
  }

  #init(request: Request, signal: AbortSignal): RequestInit {
    const headers: Record<string, string> = { ...this.#headers, ...given(request.headers) };
    if (request.body === undefined) return { method: request.method, headers, signal, redirect: "error" };
    headers["Content-Type"] = "application/json";
    return { method: request.method, headers, signal, redirect: "error", body: JSON.stringify(request.body) };
  }
}

function baseOf(url: string): string {
  if (!/^https?:\/\//.test(url)) throw new TypeError("give the API's address, with https:// before it");
  return url.replace(/\/+$/, "");
}

function headersFor(key: string | undefined, actingFor: string | undefined): Record<string, string> {
  if (!key) throw new TypeError("give a key, fp_…");
  const inBrowser = "document" in globalThis; // which says itself what it is
  return {
    Authorization: `Bearer ${key}`,
    ...(inBrowser ? {} : { "User-Agent": `fleetpost-typescript/${VERSION}` }),
    ...(actingFor ? { "Fleetpost-Tenant": actingFor } : {}),
  };
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

async function endedBy(signal: AbortSignal | undefined, pause: Promise<void>): Promise<void> {
  if (!signal) return pause;
  const ended = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return Promise.race([pause, ended]);
}
