/** The classes of the next year, as СГО enters them in spring, so that readiness (K4) has something to tell. */
import { sql } from 'kysely';
import { nextFirstOfSeptember } from '../../clock.ts';
import { commandsOf } from '../../commands.ts';
import type { Context } from '../../context.ts';
import { foresee } from '../../planning/foresee.ts';
import { noteReadiness } from '../../rows/school-readiness.ts';
import { momentOf } from '../../store/school-day.ts';
import { BY } from '../steps.ts';

interface ClassNow {
  id: string;
  title: string;
  teachers: string[];
  pupils: string[];
}

/** `left`: so many pupils are not given a class, and as many classes no homeroom teacher. */
export async function stateNextYear(ctx: Context, schoolId: string, left: number): Promise<void> {
  const startsOn = nextFirstOfSeptember(momentOf(ctx));
  const endsOn = `${Number(startsOn.slice(0, 4)) + 1}-05-31`;
  const { rows } = await sql<ClassNow>`
    select k.id, k.title, k.homeroom_teacher_ids as teachers, array(select e.student_id from enrollment e
      where e.school_id = k.school_id and e.unit = 'class' and e.unit_id = k.id and e.present order by 1) as pupils
    from class k where k.school_id = ${schoolId} and k.present order by k.id`.execute(ctx.db.of(schoolId));
  const classes = rows.map(({ id, title, teachers }, at) =>
    event(ctx, 'sgo.class.saved', `${id}-next`, {
      ...{ id: `${id}-next`, title: titleNext(title), startsOn, endsOn },
      homeroomTeacherIds: at < left ? [] : teachers,
    }),
  );
  const items = rows.flatMap(({ id, pupils }) =>
    pupils.slice(left).map((studentId) => ({ studentId, classId: id, toClassId: `${id}-next` })),
  );
  const order = { id: 'next-year', number: '1-п', kind: 'transfer', effectiveOn: startsOn, items };
  const events = [...classes, event(ctx, 'sgo.order.issued', 'next-year', order)];
  await commandsOf(ctx).receiveEvents({ schoolId, events, by: { ...BY, kind: 'service' } });
  // By itself a school that has just been counted is counted again later only.
  const counted = await foresee(ctx, schoolId, startsOn);
  await noteReadiness(ctx.db.of(schoolId), { schoolId, day: startsOn }, counted, new Date(ctx.clock.now()));
}

function event(ctx: Context, type: string, id: string, data: object) {
  const time = new Date(ctx.clock.now()).toISOString();
  return { ...{ specversion: '1.0', source: 'demo', type }, id: `demo-${id}`, time, data };
}

/** «5А» → «6А», «1 доп» → «2 доп». */
function titleNext(title: string): string {
  return title.replace(/^\d+/, (grade) => String(Number(grade) + 1));
}
