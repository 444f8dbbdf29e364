/** What the product costs between two moments: CPU of this process and of PostgreSQL, statements and requests. */
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import type { App } from '../../../src/app.ts';

/** Linux counts CPU in ticks; this is how many it counts in a second (sysconf _SC_CLK_TCK). */
const TICKS_PER_SECOND = 100;
const MS_PER_TICK = 1000 / TICKS_PER_SECOND;

export interface Cost {
  seconds: number;
  /** The CPU of this process, without its children. */
  processMs: number;
  postgresMs: number;
  statements: number;
  requests: number;
  calls: number;
  writeCalls: number;
}

let statements = 0;
const send = pg.Client.prototype.query;
pg.Client.prototype.query = function counted(this: pg.Client, ...args: Parameters<typeof send>) {
  statements += 1;
  return send.apply(this, args);
} as typeof send;

/** Statements that this process has sent to PostgreSQL. */
export const statementsSent = (): number => statements;

/** Measures what the work costs. `postmaster`: the id of PostgreSQL's first process. */
export async function costOf<T>(
  { ctx }: Pick<App, 'ctx'>,
  postmaster: number,
  work: () => Promise<T>,
): Promise<{ cost: Cost; value: T }> {
  const told = { ...ctx.gateway.stats() };
  const { cost, value } = await cpuOf(postmaster, work);
  const { requests, calls, writeCalls } = ctx.gateway.stats();
  return {
    cost: {
      ...cost,
      requests: requests - told.requests,
      calls: calls - told.calls,
      writeCalls: writeCalls - told.writeCalls,
    },
    value,
  };
}

/** Measures the CPU of work that asks nothing of Sferum. */
export async function cpuOf<T>(
  postmaster: number,
  work: () => Promise<T>,
): Promise<{ cost: Pick<Cost, 'seconds' | 'processMs' | 'postgresMs' | 'statements'>; value: T }> {
  // Looking at all processes takes milliseconds of this one's time, so that comes first.
  const postgresMs = treeMs(postmaster);
  const from = { at: performance.now(), cpu: process.cpuUsage(), statements };
  const value = await work();
  const { user, system } = process.cpuUsage(from.cpu);
  const cost = {
    seconds: (performance.now() - from.at) / 1000,
    processMs: (user + system) / 1000,
    postgresMs: treeMs(postmaster) - postgresMs,
    statements: statements - from.statements,
  };
  return { cost, value };
}

/** The CPU of a process and of all its descendants, also of those that have ended. */
function treeMs(root: number): number {
  const parents = new Map<number, number>();
  const ticks = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = statOf(name);
    if (!fields) continue;
    // These are utime, stime and the times of children that have ended. The process's name before them may hold spaces.
    const [ppid, own, ended] = [fields[1]!, fields[11]! + fields[12]!, fields[13]! + fields[14]!];
    parents.set(Number(name), ppid);
    ticks.set(Number(name), own + (Number(name) === root ? ended : 0));
  }
  const isBelow = (id: number): boolean => id === root || (parents.has(id) && isBelow(parents.get(id)!));
  return [...ticks].reduce((sum, [id, n]) => sum + (isBelow(id) ? n : 0), 0) * MS_PER_TICK;
}

/** Undefined where the process has ended meanwhile. */
function statOf(id: string): number[] | undefined {
  try {
    const text = readFileSync(`/proc/${id}/stat`, 'utf8');
    return text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
  } catch {
    return undefined;
  }
}
