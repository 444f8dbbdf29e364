/** A receiver of traces on loopback, as OTLP/HTTP sends them. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';

type Value = string | number | boolean;

/** A span as it came. */
export interface Told {
  traceId: string;
  spanId: string;
  /** Empty for the first of a trace. */
  parentSpanId: string;
  name: string;
  attributes: Record<string, Value>;
  links: { traceId: string; spanId: string }[];
  failed: boolean;
}

export interface OtlpReceiver extends AsyncDisposable {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  url: string;
  spans: Told[];
  /** The bodies of all requests, as they came. */
  texts: string[];
  /** Requests that were not answered, because `answers` is false. */
  unanswered: number;
  answers: boolean;
  /** Waits until such a span has come. */
  gets(is: (span: Told) => boolean): Promise<Told>;
}

interface Sent {
  resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[];
}
interface SentSpan extends Pick<Told, 'traceId' | 'spanId' | 'name'> {
  parentSpanId?: string;
  attributes?: { key: string; value: Record<string, Value> }[];
  links?: Told['links'];
  status?: { code?: number };
}

const ERROR = 2;

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (!receiver.answers) {
        receiver.unanswered += 1;
        return;
      }
      const text = Buffer.concat(parts).toString();
      receiver.texts.push(text);
      receiver.spans.push(...spansIn(JSON.parse(text) as Sent));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: OtlpReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ spans: [], texts: [], unanswered: 0, answers: true },
    gets: (is) =>
      vi.waitFor(
        () => {
          const found = receiver.spans.find(is);
          if (!found) throw new Error(`no such span among: ${receiver.spans.map((s) => s.name).join(', ')}`);
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

function spansIn({ resourceSpans }: Sent): Told[] {
  return resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ traceId, spanId, parentSpanId = '', name, attributes = [], links = [], status }) => ({
        ...{ traceId, spanId, parentSpanId, name, links, failed: status?.code === ERROR },
        attributes: Object.fromEntries(
          attributes.map(({ key, value }) => [key, Object.values(value)[0]!] as const),
        ),
      })),
    ),
  );
}
