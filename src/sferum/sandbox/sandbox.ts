import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type ServerType } from '@hono/node-server';
import { Hono } from 'hono';
import { Api } from './api.ts';
import { controlRoutes } from './control.ts';
import { messengerPage } from './messenger.ts';
import { Pace } from './pace.ts';
import { linkPages } from './pages.ts';
import { SandboxWorld } from './sandbox-world.ts';
import { restoreSnapshot, type Snapshot, takeSnapshot } from './snapshot.ts';
import { StateFile } from './state-file.ts';
import { vkIdRoutes } from './vk-id.ts';
import { answer, type Wire } from './wire.ts';

const USER_REQUESTS_PER_SECOND = 3;
const COMMUNITY_REQUESTS_PER_SECOND = 20;

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'] as const;
const EVERY_ADDRESS = new Set(['0.0.0.0', '::']);

export type SandboxOptions = {
  /** Gives the milliseconds since 1970. */
  now: () => number;
  /** Gives 0 to 1, as Math.random does. */
  random: () => number;
  paceUserPerSecond?: number;
  paceCommunityPerSecond?: number;
  /** The JSON file in which the state outlives the process. */
  stateFile?: string;
  /** A snapshot to begin with. */
  state?: unknown;
  latencyMs?: number;
  /** Where invite and call links lead. Default: the sandbox itself once it listens, VK's hosts before that. */
  linkOrigin?: string;
  ledgerMaxEntries?: number;
};

export type Listening = {
  /** The base of the API, `http://127.0.0.1:PORT/method`: what SFERUM_API_URL would be. */
  url: string;
  /** The base of VK ID and of the links, `http://127.0.0.1:PORT`: what VKID_URL would be. */
  origin: string;
  server: ServerType;
  close: () => Promise<void>;
};

export type Sandbox = {
  app: Hono<Wire>;
  world: SandboxWorld;
  api: Api;
  listen: (port?: number, host?: string) => Promise<Listening>;
  snapshot: () => Snapshot;
  restore: (json: unknown) => void;
  /** Ends what hangs, stops listening and writes the state. */
  close: () => Promise<void>;
};

/**
 * Makes a stand-in for VK and VK ID: state, both kinds of token, their paces and refusals, and faults on demand.
 * test/contract holds its answers against VK's published schema.
 */
export function createSandbox(options: SandboxOptions): Sandbox {
  const world = new SandboxWorld(options);
  world.linkOrigin = options.linkOrigin ?? null;
  world.faults.latencyMs = options.latencyMs ?? 0;
  if (options.state !== undefined) restoreSnapshot(world, options.state);
  const pace = new Pace(
    {
      user: options.paceUserPerSecond ?? USER_REQUESTS_PER_SECOND,
      community: options.paceCommunityPerSecond ?? COMMUNITY_REQUESTS_PER_SECOND,
    },
    options.now,
  );
  const api = new Api(world, pace);
  const file = options.stateFile ? keepIn(options.stateFile, world) : undefined;
  const names = new Set<string>(LOOPBACK);
  const closing = new AbortController();
  const app = routes(api, world, { names, closing: closing.signal });
  const server = createAdaptorServer({ fetch: app.fetch });
  const close = async () => {
    closing.abort();
    await stopListening(server);
    world.onChange = () => {};
    await file?.close();
  };
  const listen = async (port = 0, host = '127.0.0.1'): Promise<Listening> => {
    server.listen(port, host);
    await once(server, 'listening');
    const name = EVERY_ADDRESS.has(host) ? LOOPBACK[0] : host;
    names.add(name);
    // A server that listens on a port has an address of this kind.
    const { port: taken } = server.address() as AddressInfo;
    const origin = `http://${name}:${taken}`;
    world.linkOrigin ??= origin;
    return { url: `${origin}/method`, origin, server, close };
  };
  return {
    app,
    world,
    api,
    listen,
    snapshot: () => takeSnapshot(world),
    restore: (json) => restoreSnapshot(world, json),
    close,
  };
}

/** Restores the world that the file holds, and writes each later change to it. */
function keepIn(path: string, world: SandboxWorld): StateFile {
  const file = new StateFile(path, () => takeSnapshot(world));
  const stored = file.read();
  if (stored !== undefined) restoreSnapshot(world, stored);
  world.onChange = () => file.changed();
  return file;
}

function routes(
  api: Api,
  world: SandboxWorld,
  { names, closing }: { names: ReadonlySet<string>; closing: AbortSignal },
): Hono<Wire> {
  const app = new Hono<Wire>();
  app.on(['GET', 'POST'], '/method/:name', (c) => answer(c, api, closing));
  app.route('/_sandbox', controlRoutes(api, names));
  app.route('/', vkIdRoutes(world));
  app.route('/', linkPages(world));
  app.route('/', messengerPage(world));
  // Without a server a reset must reach the caller as a failed request, not as a page.
  app.onError((error) => {
    throw error;
  });
  return app;
}

async function stopListening(server: ServerType): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  if ('closeAllConnections' in server) server.closeAllConnections();
  await closed;
}
