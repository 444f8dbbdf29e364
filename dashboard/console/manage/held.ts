/** Shows what an operation holds for a decision (F4, J2, J3), and approvals that can still be taken back. */
import { authorName } from '../../../src/chats/journal-words.ts';
import type { ChatType } from '../../../src/desired/model.ts';
import { naturalCompare } from '../../../src/desired/names.ts';
import { groundText, type Names } from '../../../src/plan/describe.ts';
import type { OperationKind } from '../../../src/store/entities.ts';
import type { Awaiting } from '../../../src/store/operation-params.ts';
import { plural } from '../../../src/text/plural.ts';
import type { AwaitingApproval } from '../../read/awaiting-approvals.ts';
import type { HeldChat, OperationView } from '../../read/operation-views.ts';
import { type Html, html } from '../html.ts';
import { approvalNotice } from '../parts/approval.ts';
import { linkButton, submitButton } from '../parts/button.ts';
import { CHAT_TYPE_LABELS } from '../parts/chat-type.ts';
import { hiddenField } from '../parts/field.ts';
import { hrefOf } from '../parts/links.ts';
import { count, counted } from '../parts/numbers.ts';
import { personLink } from '../parts/person-link.ts';
import { emptyState } from '../parts/states.ts';
import { operationHref } from './operation-words.ts';
import { cutTree, planTree } from './plan-tree.ts';
import { chats, people } from './words.ts';

export interface HeldView {
  operation: OperationView;
  held: readonly HeldChat[];
  /** The chats to which the page is limited. */
  filter: { type?: ChatType | undefined; class?: string | undefined };
  names: Names;
  timeZone: string;
  nowMs: number;
}

/** Approvals that wait, then what nobody has decided yet: chat by chat, or all at once. */
export function heldPart(view: HeldView): Html {
  const { operation, held } = view;
  const awaited = new Set(operation.awaiting.flatMap(({ chatIds }) => chatIds ?? []));
  const open = held.filter(({ chatId }) => !awaited.has(chatId));
  const isWhole = held.length === 0 && operation.state === 'held' && operation.awaiting.length === 0;
  return html`${operation.awaiting.map((approval) => awaitingPart(view, approval))}${
    isWhole ? wholePart(operation) : ''
  }${open.length > 0 ? openPart(view, open) : ''}`;
}

function openPart(view: HeldView, open: readonly HeldChat[]): Html {
  const { operation, names } = view;
  const total = removalsIn(open);
  const href = operationHref(operation.id);
  return html`<section class="stack" aria-labelledby="held-head"><div class="section-head"><h2 id="held-head">${plural(total, 'Ждёт', 'Ждут', 'Ждут')} решения: ${people(total)}, ${chats(open.length)}</h2>
<div class="actions">${linkButton({ label: `Исключить всех (${count(total)})`, kind: 'danger', href: `${href}/approve` })}<form method="post" action="${href}/decide" class="inline">${submitButton({ label: `Оставить всех (${count(total)})`, name: 'do', value: 'reject' })}</form></div></div>
<p class="muted">Исключений оказалось больше предела, поэтому они остановлены; всё остальное сделано. Если в СГО всё верно, исключите. Если это ошибка в списках, оставьте людей в чатах и исправьте списки.</p>
${heldTree(view, open, href, (chat) => heldRow(operation, chat, names))}</section>`;
}

/** What is held, as the one view of a plan shows it. */
function heldTree(
  { filter }: Pick<HeldView, 'filter'>,
  held: readonly HeldChat[],
  at: string,
  chat: (chat: HeldChat) => Html,
): Html {
  const shown = held
    .filter(
      ({ type, unit }) => (!filter.type || type === filter.type) && (!filter.class || unit === filter.class),
    )
    .map((one) => ({
      ...{ ...one, id: one.chatId, created: 0, deleted: 0, added: 0, removed: removalsIn([one]), held: 0 },
    }));
  return planTree(cutTree(shown), {
    chat,
    marks: ({ removed }) => html`<span class="tag warn">−${count(removed)}</span>`,
    href: (type, unit) => hrefOf(at, { type, class: unit }),
  });
}

