/* Every operation of the API as a method.

Made by `scripts/client` from the API's description: not to be edited. */
import type * as api from "./types.js";
import { Pages } from "./paging.js";
import { segment } from "./request.js";
import { type CallOptions, Transport } from "./transport.js";

/** The API: a method for each operation. */
export class Client extends Transport {
  /** Show whose key this is and what it may do. */
  async getMe(options: { ifNoneMatch?: string } & CallOptions = {}): Promise<api.Me> {
    return this.send({
      method: "GET",
      path: "/v1/me",
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** List messages, newest first. A page holds fewer than `limit`, perhaps none, where what is asked for stands far apart: go on with `next`. */
  async listMessages(
    options: {
      recipient?: string;
      from?: string;
      subject?: string;
      status?: "accepted" | "held" | "scheduled" | "queued" | "deferred" | "delivered" | "bounced" | "complained" | "suppressed" | "failed" | "cancelled";
      tag?: string;
      stream?: "transactional" | "broadcast";
      metadata?: string;
      sandbox?: "only";
      reply?: string;
      since?: string;
      until?: string;
      query?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Promise<api.MessageSummaryPage> {
    return this.send({
      method: "GET",
      path: "/v1/messages",
      query: { recipient: options.recipient, from: options.from, subject: options.subject, status: options.status, tag: options.tag, stream: options.stream, metadata: options.metadata, sandbox: options.sandbox, reply: options.reply, since: options.since, until: options.until, query: options.query, limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listMessages` gives, page after page. */
  iterMessages(
    options: {
      recipient?: string;
      from?: string;
      subject?: string;
      status?: "accepted" | "held" | "scheduled" | "queued" | "deferred" | "delivered" | "bounced" | "complained" | "suppressed" | "failed" | "cancelled";
      tag?: string;
      stream?: "transactional" | "broadcast";
      metadata?: string;
      sandbox?: "only";
      reply?: string;
      since?: string;
      until?: string;
      query?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Pages<api.MessageSummary> {
    return new Pages((after) => this.listMessages({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Accept a message. */
  async sendMessage(
    body: api.NewMessage,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.AcceptedMessage> {
    return this.send({
      method: "POST",
      path: "/v1/messages",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Say how far something is that is done to many messages. */
  async getBulkAct(
    actId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.BulkAct> {
    return this.send({
      method: "GET",
      path: `/v1/messages/acts/${segment(actId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Accept messages, each by itself: one that is refused does not hold up the others. */
  async sendBatch(
    body: api.NewBatch,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.BatchResult> {
    return this.send({
      method: "POST",
      path: "/v1/messages/batch",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Call back many messages, by their ids or all that are held or scheduled and fit a filter. */
  async cancelMessages(
    body: api.ManyMessages,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.BulkAct> {
    return this.send({
      method: "POST",
      path: "/v1/messages/cancel",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give the messages of a search as CSV, newest first, a line for each recipient: at most 100,000 messages. */
  async exportMessages(
    options: { since?: string; until?: string; query?: string } & CallOptions = {},
  ): Promise<Uint8Array> {
    return this.send({
      method: "GET",
      path: "/v1/messages/export",
      query: { since: options.since, until: options.until, query: options.query },
    }, "bytes", options);
  }

  /** Let many held messages go, as far as there is room; those of paused streams only if a provider acts for you. */
  async releaseMessages(
    body: api.ManyMessages,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.BulkAct> {
    return this.send({
      method: "POST",
      path: "/v1/messages/release",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Show a message with its recipients' timelines. */
  async getMessage(
    messageId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.Message> {
    return this.send({
      method: "GET",
      path: `/v1/messages/${segment(messageId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Have what is scheduled of a message go at another moment, or now. */
  async rescheduleMessage(
    messageId: string,
    body: api.ScheduleChange,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.Message> {
    return this.send({
      method: "PATCH",
      path: `/v1/messages/${segment(messageId)}`,
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** Call back what of a message is scheduled, held, or still waits for a node. */
  async cancelMessage(
    messageId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Message> {
    return this.send({
      method: "POST",
      path: `/v1/messages/${segment(messageId)}/cancel`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Give a message as it is sent, before it is signed; for as long as your settings say. */
  async getRawMessage(messageId: string, options: CallOptions = {}): Promise<Uint8Array> {
    return this.send({
      method: "GET",
      path: `/v1/messages/${segment(messageId)}/raw`,
    }, "bytes", options);
  }

  /** Let go what is held of a message over a limit, if there is room for it again. */
  async releaseMessage(
    messageId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Message> {
    return this.send({
      method: "POST",
      path: `/v1/messages/${segment(messageId)}/release`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Send a message once more, to all its recipients or some, as a new one. */
  async resendMessage(
    messageId: string,
    body: api.Resend,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.AcceptedMessage> {
    return this.send({
      method: "POST",
      path: `/v1/messages/${segment(messageId)}/resend`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** List templates and layouts, newest first. */
  async listTemplates(
    options: { kind?: "message" | "layout"; limit?: number; after?: string } & CallOptions = {},
  ): Promise<api.TemplateSummaryPage> {
    return this.send({
      method: "GET",
      path: "/v1/templates",
      query: { kind: options.kind, limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listTemplates` gives, page after page. */
  iterTemplates(
    options: { kind?: "message" | "layout"; limit?: number; after?: string } & CallOptions = {},
  ): Pages<api.TemplateSummary> {
    return new Pages((after) => this.listTemplates({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Make a template; its first version is live at once. */
  async createTemplate(
    body: api.NewTemplate,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Template> {
    return this.send({
      method: "POST",
      path: "/v1/templates",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Show what would be sent of a template that is not stored. */
  async previewUnsavedTemplate(
    body: api.UnsavedPreview,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Preview> {
    return this.send({
      method: "POST",
      path: "/v1/templates/preview",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give a template with its latest version, or with the one that is named. */
  async getTemplate(
    templateId: string,
    options: { version?: number; ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.Template> {
    return this.send({
      method: "GET",
      path: `/v1/templates/${segment(templateId)}`,
      query: { version: options.version },
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Change a template; other content makes a new version, which is sent when it is published. */
  async changeTemplate(
    templateId: string,
    body: api.TemplateChange,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.Template> {
    return this.send({
      method: "PATCH",
      path: `/v1/templates/${segment(templateId)}`,
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** Delete a template with all its versions; a layout only when no template stands in it. */
  async deleteTemplate(templateId: string, options: { ifMatch?: string } & CallOptions = {}): Promise<void> {
    return this.send({
      method: "DELETE",
      path: `/v1/templates/${segment(templateId)}`,
      headers: { "If-Match": options.ifMatch },
    }, "nothing", options);
  }

  /** Make a copy of a template's latest version. */
  async cloneTemplate(
    templateId: string,
    body: api.CloneRequest,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Template> {
    return this.send({
      method: "POST",
      path: `/v1/templates/${segment(templateId)}/clone`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Show what would be sent, with the given data or the sample data. */
  async previewTemplate(
    templateId: string,
    body: api.PreviewRequest,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Preview> {
    return this.send({
      method: "POST",
      path: `/v1/templates/${segment(templateId)}/preview`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Send a version from now on. */
  async publishTemplate(
    templateId: string,
    body: api.VersionChoice,
    options: { ifMatch?: string; idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Template> {
    return this.send({
      method: "POST",
      path: `/v1/templates/${segment(templateId)}/publish`,
      headers: { "If-Match": options.ifMatch, "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Make a new version of an older one's content; it is sent when it is published. */
  async restoreTemplate(
    templateId: string,
    body: api.VersionChoice,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Template> {
    return this.send({
      method: "POST",
      path: `/v1/templates/${segment(templateId)}/restore`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Send a template to members of the account or to addresses at its proven domains. */
  async testSendTemplate(
    templateId: string,
    body: api.TestSend,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.AcceptedMessage> {
    return this.send({
      method: "POST",
      path: `/v1/templates/${segment(templateId)}/test-send`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** List a template's versions, newest first; the 30 newest are kept, and the one that is live. */
  async listTemplateVersions(
    templateId: string,
    options: CallOptions = {},
  ): Promise<api.TemplateVersionPage> {
    return this.send({
      method: "GET",
      path: `/v1/templates/${segment(templateId)}/versions`,
    }, "json", options);
  }

  /** Count your deliveries by the hour or UTC day in which they were accepted and by the state that they are in now. Without `since`: the last 24 hours, or 30 days. At most 7 days of hours, or 90 of days. */
  async getStats(
    options: {
      grain?: "hour" | "day";
      since?: string;
      until?: string;
      stream?: "transactional" | "broadcast";
      provider?: string;
      by?: string;
      ifNoneMatch?: string;
    } & CallOptions = {},
  ): Promise<api.Stats> {
    return this.send({
      method: "GET",
      path: "/v1/stats",
      query: { grain: options.grain, since: options.since, until: options.until, stream: options.stream, provider: options.provider, by: options.by },
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** List suppressions, newest first; with `status=ended` those that were, and why they ended. */
  async listSuppressions(
    options: {
      email?: string;
      domain?: string;
      reason?: "hard_bounce" | "soft_bounce" | "complaint" | "unsubscribe" | "manual";
      stream?: "transactional" | "broadcast";
      status?: "active" | "ended";
      since?: string;
      until?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Promise<api.SuppressionPage> {
    return this.send({
      method: "GET",
      path: "/v1/suppressions",
      query: { email: options.email, domain: options.domain, reason: options.reason, stream: options.stream, status: options.status, since: options.since, until: options.until, limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listSuppressions` gives, page after page. */
  iterSuppressions(
    options: {
      email?: string;
      domain?: string;
      reason?: "hard_bounce" | "soft_bounce" | "complaint" | "unsubscribe" | "manual";
      stream?: "transactional" | "broadcast";
      status?: "active" | "ended";
      since?: string;
      until?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Pages<api.Suppression> {
    return new Pages((after) => this.listSuppressions({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Suppress an address or, as `@else.test`, a whole domain; if it is already, give what there is. */
  async createSuppression(
    body: api.SuppressionRequest,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Suppression> {
    return this.send({
      method: "POST",
      path: "/v1/suppressions",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** End up to a thousand suppressions, named by addresses or ids, for one reason. */
  async deleteSuppressions(
    body: api.BulkDeletion,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.BulkDeleted> {
    return this.send({
      method: "POST",
      path: "/v1/suppressions/delete",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give all active suppressions as CSV, as the import takes them. */
  async exportSuppressions(
    options: {
      reason?: "hard_bounce" | "soft_bounce" | "complaint" | "unsubscribe" | "manual";
      stream?: "transactional" | "broadcast";
      since?: string;
    } & CallOptions = {},
  ): Promise<Uint8Array> {
    return this.send({
      method: "GET",
      path: "/v1/suppressions/export",
      query: { reason: options.reason, stream: options.stream, since: options.since },
    }, "bytes", options);
  }

  /** Import a file: the body is CSV (`text/csv`) with a column email, or JSON lines (`application/x-ndjson`). Columns reason, stream and note are read too; `reason` and `stream` hold for lines that name none. */
  async importSuppressions(
    options: {
      reason?: "hard_bounce" | "soft_bounce" | "complaint" | "unsubscribe" | "manual";
      stream?: "transactional" | "broadcast";
      for_clients?: boolean;
      idempotencyKey?: string;
    } & CallOptions = {},
  ): Promise<api.SuppressionImport> {
    return this.send({
      method: "POST",
      path: "/v1/suppressions/import",
      query: { reason: options.reason, stream: options.stream, for_clients: options.for_clients },
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** List imports, newest first. */
  async listSuppressionImports(
    options: { limit?: number; after?: string } & CallOptions = {},
  ): Promise<api.SuppressionImportPage> {
    return this.send({
      method: "GET",
      path: "/v1/suppressions/imports",
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listSuppressionImports` gives, page after page. */
  iterSuppressionImports(
    options: { limit?: number; after?: string } & CallOptions = {},
  ): Pages<api.SuppressionImport> {
    return new Pages((after) => this.listSuppressionImports({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Show how far an import is, and which lines were left out. */
  async getSuppressionImport(
    importId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.SuppressionImport> {
    return this.send({
      method: "GET",
      path: `/v1/suppressions/imports/${segment(importId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Show a suppression, also one that has ended. */
  async getSuppression(
    suppressionId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.Suppression> {
    return this.send({
      method: "GET",
      path: `/v1/suppressions/${segment(suppressionId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Let mail go to the address again; after a hard bounce or a complaint, reactivate it instead and say why. */
  async deleteSuppression(
    suppressionId: string,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<void> {
    return this.send({
      method: "DELETE",
      path: `/v1/suppressions/${segment(suppressionId)}`,
      headers: { "If-Match": options.ifMatch },
    }, "nothing", options);
  }

  /** Let mail go to the address again and remember why; if it bounces again, it is suppressed again. */
  async reactivateSuppression(
    suppressionId: string,
    body: api.Reactivation,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Suppression> {
    return this.send({
      method: "POST",
      path: `/v1/suppressions/${segment(suppressionId)}/reactivate`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Take back that a suppression was ended. */
  async restoreSuppression(
    suppressionId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Suppression> {
    return this.send({
      method: "POST",
      path: `/v1/suppressions/${segment(suppressionId)}/restore`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Read events in the order in which we stored them; go on from `next`, and you miss none and see none twice. They can be read for 30 days after they happened. `more` says that there is more to read at once. */
  async listEvents(
    options: {
      after?: string;
      since?: string;
      types?: string;
      limit?: number;
      wait?: number;
    } & CallOptions = {},
  ): Promise<api.EventPage> {
    return this.send({
      method: "GET",
      path: "/v1/events",
      query: { after: options.after, since: options.since, types: options.types, limit: options.limit, wait: options.wait },
    }, "json", options);
  }

  /** Goes through all that `listEvents` gives, page after page. */
  iterEvents(
    options: {
      after?: string;
      since?: string;
      types?: string;
      limit?: number;
      wait?: number;
    } & CallOptions = {},
  ): Pages<api.Event> {
    return new Pages((after) => this.listEvents({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** List webhooks, newest first. */
  async listWebhooks(
    options: { limit?: number; after?: string } & CallOptions = {},
  ): Promise<api.WebhookPage> {
    return this.send({
      method: "GET",
      path: "/v1/webhooks",
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listWebhooks` gives, page after page. */
  iterWebhooks(options: { limit?: number; after?: string } & CallOptions = {}): Pages<api.Webhook> {
    return new Pages((after) => this.listWebhooks({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Make a webhook; its secret is shown this once. */
  async createWebhook(
    body: api.NewWebhook,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.CreatedWebhook> {
    return this.send({
      method: "POST",
      path: "/v1/webhooks",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Show a webhook. */
  async getWebhook(
    webhookId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.Webhook> {
    return this.send({
      method: "GET",
      path: `/v1/webhooks/${segment(webhookId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Change a webhook, or switch it off and on; what is left out stays. */
  async changeWebhook(
    webhookId: string,
    body: api.WebhookChange,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.Webhook> {
    return this.send({
      method: "PATCH",
      path: `/v1/webhooks/${segment(webhookId)}`,
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** Delete a webhook; what was on its way to it is given up. */
  async deleteWebhook(webhookId: string, options: { ifMatch?: string } & CallOptions = {}): Promise<void> {
    return this.send({
      method: "DELETE",
      path: `/v1/webhooks/${segment(webhookId)}`,
      headers: { "If-Match": options.ifMatch },
    }, "nothing", options);
  }

  /** List what was sent to a webhook or is to be, newest first. */
  async listWebhookDeliveries(
    webhookId: string,
    options: {
      status?: "pending" | "delivered" | "failed";
      type?: string;
      since?: string;
      until?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Promise<api.WebhookDeliveryPage> {
    return this.send({
      method: "GET",
      path: `/v1/webhooks/${segment(webhookId)}/deliveries`,
      query: { status: options.status, type: options.type, since: options.since, until: options.until, limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listWebhookDeliveries` gives, page after page. */
  iterWebhookDeliveries(
    webhookId: string,
    options: {
      status?: "pending" | "delivered" | "failed";
      type?: string;
      since?: string;
      until?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Pages<api.WebhookDelivery> {
    return new Pages((after) => this.listWebhookDeliveries(webhookId, { ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Show one thing that was sent, with the last request and its answer. */
  async getWebhookDelivery(
    webhookId: string,
    sendingId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.WebhookExchange> {
    return this.send({
      method: "GET",
      path: `/v1/webhooks/${segment(webhookId)}/deliveries/${segment(sendingId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Send something once more at once, whatever became of it before. */
  async retryWebhookDelivery(
    webhookId: string,
    sendingId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.WebhookDelivery> {
    return this.send({
      method: "POST",
      path: `/v1/webhooks/${segment(webhookId)}/deliveries/${segment(sendingId)}/retry`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Send the events of a time once more, under the same ids; at most 100,000 of the last 30 days. */
  async replayWebhook(
    webhookId: string,
    body: api.NewReplay,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.WebhookReplay> {
    return this.send({
      method: "POST",
      path: `/v1/webhooks/${segment(webhookId)}/replay`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** List a webhook's replays with their progress, newest first. */
  async listWebhookReplays(
    webhookId: string,
    options: { limit?: number; after?: string } & CallOptions = {},
  ): Promise<api.WebhookReplayPage> {
    return this.send({
      method: "GET",
      path: `/v1/webhooks/${segment(webhookId)}/replays`,
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listWebhookReplays` gives, page after page. */
  iterWebhookReplays(
    webhookId: string,
    options: { limit?: number; after?: string } & CallOptions = {},
  ): Pages<api.WebhookReplay> {
    return new Pages((after) => this.listWebhookReplays(webhookId, { ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Make a new secret, shown this once; for a day, messages bear the old one's signature too. */
  async rotateWebhookSecret(
    webhookId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.RotatedSecret> {
    return this.send({
      method: "POST",
      path: `/v1/webhooks/${segment(webhookId)}/rotate-secret`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Send a sample event, once, and say what came back. */
  async sendWebhookTest(
    webhookId: string,
    body: api.NewTest,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.WebhookTest> {
    return this.send({
      method: "POST",
      path: `/v1/webhooks/${segment(webhookId)}/test`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** List your domains, newest first. */
  async listDomains(
    options: {
      status?: "pending" | "verified" | "degraded" | "failed";
      query?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Promise<api.DomainPage> {
    return this.send({
      method: "GET",
      path: "/v1/domains",
      query: { status: options.status, query: options.query, limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listDomains` gives, page after page. */
  iterDomains(
    options: {
      status?: "pending" | "verified" | "degraded" | "failed";
      query?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Pages<api.Domain> {
    return new Pages((after) => this.listDomains({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Add a domain; the answer has the DNS records to publish. One that the platform gives needs none of you. */
  async addDomain(
    body: api.NewDomain,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Domain> {
    return this.send({
      method: "POST",
      path: "/v1/domains",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give a domain with its DNS records and what the last check found. */
  async getDomain(
    domainId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.Domain> {
    return this.send({
      method: "GET",
      path: `/v1/domains/${segment(domainId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Delete a domain that has no mailboxes; its mail is refused from then on. */
  async deleteDomain(domainId: string, options: { ifMatch?: string } & CallOptions = {}): Promise<void> {
    return this.send({
      method: "DELETE",
      path: `/v1/domains/${segment(domainId)}`,
      headers: { "If-Match": options.ifMatch },
    }, "nothing", options);
  }

  /** List the checks of a domain that found something new, newest first; they are kept for 400 days. */
  async listDomainChecks(
    domainId: string,
    options: { limit?: number; after?: string } & CallOptions = {},
  ): Promise<api.DomainCheckPage> {
    return this.send({
      method: "GET",
      path: `/v1/domains/${segment(domainId)}/checks`,
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listDomainChecks` gives, page after page. */
  iterDomainChecks(
    domainId: string,
    options: { limit?: number; after?: string } & CallOptions = {},
  ): Pages<api.DomainCheck> {
    return new Pages((after) => this.listDomainChecks(domainId, { ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Give a domain's DKIM keys, each with where it is in its life; private keys are never shown. */
  async getDkimKeys(
    domainId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.DkimKeys> {
    return this.send({
      method: "GET",
      path: `/v1/domains/${segment(domainId)}/dkim-keys`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Say whether keys are delegated to us or published by you, and how often they are replaced. */
  async changeDkimKeys(
    domainId: string,
    body: api.DkimChange,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.DkimKeys> {
    return this.send({
      method: "PATCH",
      path: `/v1/domains/${segment(domainId)}/dkim-keys`,
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** Begin to replace a domain's DKIM keys; the new ones sign once they are seen in DNS. */
  async rotateDkimKeys(
    domainId: string,
    body: api.Rotation,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.DkimKeys> {
    return this.send({
      method: "POST",
      path: `/v1/domains/${segment(domainId)}/dkim/rotate`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give what was reported of a domain's mail as CSV, by day and address. */
  async exportDmarcRows(
    domainId: string,
    options: { days?: number } & CallOptions = {},
  ): Promise<Uint8Array> {
    return this.send({
      method: "GET",
      path: `/v1/domains/${segment(domainId)}/dmarc-export`,
      query: { days: options.days },
    }, "bytes", options);
  }

  /** Add up how a domain's mail fared: who sends as it, what passes, and whether a stricter policy is safe. */
  async getDmarcSummary(
    domainId: string,
    options: { days?: number; ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.DmarcSummary> {
    return this.send({
      method: "GET",
      path: `/v1/domains/${segment(domainId)}/dmarc-summary`,
      query: { days: options.days },
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Give a domain's MTA-STS policy. */
  async getMtaSts(
    domainId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.MtaSts> {
    return this.send({
      method: "GET",
      path: `/v1/domains/${segment(domainId)}/mta-sts`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Change a domain's MTA-STS policy; its TXT record at `_mta-sts.` must name the new id. */
  async changeMtaSts(
    domainId: string,
    body: api.MtaStsChange,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.MtaSts> {
    return this.send({
      method: "PATCH",
      path: `/v1/domains/${segment(domainId)}/mta-sts`,
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** List what was published of the domain's records at providers, newest first. */
  async listPublications(
    domainId: string,
    options: { limit?: number; after?: string } & CallOptions = {},
  ): Promise<api.PublicationPage> {
    return this.send({
      method: "GET",
      path: `/v1/domains/${segment(domainId)}/publications`,
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listPublications` gives, page after page. */
  iterPublications(
    domainId: string,
    options: { limit?: number; after?: string } & CallOptions = {},
  ): Pages<api.Publication> {
    return new Pages((after) => this.listPublications(domainId, { ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Compare the domain's records with a provider's zone, and publish what needs no decision unless `dry_run`. The answer comes before the comparison: read the publication again until its status is `compared` or later. */
  async createPublication(
    domainId: string,
    body: api.NewPublication,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Publication> {
    return this.send({
      method: "POST",
      path: `/v1/domains/${segment(domainId)}/publications`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Say which relay a domain was switched to. */
  async getDomainRelay(
    domainId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.DomainRelay> {
    return this.send({
      method: "GET",
      path: `/v1/domains/${segment(domainId)}/relay`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Switch a domain to a relay, or back; its mail leaves that way when the answer is there. */
  async switchDomainRelay(
    domainId: string,
    body: api.DomainSwitch,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.DomainRelay> {
    return this.send({
      method: "POST",
      path: `/v1/domains/${segment(domainId)}/relay`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** List the links that show the domain's records to whoever keeps its DNS; at most twenty are open. */
  async listSharedLinks(domainId: string, options: CallOptions = {}): Promise<api.SharedLinkPage> {
    return this.send({
      method: "GET",
      path: `/v1/domains/${segment(domainId)}/shared-links`,
    }, "json", options);
  }

  /** Make a link that shows the domain's records without signing in, for 14 days; it is shown this once. */
  async createSharedLink(
    domainId: string,
    body: api.NewSharedLink,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.CreatedSharedLink> {
    return this.send({
      method: "POST",
      path: `/v1/domains/${segment(domainId)}/shared-links`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Add up how others' connections to a domain's mail servers fared, and whether MTA-STS can be enforced. */
  async getTlsSummary(
    domainId: string,
    options: { days?: number; ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.TlsSummary> {
    return this.send({
      method: "GET",
      path: `/v1/domains/${segment(domainId)}/tls-summary`,
      query: { days: options.days },
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Look up the domain's DNS records now; once the proof of ownership is there, the domain can be used. */
  async verifyDomain(
    domainId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Domain> {
    return this.send({
      method: "POST",
      path: `/v1/domains/${segment(domainId)}/verify`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Give the domain's records as a zone file, for Cloudflare's import, or as Terraform. */
  async getZoneFile(
    domainId: string,
    options: {
      format?: "bind" | "cloudflare" | "terraform-cloudflare" | "terraform-route53";
    } & CallOptions = {},
  ): Promise<Uint8Array> {
    return this.send({
      method: "GET",
      path: `/v1/domains/${segment(domainId)}/zone-file`,
      query: { format: options.format },
    }, "bytes", options);
  }

  /** Withdraw a link: it shows nothing any more. */
  async deleteSharedLink(linkId: string, options: CallOptions = {}): Promise<void> {
    return this.send({
      method: "DELETE",
      path: `/v1/shared-links/${segment(linkId)}`,
    }, "nothing", options);
  }

  /** List the DNS providers that can be connected, and what each asks for. */
  async listDnsProviderKinds(options: CallOptions = {}): Promise<api.DnsProviderKindPage> {
    return this.send({
      method: "GET",
      path: "/v1/dns-provider-kinds",
    }, "json", options);
  }

  /** List your connected DNS providers, newest first. */
  async listDnsProviders(
    options: { limit?: number; after?: string } & CallOptions = {},
  ): Promise<api.DnsProviderPage> {
    return this.send({
      method: "GET",
      path: "/v1/dns-providers",
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listDnsProviders` gives, page after page. */
  iterDnsProviders(options: { limit?: number; after?: string } & CallOptions = {}): Pages<api.DnsProvider> {
    return new Pages((after) => this.listDnsProviders({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Connect a DNS provider; with `domain_id`, its credentials must open that domain's zone. */
  async createDnsProvider(
    body: api.NewDnsProvider,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.DnsProvider> {
    return this.send({
      method: "POST",
      path: "/v1/dns-providers",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give a connected DNS provider, without its credentials. */
  async getDnsProvider(
    connectionId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.DnsProvider> {
    return this.send({
      method: "GET",
      path: `/v1/dns-providers/${segment(connectionId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Rename a connected DNS provider, or give it new credentials. */
  async changeDnsProvider(
    connectionId: string,
    body: api.ChangedDnsProvider,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.DnsProvider> {
    return this.send({
      method: "PATCH",
      path: `/v1/dns-providers/${segment(connectionId)}`,
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** Forget a DNS provider, its credentials and its publications; what was published stays. */
  async deleteDnsProvider(
    connectionId: string,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<void> {
    return this.send({
      method: "DELETE",
      path: `/v1/dns-providers/${segment(connectionId)}`,
      headers: { "If-Match": options.ifMatch },
    }, "nothing", options);
  }

  /** Give a publication: what differs, and how far each record got. */
  async getPublication(
    publicationId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.Publication> {
    return this.send({
      method: "GET",
      path: `/v1/publications/${segment(publicationId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Publish the differences, or go on with what failed; conflicts only where `replace` names them. */
  async applyPublication(
    publicationId: string,
    body: api.Decisions,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Publication> {
    return this.send({
      method: "POST",
      path: `/v1/publications/${segment(publicationId)}/apply`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Put back what stood there before; what somebody has changed since is left alone. */
  async rollBackPublication(
    publicationId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Publication> {
    return this.send({
      method: "POST",
      path: `/v1/publications/${segment(publicationId)}/rollback`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** List your certificates, newest first. */
  async listCertificates(
    options: { limit?: number; after?: string } & CallOptions = {},
  ): Promise<api.CertificatePage> {
    return this.send({
      method: "GET",
      path: "/v1/certificates",
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listCertificates` gives, page after page. */
  iterCertificates(options: { limit?: number; after?: string } & CallOptions = {}): Pages<api.Certificate> {
    return new Pages((after) => this.listCertificates({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Order a certificate for names, or upload one of your own, which is served at once. Names of your domains that point to us get theirs without being asked for. */
  async createCertificate(
    body: api.NewCertificate,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Certificate> {
    return this.send({
      method: "POST",
      path: "/v1/certificates",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give a certificate; its private key stays here. */
  async getCertificate(
    certificateId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.Certificate> {
    return this.send({
      method: "GET",
      path: `/v1/certificates/${segment(certificateId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Put a newer certificate in the place of one that you uploaded. */
  async replaceCertificate(
    certificateId: string,
    body: api.OwnCertificate,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.Certificate> {
    return this.send({
      method: "PUT",
      path: `/v1/certificates/${segment(certificateId)}`,
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** Delete a certificate; it is served no more. */
  async deleteCertificate(
    certificateId: string,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<void> {
    return this.send({
      method: "DELETE",
      path: `/v1/certificates/${segment(certificateId)}`,
      headers: { "If-Match": options.ifMatch },
    }, "nothing", options);
  }

  /** Renew a certificate now, or try again for one that failed. */
  async renewCertificate(
    certificateId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Certificate> {
    return this.send({
      method: "POST",
      path: `/v1/certificates/${segment(certificateId)}/renew`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Revoke a certificate at its authority; unless it is given up, one with a new key is made at once. */
  async revokeCertificate(
    certificateId: string,
    body: api.Revocation,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Certificate> {
    return this.send({
      method: "POST",
      path: `/v1/certificates/${segment(certificateId)}/revoke`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** List your mailboxes, newest first. */
  async listMailboxes(
    options: { limit?: number; after?: string } & CallOptions = {},
  ): Promise<api.MailboxPage> {
    return this.send({
      method: "GET",
      path: "/v1/mailboxes",
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listMailboxes` gives, page after page. */
  iterMailboxes(options: { limit?: number; after?: string } & CallOptions = {}): Pages<api.Mailbox> {
    return new Pages((after) => this.listMailboxes({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Make a mailbox in a proven domain; it can be logged in to when the answer is there. */
  async createMailbox(
    body: api.NewMailbox,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Mailbox> {
    return this.send({
      method: "POST",
      path: "/v1/mailboxes",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give a mailbox. */
  async getMailbox(
    mailboxId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.Mailbox> {
    return this.send({
      method: "GET",
      path: `/v1/mailboxes/${segment(mailboxId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Change password, name, quota or status; what is left out stays. */
  async changeMailbox(
    mailboxId: string,
    body: api.MailboxChange,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.Mailbox> {
    return this.send({
      method: "PATCH",
      path: `/v1/mailboxes/${segment(mailboxId)}`,
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** Delete a mailbox: it receives no more mail and cannot be logged in to. */
  async deleteMailbox(mailboxId: string, options: { ifMatch?: string } & CallOptions = {}): Promise<void> {
    return this.send({
      method: "DELETE",
      path: `/v1/mailboxes/${segment(mailboxId)}`,
      headers: { "If-Match": options.ifMatch },
    }, "nothing", options);
  }

  /** List your inbound routes, newest first. */
  async listInboundRoutes(
    options: { limit?: number; after?: string } & CallOptions = {},
  ): Promise<api.InboundRoutePage> {
    return this.send({
      method: "GET",
      path: "/v1/inbound-routes",
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listInboundRoutes` gives, page after page. */
  iterInboundRoutes(options: { limit?: number; after?: string } & CallOptions = {}): Pages<api.InboundRoute> {
    return new Pages((after) => this.listInboundRoutes({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Make a route; mail for it is taken when the answer is there. Mailboxes come before routes. */
  async createInboundRoute(
    body: api.NewInboundRoute,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.InboundRoute> {
    return this.send({
      method: "POST",
      path: "/v1/inbound-routes",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Say what would become of a mail, and why. */
  async explainInboundRoute(
    body: api.InboundQuestion,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.InboundExplanation> {
    return this.send({
      method: "POST",
      path: "/v1/inbound-routes/explain",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give a route. */
  async getInboundRoute(
    routeId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.InboundRoute> {
    return this.send({
      method: "GET",
      path: `/v1/inbound-routes/${segment(routeId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Change a route; what is left out stays. */
  async changeInboundRoute(
    routeId: string,
    body: api.InboundRouteChange,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.InboundRoute> {
    return this.send({
      method: "PATCH",
      path: `/v1/inbound-routes/${segment(routeId)}`,
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** Delete a route; mail that it had let in stays. */
  async deleteInboundRoute(routeId: string, options: { ifMatch?: string } & CallOptions = {}): Promise<void> {
    return this.send({
      method: "DELETE",
      path: `/v1/inbound-routes/${segment(routeId)}`,
      headers: { "If-Match": options.ifMatch },
    }, "nothing", options);
  }

  /** Write once more to whose address a route forwards to, if they have not agreed, or mail to them came back. */
  async askForwardTarget(
    routeId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<void> {
    return this.send({
      method: "POST",
      path: `/v1/inbound-routes/${segment(routeId)}/ask`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "nothing", options);
  }

  /** Send a real mail to an address that the route is for; it counts as any message of yours. */
  async testInboundRoute(
    routeId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.TestSent> {
    return this.send({
      method: "POST",
      path: `/v1/inbound-routes/${segment(routeId)}/test`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** List mail that came in, newest first. */
  async listInboundMessages(
    options: {
      status?: "routed" | "forwarded" | "delivered" | "held" | "dropped" | "released" | "purged";
      route_id?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Promise<api.InboundSummaryPage> {
    return this.send({
      method: "GET",
      path: "/v1/inbound-messages",
      query: { status: options.status, route_id: options.route_id, limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listInboundMessages` gives, page after page. */
  iterInboundMessages(
    options: {
      status?: "routed" | "forwarded" | "delivered" | "held" | "dropped" | "released" | "purged";
      route_id?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Pages<api.InboundSummary> {
    return new Pages((after) => this.listInboundMessages({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Show a mail: what it says, what was checked, and links to its attachments. */
  async getInboundMessage(
    inboundMessageId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.InboundMessage> {
    return this.send({
      method: "GET",
      path: `/v1/inbound-messages/${segment(inboundMessageId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Throw a mail away, held or not; what is known of it stays for its time. */
  async purgeInboundMessage(inboundMessageId: string, options: CallOptions = {}): Promise<void> {
    return this.send({
      method: "DELETE",
      path: `/v1/inbound-messages/${segment(inboundMessageId)}`,
    }, "nothing", options);
  }

  /** Give one of a mail's attachments. */
  async getInboundAttachment(
    inboundMessageId: string,
    number: string,
    options: CallOptions = {},
  ): Promise<Uint8Array> {
    return this.send({
      method: "GET",
      path: `/v1/inbound-messages/${segment(inboundMessageId)}/attachments/${segment(number)}`,
    }, "bytes", options);
  }

  /** Give a mail as it came in. */
  async getInboundMessageRaw(inboundMessageId: string, options: CallOptions = {}): Promise<Uint8Array> {
    return this.send({
      method: "GET",
      path: `/v1/inbound-messages/${segment(inboundMessageId)}/raw`,
    }, "bytes", options);
  }

  /** Send a held mail to a webhook after all, or on its route's way to a mailbox or an address. */
  async releaseInboundMessage(
    inboundMessageId: string,
    body: api.InboundRelease,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<void> {
    return this.send({
      method: "POST",
      path: `/v1/inbound-messages/${segment(inboundMessageId)}/release`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "nothing", options);
  }

  /** List your relays, newest first. */
  async listRelays(options: { limit?: number; after?: string } & CallOptions = {}): Promise<api.RelayPage> {
    return this.send({
      method: "GET",
      path: "/v1/relays",
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listRelays` gives, page after page. */
  iterRelays(options: { limit?: number; after?: string } & CallOptions = {}): Pages<api.Relay> {
    return new Pages((after) => this.listRelays({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Make a relay; mail leaves by it when the answer is there. */
  async createRelay(
    body: api.NewRelay,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.CreatedRelay> {
    return this.send({
      method: "POST",
      path: "/v1/relays",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give a relay, and how nodes fare with it. */
  async getRelay(relayId: string, options: { ifNoneMatch?: string } & CallOptions = {}): Promise<api.Relay> {
    return this.send({
      method: "GET",
      path: `/v1/relays/${segment(relayId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Change a relay, or pause it; what is left out stays. */
  async changeRelay(
    relayId: string,
    body: api.RelayChange,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.Relay> {
    return this.send({
      method: "PATCH",
      path: `/v1/relays/${segment(relayId)}`,
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** Delete a relay: mail leaves as the other relays' scopes say, or by our own addresses. */
  async deleteRelay(relayId: string, options: { ifMatch?: string } & CallOptions = {}): Promise<void> {
    return this.send({
      method: "DELETE",
      path: `/v1/relays/${segment(relayId)}`,
      headers: { "If-Match": options.ifMatch },
    }, "nothing", options);
  }

  /** Make a new address for the provider's events; the old one ends at once. */
  async changeRelayEventsAddress(
    relayId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.EventsAddress> {
    return this.send({
      method: "POST",
      path: `/v1/relays/${segment(relayId)}/events-address`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Have every node try to log in; what came of it is in `health.tests` within some seconds. */
  async testRelay(
    relayId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Relay> {
    return this.send({
      method: "POST",
      path: `/v1/relays/${segment(relayId)}/test`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** List the DMARC aggregate reports that arrived, newest first. */
  async listDmarcReports(
    options: {
      domain?: string;
      since?: string;
      until?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Promise<api.DmarcReportPage> {
    return this.send({
      method: "GET",
      path: "/v1/dmarc-reports",
      query: { domain: options.domain, since: options.since, until: options.until, limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listDmarcReports` gives, page after page. */
  iterDmarcReports(
    options: {
      domain?: string;
      since?: string;
      until?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Pages<api.DmarcReport> {
    return new Pages((after) => this.listDmarcReports({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Give a DMARC report with its records. */
  async getDmarcReport(
    dmarcReportId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.DmarcReportDetails> {
    return this.send({
      method: "GET",
      path: `/v1/dmarc-reports/${segment(dmarcReportId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** List the SMTP TLS reports that arrived, newest first. */
  async listTlsReports(
    options: {
      domain?: string;
      since?: string;
      until?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Promise<api.TlsReportPage> {
    return this.send({
      method: "GET",
      path: "/v1/tls-reports",
      query: { domain: options.domain, since: options.since, until: options.until, limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listTlsReports` gives, page after page. */
  iterTlsReports(
    options: {
      domain?: string;
      since?: string;
      until?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Pages<api.TlsReport> {
    return new Pages((after) => this.listTlsReports({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Give a TLS report with its policies and failures. */
  async getTlsReport(
    tlsReportId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.TlsReportDetails> {
    return this.send({
      method: "GET",
      path: `/v1/tls-reports/${segment(tlsReportId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** List the complaints that feedback loops brought, newest first. */
  async listComplaints(
    options: {
      domain?: string;
      since?: string;
      until?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Promise<api.ComplaintPage> {
    return this.send({
      method: "GET",
      path: "/v1/complaints",
      query: { domain: options.domain, since: options.since, until: options.until, limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listComplaints` gives, page after page. */
  iterComplaints(
    options: {
      domain?: string;
      since?: string;
      until?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Pages<api.Complaint> {
    return new Pages((after) => this.listComplaints({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** List your appeals and what they were answered, newest first. */
  async listAppeals(options: { limit?: number; after?: string } & CallOptions = {}): Promise<api.AppealPage> {
    return this.send({
      method: "GET",
      path: "/v1/appeals",
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listAppeals` gives, page after page. */
  iterAppeals(options: { limit?: number; after?: string } & CallOptions = {}): Pages<api.Appeal> {
    return new Pages((after) => this.listAppeals({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Say why there were bounces or complaints and what you have changed, so that an operator looks at it. */
  async createAppeal(
    body: api.NewAppeal,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Appeal> {
    return this.send({
      method: "POST",
      path: "/v1/appeals",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** List the people of your account. */
  async listMembers(options: { limit?: number; after?: string } & CallOptions = {}): Promise<api.MemberPage> {
    return this.send({
      method: "GET",
      path: "/v1/members",
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listMembers` gives, page after page. */
  iterMembers(options: { limit?: number; after?: string } & CallOptions = {}): Pages<api.Member> {
    return new Pages((after) => this.listMembers({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Give one of the people of your account. */
  async getMember(
    memberId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.Member> {
    return this.send({
      method: "GET",
      path: `/v1/members/${segment(memberId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Give a member another role: none that may do more than you, and the last owner stays one. */
  async changeMember(
    memberId: string,
    body: api.MemberChange,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.Member> {
    return this.send({
      method: "PATCH",
      path: `/v1/members/${segment(memberId)}`,
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** Remove a member from your account; they are out at once, and stay whoever they are elsewhere. */
  async removeMember(memberId: string, options: { ifMatch?: string } & CallOptions = {}): Promise<void> {
    return this.send({
      method: "DELETE",
      path: `/v1/members/${segment(memberId)}`,
      headers: { "If-Match": options.ifMatch },
    }, "nothing", options);
  }

  /** Make a member the owner; who was the owner is an admin afterwards. */
  async transferOwnership(
    memberId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Member> {
    return this.send({
      method: "POST",
      path: `/v1/members/${segment(memberId)}/transfer-ownership`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** List who was asked to join and has not answered yet, newest first. */
  async listInvitations(
    options: { limit?: number; after?: string } & CallOptions = {},
  ): Promise<api.InvitationPage> {
    return this.send({
      method: "GET",
      path: "/v1/invitations",
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listInvitations` gives, page after page. */
  iterInvitations(options: { limit?: number; after?: string } & CallOptions = {}): Pages<api.Invitation> {
    return new Pages((after) => this.listInvitations({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Ask somebody to join, by mail; the link in it is good for seven days and works once. */
  async createInvitation(
    body: api.NewInvitation,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Invitation> {
    return this.send({
      method: "POST",
      path: "/v1/invitations",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give an invitation. */
  async getInvitation(
    invitationId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.Invitation> {
    return this.send({
      method: "GET",
      path: `/v1/invitations/${segment(invitationId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Withdraw an invitation: its link is worth nothing any more. */
  async deleteInvitation(
    invitationId: string,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<void> {
    return this.send({
      method: "DELETE",
      path: `/v1/invitations/${segment(invitationId)}`,
      headers: { "If-Match": options.ifMatch },
    }, "nothing", options);
  }

  /** Mail an invitation again, with a new link that is good for seven days. */
  async resendInvitation(
    invitationId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Invitation> {
    return this.send({
      method: "POST",
      path: `/v1/invitations/${segment(invitationId)}/resend`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** List your keys, newest first; revoked ones are not shown. */
  async listApiKeys(options: { limit?: number; after?: string } & CallOptions = {}): Promise<api.ApiKeyPage> {
    return this.send({
      method: "GET",
      path: "/v1/api-keys",
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listApiKeys` gives, page after page. */
  iterApiKeys(options: { limit?: number; after?: string } & CallOptions = {}): Pages<api.ApiKey> {
    return new Pages((after) => this.listApiKeys({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Make a key with no more rights than you have; its secret is shown this once. */
  async createApiKey(
    body: api.NewApiKey,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.CreatedApiKey> {
    return this.send({
      method: "POST",
      path: "/v1/api-keys",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Show a key, without its secret. */
  async getApiKey(keyId: string, options: { ifNoneMatch?: string } & CallOptions = {}): Promise<api.ApiKey> {
    return this.send({
      method: "GET",
      path: `/v1/api-keys/${segment(keyId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Change what a key is called and bound to; its scopes stay: for others, make another key. */
  async changeApiKey(
    keyId: string,
    body: api.ApiKeyChange,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.ApiKey> {
    return this.send({
      method: "PATCH",
      path: `/v1/api-keys/${segment(keyId)}`,
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** End a key; within seconds neither it nor an access token made for it works. */
  async revokeApiKey(keyId: string, options: { ifMatch?: string } & CallOptions = {}): Promise<void> {
    return this.send({
      method: "DELETE",
      path: `/v1/api-keys/${segment(keyId)}`,
      headers: { "If-Match": options.ifMatch },
    }, "nothing", options);
  }

  /** Make a key with the same rights; the old one works on for the overlap, and then no more. */
  async rotateApiKey(
    keyId: string,
    body: api.KeyRotation,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.CreatedApiKey> {
    return this.send({
      method: "POST",
      path: `/v1/api-keys/${segment(keyId)}/rotate`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give your own brand. */
  async getBrand(options: { ifNoneMatch?: string } & CallOptions = {}): Promise<api.Brand> {
    return this.send({
      method: "GET",
      path: "/v1/account/brand",
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Change name, colours, support address or host name; the first change makes the brand. */
  async changeBrand(
    body: api.BrandChange,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.Brand> {
    return this.send({
      method: "PATCH",
      path: "/v1/account/brand",
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** Take the brand away, with its logo and host name. */
  async resetBrand(options: CallOptions = {}): Promise<void> {
    return this.send({
      method: "DELETE",
      path: "/v1/account/brand",
    }, "nothing", options);
  }

  /** Look up whether the host name is yours now; it is also looked up by itself. */
  async checkBrandHost(options: { idempotencyKey?: string } & CallOptions = {}): Promise<api.Brand> {
    return this.send({
      method: "POST",
      path: "/v1/account/brand/check-host",
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Say for how long it is kept what messages said. */
  async getContentRetention(
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.ContentRetention> {
    return this.send({
      method: "GET",
      path: "/v1/account/content-retention",
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Choose for how long it is kept what messages said; what was forgotten stays so. */
  async setContentRetention(
    body: api.NewContentRetention,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.ContentRetention> {
    return this.send({
      method: "PUT",
      path: "/v1/account/content-retention",
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** Give everything that the account owns, but no secrets, to who may do everything: a line of JSON for each row. */
  async exportAccount(options: CallOptions = {}): Promise<Uint8Array> {
    return this.send({
      method: "GET",
      path: "/v1/account/export",
    }, "bytes", options);
  }

  /** List the pools of sending addresses that are yours alone, oldest first. */
  async listOwnIpPools(
    options: { limit?: number; after?: string } & CallOptions = {},
  ): Promise<api.IpPoolPage> {
    return this.send({
      method: "GET",
      path: "/v1/account/ip-pools",
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listOwnIpPools` gives, page after page. */
  iterOwnIpPools(options: { limit?: number; after?: string } & CallOptions = {}): Pages<api.IpPool> {
    return new Pages((after) => this.listOwnIpPools({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Show how your mail's bounces and complaints stand beside the thresholds, and what is in force because of them. */
  async getSendingHealth(options: { ifNoneMatch?: string } & CallOptions = {}): Promise<api.SendingHealth> {
    return this.send({
      method: "GET",
      path: "/v1/account/sending-health",
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Show how much is used of what is limited, and when each window turns. */
  async getUsage(options: { ifNoneMatch?: string } & CallOptions = {}): Promise<api.Usage> {
    return this.send({
      method: "GET",
      path: "/v1/account/usage",
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** List who above you may act for you, the nearest first. */
  async listAccessGrants(options: CallOptions = {}): Promise<api.AccessGrantPage> {
    return this.send({
      method: "GET",
      path: "/v1/access-grants",
    }, "json", options);
  }

  /** Let a provider's people and keys act for you, with the rights of a role that has no more than you. */
  async createAccessGrant(
    body: api.NewAccessGrant,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.AccessGrant> {
    return this.send({
      method: "POST",
      path: "/v1/access-grants",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give the grant of one provider. */
  async getAccessGrant(
    providerId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.AccessGrant> {
    return this.send({
      method: "GET",
      path: `/v1/access-grants/${segment(providerId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Change what a provider's people may do; it is so from their next request on. */
  async changeAccessGrant(
    providerId: string,
    body: api.AccessGrantChange,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.AccessGrant> {
    return this.send({
      method: "PATCH",
      path: `/v1/access-grants/${segment(providerId)}`,
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** End a provider's access; their next request is refused. */
  async deleteAccessGrant(
    providerId: string,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<void> {
    return this.send({
      method: "DELETE",
      path: `/v1/access-grants/${segment(providerId)}`,
      headers: { "If-Match": options.ifMatch },
    }, "nothing", options);
  }

  /** List what was done, newest first; `action` is one as in `mailboxes.create`, or all of a feature: `mailboxes`. */
  async listAuditLog(
    options: {
      action?: string;
      actor?: string;
      target?: string;
      since?: string;
      until?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Promise<api.AuditEntryPage> {
    return this.send({
      method: "GET",
      path: "/v1/audit-log",
      query: { action: options.action, actor: options.actor, target: options.target, since: options.since, until: options.until, limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listAuditLog` gives, page after page. */
  iterAuditLog(
    options: {
      action?: string;
      actor?: string;
      target?: string;
      since?: string;
      until?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Pages<api.AuditEntry> {
    return new Pages((after) => this.listAuditLog({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Give the whole log, oldest first, as NDJSON or CSV. */
  async exportAuditLog(options: { format?: "ndjson" | "csv" } & CallOptions = {}): Promise<Uint8Array> {
    return this.send({
      method: "GET",
      path: "/v1/audit-log/export",
      query: { format: options.format },
    }, "bytes", options);
  }

  /** Give the number and the hash of the last entry: keep them elsewhere, and the log cannot be rewritten unseen. */
  async getAuditLogHead(options: { ifNoneMatch?: string } & CallOptions = {}): Promise<api.AuditHead> {
    return this.send({
      method: "GET",
      path: "/v1/audit-log/head",
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** List all tenants below yours, newest first. */
  async listClients(
    options: {
      status?: "active" | "throttled" | "suspended";
      kind?: "operator" | "agency" | "client";
      parent_id?: string;
      query?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Promise<api.ClientPage> {
    return this.send({
      method: "GET",
      path: "/v1/clients",
      query: { status: options.status, kind: options.kind, parent_id: options.parent_id, query: options.query, limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listClients` gives, page after page. */
  iterClients(
    options: {
      status?: "active" | "throttled" | "suspended";
      kind?: "operator" | "agency" | "client";
      parent_id?: string;
      query?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Pages<api.Client> {
    return new Pages((after) => this.listClients({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Make a client or an agency below yours; you may act for it until it says otherwise. */
  async createClient(
    body: api.NewClient,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Client> {
    return this.send({
      method: "POST",
      path: "/v1/clients",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give a client. */
  async getClient(
    clientId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.Client> {
    return this.send({
      method: "GET",
      path: `/v1/clients/${segment(clientId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Change name, plan or limits; what is left out stays. */
  async changeClient(
    clientId: string,
    body: api.ClientChange,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.Client> {
    return this.send({
      method: "PATCH",
      path: `/v1/clients/${segment(clientId)}`,
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** Close a client: it is suspended at once, and erased at `closing_at` unless it is reopened before. */
  async closeClient(
    clientId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Client> {
    return this.send({
      method: "POST",
      path: `/v1/clients/${segment(clientId)}/close`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Move a client, with all below it, to another of your agencies; access of agencies it leaves ends. */
  async moveClient(
    clientId: string,
    body: api.Move,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Client> {
    return this.send({
      method: "POST",
      path: `/v1/clients/${segment(clientId)}/move`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Reopen a client that was closed, before its data is erased. */
  async reopenClient(
    clientId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Client> {
    return this.send({
      method: "POST",
      path: `/v1/clients/${segment(clientId)}/reopen`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** End a client's suspension; what was suspended by itself below it, or is suspended above it, stays so. */
  async resumeClient(
    clientId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Client> {
    return this.send({
      method: "POST",
      path: `/v1/clients/${segment(clientId)}/resume`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Show the same of a client. */
  async getClientSendingHealth(
    clientId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.SendingHealth> {
    return this.send({
      method: "GET",
      path: `/v1/clients/${segment(clientId)}/sending-health`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Suspend a client and all below it: nothing is sent, nobody logs in to mailboxes; mail is still received. */
  async suspendClient(
    clientId: string,
    body: api.Suspension,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Client> {
    return this.send({
      method: "POST",
      path: `/v1/clients/${segment(clientId)}/suspend`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** List the plans that you offer and those that your provider offers you, newest first. */
  async listPlans(options: { limit?: number; after?: string } & CallOptions = {}): Promise<api.PlanPage> {
    return this.send({
      method: "GET",
      path: "/v1/plans",
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listPlans` gives, page after page. */
  iterPlans(options: { limit?: number; after?: string } & CallOptions = {}): Pages<api.Plan> {
    return new Pages((after) => this.listPlans({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Make a plan for those right below you. */
  async createPlan(
    body: api.NewPlan,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Plan> {
    return this.send({
      method: "POST",
      path: "/v1/plans",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give a plan. */
  async getPlan(planId: string, options: { ifNoneMatch?: string } & CallOptions = {}): Promise<api.Plan> {
    return this.send({
      method: "GET",
      path: `/v1/plans/${segment(planId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Change a plan of yours, for everybody who is on it. */
  async changePlan(
    planId: string,
    body: api.PlanChange,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.Plan> {
    return this.send({
      method: "PATCH",
      path: `/v1/plans/${segment(planId)}`,
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** Offer a plan of yours no longer; who is on it keeps it. */
  async retirePlan(planId: string, options: { ifMatch?: string } & CallOptions = {}): Promise<void> {
    return this.send({
      method: "DELETE",
      path: `/v1/plans/${segment(planId)}`,
      headers: { "If-Match": options.ifMatch },
    }, "nothing", options);
  }

  /** List warm-ups, those of the newest addresses first; with `status=running`, those that are not over. */
  async listWarmups(
    options: { status?: "running"; limit?: number; after?: string } & CallOptions = {},
  ): Promise<api.WarmupPage> {
    return this.send({
      method: "GET",
      path: "/v1/warmups",
      query: { status: options.status, limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listWarmups` gives, page after page. */
  iterWarmups(
    options: { status?: "running"; limit?: number; after?: string } & CallOptions = {},
  ): Pages<api.Warmup> {
    return new Pages((after) => this.listWarmups({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Give the tables of steps that come with the product. */
  async listWarmupSchedules(options: { ifNoneMatch?: string } & CallOptions = {}): Promise<api.Schedules> {
    return this.send({
      method: "GET",
      path: "/v1/warmups/schedules",
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Give the warm-up of an address: each provider class's step and caps, what was sent today, and why it stands. */
  async getWarmup(
    warmupId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.Warmup> {
    return this.send({
      method: "GET",
      path: `/v1/warmups/${segment(warmupId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Choose another table of steps, a preset or your own; classes stay at the steps at which they are. */
  async changeWarmup(
    warmupId: string,
    body: api.WarmupChange,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.Warmup> {
    return this.send({
      method: "PATCH",
      path: `/v1/warmups/${segment(warmupId)}`,
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** End a warm-up at once: the address may send as much as it is given. */
  async finishWarmup(
    warmupId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Warmup> {
    return this.send({
      method: "POST",
      path: `/v1/warmups/${segment(warmupId)}/finish`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Let nothing climb until you let it go on; results that are bad still lead back. */
  async holdWarmup(
    warmupId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Warmup> {
    return this.send({
      method: "POST",
      path: `/v1/warmups/${segment(warmupId)}/hold`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Let a held warm-up go on. */
  async resumeWarmup(
    warmupId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Warmup> {
    return this.send({
      method: "POST",
      path: `/v1/warmups/${segment(warmupId)}/resume`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Go one step back at once, at one provider class or all. */
  async stepWarmupBack(
    warmupId: string,
    body: api.StepBack,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Warmup> {
    return this.send({
      method: "POST",
      path: `/v1/warmups/${segment(warmupId)}/step-back`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give the provider classes and reply rules in force, and what of them you changed. */
  async getShapingRules(options: { ifNoneMatch?: string } & CallOptions = {}): Promise<api.ShapingRules> {
    return this.send({
      method: "GET",
      path: "/v1/shaping-rules",
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Put changes in the place of those before, as a new version; nodes have it within seconds. With `at_once` false it is only saved, to be brought to nodes by a roll-out. */
  async changeShapingRules(
    body: api.NewShapingRules,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.ShapingRules> {
    return this.send({
      method: "PUT",
      path: "/v1/shaping-rules",
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** List what was changed, by whom and why, newest first. */
  async listShapingVersions(
    options: { limit?: number; after?: string } & CallOptions = {},
  ): Promise<api.ShapingVersionPage> {
    return this.send({
      method: "GET",
      path: "/v1/shaping-rules/versions",
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listShapingVersions` gives, page after page. */
  iterShapingVersions(
    options: { limit?: number; after?: string } & CallOptions = {},
  ): Pages<api.ShapingVersion> {
    return new Pages((after) => this.listShapingVersions({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Give changes as they were saved; to go back to them, save them again. */
  async getShapingVersion(
    versionId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.ShapingVersion> {
    return this.send({
      method: "GET",
      path: `/v1/shaping-rules/versions/${segment(versionId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Replay past attempts against proposed changes, without putting them in force: what would have been different. */
  async tryShapingRules(
    body: api.WhatIf,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.WhatIfResult> {
    return this.send({
      method: "POST",
      path: "/v1/shaping-rules/what-if",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** List all pools of sending addresses, oldest first. */
  async listIpPools(options: { limit?: number; after?: string } & CallOptions = {}): Promise<api.IpPoolPage> {
    return this.send({
      method: "GET",
      path: "/v1/ip-pools",
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listIpPools` gives, page after page. */
  iterIpPools(options: { limit?: number; after?: string } & CallOptions = {}): Pages<api.IpPool> {
    return new Pages((after) => this.listIpPools({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Make a pool, shared or a tenant's own. Mail leaves by it once it is made the default. */
  async createIpPool(
    body: api.NewPool,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.IpPool> {
    return this.send({
      method: "POST",
      path: "/v1/ip-pools",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give a pool with its addresses. */
  async getIpPool(poolId: string, options: { ifNoneMatch?: string } & CallOptions = {}): Promise<api.IpPool> {
    return this.send({
      method: "GET",
      path: `/v1/ip-pools/${segment(poolId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Rename a pool, or make it the one that its owner's mail of this stream leaves by. */
  async changeIpPool(
    poolId: string,
    body: api.PoolChange,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.IpPool> {
    return this.send({
      method: "PATCH",
      path: `/v1/ip-pools/${segment(poolId)}`,
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** Delete a pool that never had an address. */
  async deleteIpPool(poolId: string, options: { ifMatch?: string } & CallOptions = {}): Promise<void> {
    return this.send({
      method: "DELETE",
      path: `/v1/ip-pools/${segment(poolId)}`,
      headers: { "If-Match": options.ifMatch },
    }, "nothing", options);
  }

  /** List sending addresses, oldest first. */
  async listIps(
    options: {
      limit?: number;
      after?: string;
      status?: "provisioning" | "warming" | "active" | "draining" | "quarantined" | "released";
      pool_id?: string;
      node_id?: string;
    } & CallOptions = {},
  ): Promise<api.SendingIpPage> {
    return this.send({
      method: "GET",
      path: "/v1/ips",
      query: { limit: options.limit, after: options.after, status: options.status, pool_id: options.pool_id, node_id: options.node_id },
    }, "json", options);
  }

  /** Goes through all that `listIps` gives, page after page. */
  iterIps(
    options: {
      limit?: number;
      after?: string;
      status?: "provisioning" | "warming" | "active" | "draining" | "quarantined" | "released";
      pool_id?: string;
      node_id?: string;
    } & CallOptions = {},
  ): Pages<api.SendingIp> {
    return new Pages((after) => this.listIps({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Add an address: it is checked, then warmed up, then active, all by itself. */
  async createIp(
    body: api.NewSendingIp,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.SendingIp> {
    return this.send({
      method: "POST",
      path: "/v1/ips",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give an address: its state, what was found out about its records, how far it is warmed up. */
  async getIp(ipId: string, options: { ifNoneMatch?: string } & CallOptions = {}): Promise<api.SendingIp> {
    return this.send({
      method: "GET",
      path: `/v1/ips/${segment(ipId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Change an address's host name, weight or whether it stands by; drained, it can go to another pool. */
  async changeIp(
    ipId: string,
    body: api.SendingIpChange,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.SendingIp> {
    return this.send({
      method: "PATCH",
      path: `/v1/ips/${segment(ipId)}`,
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** Shorten or lengthen a released address's cool-down, with a reason. */
  async changeIpCoolDown(
    ipId: string,
    body: api.CoolDownChange,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.SendingIp> {
    return this.send({
      method: "POST",
      path: `/v1/ips/${segment(ipId)}/cool-down`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give an address nothing new; what its node has in the queue is seen off. */
  async drainIp(
    ipId: string,
    body: api.Because,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.SendingIp> {
    return this.send({
      method: "POST",
      path: `/v1/ips/${segment(ipId)}/drain`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Let a warming address take its full share at once. */
  async finishIpWarmUp(
    ipId: string,
    body: api.Because,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.SendingIp> {
    return this.send({
      method: "POST",
      path: `/v1/ips/${segment(ipId)}/finish-warm-up`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Send nothing more by an address because of its reputation; what waits for it goes by others. */
  async quarantineIp(
    ipId: string,
    body: api.Because,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.SendingIp> {
    return this.send({
      method: "POST",
      path: `/v1/ips/${segment(ipId)}/quarantine`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give a drained address up; it cools down before anybody else gets it. */
  async releaseIp(
    ipId: string,
    body: api.Release,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.SendingIp> {
    return this.send({
      method: "POST",
      path: `/v1/ips/${segment(ipId)}/release`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give an address's reputation: blocklists, rates of bounces and complaints by provider, and what they suggest. */
  async getIpReputation(
    ipId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.IpReputation> {
    return this.send({
      method: "GET",
      path: `/v1/ips/${segment(ipId)}/reputation`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Note that you have asked a list to take an address off, for whoever looks next. */
  async askIpDelisting(
    ipId: string,
    body: api.AskedDelisting,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.IpReputation> {
    return this.send({
      method: "POST",
      path: `/v1/ips/${segment(ipId)}/reputation/delisting`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Have an address looked up on all lists at once; the answers come within a minute. */
  async lookUpIpReputation(
    ipId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<void> {
    return this.send({
      method: "POST",
      path: `/v1/ips/${segment(ipId)}/reputation/look-up`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "nothing", options);
  }

  /** Let a draining address take mail again; if it was warm it need not be warmed up. */
  async resumeIp(
    ipId: string,
    body: api.Because,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.SendingIp> {
    return this.send({
      method: "POST",
      path: `/v1/ips/${segment(ipId)}/resume`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** List whose an address was and how it fared with them, the newest first. */
  async listIpTenures(
    ipId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.Tenures> {
    return this.send({
      method: "GET",
      path: `/v1/ips/${segment(ipId)}/tenures`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Have a quarantined or active address warmed up from the start. */
  async warmUpIpAgain(
    ipId: string,
    body: api.Because,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.SendingIp> {
    return this.send({
      method: "POST",
      path: `/v1/ips/${segment(ipId)}/warm-up-again`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** List what is in force for whom, by account. */
  async listMeasures(
    options: { limit?: number; after?: string } & CallOptions = {},
  ): Promise<api.InForcePage> {
    return this.send({
      method: "GET",
      path: "/v1/measures",
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listMeasures` gives, page after page. */
  iterMeasures(options: { limit?: number; after?: string } & CallOptions = {}): Pages<api.InForce> {
    return new Pages((after) => this.listMeasures({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** List everybody's appeals that wait for an answer, the oldest first. */
  async listOpenAppeals(
    options: { limit?: number; after?: string } & CallOptions = {},
  ): Promise<api.NamedAppealPage> {
    return this.send({
      method: "GET",
      path: "/v1/measures/appeals",
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listOpenAppeals` gives, page after page. */
  iterOpenAppeals(options: { limit?: number; after?: string } & CallOptions = {}): Pages<api.NamedAppeal> {
    return new Pages((after) => this.listOpenAppeals({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Accept an appeal, which lifts the measures and leaves a warning, or decline it; either with words. */
  async answerAppeal(
    appealId: string,
    body: api.AppealAnswer,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Appeal> {
    return this.send({
      method: "POST",
      path: `/v1/measures/appeals/${segment(appealId)}/answer`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give an account's figures, what is in force for it, and what was. */
  async getMeasures(
    tenantId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.TenantMeasures> {
    return this.send({
      method: "GET",
      path: `/v1/measures/${segment(tenantId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Trust an account until a moment: what is in force ends, and its figures lead to nothing before. */
  async exemptTenant(
    tenantId: string,
    body: api.NewExemption,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.TenantMeasures> {
    return this.send({
      method: "POST",
      path: `/v1/measures/${segment(tenantId)}/exemption`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Put a step in force for one of an account's streams, or for all it sends. */
  async setMeasure(
    tenantId: string,
    body: api.NewMeasure,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.TenantMeasures> {
    return this.send({
      method: "POST",
      path: `/v1/measures/${segment(tenantId)}/steps`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** List all addresses and sending domains that are on a blocklist or may be, the most severe first. */
  async listListings(options: { ifNoneMatch?: string } & CallOptions = {}): Promise<api.Listings> {
    return this.send({
      method: "GET",
      path: "/v1/reputation/listings",
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** List the fleet's nodes, oldest first. */
  async listNodes(options: { limit?: number; after?: string } & CallOptions = {}): Promise<api.NodePage> {
    return this.send({
      method: "GET",
      path: "/v1/nodes",
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listNodes` gives, page after page. */
  iterNodes(options: { limit?: number; after?: string } & CallOptions = {}): Pages<api.Node> {
    return new Pages((after) => this.listNodes({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Register a node, or bring the one of this name up to date; it serves once its agent has enrolled. */
  async createNode(
    body: api.NewNode,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Node> {
    return this.send({
      method: "POST",
      path: "/v1/nodes",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Make a one-time token for a node's agent, good for an hour and shown once. */
  async createEnrolmentToken(
    body: api.NewEnrolmentToken,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.EnrolmentToken> {
    return this.send({
      method: "POST",
      path: "/v1/nodes/enrolment-tokens",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give one node with its addresses, its generations and what it said of itself last. */
  async getNode(nodeId: string, options: { ifNoneMatch?: string } & CallOptions = {}): Promise<api.Node> {
    return this.send({
      method: "GET",
      path: `/v1/nodes/${segment(nodeId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Change a node's host name, address, roles or region; what is left out stays. Its name is for life. */
  async changeNode(
    nodeId: string,
    body: api.NodeChange,
    options: { ifMatch?: string } & CallOptions = {},
  ): Promise<api.Node> {
    return this.send({
      method: "PATCH",
      path: `/v1/nodes/${segment(nodeId)}`,
      headers: { "If-Match": options.ifMatch },
      body,
    }, "json", options);
  }

  /** Give a node nothing new to send and no new tenants' mailboxes; it sees off what it has and goes on serving. */
  async drainNode(
    nodeId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Node> {
    return this.send({
      method: "POST",
      path: `/v1/nodes/${segment(nodeId)}/drain`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Withdraw a node's enrolment tokens that were not used. */
  async withdrawEnrolmentTokens(nodeId: string, options: CallOptions = {}): Promise<void> {
    return this.send({
      method: "DELETE",
      path: `/v1/nodes/${segment(nodeId)}/enrolment-tokens`,
    }, "nothing", options);
  }

  /** Declare a lost node gone for ever: its credential ends at once, and what is on its disk is lost. What it had taken and did not report may have left or not. With `send_again`, other nodes send it, and some of it may arrive twice; without, it is never sent. */
  async giveUpNode(
    nodeId: string,
    body: api.GivingUp,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.GivenUp> {
    return this.send({
      method: "POST",
      path: `/v1/nodes/${segment(nodeId)}/give-up`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Show what waits on a node, by destination and age, and what would be lost with it. */
  async getNodeQueue(
    nodeId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.NodeQueue> {
    return this.send({
      method: "GET",
      path: `/v1/nodes/${segment(nodeId)}/queue`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Take a drained node out of service for ever; refused while it holds something, unless its loss is confirmed. */
  async retireNode(
    nodeId: string,
    body: api.Retirement,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Node> {
    return this.send({
      method: "POST",
      path: `/v1/nodes/${segment(nodeId)}/retire`,
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Let a node that was drained serve fully again. */
  async undrainNode(
    nodeId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Node> {
    return this.send({
      method: "POST",
      path: `/v1/nodes/${segment(nodeId)}/undrain`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** List moves, newest first. */
  async listMoves(
    options: {
      status?: "waiting" | "copying" | "final" | "switched" | "done" | "failed" | "aborted";
      batch_id?: string;
      tenant_id?: string;
      node_id?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Promise<api.MailboxMovePage> {
    return this.send({
      method: "GET",
      path: "/v1/moves",
      query: { status: options.status, batch_id: options.batch_id, tenant_id: options.tenant_id, node_id: options.node_id, limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listMoves` gives, page after page. */
  iterMoves(
    options: {
      status?: "waiting" | "copying" | "final" | "switched" | "done" | "failed" | "aborted";
      batch_id?: string;
      tenant_id?: string;
      node_id?: string;
      limit?: number;
      after?: string;
    } & CallOptions = {},
  ): Pages<api.MailboxMove> {
    return new Pages((after) => this.listMoves({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Move mailboxes to another node while they are in use: one, or all of a domain, a tenant or a node. A node whose mailboxes leave is drained. Without `to`, each goes to the node that has most room when its turn comes. */
  async createMoves(
    body: api.NewMoves,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.MoveBatch> {
    return this.send({
      method: "POST",
      path: "/v1/moves",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** List what was asked for, newest first, with how far it is. */
  async listMoveBatches(
    options: { limit?: number; after?: string } & CallOptions = {},
  ): Promise<api.MoveBatchPage> {
    return this.send({
      method: "GET",
      path: "/v1/moves/batches",
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listMoveBatches` gives, page after page. */
  iterMoveBatches(options: { limit?: number; after?: string } & CallOptions = {}): Pages<api.MoveBatch> {
    return new Pages((after) => this.listMoveBatches({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Say how far what was asked for is: mailboxes that have arrived, octets, how long it will take. */
  async getMoveBatch(
    batchId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.MoveBatch> {
    return this.send({
      method: "GET",
      path: `/v1/moves/batches/${segment(batchId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Leave where they are those mailboxes that have not arrived. */
  async abortMoveBatch(
    batchId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.MoveBatch> {
    return this.send({
      method: "POST",
      path: `/v1/moves/batches/${segment(batchId)}/abort`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Begin nothing more, and ask for no more copies; a mailbox that is closed just now is seen through. */
  async pauseMoveBatch(
    batchId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.MoveBatch> {
    return this.send({
      method: "POST",
      path: `/v1/moves/batches/${segment(batchId)}/pause`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Go on with what was paused. */
  async resumeMoveBatch(
    batchId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.MoveBatch> {
    return this.send({
      method: "POST",
      path: `/v1/moves/batches/${segment(batchId)}/resume`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Try again what has failed. */
  async retryMoveBatch(
    batchId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.MoveBatch> {
    return this.send({
      method: "POST",
      path: `/v1/moves/batches/${segment(batchId)}/retry`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Give one move: how far it is, what went wrong last, what it waits for. */
  async getMove(
    moveId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.MailboxMove> {
    return this.send({
      method: "GET",
      path: `/v1/moves/${segment(moveId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Leave the mailbox where it is; if it was closed for its last copy, it is opened at once. */
  async abortMove(
    moveId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.MailboxMove> {
    return this.send({
      method: "POST",
      path: `/v1/moves/${segment(moveId)}/abort`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Try a move that failed or was aborted again, from the beginning. */
  async retryMove(
    moveId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.MailboxMove> {
    return this.send({
      method: "POST",
      path: `/v1/moves/${segment(moveId)}/retry`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** List roll-outs, newest first. */
  async listRollouts(
    options: { limit?: number; after?: string } & CallOptions = {},
  ): Promise<api.RolloutLinePage> {
    return this.send({
      method: "GET",
      path: "/v1/rollouts",
      query: { limit: options.limit, after: options.after },
    }, "json", options);
  }

  /** Goes through all that `listRollouts` gives, page after page. */
  iterRollouts(options: { limit?: number; after?: string } & CallOptions = {}): Pages<api.RolloutLine> {
    return new Pages((after) => this.listRollouts({ ...options, ...(after === undefined ? {} : { after }) }), options.after);
  }

  /** Bring a change to the fleet: canaries first, then waves, each watched before the next. It stops and goes back by itself when a node is not well with it. There is one roll-out at a time. */
  async startRollout(
    body: api.NewRollout,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Rollout> {
    return this.send({
      method: "POST",
      path: "/v1/rollouts",
      headers: { "Idempotency-Key": options.idempotencyKey },
      body,
    }, "json", options);
  }

  /** Give a roll-out with each node's stage, state and gates. */
  async getRollout(
    rolloutId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.Rollout> {
    return this.send({
      method: "GET",
      path: `/v1/rollouts/${segment(rolloutId)}`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** End it: nodes that have the change get back what they had. */
  async abortRollout(
    rolloutId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Rollout> {
    return this.send({
      method: "POST",
      path: `/v1/rollouts/${segment(rolloutId)}/abort`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Give what changed in nodes' rendered files, and what daemons said of it; kept for 90 days. */
  async getRolloutDiffs(
    rolloutId: string,
    options: { ifNoneMatch?: string } & CallOptions = {},
  ): Promise<api.RolloutDiffs> {
    return this.send({
      method: "GET",
      path: `/v1/rollouts/${segment(rolloutId)}/diffs`,
      headers: { "If-None-Match": options.ifNoneMatch },
    }, "json", options);
  }

  /** Bring it to nobody else for now; nodes that have it are watched on, and it still goes back if it does harm. */
  async pauseRollout(
    rolloutId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Rollout> {
    return this.send({
      method: "POST",
      path: `/v1/rollouts/${segment(rolloutId)}/pause`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }

  /** Let a paused roll-out go on. */
  async resumeRollout(
    rolloutId: string,
    options: { idempotencyKey?: string } & CallOptions = {},
  ): Promise<api.Rollout> {
    return this.send({
      method: "POST",
      path: `/v1/rollouts/${segment(rolloutId)}/resume`,
      headers: { "Idempotency-Key": options.idempotencyKey },
    }, "json", options);
  }
}
