/** The statuses of HTTP by which a request is refused. */
export type RefusalStatus = 400 | 401 | 403 | 404 | 409 | 422 | 429 | 502 | 503;

/**
 * A request that cannot be done, described so that a person understands (RFC 9457). `type` is stable and part of the
 * contract. `title` is Russian. Nothing in it names a person.
 */
export class Refusal extends Error {
  readonly status: RefusalStatus;
  readonly type: string;
  readonly title: string;
  readonly extra: Record<string, unknown>;

  constructor(status: RefusalStatus, type: string, title: string, extra: Record<string, unknown> = {}) {
    super(`${status} ${type}: ${title}`);
    this.name = 'Refusal';
    this.status = status;
    this.type = type;
    this.title = title;
    this.extra = extra;
  }
}

/**
 * The answer both for another school's thing and for a thing that does not exist, so that nobody outside can tell the
 * two apart (V4).
 */
export function notFound(): Refusal {
  return new Refusal(404, 'not-found', 'Не найдено');
}

/** The answer to a caller who may see the thing but not do this to it. */
export function forbidden(): Refusal {
  return new Refusal(403, 'forbidden', 'Недостаточно прав');
}