/** Counts the removals that are held in these chats, of people and of strangers. */
export function removalsIn(held: readonly HeldChat[]): number {
  return held.reduce((n, { people: some, strangerIds }) => n + some.length + strangerIds.length, 0);
}

function heldRow(operation: OperationView, chat: HeldChat, names: Names): Html {
  const n = removalsIn([chat]);
  return html`<li id="held-${chat.chatId}"><div class="row-head"><span class="row-name"><a href="/manage/chats/${chat.chatId}"><bdi>${chat.title}</bdi></a></span> <span class="muted">${CHAT_TYPE_LABELS[chat.type]}</span>
<span class="row-figures"><span class="tag warn">−${count(n)} из ${count(chat.memberCount)}</span></span>
<form method="post" action="${operationHref(operation.id)}/decide" class="actions">${hiddenField('chat', chat.chatId)}${submitButton({ label: `Исключить (${count(n)})`, kind: 'danger', name: 'do', value: 'approve' })}${submitButton({ label: `Оставить (${count(n)})`, name: 'do', value: 'reject' })}</form></div>
${whoLeaves(chat, names)}</li>`;
}

function whoLeaves(chat: HeldChat, names: Names): Html {
  const sorted = chat.people.toSorted((a, b) =>
    naturalCompare(names.person(a.personId), names.person(b.personId)),
  );
  return html`<details class="row-details"><summary>Кого и почему</summary><ul class="row-body">${sorted.map(
    ({ personId, grounds }) =>
      html`<li>${personLink({ id: personId, name: names.person(personId) })} <span class="muted">– больше не подтверждается: ${grounds.map((ground) => groundText(ground, names)).join('; ') || 'нет оснований'}</span></li>`,
  )}${chat.strangerIds.map((id) => html`<li>Профиль ${id} <span class="muted">– посторонний, в СГО его нет</span></li>`)}</ul></details>`;
}

/** An approval that has not acted yet, about the chats that it still has. */
function awaitingPart({ operation, held, names, timeZone, nowMs }: HeldView, approval: Awaiting): Html {
  const own = held.filter(({ chatId }) => approval.chatIds?.includes(chatId));
  if (approval.chatIds && own.length === 0) return html``;
  return approvalNotice({
    ...{ approval, timeZone, nowMs },
    title: approvedText(operation.kind, {
      people: removalsIn(own),
      chats: own.length,
      chatTitle: own.length === 1 ? (own[0]?.title ?? null) : null,
    }),
    author: authorName(approval.by, names),
    takeBack: { action: `${operationHref(operation.id)}/take-back` },
  });
}

const APPROVED: Partial<Record<OperationView['kind'], string>> = {
  'account-replacement': 'Создаём чаты заново',
  'class-match': 'Продолжаем чаты классов',
  adoption: 'Продолжаем: списки получены',
};

/** Says what an approval will do, while it can still be taken back. */
export function approvedText(
  kind: OperationKind,
  { people: n, chats: inChats, chatTitle }: Pick<AwaitingApproval, 'people' | 'chats' | 'chatTitle'>,
): Html {
  if (inChats === 0) return html`${APPROVED[kind] ?? 'Принимаем списки из СГО'}`;
  return chatTitle === null
    ? html`Исключаем: ${people(n)} в ${counted(inChats, 'чате', 'чатах', 'чатах')}`
    : html`Исключаем из чата «<bdi>${chatTitle}</bdi>»: ${people(n)}`;
}

