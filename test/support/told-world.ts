/** A region, a receiver of webhooks and a mail server, with a loop that tells quickly. */
import { startTeller } from '../../src/told/teller.ts';
import { type ApiWorld, createApiWorld } from './api.ts';
import { startWaitingCatcher, type WaitingCatcher } from './mail-catcher.ts';
import { makeRegion } from './region-rows.ts';
import { tokenOf } from './tokens.ts';
import { type Receiver, startReceiver } from './webhook-receiver.ts';

export const QUICK_TELLING = {
  LIMIT_TELL_INTERVAL_MS: '60',
  LIMIT_TELL_QUIET_MS: '300',
  LIMIT_TELL_TIMEOUT_MS: '1000',
};
export const MAIL_FROM = 'Сферум <robot@school.example>';

export interface ToldWorld extends ApiWorld {
  receiver: Receiver;
  mails: WaitingCatcher;
  /** Asks as an operator of all schools, or as an admin of one. */
  ask(method: string, path: string, body?: unknown, school?: string): Promise<Response>;
  /** Adds a webhook of the receiver. */
  hook(kinds: readonly string[], schoolId?: string): Promise<{ id: string; secret: string }>;
}

export async function startToldWorld(
  options: { env?: Record<string, string>; schools?: number } = {},
): Promise<ToldWorld> {
  await using parts = new AsyncDisposableStack();
  const receiver = parts.use(await startReceiver());
  const mails = parts.use(await startWaitingCatcher());
  const env = { ...QUICK_TELLING, SMTP_URL: mails.url, MAIL_FROM, ...options.env };
  const api = parts.use(await createApiWorld({ env }));
  await makeRegion(api.ctx, { schools: options.schools ?? 3, chats: 3, people: 3 });
  parts.use(await startTeller(api.ctx));
  const ask: ToldWorld['ask'] = async (method, path, body, school) =>
    api.request(path, {
      method,
      token: await tokenOf(
        school
          ? { role: 'school-admin', school, sub: 'admin' }
          : { role: 'operator', school: '*', sub: 'op' },
      ),
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const owned = parts.move();
  return {
    ...api,
    ...{ receiver, mails, ask },
    async hook(kinds, schoolId) {
      const response = await ask('POST', '/v1/webhooks', { url: receiver.url, kinds, schoolId });
      if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
      return (await response.json()) as { id: string; secret: string };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
