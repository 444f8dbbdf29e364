/** What an operator sees of one piece of work, from a request to the answer of Sferum, by OpenTelemetry. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import { ADMIN, type ChatWorld, HOMEROOM_5A, linkedRoster, startChatWorld } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { type OtlpReceiver, startOtlpReceiver, type Told } from '../support/otlp-receiver.ts';
import { tell } from '../support/tell-events.ts';

const POST_EVENTS = 'POST /v1/schools/:schoolId/events';
const INITIALIZE = 'POST /v1/schools/:schoolId/initializations';

let receiver: OtlpReceiver;
let world: ChatWorld;
beforeEach(async () => {
  receiver = await startOtlpReceiver();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

const begin = async (options: { initialized?: boolean; env?: Record<string, string> } = {}) => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...options.env };
  world = await startChatWorld({ ...options, env });
};

const parentOf = (span: Told) => receiver.spans.find(({ spanId }) => spanId === span.parentSpanId);
/** Gives the names of the spans above this one and its own, the trace's first span first. */
const wayTo = (span: Told): string[] => {
  const parent = parentOf(span);
  return [...(parent ? wayTo(parent) : []), span.name];
};
/** Waits until the trace of this request to us has such a request to Sferum. */
const executeIn = (request: string, is: (span: Told) => boolean = () => true) =>
  receiver.gets((span) => span.name === 'execute' && wayTo(span)[0] === request && is(span));
/** A pupil of 5А leaves the school. */
const leaves = (follow = true) => tell(world, 's1', 'sgo.person.removed', { id: 'p2' }, { follow });

