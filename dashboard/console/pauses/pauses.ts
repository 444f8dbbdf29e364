import { dayIn } from '../../../src/clock.ts';
import type { Context } from '../../../src/context.ts';
import { type Pause, summerPause } from '../../../src/desired/pauses.ts';
import { type RegionPause, regionPauses } from '../../../src/operations/save-pauses.ts';
import { Refusal } from '../../../src/refusal.ts';
import { typedDay } from '../../../src/text/clean-text.ts';
import { authorOf, existingSchool } from '../../rights.ts';
import { atBoth, type Base } from '../at-both.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { formOf } from '../form.ts';
import { type Html, html } from '../html.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { postButton, submitButton } from '../parts/button.ts';
import { textField } from '../parts/field.ts';
import { day } from '../parts/numbers.ts';
import { dataTable } from '../parts/table.ts';
import { fieldOf } from '../told/parts.ts';

const ID_CHARS = 200;

/** «Паузы списков» (K3): of a school, or of the region. */
export function pauseScreens(parts: ConsoleParts): void {
  const { screens, ctx } = parts;
  atBoth(screens, 'get', '/pauses', 'admins', (c, base) => pausesPage(ctx, c, base));
  atBoth(screens, 'post', '/pauses', 'admins', (c, base) => add(parts, c, base));
  atBoth(screens, 'post', '/pauses/remove', 'admins', (c, base) => remove(parts, c, base));
}

/** The form as it was typed, with what cannot be. */
interface Given {
  from: string;
  to: string;
  schoolId: string;
  error: string;
}

const isOfRegion = (base: Base): boolean => base === '/server';

async function pausesNow(ctx: Context, c: ConsoleContext, base: Base): Promise<RegionPause[]> {
  if (isOfRegion(base)) return regionPauses(ctx.db.ofNone);
  return (await existingSchool(ctx, c.get('visitor').school.id)).pauses;
}

async function save(parts: ConsoleParts, c: ConsoleContext, base: Base, pauses: RegionPause[]) {
  const { caller, school } = c.get('visitor');
  const by = authorOf(caller);
  if (isOfRegion(base)) await parts.commands.saveRegionPauses({ pauses, by, within: '*' });
  else await parts.commands.savePauses({ schoolId: school.id, pauses, by });
}

async function add(parts: ConsoleParts, c: ConsoleContext, base: Base): Promise<Response> {
  const form = await formOf(c);
  const typed = { from: fieldOf(form, 'from'), to: fieldOf(form, 'to'), schoolId: fieldOf(form, 'schoolId') };
  const [from, to] = [typedDay(typed.from), typedDay(typed.to)];
  if (!from || !to)
    return pausesPage(parts.ctx, c, base, { ...typed, error: 'Укажите обе даты: ДД.ММ.ГГГГ' });
  const schoolId = isOfRegion(base) && typed.schoolId !== '' ? { schoolId: typed.schoolId } : {};
  try {
    await save(parts, c, base, [...(await pausesNow(parts.ctx, c, base)), { ...schoolId, from, to }]);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return pausesPage(parts.ctx, c, base, { from, to, schoolId: typed.schoolId, error: error.title });
  }
  return goTo(c, `${base}/pauses`, { kind: 'good', title: `Пауза добавлена: ${day(from)} – ${day(to)}` });
}

async function remove(parts: ConsoleParts, c: ConsoleContext, base: Base): Promise<Response> {
  const form = await formOf(c);
  const [from, to, schoolId] = ['from', 'to', 'schoolId'].map((name) => fieldOf(form, name));
  const isGone = (one: RegionPause) =>
    one.from === from && one.to === to && (one.schoolId ?? '') === schoolId;
  const left = (await pausesNow(parts.ctx, c, base)).filter((one) => !isGone(one));
  await save(parts, c, base, left);
  return goTo(c, `${base}/pauses`, {
    kind: 'good',
    title: 'Пауза удалена',
    text: 'Если она шла, списки догоняют то, что накопилось.',
  });
}

async function pausesPage(ctx: Context, c: ConsoleContext, base: Base, given?: Given): Promise<Response> {
  const { school } = c.get('visitor');
  const [own, ofRegion] = await Promise.all([
    pausesNow(ctx, c, base),
    isOfRegion(base) ? [] : regionPauses(ctx.db.ofNone),
  ]);
  const others = ofRegion.filter(({ schoolId }) => schoolId === undefined || schoolId === school.id);
  const up = isOfRegion(base)
    ? ({ label: 'Нагрузка', href: '/server' } as const)
    : ({ label: 'Настройки школы', href: '/settings' } as const);
  return page({
    ...{ c, section: isOfRegion(base) ? 'server' : 'settings', crumbs: [up], title: 'Паузы списков' },
    status: given ? 422 : 200,
    subtitle:
      'В эти дни списки из СГО принимаются, но никого не добавляют и не исключают. Приказы и ручные изменения действуют. После паузы списки догоняют сами.',
    body: html`${own.length > 0 ? table(own, base, 'Паузы') : ''}${others.length > 0 ? table(others, null, 'Паузы региона') : ''}
${form(base, dayIn(school.timeZone, ctx.clock.now()), given)}`,
  });
}

/** `base`: the page where a window is removed. Null where the windows belong to another page. */
function table(pauses: readonly RegionPause[], base: Base | null, caption: string): Html {
  return dataTable<RegionPause>({
    caption,
    rows: pauses.toSorted((a, b) => (a.from < b.from ? -1 : 1)),
    columns: [
      { head: caption, phone: 'title', cell: ({ from, to }) => `${day(from)} – ${day(to)}` },
      ...(base === '/server'
        ? [{ head: 'Школа', cell: ({ schoolId }: RegionPause) => schoolId ?? 'все школы' }]
        : []),
      {
        head: '',
        narrow: true,
        cell: ({ from, to, schoolId = '' }) =>
          base === null
            ? ''
            : postButton({
                ...{ label: 'Удалить', action: `${base}/pauses/remove`, kind: 'quiet' },
                fields: { from, to, schoolId },
              }),
      },
    ],
  });
}

function form(base: Base, today: string, given?: Given): Html {
  const offer: Pause = summerPause(today);
  return html`<form method="post" action="${base}/pauses" class="sheet padded" aria-labelledby="pause-form"><h2 id="pause-form">Добавить паузу</h2>
<p class="hint">Предложены даты на лето: за неделю до конца учебного года и до недели перед 1 сентября. Поправьте их по календарю школы.</p>
<div class="pair">${textField({ label: 'Первый день', name: 'from', type: 'day', required: true, value: given?.from ?? offer.from, error: given?.error })}
${textField({ label: 'Последний день', name: 'to', type: 'day', required: true, value: given?.to ?? offer.to })}
${isOfRegion(base) ? textField({ label: 'Идентификатор школы', name: 'schoolId', value: given?.schoolId ?? '', maxLength: ID_CHARS, hint: 'Пусто – все школы' }) : ''}</div>
<div class="actions">${submitButton({ label: 'Добавить', kind: 'primary' })}</div></form>`;
}
