import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import type { RemovalLimits } from '../plan/model.ts';
import type { Sql } from '../store/database.ts';
import { difference, noteLine } from '../store/journal.ts';

export interface SchoolSettings {
  schoolId: string;
  timeZone: string | null;
  earlyEntryMinutes: number;
  sessionIdleMinutes: number | null;
  /** Undefined: as it is. */
  retentionDays?: number | null;
  limits: Partial<RemovalLimits>;
  by: Author;
}

/**
 * Replaces a school's settings; null and missing ones are the defaults. Plans made before are out of date. The journal
 * keeps what was changed, before and after.
 */
export async function saveSettings(ctx: Context, ask: SchoolSettings): Promise<void> {
  const { schoolId, by } = ask;
  await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    const before = await settingsOf(tx, schoolId);
    await sql`update school set time_zone = ${ask.timeZone}, early_entry_minutes = ${ask.earlyEntryMinutes},
        session_idle_minutes = ${ask.sessionIdleMinutes},
        retention_days = ${ask.retentionDays === undefined ? sql`retention_days` : ask.retentionDays},
        limits = ${JSON.stringify(ask.limits)}::jsonb, revision = revision + 1
      where id = ${schoolId}`.execute(tx);
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
}

/** All that a school can set, as it is stored: what stands here is journalled. */
async function settingsOf(tx: Sql, schoolId: string): Promise<Record<string, unknown>> {
  const { rows } = await sql<Record<string, unknown>>`
    select time_zone as "timeZone", early_entry_minutes as "earlyEntryMinutes",
      session_idle_minutes as "sessionIdleMinutes", retention_days as "retentionDays", limits
    from school where id = ${schoolId} for update`.execute(tx);
  return rows[0] ?? {};
}
