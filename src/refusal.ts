/**
 * A request that cannot be done, said so that a person understands (RFC 9457). `type` is stable and part of the
 * contract; `title` is Russian; nothing in it names a person.
 */
export class Refusal extends Error {
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly extra: Record<string, unknown>;

  constructor(status: number, type: string, title: string, extra: Record<string, unknown> = {}) {
    super(`${status} ${type}: ${title}`);
    this.name = 'Refusal';
    this.status = status;
    this.type = type;
    this.title = title;
    this.extra = extra;
  }
}

/** Another school's thing, or none: the two are told apart by nobody outside (V4). */
export function notFound(): Refusal {
  return new Refusal(404, 'not-found', 'Не найдено');
}
