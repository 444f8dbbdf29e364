/**
 * The entities describe every column as the migrations make it, so the types of a statement are those of the database.
 */
import { DatabaseSchema, SchemaComparator } from '@mikro-orm/sql';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { ENTITIES } from '../../src/store/entities.ts';
import { createOrm } from '../../src/store/orm.ts';
import { createTestDatabase } from '../support/database.ts';

test('every table and column of the database is an entity’s, and every entity’s is the database’s', async () => {
  await using database = await createTestDatabase();
  expect(await differences(database.url)).toEqual([]);
});

test('what a migration changes and no entity says is told, and the other way round', async () => {
  await using database = await createTestDatabase();
  await run(
    database.url,
    'alter table person rename column sex to gender',
    'alter table school alter column name drop not null',
    'alter table chat alter column title type varchar(20)',
    'alter table membership alter column admin drop default',
    'alter table erasure drop constraint erasure_ground_check',
    'alter table erased drop constraint erased_pkey',
    'alter table setting add column note text',
    'alter table lesson drop column topic',
    'create table stray (id text primary key)',
    'drop table process',
  );
  expect(await differences(database.url)).toEqual([
    'chat.title: type',
    'erased: key none, said school_id,digest',
    'erasure.ground: enumItems',
    'lesson.topic: not in the database',
    'membership.admin: default',
    'person.gender: renamed to sex',
    'process: not in the database',
    'school.name: nullable',
    'setting.note: no entity says it',
    'stray: no entity says it',
  ]);
});

/** Tables without a key, which the ORM cannot describe. */
const KEYLESS = ['order_delay'];

/**
 * Gives differences in tables and columns alone. Indexes, references, policies and partitions stand in the migrations
 * alone (schema.txt).
 */
async function differences(url: string): Promise<string[]> {
  const orm = await createOrm(url, { asOwner: true, entities: ENTITIES });
  try {
    const platform = orm.em.getPlatform();
    const made = await DatabaseSchema.create(
      orm.em.getConnection(),
      platform,
      orm.config,
      undefined,
      ['public'],
      undefined,
      ['mikro_orm_migrations'],
    );
    const said = orm.schema.getTargetSchema();
    const diff = new SchemaComparator(platform).compare(made, said);
    const missing = Object.values(diff.newTables).map(({ name }) => name);
    const changed = Object.values(diff.changedTables).flatMap((table) => [
      ...Object.keys(table.addedColumns).map((name) => `${table.name}.${name}: not in the database`),
      ...Object.keys(table.removedColumns).map((name) => `${table.name}.${name}: no entity says it`),
      ...Object.entries(table.renamedColumns).map(
        ([name, to]) => `${table.name}.${name}: renamed to ${to.name}`,
      ),
      ...Object.entries(table.changedColumns).map(
        ([name, { changedProperties }]) => `${table.name}.${name}: ${[...changedProperties].join(', ')}`,
      ),
    ]);
    const keys = said.getTables().flatMap(({ name }) => {
      const [is, ought] = [made, said].map(
        (schema) => schema.getTable(name)?.getPrimaryKey()?.columnNames.join(',') ?? 'none',
      );
      return is === ought || missing.includes(name) || KEYLESS.includes(name)
        ? []
        : [`${name}: key ${is}, said ${ought}`];
    });
    return [
      ...missing.map((name) => `${name}: not in the database`),
      ...Object.keys(diff.removedTables).map((name) => `${name}: no entity says it`),
      ...changed,
      ...keys,
    ].sort();
  } finally {
    await orm.close(true);
  }
}

async function run(url: string, ...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