describe('one trace', () => {
  test('of an event goes from its request through the outbox and the job to the answer of Sferum', async () => {
    await begin();
    await leaves();
    const execute = await executeIn(POST_EVENTS);
    expect(wayTo(execute)).toEqual([
      ...[POST_EVENTS, 'outbox chat', 'job reconcile-chats', 'messages.removeChatUser', 'execute'],
    ]);
    expect(execute.attributes).toMatchObject({ 'sferum.outcome': 'reply' });
    const call = parentOf(execute)!;
    expect(call.links).toMatchObject([{ traceId: execute.traceId, spanId: execute.spanId }]);
    expect(parentOf(call)!.attributes).toEqual({ 'school.id': 's1', 'job.chats': 2 });
  });

  test('is kept by the row when the work is tried again, whoever gives it out', async () => {
    await begin();
    world.sandbox.world.faults.add({ fault: 'http502' });
    await leaves(false);
    const failed = await executeIn(POST_EVENTS, ({ failed }) => failed);
    world.sandbox.world.faults.clear();
    for (const queue of world.app.queues.all) await queue.obliterate({ force: true });
    await world.settled();
    const done = await executeIn(POST_EVENTS, ({ attributes }) => attributes['sferum.outcome'] === 'reply');
    expect(done.traceId).toBe(failed.traceId);
  });

  test('of an initialisation is linked with each job of many chats', async () => {
    await begin();
    const request = await receiver.gets(({ name }) => name === INITIALIZE);
    const operation = await receiver.gets(({ name }) => name === 'job run-operation');
    expect(operation).toMatchObject({ traceId: request.traceId, parentSpanId: request.spanId });
    const job = await receiver.gets(({ name }) => name === 'job reconcile-chats');
    expect(job.parentSpanId).toBe('');
    expect(job.links).toMatchObject([{ traceId: operation.traceId, spanId: operation.spanId }]);
    expect(job.attributes['job.chats']).toBeGreaterThan(1);
    await receiver.gets((span) => span.name === 'execute' && span.traceId === job.traceId);
  });

  test('is begun here: a caller’s own is linked, and housekeeping has none', async () => {
    await begin();
    const [traceId, spanId] = ['ab'.repeat(16), 'cd'.repeat(8)];
    await world.request('/v1/schools/s1/chats', {
      ...{ as: ADMIN, headers: { traceparent: `00-${traceId}-${spanId}-01` } },
    });
    const request = await receiver.gets(({ name }) => name === 'GET /v1/schools/:schoolId/chats');
    expect(request.links).toMatchObject([{ traceId, spanId }]);
    expect(request.traceId).not.toBe(traceId);
    const first = receiver.spans.filter(({ parentSpanId }) => parentSpanId === '').map(({ name }) => name);
    expect(first.filter((name) => !/^(GET|POST) \/v1\/|^job reconcile-chats$/.test(name))).toEqual([]);
  });

  test('is told by the share that is asked for', async () => {
    await begin({ env: { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' } });
    expect(world.ctx.config.traces).toBeNull();
    await leaves();
    const { rows } = await sql`select from chat where traceparent is not null`.execute(everywhere(world.ctx));
    expect(rows).toEqual([]);
  });
});

test('V5: no name, title, token or text stands in any span, whatever is asked', async () => {
  await begin({ initialized: false });
  const files = linkedRoster();
  const body = (await zipRoster(files)) as Uint8Array<ArrayBuffer>;
  const zip = { method: 'POST', headers: { 'content-type': 'application/zip' }, body };
  await world.request('/v1/roster-imports', { ...zip, as: { role: 'service', sub: 'sgo' } });
  await world.settled();
  await world.initialize();
  await leaves();
  const staff = await world.done(201, 'POST', '/v1/schools/s1/chats', ADMIN, {
    ...{ type: 'staff', title: 'Тайный совет', reason: 'по решению Канарейкиной' },
    members: [{ personId: 't1', admin: true }],
  });
  // Otherwise one job may carry out both changes, in the trace of the first.
  await world.settled();
  await world.call('PATCH', `/v1/chats/${staff.id}`, ADMIN, { title: 'Совсем тайный совет' });
  await world.request('/v1/schools/s1/people?lastName=Абаев', { as: HOMEROOM_5A });
  await world.request('/v1/people/p1/grounds', { as: ADMIN });
  await world.request(`/v1/тайна/${encodeURIComponent('Абаев')}`, { as: ADMIN });
  await tell(world, 's1', 'sgo.lesson.saved', {
    ...{ id: 'geo', subjectGroupId: 'geo5a', teacherId: 't1', topic: 'Материки' },
    ...{ startsAt: '2026-10-01T09:00:00Z', endsAt: '2026-10-01T13:50:00Z' },
  });
  await world.done(201, 'POST', '/v1/lessons/geo/meeting', HOMEROOM_5A, { title: 'Урок-тайна' });
  const call = await receiver.gets(({ name }) => name === 'calls.start');
  expect(wayTo(call)).toEqual(['POST /v1/lessons/:id/meeting', 'job tend-lesson', 'calls.start']);
  await world.settled();
  await receiver.gets((span) => wayTo(span)[0] === 'PATCH /v1/chats/:id' && span.name === 'execute');

  const told = receiver.texts.join('\n');
  // Names of people and their texts are Russian, and nothing that we say about our own work is. So no Russian letter
  // may be told.
  expect(/[А-Яа-яЁё].{0,20}/.exec(told)?.[0]).toBeUndefined();
  const tokens = [...world.sandbox.world.accounts.tokens.keys()];
  expect(tokens).not.toEqual([]);
  for (const secret of [...tokens, 'Bearer', 'vk.me', 'http:', 'https:']) expect(told).not.toContain(secret);
  const keys = new Set(receiver.spans.flatMap(({ attributes }) => Object.keys(attributes)));
  expect([...keys].sort()).toEqual([
    ...['chat.id', 'http.request.method', 'http.response.status_code', 'http.route', 'job.chats'],
    ...['lesson.id', 'operation.id', 'school.id', 'sferum.calls', 'sferum.method', 'sferum.outcome'],
  ]);
});

describe('work goes on', () => {
  test('while nobody takes the spans, which the log says', async () => {
    await begin({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' } });
    const said: unknown[] = [];
    vi.spyOn(world.ctx.log, 'warn').mockImplementation((...words: unknown[]) => void said.push(words));
    await leaves();
    await vi.waitFor(() => expect(JSON.stringify(said)).toContain('traces are not taken'), {
      ...{ timeout: 30_000, interval: 50 },
    });
    vi.restoreAllMocks();
    expect(await world.differences(['s1'])).toEqual([]);
  });

  test('while the receiver takes them and never answers; the end waits for it within bounds', async () => {
    receiver.answers = false;
    await begin();
    await leaves();
    expect(await world.differences(['s1'])).toEqual([]);
    await vi.waitFor(() => expect(receiver.unanswered).toBeGreaterThan(0), { timeout: 20_000 });
    await world[Symbol.asyncDispose]();
  });

  test('to its end, and the last spans are sent before the process ends', async () => {
    await begin();
    await world.request('/v1/schools/s1/chats?title=last', { as: ADMIN });
    await world[Symbol.asyncDispose]();
    expect(receiver.spans.map(({ name }) => name)).toContain('GET /v1/schools/:schoolId/chats');
  });
});
