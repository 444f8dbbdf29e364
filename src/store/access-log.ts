import { sql } from 'kysely';
import type { Limits } from '../limits.ts';
import type { Metrics } from '../metrics.ts';
import type { Database } from './database.ts';

/** Who looked at whom (K8): one answer that showed people of a school. It holds ids alone. */
export interface AccessRecord {
  at: Date;
  schoolId: string;
  subject: string;
  role: string;
  /** What was looked at, by its word in `dashboard/trail/routes.ts`. */
  what: string;
  personIds: readonly string[];
  address: string | null;
}

interface AccessLogParts {
  db: Database;
  limits: Pick<Limits, 'accessFlushMs' | 'accessBatchRecords' | 'accessBufferRecords'>;
  metrics: Pick<Metrics, 'accessLost'>;
  /** Called when records could not be written and go on waiting. */
  onError: (error: unknown) => void;
}

/**
 * Keeps records in memory and writes them together a moment later, so that no page waits for it. While the database
 * is away a bounded number waits; records beyond it are lost, and counted. On disposal it writes what is left.
 */
export class AccessLog implements AsyncDisposable {
  readonly #parts: AccessLogParts;
  #waiting: AccessRecord[] = [];
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: AccessLogParts) {
    this.#parts = parts;
  }

  record(record: AccessRecord): void {
    const { accessBatchRecords, accessBufferRecords, accessFlushMs } = this.#parts.limits;
    if (this.#waiting.length >= accessBufferRecords) {
      this.#parts.metrics.accessLost(1);
      return;
    }
    this.#waiting.push(record);
    if (this.#waiting.length === accessBatchRecords) void this.flush();
    this.#timer ??= setTimeout(() => void this.flush(), accessFlushMs).unref();
  }

  /** Resolves once the records that wait now were written, or failed and go on waiting. */
  flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const { accessBatchRecords, accessFlushMs } = this.#parts.limits;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, accessBatchRecords);
      try {
        await write(this.#parts.db, batch);
      } catch (error) {
        this.#parts.onError(error);
        this.#timer ??= setTimeout(() => void this.flush(), accessFlushMs).unref();
        return;
      }
      this.#waiting.splice(0, batch.length);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush();
    if (this.#timer) clearTimeout(this.#timer);
    this.#parts.metrics.accessLost(this.#waiting.length);
  }
}

async function write(db: Database, batch: readonly AccessRecord[]): Promise<void> {
  await sql`insert into access_record (at, school_id, subject, role, what, person_ids, address)
    select at, "schoolId", subject, role, what, "personIds", address
    from jsonb_to_recordset(${JSON.stringify(batch)}::jsonb) as r(at timestamptz, "schoolId" text, subject text,
      role text, what text, "personIds" text[], address text)`.execute(db.across('access-records'));
}
