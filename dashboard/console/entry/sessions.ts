import { z } from 'zod';
import { notFound } from '../../../src/refusal.ts';
import { noteEnded } from '../../sessions/note-ended.ts';
import {
  endSession,
  listSessions,
  type SessionItem,
  type SessionOwner,
} from '../../sessions/own-sessions.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { formOf } from '../form.ts';
import { html } from '../html.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { submitButton } from '../parts/button.ts';
import { moment } from '../parts/numbers.ts';
import { dataTable } from '../parts/table.ts';
import { EVERYBODY } from '../visitor.ts';

/** Shows where the visitor is signed in, and ends sessions elsewhere. */
export function sessionRoutes({ screens, ctx, sessions }: ConsoleParts): void {
  const options = { unconnected: true };
  const db = ctx.db.across('sessions');
  screens.get(
    '/sessions',
    EVERYBODY,
    async (c) => {
      const { limits } = ctx.config;
      const here = await sessions.find(c);
      const all = await listSessions(db, ownerOf(c), {
        now: new Date(ctx.clock.now()),
        idleMinutes: limits.sessionIdleMinutes,
      });
      return page({
        c,
        title: 'Сеансы',
        subtitle: 'Где открыта эта учётная запись. Сеанс, которым никто не пользуется, заканчивается сам.',
        body:
          all.length === 0
            ? html`<div class="explained"><p>Открытых сеансов нет.</p></div>`
            : table(all, here?.id ?? null, c.get('visitor').school.timeZone),
      });
    },
    options,
  );

  screens.post(
    '/sessions/end',
    EVERYBODY,
    async (c) => {
      const id = z.uuid().safeParse((await formOf(c)).get('session')).data;
      const owner = ownerOf(c);
      if (id === undefined || !(await endSession(db, owner, id))) throw notFound();
      noteEnded(ctx, owner, { of: owner.subject, ended: 1 });
      return goTo(c, '/sessions', { kind: 'good', title: 'Сеанс завершён' });
    },
    options,
  );
}

function ownerOf(c: ConsoleContext): SessionOwner {
  const { caller, boundToNoSchool } = c.get('visitor');
  return { ...caller, schoolId: boundToNoSchool ? '*' : caller.schoolId };
}

function table(all: readonly SessionItem[], hereId: string | null, timeZone: string) {
  return dataTable<SessionItem>({
    caption: 'Открытые сеансы',
    rows: all,
    columns: [
      {
        head: 'Браузер',
        phone: 'title',
        cell: ({ id, browser }) =>
          html`${browserName(browser)}${id === hereId ? html` <span class="muted small">этот сеанс</span>` : ''}`,
      },
      { head: 'Открыт', cell: ({ startedAt }) => moment(startedAt, timeZone) },
      { head: 'Последнее действие', cell: ({ usedAt }) => moment(usedAt, timeZone) },
      {
        head: '',
        narrow: true,
        cell: ({ id }) =>
          id === hereId
            ? ''
            : html`<form method="post" action="/sessions/end"><input type="hidden" name="session" value="${id}">${submitButton({ label: 'Завершить' })}</form>`,
      },
    ],
  });
}

const BROWSERS = [
  [/YaBrowser/, 'Яндекс Браузер'],
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrom(e|ium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
] as const;
const SYSTEMS = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
] as const;

/** Names a browser like «Chrome, Windows», which is enough for people to tell their own from a stranger's. */
function browserName(agent: string | null): string {
  const found = [BROWSERS, SYSTEMS].flatMap(
    (names) => names.find(([mark]) => mark.test(agent ?? ''))?.[1] ?? [],
  );
  return found.length > 0 ? found.join(', ') : 'Неизвестный браузер';
}
