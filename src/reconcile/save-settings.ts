import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { RemovalLimits } from '../plan/model.ts';

export interface SchoolSettings {
  schoolId: string;
  timeZone: string | null;
  earlyEntryMinutes: number;
  limits: Partial<RemovalLimits>;
  by: string;
}

/** Replaces a school's settings; null and missing ones are the defaults. Plans made before are out of date. */
export async function saveSettings(ctx: Context, ask: SchoolSettings): Promise<void> {
  await sql`update school set time_zone = ${ask.timeZone}, early_entry_minutes = ${ask.earlyEntryMinutes},
      limits = ${JSON.stringify(ask.limits)}::jsonb, revision = revision + 1
    where id = ${ask.schoolId}`.execute(ctx.db.sql);
}
