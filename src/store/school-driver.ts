import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresDialect,
  type QueryResult,
} from 'kysely';
import pg from 'pg';
import type { Lane } from './lanes.ts';

/**
 * A door to one lane behind which every statement stands in a transaction that begins with `opening`: what it sets
 * (`set local`) ends with the transaction, so a connection given back carries nothing.
 * A statement of its own is sent in one flight with its transaction's begin and end: no further wait for the network.
 */
export function doorThrough(pool: Lane, opening: string): Kysely<never> {
  const dialect = new PostgresDialect({ pool });
  return new Kysely({
    dialect: {
      createAdapter: () => dialect.createAdapter(),
      createDriver: () => openingDriver(dialect.createDriver(), opening),
      createIntrospector: (db) => dialect.createIntrospector(db),
      createQueryCompiler: () => dialect.createQueryCompiler(),
    },
  });
}

/** The transaction sees the rows of this school and no others. */
export function inSchool(schoolId: string): string {
  // A text with NUL cannot be an id, nor be sent; the empty one is no school's.
  const id = schoolId.includes('\0') ? '' : schoolId;
  return `begin; set local app.school = ${pg.escapeLiteral(id)}`;
}

/** The transaction is the role's. */
export function asRole(role: string): string {
  return `begin; set local role ${pg.escapeIdentifier(role)}`;
}

function openingDriver(base: Driver, opening: string): Driver {
  const inside = new WeakSet<DatabaseConnection>();
  const plain = new WeakMap<DatabaseConnection, DatabaseConnection>();
  const command = async (connection: DatabaseConnection, text: string) => {
    await plain.get(connection)!.executeQuery(CompiledQuery.raw(text));
  };
  const end = async (connection: DatabaseConnection, text: string) => {
    inside.delete(connection);
    await command(connection, text);
  };
  return {
    init: () => base.init(),
    async acquireConnection() {
      const connection = await base.acquireConnection();
      const opened: DatabaseConnection = {
        executeQuery: <R>(query: CompiledQuery) =>
          inside.has(opened) ? connection.executeQuery<R>(query) : alone<R>(connection, opening, query),
        streamQuery: () => {
          throw new Error('rows are not streamed through this door');
        },
      };
      plain.set(opened, connection);
      return opened;
    },
    async beginTransaction(connection) {
      inside.add(connection);
      await command(connection, opening);
    },
    commitTransaction: (connection) => end(connection, 'commit'),
    rollbackTransaction: (connection) => end(connection, 'rollback'),
    savepoint: (connection, name, compile) => base.savepoint!(plain.get(connection)!, name, compile),
    rollbackToSavepoint: (connection, name, compile) =>
      base.rollbackToSavepoint!(plain.get(connection)!, name, compile),
    releaseSavepoint: (connection, name, compile) =>
      base.releaseSavepoint!(plain.get(connection)!, name, compile),
    releaseConnection: (connection) => base.releaseConnection(plain.get(connection)!),
    // The lane is its owner's.
    destroy: async () => undefined,
  };
}

/** All three are on their way before the first is answered; the connection is free when all are. */
async function alone<R>(
  connection: DatabaseConnection,
  opening: string,
  query: CompiledQuery,
): Promise<QueryResult<R>> {
  const [opened, done, closed] = await Promise.allSettled([
    connection.executeQuery(CompiledQuery.raw(opening)),
    connection.executeQuery<R>(query),
    connection.executeQuery(CompiledQuery.raw('commit')),
  ]);
  if (opened.status === 'rejected') throw opened.reason;
  if (done.status === 'rejected') throw done.reason;
  if (closed.status === 'rejected') throw closed.reason;
  return done.value;
}
