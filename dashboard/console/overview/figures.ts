/** The four figures of «Обзор». Each opens what it counts. */
import type { Overview } from '../../read/overview.ts';
import type { Trouble } from '../../read/waits.ts';
import { type Content, type Html, html, NOTHING } from '../html.ts';
import { countdown } from '../parts/countdown.ts';
import { count, counted, day } from '../parts/numbers.ts';
import { percentOf } from './heat.ts';
import { delayText } from './words.ts';

/** Chats whose held removals are approved and about to be done. */
export interface Approved {
  chats: number;
  /** When the first of them acts, an instant. */
  actsAt: string;
  nowMs: number;
}

/** The part with the four figures. */
export function figures(overview: Overview, trouble: Trouble | null, approved: Approved | null): Html {
  return html`<section class="four" aria-label="Показатели">${chatsFigure(overview, trouble, approved)}${shareFigure(overview)}${aheadFigure(overview)}${delayFigure(overview)}</section>`;
}

interface FigureParts {
  label: string;
  href: string;
  value: string;
  /** The whole of which the value is a part, or what the value says. */
  of: Content;
  picture?: Html;
}

function figure({ label, href, value, of, picture }: FigureParts): Html {
  return html`<div class="sheet tile"><h2><a href="${href}">${label}</a></h2><b>${value}</b><p>${of}</p>${picture ?? ''}</div>`;
}

function chatsFigure({ chats }: Overview, trouble: Trouble | null, approved: Approved | null): Html {
  const { total, behind, held, failing } = chats;
  const others = behind - (approved?.chats ?? 0);
  const apart = [
    failing > 0 ? `не удаётся: ${count(failing)}` : '',
    approved
      ? html`решено: ${count(approved.chats)}, исключим ${countdown(approved.actsAt, approved.nowMs)}`
      : '',
    held > 0 ? `ждут решения: ${count(held)}` : '',
    others > 0 ? `обновляются: ${count(others)}` : '',
  ].filter(Boolean);
  const of = trouble
    ? 'состояние неизвестно'
    : total === 0
      ? 'ещё не созданы'
      : ((apart.length > 0 ? listed(apart) : null) ?? 'все совпадают со списками');
  return figure({ label: 'Чаты', href: '/manage', value: count(total), of });
}

/** Parts of a sentence with commas between them. */
const listed = (parts: readonly Content[]): Html =>
  html`${parts.map((part, i) => html`${i > 0 ? ', ' : ''}${part}`)}`;

/** The share of people with a linked profile, and how it has developed. */
export function shareFigure({ shares }: Pick<Overview, 'shares'>): Html {
  const last = shares.at(-1);
  const isKnown = last !== undefined && last.people > 0;
  return figure({
    label: 'Привязаны к Сферуму',
    href: '/unreachable',
    value: isKnown ? `${percentOf(last)}\u00a0%` : '–',
    of: isKnown
      ? `${count(last.linked)} из ${counted(last.people, 'человека', 'человек', 'человек')}`
      : 'пока никого нет в чатах',
    picture: trend(shares.filter(({ people }) => people > 0)),
  });
}

function aheadFigure({ ahead }: Overview): Html {
  const { orders, nextDay } = ahead;
  return figure({
    ...{ label: 'Приказы впереди', href: '/manage/ahead', value: count(orders) },
    of: nextDay === null ? 'ни один приказ не ждёт своего дня' : `ближайший ${day(nextDay)}`,
  });
}

function delayFigure({ delayMs }: Overview): Html {
  return figure({
    ...{ label: 'От приказа до чата', href: '/delays' },
    value: delayMs === null ? '–' : `до ${delayText(delayMs)}`,
    of: delayMs === null ? 'за 30 дней приказов не было' : 'в 95 случаях из 100 за 30 дней',
  });
}

const WIDTH = 120;
const HEIGHT = 36;
const MARGIN = 4;
/** In the trend as text, rows are so many days apart. */
const TEXT_STEP_DAYS = 7;

/** How the share has developed: a line, and every seventh day as text. One day alone is no trend. */
function trend(shares: Overview['shares']): Html {
  if (shares.length < 2) return NOTHING;
  const values = shares.map((share) => (share.linked * 100) / share.people);
  const least = Math.min(...values);
  const span = Math.max(Math.max(...values) - least, 1);
  const points = values.map((value, i) => {
    const x = (i * WIDTH) / (values.length - 1);
    const y = HEIGHT - MARGIN - ((value - least) / span) * (HEIGHT - 2 * MARGIN);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  const line = `M${points.join('L')}`;
  const told = shares.filter((_, i) => (shares.length - 1 - i) % TEXT_STEP_DAYS === 0);
  return html`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true"><path class="under" d="${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}z"/><path d="${line}"/></svg>
<div class="unseen"><table><caption>Доля привязанных по дням</caption><thead><tr><th scope="col">День</th><th scope="col">Доля</th></tr></thead><tbody>${told.map(
    (share) => html`<tr><th scope="row">${day(share.day)}</th><td>${percentOf(share)}\u00a0%</td></tr>`,
  )}</tbody></table></div>`;
}
