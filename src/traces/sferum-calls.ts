import type { CallTraces } from '../sferum/vk/call-traces.ts';
import { currentTrace } from './current.ts';
import type { Traces } from './span.ts';

/**
 * Tells of calls to the messenger. A call is part of the work that asks for it. A request that carries many calls is
 * part of its first call's work, and links lead to the others.
 */
export function sferumCalls(traces: Traces): CallTraces {
  return {
    call: (method) =>
      traces.begin(method, {
        ...{ kind: 'client', parent: currentTrace() },
        attributes: { 'sferum.method': method },
      }),
    request(carried) {
      const told = carried.flatMap((call) => call.traceparent ?? []);
      const request = traces.begin('execute', {
        ...{ kind: 'client', parent: told[0], links: told.slice(1) },
        attributes: { 'sferum.calls': carried.length },
      });
      if (request.traceparent !== null) for (const call of carried) call.link(request.traceparent);
      return request;
    },
  };
}
