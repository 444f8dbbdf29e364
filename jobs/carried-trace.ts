import { z } from 'zod';

/** The place in a trace with which a job goes on (W3C traceparent). The row that the job is about has it too. */
export const Traceparent = z.string().regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);
