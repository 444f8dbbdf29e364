import { Refusal } from '../../../src/refusal.ts';
import { listChats } from '../../read/chat-list.ts';
import { authorOf } from '../../rights.ts';
import type { ConsoleParts } from '../console-parts.ts';
import type { Flash } from '../flash.ts';
import { type ConsoleContext, goTo } from '../page.ts';
import { STAFF, viewerIn } from '../visitor.ts';
import { chosenInQuery, chosenOf, NOTHING_CHOSEN } from './chosen.ts';
import { chats } from './words.ts';

/** The actions of the list on the chats of the ticked rows, besides «Сверить сейчас» and «Удалить». */
export function chosenRoutes({ ctx, commands, screens }: ConsoleParts): void {
  screens.get('/manage/open', STAFF, openChosen);

  screens.post('/manage/try-again', STAFF, async (c) => {
    const { chatIds, back } = await chosenOf(c);
    if (chatIds.length === 0) return goTo(c, back, NOTHING_CHOSEN);
    const viewer = await viewerIn(ctx, c.get('visitor'));
    const { items } = await listChats(ctx.db.of(viewer.schoolId), viewer, {
      ...{ ids: chatIds, condition: 'failing', descending: false, page: 1, perPage: chatIds.length },
    });
    if (items.length === 0) return goTo(c, back, NONE_FAILS);
    try {
      const by = authorOf(c.get('visitor').caller);
      await commands.tryAgain({ viewer, by, chatIds: items.map(({ id }) => id) });
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 409) throw error;
      return goTo(c, back, { kind: 'bad', title: error.title, at: 'chosen' });
    }
    return goTo(c, back, again(items.length, chatIds.length - items.length));
  });
}

/** Opens the chat. Enter on a row sends what is ticked as a query. */
function openChosen(c: ConsoleContext): Response {
  const { chatIds, back } = chosenInQuery(c);
  if (chatIds.length === 1) return goTo(c, `/manage/chats/${chatIds[0]}`);
  return goTo(c, back, chatIds.length === 0 ? NOTHING_CHOSEN : ONE_AT_A_TIME);
}

const ONE_AT_A_TIME: Flash = {
  kind: 'info',
  title: 'Выбрано несколько чатов',
  text: 'Чат открывается щелчком по его наименованию.',
  at: 'chosen',
};

const NONE_FAILS: Flash = {
  kind: 'info',
  title: 'Повторять нечего',
  text: 'У выбранных чатов всё получилось или ещё выполняется.',
  at: 'chosen',
};

const again = (n: number, others: number): Flash => ({
  kind: 'info',
  title: `Пробуем ещё раз: ${chats(n)}`,
  text: `Если снова не получится, причина будет в столбце «Состояние».${others > 0 ? ` Остальным это не нужно: ${chats(others)}.` : ''}`,
  at: 'chosen',
});
