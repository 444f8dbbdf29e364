import { ChatsInHand } from '../../src/chats-in-hand.ts';
import type { Context } from '../../src/context.ts';
import type { SferumAccount } from '../../src/sferum/gateway.ts';

type Method = keyof SferumAccount;

export interface Stop {
  /** Resolves once somebody stands there. */
  arrived: Promise<void>;
  goOn(): void;
}

/**
 * A context whose worker stands still right before, or after, its first call of each of these methods of Sferum, until
 * `goOn` is called.
 */
export function slowAt<M extends Method>(
  ctx: Context,
  stops: Readonly<Record<M, 'before' | 'after'>>,
): { ctx: Context } & Record<M, Stop> {
  const gates = Object.entries(stops).map(([method, when]) => {
    const arrived = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const stand = async () => {
      arrived.resolve();
      await gate.promise;
    };
    return { method, when, stand, stop: { arrived: arrived.promise, goOn: () => gate.resolve() } };
  });
  const account: Context['gateway']['account'] = (credentials) =>
    new Proxy(ctx.gateway.account(credentials), {
      get(target, name) {
        const own = Reflect.get(target, name, target);
        if (typeof own !== 'function') return own;
        return async (...args: unknown[]) => {
          const gate = gates.find(({ method }) => method === name);
          if (gate?.when === 'before') await gate.stand();
          const result = await own.apply(target, args);
          if (gate?.when === 'after') await gate.stand();
          return result;
        };
      },
    });
  // This worker stands for another process, which knows nothing of what this one has in hand.
  const slow = { ctx: { ...ctx, gateway: { ...ctx.gateway, account }, chatsInHand: new ChatsInHand() } };
  return Object.assign(slow, Object.fromEntries(gates.map(({ method, stop }) => [method, stop]))) as {
    ctx: Context;
  } & Record<M, Stop>;
}
