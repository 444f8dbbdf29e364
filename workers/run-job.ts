import { type Job, type Processor, UnrecoverableError } from 'bullmq';
import type { JobContract } from '../jobs/contract.ts';
import type { Context } from '../src/context.ts';
import { codeOf } from '../src/errors.ts';
import { withinSpan } from '../src/traces/current.ts';
import { type CarriesTrace, jobSpan } from './job-span.ts';

export interface Handler {
  name: string;
  /** Throws UnrecoverableError for a payload that does not fit the contract. */
  run(ctx: Context, data: unknown, signal: AbortSignal): Promise<void>;
}

/** A job's contract with what is done for it. */
export function handlerOf<Payload extends CarriesTrace>(
  contract: JobContract<Payload>,
  handle: (ctx: Context, payload: Payload, signal: AbortSignal) => Promise<void>,
): Handler {
  return {
    name: contract.name,
    async run(ctx, data, signal) {
      const payload = contract.payload.safeParse(data);
      if (!payload.success) throw new UnrecoverableError('malformed-job');
      const span = jobSpan(ctx.traces, contract.name, payload.data);
      await withinSpan(span, keptOf, () => handle(ctx, payload.data, signal));
    },
  };
}

/**
 * The only place that tells BullMQ of outcomes. A job whose handler returns is done, and what it decided stands in our
 * rows. A job whose handler throws is tried again as often as its contract says. Nothing is returned, and of an error
 * only its code is passed on, because the queue keeps return values and messages, and the board shows them.
 */
export function processorOf(ctx: Context, handlers: readonly Handler[]): Processor {
  const byName = new Map(handlers.map((h) => [h.name, h]));
  return async (job: Job, _token?: string, signal?: AbortSignal) => {
    const handler = byName.get(job.name);
    if (!handler) throw new UnrecoverableError('unknown-job');
    try {
      await handler.run(ctx, job.data, signal ?? new AbortController().signal);
      ctx.metrics.job(job.name, 'done');
    } catch (error) {
      ctx.metrics.job(job.name, 'failed');
      if (error instanceof UnrecoverableError) throw error;
      ctx.log.error({ job: job.name, err: error }, 'a job failed');
      throw new Error(keptOf(error));
    }
  };
}

/** Gives what may be kept of an error outside our own log: a code or a class, never its text. */
function keptOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = codeOf(error);
  return /^[\w-]{1,40}$/.test(code) ? code : error.name;
}
