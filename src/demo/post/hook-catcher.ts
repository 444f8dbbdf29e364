/** A receiver of webhooks that keeps what it is sent. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface CaughtHook {
  /** When it came, an instant. */
  at: string;
  id: string;
  /** The body as it came; it names nobody. */
  text: string;
}

interface HookCatcher extends AsyncDisposable {
  url: string;
  /** In the order of their arrival, each message once. */
  hooks: CaughtHook[];
}

const BODY_CHARS = 100_000;

/** Starts one on a free port of this machine. It keeps the last `most` messages. */
export async function startHookCatcher(most: number, now: () => number): Promise<HookCatcher> {
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text = (text + String(part)).slice(0, BODY_CHARS);
    const id = String(request.headers['webhook-id'] ?? '');
    if (!catcher.hooks.some((hook) => hook.id === id)) {
      catcher.hooks.push({ at: new Date(now()).toISOString(), id, text });
      if (catcher.hooks.length > most) catcher.hooks.shift();
    }
    response.writeHead(204).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens at a port has an address of this kind.
  const { port } = server.address() as AddressInfo;
  const catcher: HookCatcher = {
    url: `http://127.0.0.1:${port}/hook`,
    hooks: [],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return catcher;
}
