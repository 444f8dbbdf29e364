/** What happens between the moments at which the program asks Sferum for something. */
import type { Context } from '../../src/context.ts';
import type { SferumAccount } from '../../src/sferum/gateway.ts';

export type AfterStart = (answer: {
  callId: string;
  joinLink: string;
}) => Promise<{ callId: string; joinLink: string }>;

/**
 * The same program, but `before` happens once an account is asked for, and requests to start a call end as `after` says
 * once Sferum has done them.
 */
export function withAccount(
  ctx: Context,
  {
    before = async () => undefined,
    after = async (answer) => answer,
  }: { before?: () => Promise<void>; after?: AfterStart },
): Context {
  const { gateway } = ctx;
  return {
    ...ctx,
    gateway: {
      ...gateway,
      account(credentials) {
        const account = gateway.account(credentials);
        const startCall: SferumAccount['startCall'] = async (options) =>
          after(await account.startCall(options));
        const changed = new Proxy(account, {
          get: (of, name) => {
            if (name === 'startCall') return startCall;
            const value: unknown = Reflect.get(of, name);
            return typeof value === 'function' ? value.bind(of) : value;
          },
        });
        // Code that asks for an account does so in an async function, and so waits for this.
        return before().then(() => changed) as unknown as SferumAccount;
      },
    },
  };
}
