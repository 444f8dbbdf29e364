import type { Socket } from 'node:net';
import { Client, type ClientConfig, escapeLiteral, type Pool, type QueryResult } from 'pg';
import type { QueryUnder } from './setting.ts';

/** After this silence the machine asks the other side whether it is still there. */
export const KEEP_ALIVE_AFTER_MS = 10_000;
/**
 * A connection that nobody used for so long is closed. It is longer than any rhythm of a process at rest, which would
 * otherwise open its connections again and again.
 */
export const IDLE_TIMEOUT_MS = 60_000;
/** How long a goodbye waits for its answer. */
const END_TIMEOUT_MS = 2_000;
/** The driver's text for an answer that did not come within `query_timeout`. */
const NO_ANSWER = 'Query read timeout';

/**
 * The server does the same where a silent network has cut us off: it asks whether we are there, and gives up a session
 * with every lock that the session holds.
 */
export const SERVER_KEEP_ALIVE: SessionSettings = {
  tcp_keepalives_idle: 10,
  tcp_keepalives_interval: 5,
  tcp_keepalives_count: 3,
  tcp_user_timeout: 25_000,
};

/** A statement by which a connection begins to listen. Comments may stand before it. */
const LISTENS = /^\s*listen\b/im;

/**
 * Makes a pool outlive its connections. As soon as one is found to be cut off, the idle ones are given up, because the
 * same silence has cut them too. Otherwise each would be found by a statement of its own that waits until its time is
 * over. Connections that listen are given up as well, because they ask nothing and so would never find out. A part that
 * listens is told that its connection has ended, and listens on another.
 */
export function outliveConnections(pool: Pool): void {
  const listening = new Set<BoundedClient>();
  const drop = () => {
    for (const client of listening) client.giveUp();
    listening.clear();
    for (let left = pool.idleCount; left > 0; left--) {
      pool.connect().then(
        (client) => client.release(true),
        () => undefined,
      );
    }
  };
  pool.on('connect', (client) => {
    if (!(client instanceof BoundedClient)) return;
    client.onSilence = drop;
    client.onListen = () => listening.add(client);
    client.once('end', () => listening.delete(client));
  });
}

/** Settings of the server, by name, for the length of a session. */
export type SessionSettings = Readonly<Record<string, string | number>>;

interface BoundedClientConfig extends ClientConfig {
  /**
   * These settings are made before anything else is asked. A pooler may drop what stands in the greeting, but not
   * statements.
   */
  session?: SessionSettings;
}

/**
 * A connection that a silent network may cut off. When one answer does not come in time, the connection waits for no
 * other. It is destroyed, so that no pool takes it back.
 */
export class BoundedClient extends Client {
  readonly #session: string;
  /** Called when an answer did not come in time. */
  onSilence: () => void = () => undefined;
  /** Called when the connection begins to listen. */
  onListen: () => void = () => undefined;

  constructor(config: BoundedClientConfig = {}) {
    super(config);
    // A connection that is cut between two statements ends the next statement, and nothing else.
    this.on('error', () => undefined);
    this.#session = Object.entries(config.session ?? {})
      .map(([name, value]) => `set ${name} = ${escapeLiteral(String(value))}`)
      .join('; ');
  }

  // biome-ignore lint/suspicious/noExplicitAny: by a promise, or by a callback, as the driver's own.
  override connect(callback?: any): any {
    const connecting = super.connect().then(async () => {
      if (this.#session !== '') await super.query(this.#session);
      return this;
    });
    if (!callback) return connecting;
    connecting.then(
      () => callback(null, this),
      (error: unknown) => callback(error),
    );
  }

  // biome-ignore lint/suspicious/noExplicitAny: the driver's overloads.
  override query(...args: any[]): any {
    if (typeof args[0] === 'string' && LISTENS.test(args[0])) this.onListen();
    const callback = args.at(-1);
    // A pool's own `query` asks with a callback.
    if (typeof callback === 'function') args[args.length - 1] = this.#hearing(callback);
    // The driver's overloads take many forms; they are passed on as they came.
    const answer = super.query(...(args as Parameters<Client['query']>)) as unknown;
    return answer instanceof Promise ? this.#bounded(answer) : answer;
  }

  /** Sends a statement that is an object of its own. */
  protected answerTo(statement: QueryUnder): Promise<QueryResult> {
    const answer = new Promise<QueryResult>((resolve, reject) => {
      statement.callback = (error: Error | null, result: QueryResult) =>
        error ? reject(error) : resolve(result);
      super.query(statement);
    });
    return this.#bounded(answer);
  }

  // biome-ignore lint/suspicious/noExplicitAny: the driver's overloads.
  override end(...args: any[]): any {
    const timer = setTimeout(() => this.giveUp(), END_TIMEOUT_MS);
    this.once('end', () => clearTimeout(timer));
    return super.end(...(args as []));
  }

  #bounded<T>(answer: Promise<T>): Promise<T> {
    return answer.catch((error: Error) => {
      this.#hear(error);
      throw error;
    });
  }

  #hearing<T>(callback: (error: Error | null, result: T) => void) {
    return (error: Error | null, result: T) => {
      if (error) this.#hear(error);
      callback(error, result);
    };
  }

  #hear({ message }: Error): void {
    if (message !== NO_ANSWER) return;
    this.giveUp();
    this.onSilence();
  }

  /** Ends the connection without a goodbye. Its holder and its pool are told. */
  giveUp(): void {
    // The driver's types do not tell of its socket.
    (this as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
  }
}
