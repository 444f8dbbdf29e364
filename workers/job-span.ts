import type { Begin, Span, Traces } from '../src/traces/span.ts';

/** What payloads say of the trace that their job goes on with, and of what the job is about. */
export interface CarriesTrace {
  schoolId?: string | null;
  chatId?: string;
  chatIds?: readonly string[];
  operationId?: string;
  lessonId?: string;
  /** For a job of one chat, operation or lesson. */
  traceparent?: string | undefined;
  /** For a job of several chats. */
  traceparents?: readonly string[] | undefined;
}

/** Begins the span of a job. One with several chats is linked to the trace of each. */
export function jobSpan(traces: Traces, name: string, payload: CarriesTrace): Span {
  return traces.begin(`job ${name}`, {
    ...{ kind: 'consumer', parent: payload.traceparent, links: payload.traceparents ?? [] },
    attributes: subjectOf(payload),
  });
}

function subjectOf({ schoolId, chatId, chatIds, operationId, lessonId }: CarriesTrace): Begin['attributes'] {
  return {
    ...(schoolId == null ? {} : { 'school.id': schoolId }),
    ...(chatId === undefined ? {} : { 'chat.id': chatId }),
    ...(chatIds === undefined ? {} : { 'job.chats': chatIds.length }),
    ...(operationId === undefined ? {} : { 'operation.id': operationId }),
    ...(lessonId === undefined ? {} : { 'lesson.id': lessonId }),
  };
}
