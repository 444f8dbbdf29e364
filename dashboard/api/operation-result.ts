import { z } from '@hono/zod-openapi';
import { CheckView } from './checks.ts';

const Count = z.int().optional();
/** What an operation came to. Which fields there are depends on its kind and on how far it is. */
export const OperationResult = z
  .looseObject({
    chats: z
      .object({ created: z.int(), renamed: z.int(), unchanged: z.int() })
      .optional()
      .openapi({ description: 'of what changes chats: planned, and once it has ended, done' }),
    members: z.object({ added: z.int(), removed: z.int() }).optional(),
    admins: z.object({ granted: z.int(), revoked: z.int() }).optional(),
    pending: z
      .object({ notLinked: z.int(), invited: z.int(), refused: z.int() })
      .optional()
      .openapi({ description: 'people who are not in Sferum yet, by the reason' }),
    held: Count.openapi({ description: 'removals that wait for a person' }),
    apiCalls: Count,
    estimate: z.object({ apiCalls: z.int(), seconds: z.number() }).optional(),
    ...{ schools: Count, people: Count, classes: Count, subjectGroups: Count, enrollments: Count },
    rejected: z
      .array(z.looseObject({ file: z.string(), line: z.int(), message: z.string() }))
      .optional()
      .openapi({ description: 'of a list: rows that were not used; the first ones' }),
    ignored: z.array(z.object({ file: z.string(), reason: z.string(), rows: z.int() })).optional(),
    operations: z
      .array(z.looseObject({ schoolId: z.string(), state: z.string() }))
      .optional()
      .openapi({ description: 'of a list of several schools: what became of each' }),
    ...CheckView.partial().shape,
    decision: z.enum(['approve', 'reject']).optional(),
  })
  .openapi('OperationResult');
