import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Author } from '../author.ts';
import { exactInstant } from '../clock.ts';
import type { Context } from '../context.ts';
import { CHAT_TYPES, type ChatType } from '../desired/model.ts';
import { notFound, Refusal } from '../refusal.ts';
import { openOperation } from '../rows/operation.ts';
import type { Sql } from '../store/database.ts';
import { InitializationParams } from '../store/operation-params.ts';
import { momentOf, timeIn } from '../store/school-day.ts';

interface SentRoster {
  body: Uint8Array;
  takenAt: Date | string;
  within: string;
  by: Author;
}

/** Keeps the file and opens its operation in one transaction, so that 202 means durable (V1). Returns the id. */
export function requestRosterImport(ctx: Context, request: SentRoster): Promise<string> {
  return keepSent(ctx, 'roster-import', request);
}

/** Does the same for a file that is only checked. */
export function requestValidation(ctx: Context, request: SentRoster): Promise<string> {
  return keepSent(ctx, 'roster-validation', request);
}

async function keepSent(
  ctx: Context,
  kind: 'roster-import' | 'roster-validation',
  request: SentRoster,
): Promise<string> {
  const id = ctx.newId();
  const { body } = request;
  const file = { bytes: body.byteLength, sha256: createHash('sha256').update(body).digest('hex') };
  const takenAt =
    typeof request.takenAt === 'string' ? exactInstant(request.takenAt) : request.takenAt.toISOString();
  await ctx.db.transactionAcross('import', async ({ sql: tx }) => {
    await openOperation(tx, {
      id,
      schoolId: null,
      kind,
      params: { within: request.within, takenAt, file },
      by: request.by,
      at: new Date(ctx.clock.now()),
    });
    await tx
      .insertInto('roster_file')
      .values({ operation_id: id, taken_at: takenAt, body: Buffer.from(body) })
      .execute();
  });
  ctx.wake('files');
  return id;
}

type InitializationRequest =
  | {
      schoolId: string;
      types: readonly ChatType[];
      dryRun: boolean;
      strict: boolean;
      asOf: string | null;
      by: Author;
    }
  | { schoolId: string; plan: string; by: Author };

/**
 * Opens an initialisation (F1–F3) and returns its operation's id. A start with the same choice as an open one joins it,
 * and any other start waits behind it. Throws Refusal(409) `plan-stale` for the plan of a dry run once the school's
 * facts or the day have changed, or once this plan or a later one was applied.
 */
export async function requestInitialization(ctx: Context, request: InitializationRequest): Promise<string> {
  const id = await ctx.db.holdingSchool(request.schoolId, async ({ sql: tx }) => {
    const { params, isStale } =
      'plan' in request ? await planOf(ctx, tx, request) : { params: paramsOf(request), isStale: false };
    const open = await openWithSameChoice(tx, request.schoolId, params);
    if (open) return open;
    if (isStale) {
      throw new Refusal(409, 'plan-stale', 'План устарел: с тех пор списки изменились. Составьте его заново');
    }
    const newId = ctx.newId();
    await openOperation(tx, {
      id: newId,
      schoolId: request.schoolId,
      kind: 'initialization',
      params: { ...params },
      by: request.by,
      at: new Date(ctx.clock.now()),
    });
    return newId;
  });
  ctx.wake('operations', { schoolId: request.schoolId });
  return id;
}

type Choice = Extract<InitializationRequest, { types: unknown }>;

function paramsOf(request: Choice): InitializationParams {
  return {
    types: CHAT_TYPES.filter((type) => request.types.includes(type)),
    dryRun: request.dryRun,
    strict: request.strict,
    asOf: request.asOf,
    plan: null,
  };
}

/** Reads the choice of a dry run whose plan is to be applied, and whether that plan is out of date. */
async function planOf(
  ctx: Context,
  tx: Sql,
  request: { schoolId: string; plan: string },
): Promise<{ params: InitializationParams; isStale: boolean }> {
  const { rows } = await sql<{
    params: unknown;
    state: string;
    fresh: boolean;
    overtaken: boolean;
    day: string;
    time_zone: string | null;
  }>`
    select o.params, o.state, o.revision = s.revision as fresh, o.day, s.time_zone,
      exists (select from operation a where a.school_id = o.school_id and a.kind = 'initialization'
        and a.params ? 'following' and a.created_at >= o.created_at) as overtaken
    from operation o join school s on s.id = o.school_id
    where o.id = ${request.plan} and o.school_id = ${request.schoolId} and o.kind = 'initialization'`.execute(
    tx,
  );
  const dryRun = rows[0];
  if (!dryRun) throw notFound();
  const params = InitializationParams.parse(dryRun.params);
  if (!params.dryRun) throw notFound();
  if (dryRun.state !== 'succeeded') {
    throw new Refusal(409, 'plan-not-ready', 'План ещё составляется или не составлен');
  }
  const { today } = timeIn(dryRun.time_zone, momentOf(ctx));
  return {
    params: { ...params, dryRun: false, asOf: null, plan: request.plan },
    isStale: !dryRun.fresh || dryRun.overtaken || dryRun.day !== today,
  };
}

async function openWithSameChoice(
  tx: Sql,
  schoolId: string,
  params: InitializationParams,
): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    select id from operation where school_id = ${schoolId} and kind = 'initialization'
      and state in ('queued', 'running') and params @> ${JSON.stringify(params)}::jsonb
    order by created_at limit 1`.execute(tx);
  return rows[0]?.id ?? null;
}
