import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import { type AddressInfo, Server as Listener } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import { serverOptions } from '../../dashboard/server-options.ts';
import type { App } from '../app.ts';
import type { Config } from '../config.ts';
import type { Limits } from '../limits.ts';
import { stateOf } from '../store/errors.ts';

/**
 * A connection that is kept open learns from its next answer that it ends. One that asks nothing for this long is
 * ended.
 */
const LAST_QUESTION_MS = 500;
/** The share of a stop's time for what is being answered. */
const ANSWERS_SHARE = 0.6;

/**
 * Serves the app's HTTP. A stop begins here, before any part of the app: nobody new is let in, running requests are
 * answered, and every answer ends its connection.
 */
export async function listen(app: App, { host, port, limits }: Config): Promise<void> {
  const server = serverOf(app, limits);
  await listening(server, host, port);
  app.beforeStop(draining(server, limits.shutdownMs * ANSWERS_SHARE));
}

/**
 * Serves health and figures of a process without people. A second such process on this machine finds the default port
 * taken and takes a free one, which the log names. A port that OPS_ADDRESS names must be had.
 */
export async function listenForOps(app: App, { ops, limits }: Config): Promise<string> {
  const server = serverOf(app, limits);
  try {
    await listening(server, ops.host, ops.port);
  } catch (error) {
    if (ops.isFixed || stateOf(error) !== 'EADDRINUSE') throw error;
    await listening(server, ops.host, 0);
  }
  app.beforeStop(draining(server, limits.shutdownMs * ANSWERS_SHARE));
  // A server that listens on a port has an address of this kind.
  const { address, port, family } = server.address() as AddressInfo;
  return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
}

function serverOf(app: App, limits: Limits): Server {
  const server = createAdaptorServer({
    fetch: app.http.fetch,
    serverOptions: serverOptions(limits),
  });
  // Without further options it is a server of HTTP/1.
  return server as Server;
}

async function listening(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  await Promise.race([
    once(server, 'listening'),
    once(server, 'error').then(([error]) => Promise.reject(error)),
  ]);
}

/** Gives the function that closes the server within the limit. */
export function draining(server: Server, limitMs: number): () => Promise<void> {
  const answering = new Set<ServerResponse>();
  let isEnding = false;
  server.prependListener('request', (_request, response) => {
    if (isEnding) response.setHeader('Connection', 'close');
    answering.add(response);
    response.once('close', () => {
      answering.delete(response);
      // An answer whose head was sent before the end began would keep its connection open.
      if (isEnding && response.shouldKeepAlive) response.req.socket.destroySoon();
    });
  });
  return async () => {
    isEnding = true;
    for (const response of answering) {
      if (!response.headersSent) response.setHeader('Connection', 'close');
    }
    const closed = once(server, 'close');
    // The HTTP server's own `close` would cut off connections into which a request is just being sent.
    Listener.prototype.close.call(server);
    await Promise.race([closed, delay(LAST_QUESTION_MS)]);
    server.closeIdleConnections();
    await Promise.race([closed, delay(limitMs)]);
    server.closeAllConnections();
    await closed;
  };
}
