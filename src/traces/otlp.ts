/** Traces by OpenTelemetry, sent over OTLP/HTTP. This file and its packages are loaded only where traces are on. */
import {
  type Context,
  type Link,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { type Attributes, type Begin, NO_SPAN, type Span, type Traces } from './span.ts';

/** A process that ends waits at most so long for its last spans to be taken. */
const FLUSH_WITHIN_MS = 3_000;
/** Spans wait in memory, at most so many. What comes while they are not taken is dropped. */
const WAITING_SPANS = 4_096;
const SPANS_PER_REQUEST = 512;
const SEND_EVERY_MS = 2_000;
const SEND_WITHIN_MS = 10_000;

const KINDS: Record<Begin['kind'], SpanKind> = {
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
};

/**
 * Opens the way to a receiver of OTLP. Nothing waits for it: spans that it does not take are dropped. `share` of the
 * traces are told, each of them whole. `onTrouble` is called where a receiver does not take spans. The exporter itself
 * reads headers, compression and certificates from OTEL_EXPORTER_OTLP_….
 */
export function openOtlp(
  { url, share, role }: { url: string; share: number; role: string },
  onTrouble: (error: Error) => void,
): Traces {
  const exporter = saying(new OTLPTraceExporter({ url, timeoutMillis: SEND_WITHIN_MS }), onTrouble);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'sferum-sync', 'sferum.process': role }).merge(
      detectResources({ detectors: [envDetector] }),
    ),
    sampler: samplerOf(share),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: WAITING_SPANS,
        maxExportBatchSize: SPANS_PER_REQUEST,
        scheduledDelayMillis: SEND_EVERY_MS,
        exportTimeoutMillis: SEND_WITHIN_MS,
      }),
    ],
  });
  const tracer = provider.getTracer('sferum-sync');
  return {
    isOn: true,
    begin: (name, how) => begin(tracer, name, how),
    [Symbol.asyncDispose]: () => endWithin(FLUSH_WITHIN_MS, provider.shutdown()),
  };
}

/** Makes the exporter tell what it could not send, because by itself it says nothing. */
function saying(exporter: SpanExporter, onTrouble: (error: Error) => void): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error) onTrouble(result.error);
        done(result);
      }),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

/** Work that continues a trace which is told is told too, so that no trace ends in the middle. */
function samplerOf(share: number): Sampler {
  const chosen = new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) });
  const always = new AlwaysOnSampler();
  return {
    shouldSample: (...asked) => {
      const [, , , , , links] = asked;
      return links.length > 0 ? always.shouldSample() : chosen.shouldSample(...asked);
    },
    toString: () => `sferum-sync(${share})`,
  };
}

function begin(tracer: Tracer, name: string, { kind, parent, links = [], isRoot, attributes }: Begin): Span {
  const place = parent ? placeOf(parent) : null;
  const linked = links.flatMap((link): Link[] => {
    const context = placeOf(link);
    return context ? [{ context }] : [];
  });
  if (!place && linked.length === 0 && !isRoot) return NO_SPAN;
  const context: Context = place ? trace.setSpanContext(ROOT_CONTEXT, place) : ROOT_CONTEXT;
  const span = tracer.startSpan(
    name,
    { kind: KINDS[kind], links: linked, attributes: { ...attributes } },
    context,
  );
  return span.isRecording() ? new OtlpSpan(span) : NO_SPAN;
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;

function placeOf(traceparent: string): SpanContext | null {
  const [, traceId, spanId] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined) return null;
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
}

class OtlpSpan implements Span {
  readonly traceparent: string;
  readonly #span: OtelSpan;

  constructor(span: OtelSpan) {
    const { traceId, spanId } = span.spanContext();
    this.traceparent = `00-${traceId}-${spanId}-01`;
    this.#span = span;
  }

  rename(name: string): void {
    this.#span.updateName(name);
  }

  set(attributes: Attributes): void {
    this.#span.setAttributes({ ...attributes });
  }

  link(traceparent: string): void {
    const context = placeOf(traceparent);
    if (context) this.#span.addLink({ context });
  }

  end(error?: string): void {
    if (error !== undefined) {
      this.#span.setAttributes({ 'error.type': error || 'unknown' });
      this.#span.setStatus({ code: SpanStatusCode.ERROR });
    }
    this.#span.end();
  }
}

/** Waits for the end of the work, at most so long, and never fails. */
async function endWithin(limitMs: number, work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, limitMs);
  await Promise.race([work.catch(() => undefined), late.promise]);
  clearTimeout(timer);
}
