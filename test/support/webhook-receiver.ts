/** A receiver of webhooks on loopback, as badly behaved as a test wants it. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';

/** One request as it came. `answered`: the status, or 0 where none was given. */
export interface Heard {
  path: string;
  id: string;
  text: string;
  headers: IncomingHttpHeaders;
  body: { type: string; timestamp: string; data: Record<string, unknown> };
  answered: number;
}

export interface Receiver extends AsyncDisposable {
  url: string;
  /** Every request, in the order of their arrival. */
  heard: Heard[];
  /** How requests are answered from now on; returns the status, or 0 where it answers by itself or never. */
  answer: (heard: Heard, response: ServerResponse) => number;
  /** The requests that were answered with 2xx, one for each id. */
  received(): Heard[];
  /** Waits until so many messages of the type were received, each counted once. */
  receives(type: string, count?: number): Promise<Heard[]>;
}

export async function startReceiver(): Promise<Receiver> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString();
      const heard: Heard = {
        ...{ path: request.url!, text, headers: request.headers, answered: 0 },
        id: String(request.headers['webhook-id']),
        body: JSON.parse(text) as Heard['body'],
      };
      receiver.heard.push(heard);
      heard.answered = receiver.answer(heard, response);
      if (heard.answered !== 0) response.writeHead(heard.answered).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    heard: [],
    answer: () => 204,
    received() {
      const good = receiver.heard.filter(({ answered }) => answered >= 200 && answered < 300);
      return [...new Map(good.map((one) => [one.id, one])).values()];
    },
    receives: (type, count = 1) =>
      vi.waitFor(
        () => {
          const found = receiver.received().filter(({ body }) => body.type === type);
          if (found.length < count) {
            const all = receiver.heard.map(({ body, answered }) => `${body.type} ${answered}`);
            throw new Error(`${found.length} of ${type}; heard: ${all.join(', ')}`);
          }
          return found;
        },
        { timeout: 30_000, interval: 20 },
      ),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}
