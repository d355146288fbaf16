/*
What can go wrong with a request, as a tree.

Failed                  no useful answer
├── Unreachable         the API could not be reached, or its answer did not come
├── Forged              a webhook's message is not signed with the secret, or is too old
└── Refused             the API answered with a problem; `code` says which and stays the same for ever
    ├── Unchanged       304: it is still what `ifNoneMatch` says
    ├── Invalid         400, 413, 422: something in the request is wrong; `errors` names the fields
    ├── Unauthenticated 401
    ├── Forbidden       403
    ├── NotFound        404, also for what belongs to somebody else
    ├── Conflict        409
    ├── Gone            410
    ├── Changed         412: it is not any more what `ifMatch` says
    ├── TooMany         429
    └── Unavailable     5xx: ours, and worth trying again
*/
import type { FieldError, Problem } from "./types.js";

/** No useful answer. */
export class Failed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The API could not be reached, or its answer did not come: what was asked for may have been done. */
export class Unreachable extends Failed {}

/** The message is not signed with this secret, or it is too old: do not believe it. */
export class Forged extends Failed {}

/** The API answered with a problem. */
export class Refused extends Failed {
  constructor(
    readonly problem: Problem,
    /** How long the API asks to wait, where that helps. */
    readonly retryAfterSeconds?: number,
  ) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`);
  }

  /** Names the problem, the same for ever. */
  get code(): string {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }

  /** What is wrong with which field. */
  get errors(): FieldError[] {
    return this.problem.errors ?? [];
  }

  /** Names the request, for support. */
  get requestId(): string | undefined {
    return this.problem.instance ?? undefined;
  }
}

/** It is still what `ifNoneMatch` says. */
export class Unchanged extends Refused {}

/** Something in the request is wrong; `errors` names the fields. */
export class Invalid extends Refused {}

/** The key is missing, wrong or has ended. */
export class Unauthenticated extends Refused {}

/** The key may not do this. */
export class Forbidden extends Refused {}

/** There is no such thing, or it is not yours. */
export class NotFound extends Refused {}

/** The request does not fit the present state. */
export class Conflict extends Refused {}

/** It is not there any more. */
export class Gone extends Refused {}

/** It is not any more what `ifMatch` says: read it again. */
export class Changed extends Refused {}

/** Too many requests. */
export class TooMany extends Refused {}

/** The API could not answer just now. */
export class Unavailable extends Refused {}

const BY_STATUS: Record<number, typeof Refused> = {
  304: Unchanged,
  400: Invalid,
  401: Unauthenticated,
  403: Forbidden,
  404: NotFound,
  409: Conflict,
  410: Gone,
  412: Changed,
  413: Invalid,
  422: Invalid,
  429: TooMany,
};

/** Gives a problem the class of its status. */
export function refusal(problem: Problem, retryAfterSeconds?: number): Refused {
  const Kind = BY_STATUS[problem.status] ?? (problem.status >= 500 ? Unavailable : Refused);
  return new Kind(problem, retryAfterSeconds);
}
