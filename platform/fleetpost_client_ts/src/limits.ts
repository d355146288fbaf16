/* How much of the key's rate is left, as each answer says. */

/** What the last answer said. */
export interface RateLimit {
  /** Requests that may come at once. */
  limit: number;
  remaining: number;
  /** Until all of them may come again. */
  resetSeconds: number;
}

/** Reads an answer's headers; undefined where it was not counted. */
export function rateLimitOf(headers: Headers): RateLimit | undefined {
  const [limit, remaining, resetSeconds] = ["limit", "remaining", "reset"].map((name) => {
    const told = headers.get(`ratelimit-${name}`);
    return told !== null && /^[0-9]+$/.test(told) ? Number(told) : undefined;
  });
  if (limit === undefined || remaining === undefined || resetSeconds === undefined) return undefined;
  return { limit, remaining, resetSeconds };
}
