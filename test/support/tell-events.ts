/** СГО's core as a test plays it: events over HTTP. */
import { expect } from 'vitest';
import type { EventType } from '../../src/roster/events/event.ts';
import type { TestApp } from './app.ts';

/** Tells a school one event of this moment, which must be accepted; waits until all of it followed, or not. */
export async function tell(
  world: TestApp,
  school: string,
  type: EventType,
  data: object,
  { follow = true }: { follow?: boolean } = {},
): Promise<void> {
  const event = {
    ...{ specversion: '1.0', source: 'sgo', id: world.ctx.newId(), type, data },
    time: new Date(world.ctx.clock.now()).toISOString(),
  };
  const response = await world.request(`/v1/schools/${school}/events`, {
    ...{ method: 'POST', as: { role: 'service', school, sub: 'sgo' }, body: JSON.stringify([event]) },
    headers: { 'content-type': 'application/cloudevents-batch+json' },
  });
  expect(await response.json()).toMatchObject({ accepted: 1, rejected: [] });
  if (follow) await world.settled();
}
