import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import type { Pause } from '../desired/pauses.ts';
import { difference, noteLine } from '../rows/journal.ts';
import { changeSettings, type Settings } from '../rows/school.ts';
import type { Sql } from '../store/database.ts';
import { assertPauses, replacePauses } from './save-pauses.ts';

interface SchoolSettings extends Settings {
  schoolId: string;
  by: Author;
  /** The school's own windows without lists (K3). Undefined leaves the present ones. */
  pauses?: readonly Pause[];
}

/**
 * Replaces a school's settings. Null and missing ones mean the defaults. Plans that were made before become out of date
 * (F3). The journal keeps each changed setting with both values.
 */
export async function saveSettings(ctx: Context, ask: SchoolSettings): Promise<void> {
  const { schoolId, by } = ask;
  if (ask.pauses !== undefined) assertPauses(ask.pauses);
  await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    const before = await settingsOf(tx, schoolId);
    await changeSettings(tx, schoolId, ask);
    if (ask.pauses !== undefined) await replacePauses(tx, schoolId, ask.pauses);
    const changed = difference(before, await settingsOf(tx, schoolId));
    if (changed === null) return;
    const at = new Date(ctx.clock.now());
    await noteLine(tx, {
      schoolId,
      at,
      what: 'settings',
      cause: `settings:${ctx.newId()}`,
      author: by,
      details: changed,
    });
  });
  ctx.wake('days');
}

/** Reads all settings of the school. A setting that is missing here would be missing in the journal too. */
async function settingsOf(tx: Sql, schoolId: string): Promise<Record<string, unknown>> {
  const settings = await tx
    .selectFrom('school')
    .select([
      'time_zone as timeZone',
      'early_entry_minutes as earlyEntryMinutes',
      'session_idle_minutes as sessionIdleMinutes',
      'retention_days as retentionDays',
      'look_every_seconds as lookEverySeconds',
      'limits',
      'pauses',
    ])
    .where('id', '=', schoolId)
    .forUpdate()
    .executeTakeFirst();
  return settings ?? {};
}