/** «Исключить всех»: asks before it happens and says who leaves which chat. The button carries the number. */
export function approveQuestion(
  view: Pick<HeldView, 'operation' | 'filter' | 'names'>,
  open: readonly HeldChat[],
): Html {
  const { operation, names } = view;
  if (open.length === 0) {
    return emptyState({
      title: 'Здесь решать нечего',
      text: 'Решение уже принято, или исключать больше некого.',
      actions: linkButton({ label: 'Что вышло', href: operationHref(operation.id) }),
    });
  }
  const total = removalsIn(open);
  const href = operationHref(operation.id);
  return html`<form method="post" action="${href}/decide" class="stack">
<div class="panel ask"><p>${plural(total, 'Чаты покинет', 'Чаты покинут', 'Чаты покинут')}: <strong>${people(total)}, ${chats(open.length)}</strong>. Имена и причины – ниже. После нажатия есть 15 секунд, чтобы отменить.</p>
<div class="actions">${submitButton({ label: `Исключить всех (${count(total)})`, kind: 'danger', name: 'do', value: 'approve' })}${linkButton({ label: 'Не исключать', href })}</div></div>
${heldTree(
  view,
  open,
  `${href}/approve`,
  (
    chat,
  ) => html`<li><div class="row-head"><span class="row-name"><bdi>${chat.title}</bdi></span> <span class="muted">${CHAT_TYPE_LABELS[chat.type]}</span>
<span class="row-figures"><span class="tag warn">−${count(removalsIn([chat]))} из ${count(chat.memberCount)}</span></span></div>${whoLeaves(chat, names)}</li>`,
)}</form>`;
}

/**
 * J2: an import that looked incomplete is accepted whole, or stays as it is. Any other hold without chats is decided as
 * a whole too.
 */
function wholePart(operation: OperationView): Html {
  const href = operationHref(operation.id);
  if (asksAboutPeople(operation)) return peoplePart(href, isAccepted(operation));
  const { text, approve } = WHOLE[operation.kind] ?? INCOMPLETE;
  const isImport = WHOLE[operation.kind] === undefined;
  return html`<section class="panel"><p>${text}</p>
<form method="post" action="${href}/decide" class="actions">${
    isImport
      ? linkButton({ label: approve, kind: 'danger', href: `${href}/approve` })
      : submitButton({ label: approve, kind: 'danger', name: 'do', value: 'approve' })
  }${submitButton({ label: 'Отклонить', name: 'do', value: 'reject' })}</form></section>`;
}

export const INCOMPLETE = {
  text: 'Новые люди уже добавлены, никто не исключён. Если списки верны, примите их: чаты покинут те, кого в списках нет. Если нет, отклоните и выгрузите списки из СГО ещё раз.',
  approve: 'Списки верны, принять',
};

/** The page where people under new ids are decided (K4). */
export const SAME_PEOPLE = '/same-people';

/** Whether the import waits for a decision about people under new ids. */
export function asksAboutPeople({ problems }: Pick<OperationView, 'problems'>): boolean {
  return problems.some(({ people, renumbered }) => people !== undefined || renumbered !== undefined);
}

/** Whether the list itself was accepted before. Then it cannot be refused, and only the people are left. */
const isAccepted = ({ problems }: OperationView) => problems.some(({ accepted }) => accepted === true);

function peoplePart(href: string, accepted: boolean): Html {
  const decide = linkButton({ label: 'Решить, кто есть кто', kind: 'primary', href: SAME_PEOPLE });
  const what = 'Пока вы не решите, прежние ли это люди, прежние остаются в чатах, а новые не добавлены.';
  if (accepted) {
    return html`<section class="panel"><p>Списки приняты. Остались люди под вопросом. ${what}</p><div class="actions">${decide}</div></section>`;
  }
  return html`<section class="panel"><p>В списках те же люди под новыми номерами. ${what} Если номера менять не собирались, отклоните и выгрузите списки из СГО ещё раз.</p>
<form method="post" action="${href}/decide" class="actions">${decide}${submitButton({ label: 'Отклонить', name: 'do', value: 'reject' })}</form></section>`;
}

const WHOLE: Partial<Record<OperationView['kind'], { text: string; approve: string }>> = {
  'account-replacement': {
    text: 'Пока вы не решите, чаты не создаются и никто не исключён. После подтверждения чаты будут созданы заново, с новой перепиской; прежние останутся у прежнего профиля.',
    approve: 'Создать чаты заново',
  },
  'class-match': {
    text: 'Классы пропали из списков, а их ученики пришли в новых классах. Пока вы не решите, чаты прежних классов остаются как есть, а у новых классов чатов нет. По одному о них решают на странице «Классы под новыми номерами».',
    approve: 'Продолжить все чаты',
  },
  adoption: {
    text: 'Пока вы не решите, чаты не создаются и никто не исключён.',
    approve: 'Списки получены, продолжить',
  },
};
