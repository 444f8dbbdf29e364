import type { Config } from '../config.ts';
import { sure } from '../sure.ts';
import type { Letter } from './messages.ts';

/** Sends letters to an SMTP server. */
export interface Mail {
  /** Sends one letter. `id` is the message's own on every repeat. @throws where the server did not take it */
  send(letter: Letter, to: string, id: string): Promise<void>;
}

/**
 * A letter takes several answers of the server. All together may take at most this many times what one may take, even
 * if the server never ends an answer. So the letter has ended before another process takes it (teller.ts).
 */
const LETTER_SHARE = 2;

/**
 * Makes the way to the mail server. Null where none is configured, and then nothing is loaded for it. A connection is
 * made for each letter.
 */
export async function openMail(mail: Config['mail'], timeoutMs: number): Promise<Mail | null> {
  if (mail === null) return null;
  const { createTransport } = await import('nodemailer');
  const url = new URL(mail.smtpUrl);
  const isSecure = url.protocol === 'smtps:';
  const transport = createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...{ secure: isSecure, requireTLS: mail.requireTls && !isSecure },
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    ...{
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
    },
    // A letter is text alone: nothing in it may be read from a file or another host.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  const domain = sure(mail.from.split('@').at(-1)).replace(/>.*$/, '');
  return {
    async send({ subject, text }, to, id) {
      await transport.sendMail({
        ...{ from: mail.from, to, subject, text, messageId: `<${id}@${domain}>` },
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal: AbortSignal.timeout(timeoutMs * LETTER_SHARE),
      });
    },
  };
}

interface MailTrouble {
  /** The answer in a word. The server's own words may hold the address, so they are left out. */
  answer: string;
  /** True where the server refuses the address itself, so that a repeat is useless. */
  isFinal: boolean;
}

/** Describes what `send` threw. */
export function mailTrouble(error: unknown): MailTrouble {
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  const isFinal = code === 'EENVELOPE' && responseCode !== undefined && responseCode >= 500;
  const word = /^[A-Z]+$/.exec(code ?? '')?.[0].toLowerCase() ?? 'unreachable';
  return { answer: responseCode === undefined ? word : String(responseCode), isFinal };
}
