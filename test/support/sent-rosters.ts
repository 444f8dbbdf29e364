/** Roster files sent to the product as their senders do, and what the product shows of each. */
import { expect } from 'vitest';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import type { TestApp, Who } from './app.ts';
import type { RosterFiles } from './roster-files.ts';

export const SENDER: Who = { role: 'service', sub: 'sgo' };
export const MONDAY = '2026-11-23T05:00:00Z';
export const TUESDAY = '2026-11-24T05:00:00Z';

export interface Shown {
  id: string;
  schoolId: string | null;
  state: string;
  result: {
    people: number;
    operations?: { schoolId: string; operationId: string; state: string }[];
  } | null;
  problems: { code: string; schoolId?: string }[];
}

export interface SentRosters {
  /** Sends a file and gives its operation's id. */
  send(files: RosterFiles, takenAt?: string, as?: Who): Promise<string>;
  /** Sends a file and shows its operation once nothing is left to do. */
  take(files: RosterFiles, takenAt?: string, as?: Who): Promise<Shown>;
  shown(id: string, as?: Who): Promise<Shown>;
}

export function sentRosters(world: () => TestApp): SentRosters {
  async function send(files: RosterFiles, takenAt = MONDAY, as: Who = SENDER): Promise<string> {
    const response = await world().request(`/v1/roster-imports?takenAt=${takenAt}`, {
      ...{ method: 'POST', as, headers: { 'content-type': 'application/zip' } },
      body: (await zipRoster(files)) as Uint8Array<ArrayBuffer>,
    });
    expect(response.status).toBe(202);
    return ((await response.json()) as { operationId: string }).operationId;
  }

  async function take(files: RosterFiles, takenAt?: string, as?: Who): Promise<Shown> {
    const id = await send(files, takenAt, as);
    await world().settled();
    return shown(id, as);
  }

  async function shown(id: string, as: Who = SENDER): Promise<Shown> {
    const response = await world().call('GET', `/v1/operations/${id}`, as);
    expect(response.status).toBe(200);
    return (await response.json()) as Shown;
  }

  return { send, take, shown };
}
