/** The demonstration's mail server, and waiting for its letters. */
import { vi } from 'vitest';
import { type CaughtMail, type MailCatcher, startMailCatcher } from '../../src/demo/post/mail-catcher.ts';

export interface WaitingCatcher extends MailCatcher {
  /** Waits until so many letters were taken. */
  catches(count: number): Promise<CaughtMail[]>;
}

export async function startWaitingCatcher(): Promise<WaitingCatcher> {
  const catcher = await startMailCatcher();
  return Object.assign(catcher, {
    catches: (count: number) =>
      vi.waitFor(
        () => {
          if (catcher.mails.length < count) throw new Error(`${catcher.mails.length} letters of ${count}`);
          return catcher.mails;
        },
        { timeout: 30_000, interval: 20 },
      ),
  });
}
