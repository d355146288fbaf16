/* Which failures are tried again, and when: a pure decision. */
import { Conflict, Refused, TooMany, Unavailable, Unreachable } from "./errors.js";

/** How often a request is tried, and how long is waited for the API at most. */
export interface Retrying {
  tries: number;
  /** Asked to wait for longer, it throws what the API answered. */
  patienceSeconds: number;
}

export const USUAL: Retrying = { tries: 4, patienceSeconds: 30 };

const FIRST_PAUSE_SECONDS = 0.5;
const LONGEST_BACKOFF_SECONDS = 8;
const STILL_ANSWERED = "idempotency_key_in_use"; // the first try is being answered still: asked again, its answer comes
const NEVER_WILL = 501;

/** Gives the seconds until the next try; undefined if there is none. `chance` is between 0 and 1. */
export function pauseAfter(retrying: Retrying, tried: number, failure: unknown, chance: number): number | undefined {
  if (tried >= retrying.tries || !passes(failure)) return undefined;
  const wanted = failure instanceof Refused ? failure.retryAfterSeconds : undefined;
  const pause = wanted ?? backoff(tried, chance);
  return pause <= retrying.patienceSeconds ? pause : undefined;
}

function passes(failure: unknown): boolean {
  if (failure instanceof Conflict) return failure.code === STILL_ANSWERED;
  if (failure instanceof Unavailable) return failure.status !== NEVER_WILL;
  return failure instanceof Unreachable || failure instanceof TooMany;
}

// Twice as long each time, spread so that not all come back at once.
function backoff(tried: number, chance: number): number {
  const longest = Math.min(FIRST_PAUSE_SECONDS * 2 ** (tried - 1), LONGEST_BACKOFF_SECONDS);
  return longest * (0.5 + chance / 2);
}
