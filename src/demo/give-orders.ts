import { sql } from 'kysely';
import { DAY_MS, dayIn } from '../clock.ts';
import type { Commands } from '../commands.ts';
import type { Context } from '../context.ts';
import { findPersonas } from '../store/queries/personas.ts';

const TRANSFER_IN_DAYS = 3;
const WITHDRAWAL_IN_DAYS = 10;
const PUPILS = 3;

/** Sends orders of today for later days, as СГО would, so that «План на дату» (J5) has something to show. */
export async function giveOrders(
  ctx: Context,
  commands: Commands,
  schoolId: string,
  timeZone: string,
): Promise<number> {
  const nowMs = ctx.clock.now();
  const inDays = (days: number) => dayIn(timeZone, nowMs + days * DAY_MS);
  const pupils = await pupilsWithAnotherClass(ctx, schoolId);
  const [first, ...others] = pupils;
  if (!first || others.length === 0) return 0;
  const transfer = [{ studentId: first.studentId, classId: first.classId, toClassId: first.toClassId }];
  const leaving = others.map(({ studentId }) => ({ studentId }));
  const orders = [
    { kind: 'transfer', effectiveOn: inDays(TRANSFER_IN_DAYS), items: transfer },
    { kind: 'withdrawal', effectiveOn: inDays(WITHDRAWAL_IN_DAYS), items: leaving },
  ];
  const time = new Date(nowMs).toISOString();
  const events = orders.map((order, at) => {
    const id = `demo-order-${at + 1}-${nowMs}`;
    const data = { id, number: `${at + 1}-д`, issuedOn: inDays(0), ...order };
    return { ...{ specversion: '1.0', source: 'demo', type: 'sgo.order.issued' }, id, time, data };
  });
  await commands.receiveEvents({ schoolId, events, by: { id: 'demo', kind: 'service' } });
  return orders.length;
}

interface Pupil {
  studentId: string;
  classId: string;
  toClassId: string;
}

/**
 * Gives pupils and another class for each, of the same year if there is one. They are the same at every run, and none
 * of them is somebody as whom one looks around.
 */
async function pupilsWithAnotherClass(ctx: Context, schoolId: string): Promise<Pupil[]> {
  const personas = (await findPersonas(ctx.db.across('demo'))).map(({ personId }) => personId);
  const { rows } = await sql<Pupil>`
    select e.student_id as "studentId", k.id as "classId", other.id as "toClassId"
    from enrollment e
      join class k on k.school_id = e.school_id and k.id = e.unit_id and k.present
      cross join lateral (select id from class o where o.school_id = k.school_id and o.id <> k.id and o.present
        order by o.grade is distinct from k.grade, o.id limit 1) other
    where e.school_id = ${schoolId} and e.unit = 'class' and e.present and e.ends_on is null
      and e.student_id <> all(${personas})
    order by md5(e.student_id) limit ${PUPILS}`.execute(ctx.db.of(schoolId));
  return rows;
}
