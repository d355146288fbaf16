/* The Fleetpost API: `await new Client(url, key).sendMessage({ … })`. */
export { Client } from "./client.js";
export * from "./errors.js";
export type { RateLimit } from "./limits.js";
export { Pages } from "./paging.js";
export type { Page } from "./paging.js";
export type { Retrying } from "./retrying.js";
export type { CallOptions, ClientOptions } from "./transport.js";
export type * as api from "./types.js";
export { VERSION } from "./version.js";
export { Webhook } from "./webhooks.js";
export type { WebhookEvent, WebhookHeaders } from "./webhooks.js";
