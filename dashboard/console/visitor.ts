import { type RawBuilder, sql } from 'kysely';
import type { Caller, TokenRole } from '../../src/caller.ts';
import { dayIn } from '../../src/clock.ts';
import type { Context } from '../../src/context.ts';
import type { Role } from '../../src/desired/model.ts';
import { type Pause, pauseAhead, pauseOn } from '../../src/desired/pauses.ts';
import { forbidden } from '../../src/refusal.ts';
import { findCircle } from '../../src/store/queries/circle.ts';
import { pausesOf } from '../../src/store/queries/pauses.ts';
import { isStaff, shownName } from '../../src/store/queries/person-columns.ts';
import { placesOfPupils } from '../../src/store/queries/places.ts';
import { isKnown, type Viewer } from '../../src/store/queries/viewer.ts';
import { dayThere, momentOf, zoneOf } from '../../src/store/school-day.ts';
import { assertKnownMayAct } from '../may-act.ts';
import { type RunningWork, runningWork } from '../read/running.ts';
import { keepSameTitles, sameTitles } from '../read/same-titles.ts';
import { type FoundWaits, foundWaits, type Trouble, troubleOf, type Wait, waitsOf } from '../read/waits.ts';

/** The person who opens a page, and where. It is read anew at each request. */
export interface Visitor {
  /** The caller, bound to one school even where the token is for all. */
  caller: Caller;
  school: {
    id: string;
    name: string;
    timeZone: string;
    /** False: the school is not connected (A9). */
    connected: boolean;
    /** Why nothing goes to Sferum; null while it does. */
    trouble: Trouble | null;
    /** The pause of the lists (K3) that is on, and one that begins within days; null where there is none. */
    pause: { now: Pause | null; ahead: Pause | null };
  };
  /** Null for an operator, or for somebody whom the roster does not have. */
  personId: string | null;
  name: string;
  /** True where the visitor's token is for all schools. */
  boundToNoSchool: boolean;
  /** True on pages of all schools together: `school` then stands for all of them, and its id is `*`. */
  atRegion: boolean;
  /** «Администратор ОО», «ученик 9И» … */
  description: string;
  /**
   * True for somebody who may manage chats (A1): an administrator, or one of the school's staff by the roster of this
   * moment.
   */
  staff: boolean;
  /** The work that goes on, for school admins and operators. */
  running: RunningWork | null;
  /** What waits for a person in the school, for school admins and operators. Empty for others. */
  waits: readonly Wait[];
}

export const EVERYBODY: readonly TokenRole[] = ['school-admin', 'staff', 'student', 'parent', 'operator'];
export const STAFF: readonly TokenRole[] = ['school-admin', 'staff', 'operator'];
export const ADMINS: readonly TokenRole[] = ['school-admin', 'operator'];

/** Whether the visitor sees the whole school: a school admin or an operator. */
export function isAdmin({ caller }: Pick<Visitor, 'caller'>): boolean {
  return ADMINS.includes(caller.role);
}

/** Gives the page where a person lands who has signed in and asked for no page (A1). */
export function firstScreen(role: TokenRole): string {
  return ADMINS.includes(role) ? '/overview' : '/';
}

/**
 * Gives what the visitor may see of their school (contract, «Who sees whom»), by what was read of the visitor for
 * this very request.
 */
export async function viewerIn(ctx: Context, { caller, school, staff }: Visitor): Promise<Viewer> {
  if (!staff) throw forbidden();
  const { id: schoolId, timeZone } = school;
  const at = { schoolId, day: dayIn(timeZone, ctx.clock.now()), timeZone };
  if (caller.role === 'staff') {
    const circle = await findCircle(ctx.db.of(schoolId), at, caller.subject);
    return { sees: 'circle', ...at, personId: caller.subject, circle };
  }
  return { sees: 'school', ...at, birthDates: caller.role === 'school-admin' };
}

interface Row {
  school: string;
  timeZone: string | null;
  status: string | null;
  reason: string | null;
  since: string | null;
  personId: string | null;
  name: string | null;
  known: boolean;
  present: boolean | null;
  roles: Role[] | null;
  isStaff: boolean | null;
  sex: 'male' | 'female' | null;
  leads: string[];
  attends: string | null;
  running: RunningWork | null;
  waits: FoundWaits | null;
  pauses: Pause[];
}

/**
 * Finds the visitor; null where the school of the session is unknown.
 * @throws Refusal(403) for a caller who has no rights any more (may-act.ts)
 */
