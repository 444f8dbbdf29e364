import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { sure } from '../sure.ts';
import { isPublic, literalOf, NotPublic, publicLookup } from './public-address.ts';

interface Post {
  url: string;
  headers: Record<string, string>;
  body: string;
}

interface PostLimits {
  timeoutMs: number;
  /** So many bytes of the answer are read and ignored, so that the receiver is not cut off. */
  answerBytes: number;
  /** True: only https to a public address is allowed. */
  publicOnly: boolean;
}

/**
 * Posts a message and gives the status of the answer. It follows no redirect, and connects to the address that was
 * checked.
 * @throws where nobody answered in time, or the address may not be used
 */
export async function postWebhook({ url, headers, body }: Post, limits: PostLimits): Promise<number> {
  const to = new URL(url);
  const literal = literalOf(to);
  if (limits.publicOnly && (to.protocol !== 'https:' || (literal !== null && !isPublic(literal))))
    throw new NotPublic();
  const request = to.protocol === 'https:' ? requestHttps : requestHttp;
  const signal = AbortSignal.timeout(limits.timeoutMs);
  return new Promise((resolve, reject) => {
    const sent = request(to, {
      ...{ method: 'POST', agent: false, signal },
      headers: {
        ...{ 'content-type': 'application/json', 'user-agent': 'sferum-sync', connection: 'close' },
        ...{ ...headers, 'content-length': Buffer.byteLength(body) },
      },
      ...(limits.publicOnly ? { lookup: publicLookup } : {}),
    });
    sent.on('error', reject);
    sent.on('response', (answer) => {
      let leftBytes = limits.answerBytes;
      answer.on('error', () => undefined);
      answer.on('data', (part: Buffer) => {
        leftBytes -= part.length;
        if (leftBytes < 0) answer.destroy();
      });
      resolve(sure(answer.statusCode));
    });
    sent.end(body);
  });
}

/** Says in a word why nobody answered. It holds nothing of the address. */
export function postTrouble(error: unknown): string {
  if (error instanceof NotPublic) return 'not-public';
  const { name, code } = error as { name?: string; code?: string };
  if (name === 'AbortError' || name === 'TimeoutError' || code === 'ABORT_ERR') return 'timeout';
  return /^[A-Z_]+$/.exec(code ?? '')?.[0].toLowerCase() ?? 'unreachable';
}
