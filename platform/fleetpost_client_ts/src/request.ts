/* A request as fetch takes it, and its answer as a value or as a failure. */
import { refusal, type Refused } from "./errors.js";
import type { Problem } from "./types.js";

export type Value = string | number | boolean | null | undefined;

/** What a method asks for; what is undefined or null is left out. */
export interface Request {
  method: string;
  path: string;
  query?: Record<string, Value>;
  headers?: Record<string, Value>;
  body?: unknown;
}

/** How an answer is read. */
export type Kind = "json" | "bytes" | "nothing";

/** What came, read to its end. */
export interface Answer {
  status: number;
  statusText: string;
  headers: Headers;
  content: Uint8Array;
}

/** Writes an id into an address; what would lead to another resource's address is refused here. */
export function segment(id: string): string {
  if (id === "" || id === "." || id === "..") throw new TypeError(`${JSON.stringify(id)} is no id`);
  return encodeURIComponent(id);
}

/** Keeps what is there. */
export function given(values: Record<string, Value> = {}): Record<string, string> {
  const there = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(there.map(([name, value]) => [name, String(value)]));
}

/** Reads what was answered; throws `Refused`. */
export function read(answer: Answer, kind: Kind): unknown {
  if (answer.status < 200 || answer.status > 299) throw refused(answer);
  if (kind === "bytes") return answer.content;
  return kind === "json" ? JSON.parse(text(answer)) : undefined;
}

function refused(answer: Answer): Refused {
  return refusal(problemOf(answer), waitSeconds(answer));
}

// A server in between may answer with something else.
function problemOf(answer: Answer): Problem {
  try {
    const told: unknown = JSON.parse(text(answer));
    if (told && typeof told === "object" && "code" in told) return told as Problem;
  } catch {
    // that is no problem of ours
  }
  const phrase = answer.statusText;
  return { type: "about:blank", title: phrase, status: answer.status, detail: phrase, code: "unknown" };
}

// As `Retry-After` says, or until the limit's window turns where nothing of it is left.
function waitSeconds(answer: Answer): number | undefined {
  const told = answer.headers.get("retry-after") ?? (answer.status === 429 ? answer.headers.get("ratelimit-reset") : null);
  return told !== null && /^[0-9]+$/.test(told) ? Number(told) : undefined;
}

function text(answer: Answer): string {
  return new TextDecoder().decode(answer.content);
}
