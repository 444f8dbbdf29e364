/**
 * The kinds of columns that our tables have. The ORM's own types say what its unit of work would give. Our statements
 * do not use it: they get what the driver makes of a column, and may write more than they get. So each kind carries
 * both types (`IType`), and `Db` takes those of the statements.
 */
import { p } from '@mikro-orm/core';
import type { ColumnType, GeneratedAlways } from 'kysely';

export const text = <T extends string = string>() => p.text().$type<T>();

/** `text[]`. */
export const texts = <T extends string = string>() => p.array().$type<T[]>();

/** Text of which a check allows these alone. */
export const oneOf = <const T extends string>(...allowed: readonly T[]) => p.enum(allowed);

/** `timestamptz`: read as the server's text, which `instant` turns into ISO 8601; written as a Date or ISO 8601. */
export const instant = () =>
  p.datetime().columnType('timestamptz').$type<Date, ColumnType<string, Date | string, Date | string>>();

/** `bigint`: read as text, which keeps what a number cannot hold; written as either. */
export const big = () =>
  p.bigint('number').$type<number, ColumnType<string, number | string, number | string>>();

/** A `bigint` that the database numbers by itself. */
export const identity = () =>
  p.bigint('number').autoincrement().generated('identity').$type<number, ColumnType<string, never, never>>();

/**
 * `jsonb`: read as the value itself; written as JSON text, because the driver takes a list for an array of the
 * database.
 */
export const json = <T>() => p.json<T>().$type<T, ColumnType<T, string, string>>();

/** Computed by the database: never written. */
export const generated = (expression: string) =>
  p.boolean().generated(`(${expression}) stored`).$type<boolean, GeneratedAlways<boolean>>();

/** `jsonb` that the database computes: never written. */
export const generatedJson = <T>(expression: string) =>
  p.json<T>().generated(`(${expression}) stored`).$type<T, GeneratedAlways<T>>();

/**
 * A fact's stamps: `stated_*` is the last presence, `gone_*` the last absence; the greatest of several statements wins.
 */
export const stamps = () => ({
  statedAt: instant().nullable(),
  statedBy: text().nullable(),
  goneAt: instant().nullable(),
  goneBy: text().nullable(),
});

const STATED_LAST = '((gone_at IS NULL) OR (ROW(stated_at, stated_by) >= ROW(gone_at, gone_by)))';

/** Whether the fact holds as its stamps say. */
export const PRESENT = `((stated_at IS NOT NULL) AND ${STATED_LAST})`;
/** A person without a role is not there. */
export const PRESENT_WITH_ROLE = `((stated_at IS NOT NULL) AND (cardinality(roles) > 0) AND ${STATED_LAST})`;
