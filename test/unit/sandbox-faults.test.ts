import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runSandbox } from '../../src/sferum/sandbox/main.ts';
import { createSandbox, type Sandbox } from '../../src/sferum/sandbox/sandbox.ts';
import { onTheWire, schoolInSandbox, scriptCall } from '../contract/sandbox-client.ts';

const open: { close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.close();
});

/** A sandbox behind a real socket. */
async function listening() {
  const school = schoolInSandbox();
  open.push(school.sandbox);
  const { url, origin } = await school.sandbox.listen();
  const post = (method: string, params: Parameters<typeof onTheWire>[0] = {}, init: RequestInit = {}) =>
    fetch(`${url}/${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${school.access.userToken}` },
      body: new URLSearchParams({ v: '5.199', ...onTheWire(params) }),
      ...init,
    });
  const control = (path: string, body: unknown) =>
    fetch(`${origin}/_sandbox/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return { ...school, url, origin, post, control };
}

describe('Faults of the sandbox', () => {
  it('lose the reply after the work was done, or before', async () => {
    const { world, post } = await listening();
    world.faults.once('messages.createChat', 'applyThenReset');
    await expect(post('messages.createChat', { title: 'А' })).rejects.toThrow();
    expect(world.chats.size).toBe(1);
    world.faults.once('messages.createChat', 'reset');
    await expect(post('messages.createChat', { title: 'Б' })).rejects.toThrow();
    expect(world.chats.size).toBe(1);
    expect((await post('messages.createChat', { title: 'В' })).status).toBe(200);
  });

  it('befall an execute that carries the method', async () => {
    const { world, post } = await listening();
    world.faults.once('messages.createChat', 'applyThenReset');
    expect((await post('users.get')).status).toBe(200);
    const code = `return [${scriptCall('users.get', {})},${scriptCall('messages.createChat', { title: 'А' })}];`;
    await expect(post('execute', { code })).rejects.toThrow();
    expect(world.chats.size).toBe(1);
    expect(world.faults.pending()).toBe(0);
  });

  it('hang until the client gives up, the work done or not', async () => {
    const { world, post } = await listening();
    for (const fault of ['applyThenHang', 'hang'] as const) {
      world.faults.once('messages.createChat', fault);
      const giveUp = new AbortController();
      const reply = post('messages.createChat', { title: fault }, { signal: giveUp.signal });
      await vi.waitFor(() => expect(world.faults.pending()).toBe(0));
      giveUp.abort();
      await expect(reply).rejects.toThrow();
    }
    expect([...world.chats.values()].map((chat) => chat.title)).toEqual(['applyThenHang']);
  });

  it('end what hangs when the sandbox closes', async () => {
    const { sandbox, world, post } = await listening();
    world.faults.once('users.get', 'hang');
    const reply = post('users.get').catch(() => 'cut');
    await vi.waitFor(() => expect(world.faults.pending()).toBe(0));
    await sandbox.close();
    expect(await reply).toBe('cut');
  });

  it('give a 502 in HTML before and after the effect', async () => {
    const { world, post } = await listening();
    world.faults.once('messages.createChat', 'http502');
    world.faults.once('messages.createChat', 'applyThenHttp502');
    const before = await post('messages.createChat', { title: 'А' });
    expect([before.status, world.chats.size]).toEqual([502, 0]);
    const after = await post('messages.createChat', { title: 'А' });
    expect([after.status, after.headers.get('content-type'), world.chats.size]).toEqual([
      502,
      'text/html; charset=UTF-8',
      1,
    ]);
  });

  it('refuse a method, an owner or both for a time, others not', async () => {
    const { world, clock, access, user, community } = schoolInSandbox();
    world.faults.add({
      fault: 29,
      method: 'messages.createChat',
      ownerId: access.serviceUserId,
      forMs: 60_000,
    });
    const create = async (call: typeof user) =>
      (await call('messages.createChat', { title: 'А' })).error?.error_code;
    expect([await create(user), await create(user), await create(community)]).toEqual([29, 29, undefined]);
    clock.ms += 60_000;
    expect(await create(user)).toBeUndefined();
    world.faults.add({ fault: { code: 5, subcode: 1130 }, ownerId: -access.communityId });
    expect([await create(community), await create(user)]).toEqual([5, undefined]);
    world.faults.clear();
    expect(await create(community)).toBeUndefined();
  });

  it('are not used up by a request that is refused for its pace', async () => {
    const { world, user } = schoolInSandbox({ paceUserPerSecond: 1 });
    await user('users.get');
    world.faults.once('messages.createChat', 'applyThenError10');
    expect((await user('messages.createChat', { title: 'А' })).error?.error_code).toBe(6);
    expect(world.faults.pending()).toBe(1);
  });

  it('strike at the given rates, drawn from the given randomness', async () => {
    let draws = 0;
    const { world, user } = schoolInSandbox({ random: () => ((draws++ * 7_919) % 1_000) / 1_000 });
    world.faults.rates = { error10: 0.2 };
    let failed = 0;
    for (let i = 0; i < 500; i++) failed += (await user('users.get')).error?.error_code === 10 ? 1 : 0;
    expect(failed).toBeGreaterThan(60);
    expect(failed).toBeLessThan(140);
  });

  it('fail a call in the process as a lost connection does', async () => {
    const { world, user } = schoolInSandbox();
    world.faults.once('messages.createChat', 'applyThenReset');
    await expect(user('messages.createChat', { title: 'А' })).rejects.toThrow('connection reset');
    expect(world.chats.size).toBe(1);
  });
});

describe('The wire of the sandbox', () => {
  it('takes forms, multipart and GET, not JSON; a long GET is 414 in HTML', async () => {
    const { url, access, post } = await listening();
    const query = `access_token=${access.userToken}&v=5.199`;
    const multipart = new FormData();
    multipart.set('user_ids', '5');
    multipart.set('v', '5.199');
    const replies = [
      await fetch(`${url}/users.get?${query}`),
      await post('users.get', { user_ids: [5] }),
      await post('users.get', {}, { body: multipart }),
    ];
    for (const reply of replies) expect(await reply.json()).toHaveProperty('response');
    const json = await post('users.get', {}, { body: JSON.stringify({ v: '5.199' }) });
    expect(await json.json()).toMatchObject({ error: { error_code: 8 } });
    const long = await fetch(`${url}/users.get?${query}&q=${'x'.repeat(2_048)}`);
    expect([long.status, long.headers.get('content-type')]).toEqual([414, 'text/html; charset=UTF-8']);
  });

  it('leads its links to pages of its own', async () => {
    const { world, post } = await listening();
    const call = ((await (await post('calls.start')).json()) as { response: { join_link: string } }).response;
    expect(await (await fetch(call.join_link)).text()).toContain('Звонок идёт');
    await post('messages.createChat', { title: '<b>5А</b>' });
    const chat = [...world.chats.values()][0]!;
    const invite = world.inviteLink(chat);
    expect(await (await fetch(invite)).text()).toContain('&lt;b&gt;5А&lt;/b&gt;');
    await fetch(invite, { method: 'POST', body: new URLSearchParams({ user_id: '42' }) });
    expect(world.memberIds(chat.id)).toContain(42);
  });
});

describe('/_sandbox', () => {
  it('switches faults, acts for people, connects schools and tells the state', async () => {
    const { world, origin, post, control } = await listening();
    await control('faults', {
      add: [{ fault: 'applyThenError10', method: 'messages.createChat', times: 1 }],
    });
    expect(await (await post('messages.createChat', { title: 'А' })).json()).toMatchObject({
      error: { error_code: 10 },
    });
    const { chats } = (await (await fetch(`${origin}/_sandbox/state`)).json()) as { chats: { id: number }[] };
    const chat = chats[0]!.id;
    await control('actions', { action: 'join', chat, user: 9 });
    await control('actions', { action: 'promote', chat, user: 9 });
    expect(world.chat(chat).members.get(9)?.isAdmin).toBe(true);
    expect((await control('actions', { action: 'join', chat: 5, user: 9 })).status).toBe(404);
    const access = await (await control('accounts', { communityId: 88 })).json();
    expect(access).toEqual(world.connectSchool({ communityId: 88 }));
    await control('accounts', { people: [{ id: 9, adding: 'asks' }] });
    expect(world.accounts.person(9).adding).toBe('asks');
    const stats = await (await fetch(`${origin}/_sandbox/stats`)).json();
    expect(stats).toMatchObject({ requests: 1, calls: { 'messages.createChat': 1 } });
  });

  it('answers to its own names alone: another site’s page may make its name point here', async () => {
    const { sandbox, origin } = await listening();
    const { port } = new URL(origin);
    const status = async (host: string, path = '/_sandbox/state') =>
      (await sandbox.app.request(`${origin}${path}`, { headers: { host } })).status;
    for (const own of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, 'LOCALHOST']) {
      expect({ own, status: await status(own) }).toEqual({ own, status: 200 });
    }
    for (const foreign of [
      'evil.ru',
      `evil.ru:${port}`,
      '127.0.0.1.evil.ru',
      'localhost@evil.ru',
      '',
      'x y',
    ]) {
      expect({ foreign, status: await status(foreign) }).toEqual({ foreign, status: 421 });
      expect(await status(foreign, '/_sandbox/ledger')).toBe(421);
    }
  });

  it('answers to the name it listens by; where it listens by all, links lead to this machine', async () => {
    const { sandbox } = schoolInSandbox();
    open.push(sandbox);
    const { origin } = await sandbox.listen(0, '0.0.0.0');
    expect(new URL(origin).hostname).toBe('127.0.0.1');
    expect(sandbox.world.linkOrigin).toBe(origin);
    const named = schoolInSandbox().sandbox;
    open.push(named);
    const { hostname } = new URL((await named.listen(0, '127.0.0.2')).origin);
    const asked = await named.app.request('http://x/_sandbox/state', { headers: { host: hostname } });
    expect(asked.status).toBe(200);
  });

  it('takes JSON of the known shape only', async () => {
    const { origin, control } = await listening();
    expect((await control('faults', { typo: 1 })).status).toBe(400);
    const plain = await fetch(`${origin}/_sandbox/faults`, { method: 'POST', body: '{"clear":true}' });
    expect(plain.status).toBe(415);
  });
});

describe('The state of the sandbox', () => {
  it('is the same after a snapshot and a restore, wherever it is looked at from', async () => {
    const { sandbox, world, access, user, clock } = schoolInSandbox();
    world.describePerson({ id: 3, adding: 'asks' });
    await user('messages.createChat', { title: 'А', user_ids: [1, 2, 3] });
    await user('messages.createChat', { title: 'Б' });
    world.kick(world.chatAt(access.serviceUserId, 2).id, access.serviceUserId);
    await user('calls.start');
    const copy: Sandbox = createSandbox({ now: () => clock.ms, random: () => 0.5 });
    copy.restore(JSON.parse(JSON.stringify(sandbox.snapshot())));
    expect(copy.snapshot()).toEqual(sandbox.snapshot());
    const params = { v: '5.199', access_token: access.userToken };
    const seen = (from: Sandbox) => [
      from.api.handle('messages.getConversations', params, access.userToken),
      from.api.handle(
        'messages.getConversationMembers',
        { ...params, peer_id: '2000000001' },
        access.userToken,
      ),
    ];
    expect(seen(copy)).toEqual(seen(sandbox));
    expect(() => copy.restore({ format: 0 })).toThrow('format');
  });

  it('outlives the process in its file, readable by the owner alone', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sandbox-'));
    const stateFile = join(directory, 'deep', 'sandbox.json');
    try {
      const first = schoolInSandbox({ stateFile });
      await first.user('messages.createChat', { title: 'А', user_ids: [1] });
      await first.sandbox.close();
      expect((await stat(stateFile)).mode & 0o777).toBe(0o600);
      const second = schoolInSandbox({ stateFile });
      expect(second.access).toEqual(first.access);
      expect(second.world.chatAt(second.access.serviceUserId, 1).title).toBe('А');
      await second.user('messages.editChat', { chat_id: 1, title: 'Б' });
      await vi.waitFor(async () => expect(await readFile(stateFile, 'utf8')).toContain('"title":"Б"'), 5_000);
      await second.sandbox.close();
      const alone = await runSandbox({ port: 0, host: '127.0.0.1', stateFile });
      open.push(alone);
      const state = await (await fetch(`${alone.origin}/_sandbox/state`)).json();
      expect(state).toMatchObject({ chats: [{ title: 'Б', members: [{ isAdmin: true }, { id: 1 }] }] });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});