export async function findVisitor(
  ctx: Context,
  caller: Caller,
): Promise<Omit<Visitor, 'boundToNoSchool' | 'atRegion'> | null> {
  const { schoolId, subject, role } = caller;
  const administers = ADMINS.includes(role);
  const now = new Date(ctx.clock.now());
  const nothing = sql`null::jsonb`;
  const { rows } = await sql<Row>`
    select s.name as school, s.time_zone as "timeZone",
      a.status, a.status_reason as reason, a.status_since as since, ${pausesOf(sql`s`)} as pauses,
      p.id as "personId", ${shownName} as name, ${isKnown} as known, p.present, p.roles, ${isStaff} as "isStaff", p.sex,
      array(select k.title from class k where k.school_id = s.id and k.present
        and p.id = any(k.homeroom_teacher_ids) order by k.title) as leads,
      ${role === 'student' ? attendedClass(ctx) : sql`null::text`} as attends,
      ${administers ? runningWork(sql.ref('s.id')) : nothing} as running,
      ${administers ? foundWaits(schoolId, now, sameTitles(ctx.db, schoolId)) : nothing} as waits
    from school s left join sferum_account a on a.school_id = s.id
      left join person p on p.school_id = s.id and p.id = ${subject} and ${role} <> 'operator'
    where s.id = ${schoolId}`.execute(ctx.db.of(schoolId));
  const row = rows[0];
  if (!row) return null;
  const known = row.known ? { present: row.present === true, roles: row.roles ?? [] } : null;
  await assertKnownMayAct(ctx, caller, schoolId, known);
  const trouble = troubleOf(row);
  const timeZone = zoneOf(ctx, row.timeZone);
  const today = dayIn(timeZone, ctx.clock.now());
  if (row.waits) keepSameTitles(ctx.db, schoolId, row.waits.sameTitles);
  const waits = row.waits ? await waitsOf(ctx.db.of(schoolId), schoolId, { trouble, found: row.waits }) : [];
  return {
    caller,
    school: {
      id: schoolId,
      name: row.school,
      timeZone,
      connected: row.status !== null,
      trouble,
      pause: { now: pauseOn(row.pauses, today), ahead: pauseAhead(row.pauses, today) },
    },
    personId: row.personId,
    name: row.name || titleOf(role),
    description: row.name ? describe(role, row) : '',
    staff: administers || (role === 'staff' && row.present === true && row.isStaff === true),
    waits,
    running: row.running,
  };
}

/** The title of the class that the person of a row of `person p` is in today, of the school of a row of `school s`. */
function attendedClass(ctx: Context): RawBuilder<string | null> {
  const moment = momentOf(ctx);
  const ownZone = sql.ref('s.time_zone');
  const on = {
    schoolId: sql.ref('s.id'),
    day: dayThere(ownZone, moment),
    timeZone: sql`coalesce(${ownZone}, ${moment.timeZone})`,
  };
  return sql`(select k.title from ${placesOfPupils(on, 'class', sql`array[p.id]`)} place
      join class k on k.school_id = s.id and k.id = place.unit_id and k.present
    order by k.title limit 1)`;
}

/** Gives an operator on a page of all schools. */
export function visitorOfRegion(ctx: Context, caller: Caller): Visitor {
  return {
    caller,
    school: {
      id: caller.schoolId,
      name: 'Все школы',
      timeZone: zoneOf(ctx, null),
      connected: true,
      trouble: null,
      pause: { now: null, ahead: null },
    },
    ...{ personId: null, name: titleOf(caller.role), description: '', staff: false },
    ...{ boundToNoSchool: true, atRegion: true, waits: [], running: null },
  };
}

function titleOf(role: TokenRole): string {
  return role === 'operator' ? 'Оператор' : role === 'school-admin' ? 'Администратор ОО' : 'Пользователь';
}

function describe(role: TokenRole, { sex, leads, attends, roles }: Row): string {
  switch (role) {
    case 'school-admin':
      return 'Администратор ОО';
    case 'staff':
      if (leads.length > 0) return `классный руководитель ${leads.join(', ')}`;
      return roles?.includes('teacher') ? 'учитель' : 'сотрудник';
    case 'student':
      return [sex === 'female' ? 'ученица' : 'ученик', attends].filter(Boolean).join(' ');
    case 'parent':
      return 'родитель';
    default:
      return '';
  }
}
