/**
 * What an operation keeps in `params`, by its kind: what was asked for, and marks of its progress (rows/operation.ts
 * says what the marks mean). It is checked where a row is read back.
 */
import { z } from 'zod';
import { AUTHOR_KINDS } from '../author.ts';
import { CHAT_TYPES } from '../desired/model.ts';
import type { Operation, OperationKind } from './entities.ts';

const AuthorText = z.object({ id: z.string(), kind: z.enum(AUTHOR_KINDS) });
const Decided = z.object({
  decision: z.enum(['approve', 'reject']),
  by: AuthorText,
  /** When it was decided, ISO 8601. */
  at: z.string(),
});
export type Decided = z.infer<typeof Decided>;

/** An approval that waits before it acts, so that it can be taken back (rows/operation-approval.ts). */
const Awaiting = z.object({
  id: z.string(),
  /** The chats whose held removals are approved; null for what is decided as a whole. */
  chatIds: z.array(z.string()).nullable(),
  /** Whom each of them held when it was decided (`heldIn`). Older approvals have no such digest, or another one. */
  held: z.record(z.string(), z.unknown()).optional(),
  by: AuthorText,
  /** When it was decided and when it acts, ISO 8601. */
  at: z.string(),
  actsAt: z.string(),
});
export type Awaiting = z.infer<typeof Awaiting>;

const Count = z.number();
/** `PlanCounts`, as they were planned. */
const Planned = z.object({
  chats: z.object({ created: Count, renamed: Count, unchanged: Count }),
  members: z.object({ added: Count, removed: Count }),
  admins: z.object({ granted: Count, revoked: Count }),
  pending: z.object({ notLinked: Count, invited: Count, refused: Count }),
  held: Count,
});

const MARKS = {
  following: z.literal(true).optional(),
  incomplete: z.boolean().optional(),
  decided: Decided.optional(),
  awaiting: z.array(Awaiting).optional(),
  planned: Planned.optional(),
  /** Calls that looking and planning cost. */
  planningCalls: z.number().optional(),
  cancelledBy: z.string().optional(),
  failures: z.number().optional(),
};

/** The marks that every kind may have. */
export const Marks = z.object(MARKS);

export const InitializationParams = z.object({
  ...MARKS,
  types: z.array(z.enum(CHAT_TYPES)),
  dryRun: z.boolean(),
  strict: z.boolean(),
  asOf: z.string().nullable(),
  /** The id of the dry run whose plan is to be applied, or null. */
  plan: z.string().nullable(),
  /** Of a dry run, and of the run that applies its plan: the plan's digest. */
  planDigest: z.string().optional(),
  /** The operation that undid this one. */
  undoneBy: z.string().optional(),
});
export type InitializationParams = z.infer<typeof InitializationParams>;

const RosterImportParams = z.object({
  ...MARKS,
  /** The one school that the sender may change, or `*` for all. */
  within: z.string(),
  /** When СГО wrote the roster, ISO 8601. */
  takenAt: z.string(),
  /** What stays known of the file once it is read and deleted (K6). */
  file: z.object({ bytes: z.number(), sha256: z.string() }),
  /** Set once the file is read and the operation is of one school. What it says is staged, or still in the kept file. */
  staged: z.literal(true).optional(),
  /** Set once a file of several schools is read. Each school has its own operation under this one. */
  schools: z.literal(true).optional(),
  /** Set once a person has said that a file which looks incomplete is whole (J2). */
  accepted: z.literal(true).optional(),
  acceptedBy: AuthorText.optional(),
  rejected: z.literal(true).optional(),
});

/** A file that is only checked: what an import of it would say. */
const RosterValidationParams = RosterImportParams.pick({ within: true, takenAt: true, file: true }).extend(
  MARKS,
);

const CheckObstacle = z.object({
  chatId: z.string().optional(),
  personId: z.string().optional(),
  /** A stable word. */
  reason: z.string(),
  /** Russian, for people. */
  message: z.string(),
});
export type CheckObstacle = z.infer<typeof CheckObstacle>;

const CheckParams = z.object({
  ...MARKS,
  chatIds: z.array(z.string()),
  /** The person whose places are asked about; null for whole chats. */
  personId: z.string().nullable(),
  /** What stood in the way of reading. */
  obstacles: z.array(CheckObstacle).optional(),
});
export type CheckParams = z.infer<typeof CheckParams>;

const Followed = z.object({ ...MARKS, cause: z.string().optional() });

const KindWithParams = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('roster-import'), params: RosterImportParams }),
  z.object({ kind: z.literal('roster-validation'), params: RosterValidationParams }),
  z.object({ kind: z.literal('initialization'), params: InitializationParams }),
  z.object({ kind: z.literal('events'), params: Followed }),
  z.object({ kind: z.literal('drift'), params: Followed }),
  z.object({
    kind: z.literal('delete-chat'),
    params: z.object({
      ...MARKS,
      /** The one chat. Left out where there are several: the operation's rows of chats name them. */
      chatId: z.string().optional(),
      recreate: z.boolean(),
    }),
  }),
  z.object({ kind: z.literal('undo'), params: z.object({ ...MARKS, run: z.string() }) }),
  z.object({ kind: z.literal('check'), params: CheckParams }),
  z.object({ kind: z.literal('class-match'), params: Marks }),
  z.object({ kind: z.literal('account-replacement'), params: Marks }),
  z.object({ kind: z.literal('adoption'), params: Marks }),
]);

/** A kind with the params that belong to it. */
export type KindWithParams<Kind extends OperationKind = OperationKind> = Extract<
  z.infer<typeof KindWithParams>,
  { kind: Kind }
>;

/** An operation as it is read, of one kind or of any. */
export type OperationOf<Kind extends OperationKind = OperationKind> = Omit<Operation, 'kind' | 'params'> &
  KindWithParams<Kind>;

/** An operation of one school, as every kind but an import that has not been read yet is. */
export type SchoolsOperation<Kind extends OperationKind = OperationKind> = OperationOf<Kind> & {
  schoolId: string;
};

/** Whether the operation is of one school. */
export function isOfSchool<Kind extends OperationKind>(
  operation: OperationOf<Kind>,
): operation is SchoolsOperation<Kind> {
  return typeof operation.schoolId === 'string';
}

/** Reads the params of a row. Throws where they are not of its kind. */
export function readParams(row: { kind: OperationKind; params: unknown }): KindWithParams {
  return KindWithParams.parse({ kind: row.kind, params: row.params });
}
