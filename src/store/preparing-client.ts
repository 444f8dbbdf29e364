import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { QueryResult } from 'pg';
import { BoundedClient } from './bounded-client.ts';
import { QueryUnder, SET_LOCAL, type Setting, valuesOf } from './setting.ts';

/** Texts beyond this number are sent unprepared, because a prepared one holds memory on every connection. */
const TEXTS_MAX = 500;

const names = new Map<string, string>();

/**
 * A connection on which the server reads and plans every statement with parameters once, at its first uses, and not at
 * each call. For a page of the console that was half of the database's work. Values never stand in a text, so there are
 * few texts. A connection must be a session of the server's own, as the queue's LISTEN needs too.
 */
export class PreparingClient extends BoundedClient {
  #setsLocal = false;

  // biome-ignore lint/suspicious/noExplicitAny: the driver's overloads; only (text, values) is sent differently.
  override query(...[text, values, ...rest]: any[]): any {
    const name = typeof text === 'string' && Array.isArray(values) && values.length > 0 ? nameOf(text) : null;
    const [first, ...others] = name ? [{ name, text, values }, ...rest] : [text, values, ...rest];
    this.#gather();
    return super.query(first, ...others);
  }

  /** Runs one statement under a setting that ends with it. */
  queryUnder(setting: Setting, text: string, values: readonly unknown[]): Promise<QueryResult> {
    this.#gather();
    if (!this.#setsLocal) {
      this.#setsLocal = true;
      // If this fails, the statement behind it fails too and says why.
      super
        .query({ ...SET_LOCAL, values: valuesOf({ name: 'app.school', value: '' }) })
        .catch(() => undefined);
    }
    const name = values.length > 0 ? nameOf(text) : null;
    return this.answerTo(new QueryUnder(setting, { name, text, values }));
  }

  /**
   * Sends the statements of one turn in one write, so that a transaction's beginning and end cost no message of their
   * own.
   */
  #gather(): void {
    // The driver's types do not tell of its socket.
    const { stream } = (this as unknown as { connection: { stream: Duplex } }).connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
  }
}

/** Gives the name of a text on all connections; null where there are too many texts already. */
function nameOf(text: string): string | null {
  let name = names.get(text);
  if (name === undefined && names.size < TEXTS_MAX) {
    name = createHash('sha256').update(text).digest('base64url');
    names.set(text, name);
  }
  return name ?? null;
}
