import type { Caller, TokenRole } from '../../../src/caller.ts';
import { notFound } from '../../../src/refusal.ts';
import { findPersonas, type Persona, type PersonaKind } from '../../../src/store/queries/personas.ts';
import { zoneOf } from '../../../src/store/school-day.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { fieldsOf } from '../form.ts';
import { html } from '../html.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { linkButton } from '../parts/button.ts';
import { counted } from '../parts/numbers.ts';
import { firstScreen } from '../visitor.ts';
import { type Caught, hooksBody, mailsBody } from './caught.ts';

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;
const OPERATOR = 'operator';

const KINDS: Readonly<Record<PersonaKind, { label: string; role: TokenRole; about: string }>> = {
  'school-admin': {
    label: 'Администратор ОО',
    role: 'school-admin',
    about: 'все чаты школы, инициализация, настройки',
  },
  'homeroom-teacher': {
    label: 'Классный руководитель',
    role: 'staff',
    about: 'чаты своего класса и родителей',
  },
  'subject-teacher': { label: 'Учитель-предметник', role: 'staff', about: 'чаты своих групп' },
  student: { label: 'Ученик', role: 'student', about: 'чаты класса и предметов' },
  parent: { label: 'Родитель', role: 'parent', about: 'чат родителей класса' },
  'unlinked-student': {
    label: 'Ученик без профиля',
    role: 'student',
    about: 'учебный профиль ещё не привязан',
  },
  'unlinked-parent': {
    label: 'Родитель без профиля',
    role: 'parent',
    about: 'учебный профиль ещё не привязан',
  },
};

/** «Кто вы?», the demonstration's way in (contract, `/demo`). It answers only a browser of this machine. */
export function demoRoutes({ app, ctx, sessions }: ConsoleParts, caught: Caught | null): void {
  app.get('/demo', async (c) => {
    requireLoopback(c);
    const personas = await findPersonas(ctx.db.across('demo'));
    return page({
      c,
      title: 'Кто вы?',
      subtitle: caught
        ? 'Учебный регион: оператор видит все школы сразу, остальные – люди первой школы.'
        : 'Учебная школа: выберите человека и посмотрите на чаты его глазами.',
      ...(caught ? { actions: CAUGHT_LINKS } : {}),
      body: html`<form method="post" action="/demo"><ul class="personas">${caught ? OPERATOR_CARD : ''}${personas.map((persona) => personaCard(persona))}
${caught ? '' : OPERATOR_CARD}</ul></form>`,
    });
  });

  if (caught) caughtPages(app, caught, zoneOf(ctx, null));

  app.post('/demo', async (c) => {
    requireLoopback(c);
    const chosen = String((await fieldsOf(c)).persona ?? '');
    const caller = callerOf(chosen, await findPersonas(ctx.db.across('demo')));
    sessions.give(
      c,
      await ctx.db.transactionAcross('sessions', ({ sql: tx }) => sessions.open(tx, c, { caller })),
    );
    return goTo(c, firstScreen(caller.role));
  });
}

const OPERATOR_CARD = html`<li><button class="sheet persona" name="persona" value="${OPERATOR}"><b>Оператор</b><span>сервер, очереди, все школы</span><span class="muted small">вход без имени</span></button></li>`;
const CAUGHT_LINKS = html`${linkButton({ label: 'Письма', href: '/demo/mail' })}${linkButton({ label: 'Вебхуки', href: '/demo/webhooks' })}`;
const UP = [{ label: 'Кто вы?', href: '/demo' }];

/** What the service has told people and programs (K2). Nothing of it has left this machine. */
function caughtPages(app: ConsoleParts['app'], caught: Caught, timeZone: string): void {
  app.get('/demo/mail', (c) => {
    requireLoopback(c);
    return page({ c, title: 'Письма', crumbs: UP, body: mailsBody(caught) });
  });
  app.get('/demo/webhooks', (c) => {
    requireLoopback(c);
    return page({ c, title: 'Вебхуки', crumbs: UP, body: hooksBody(caught, timeZone) });
  });
}

/** Refuses other host names. Another site could make its own name point here and open the demonstration. */
function requireLoopback(c: ConsoleContext): void {
  if (!LOOPBACK.test(c.req.header('host') ?? '')) throw notFound();
}

function personaCard({ kind, name, about, chats }: Persona) {
  const { label, about: does } = KINDS[kind];
  const where = [about, counted(chats, 'чат', 'чата', 'чатов')].filter(Boolean).join(' · ');
  return html`<li><button class="sheet persona" name="persona" value="${kind}"><b>${label}</b><span>${name}</span><span class="muted small">${where}<br>${does}</span></button></li>`;
}

function callerOf(chosen: string, personas: readonly Persona[]): Caller {
  if (chosen === OPERATOR) return { subject: OPERATOR, role: 'operator', schoolId: '*' };
  const persona = personas.find(({ kind }) => kind === chosen);
  if (!persona) throw notFound();
  return { subject: persona.personId, role: KINDS[persona.kind].role, schoolId: persona.schoolId };
}
