import type { OrderKind } from '../../../src/desired/model.ts';

/** What an order is about, as it stands behind «Приказ». */
export const ORDER_WORDS: Readonly<Record<OrderKind, string>> = {
  enrollment: 'о зачислении',
  withdrawal: 'о выбытии',
  transfer: 'о переводе',
};
