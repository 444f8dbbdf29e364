/** A TCP proxy with switches, between the program and a server it depends on. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpProxy extends AsyncDisposable {
  port: number;
  /** Where new connections go; a restarted server may have another port. */
  target: { host: string; port: number };
  /** `pass`; `blackhole`: nothing comes through either way, connections stay; `refuse`: new ones are reset. */
  mode: 'pass' | 'blackhole' | 'refuse';
  /** Nothing comes through the connections that are open now, either way and for ever; new ones pass. */
  forget(): void;
  /** Resets every open connection. */
  cut(): void;
  /** Called with each piece that the server sends; true cuts all connections before it arrives. */
  cutReply: (piece: Buffer) => boolean;
  /** The address with this proxy in the server's place. */
  through(url: string): string;
}

/** Stands before the server of `url`. */
export async function startTcpProxy(url: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const forgotten = new WeakSet<Socket>();
  const server = createServer((near) => {
    if (proxy.mode === 'refuse') return void near.resetAndDestroy();
    const far = connect(proxy.target.port, proxy.target.host);
    const pair = [near, far];
    for (const socket of pair) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        // A side that goes says nothing either.
        if (!forgotten.has(socket)) for (const other of pair) other.destroy();
      });
    }
    near.on('data', (piece) => {
      if (proxy.mode === 'pass' && !forgotten.has(near)) far.write(piece);
    });
    far.on('data', (piece) => {
      if (proxy.cutReply(piece)) proxy.cut();
      else if (proxy.mode === 'pass' && !forgotten.has(far)) near.write(piece);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: TcpProxy = {
    port: (server.address() as AddressInfo).port,
    // What is reached by a socket also listens on this port.
    target: { host: hostname.startsWith('%2F') ? '127.0.0.1' : hostname, port: Number(port) },
    mode: 'pass',
    forget() {
      for (const socket of sockets) forgotten.add(socket);
    },
    cut() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    cutReply: () => false,
    through(address) {
      return Object.assign(new URL(address), { hostname: '127.0.0.1', port: String(proxy.port) }).href;
    },
    async [Symbol.asyncDispose]() {
      proxy.cut();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
