import { sql } from 'kysely';
import type { Sql } from '../../store/database.ts';
import type { RejectedEvent, RosterEvent } from './event.ts';

const TAKEN = 'data.continues: этот класс уже продолжает другой';
const CIRCLE = 'data.continues: классы продолжали бы друг друга по кругу';

/**
 * Finds the events whose `continues` cannot hold (K4), because another class that exists continues the class already,
 * or because the classes would continue one another in a circle. Such an event changes nothing and may come again. A
 * class that is not known yet is waited for. A class that lives on is taken at its word: СГО says that its chats go on
 * elsewhere.
 * @param events sorted by their stamps; an earlier one of them counts for the later ones
 */
export async function refusedHeirs(
  tx: Sql,
  schoolId: string,
  events: readonly RosterEvent[],
): Promise<Map<RosterEvent, RejectedEvent>> {
  const refused = new Map<RosterEvent, RejectedEvent>();
  if (!events.some(saysHeir)) return refused;
  const { rows } = await sql<{ id: string; continues: string; present: boolean }>`
    select id, continues, present from class where school_id = ${schoolId} and continues is not null`.execute(
    tx,
  );
  const old = new Map(rows.map((row) => [row.id, row.continues]));
  const gone = new Set(rows.flatMap(({ id, present }) => (present ? [] : [id])));
  for (const event of events) {
    if (!saysHeir(event)) continue;
    const { id, continues } = event.data;
    const message = faultOf(id, continues, { old, gone });
    if (message) refused.set(event, { id: event.id, message });
    else old.set(id, continues);
  }
  return refused;
}

type Heir = Extract<RosterEvent, { type: 'sgo.class.saved' }> & { data: { continues: string } };

const saysHeir = (event: RosterEvent): event is Heir =>
  event.type === 'sgo.class.saved' && event.data.continues !== null;

function faultOf(
  id: string,
  continues: string,
  { old, gone }: { old: ReadonlyMap<string, string>; gone: ReadonlySet<string> },
): string | null {
  for (const [heir, its] of old) if (its === continues && heir !== id && !gone.has(heir)) return TAKEN;
  const seen = new Set<string>();
  for (
    let next: string | undefined = continues;
    next !== undefined && !seen.has(next);
    next = old.get(next)
  ) {
    if (next === id) return CIRCLE;
    seen.add(next);
  }
  return null;
}
