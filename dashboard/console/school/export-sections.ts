/** The sections of the page of one person's data (K6), and which table stands in which. */
import { keysOf } from '../../../src/keys-of.ts';
import type { HeldOfPerson } from '../../../src/person-export/export-person.ts';
import type { HeldTable } from '../../../src/person-export/tables.ts';
import { type ExportNames, type Line, linesOf } from './export-lines.ts';

export interface Section {
  title: string;
  /** A sentence above the lines. */
  about?: string;
  lines: Line[];
}

/** The sections in the order of the page. */
const PLACES = {
  who: { title: 'Кто это' },
  family: {
    title: 'Семья',
    about: 'Кто именно связан с этим человеком, здесь не сказано: это данные других людей.',
  },
  school: { title: 'Учёба и работа' },
  orders: { title: 'Приказы' },
  profile: { title: 'Профиль VK' },
  passed: {
    title: 'Кому переданы данные',
    about:
      'VK (Сферум), и только номер профиля VK для чатов. Имя, дата рождения, класс и родство туда не передаются.',
  },
  chats: { title: 'Чаты школы' },
  decisions: { title: 'Решения, принятые вручную' },
  work: { title: 'Что сделано этим человеком' },
  waiting: { title: 'Планы и списки' },
  journal: { title: 'Журнал изменений' },
  looks: { title: 'Кто смотрел данные' },
  told: { title: 'Оповещения' },
  sessions: { title: 'Входы в систему' },
} as const satisfies Record<string, Omit<Section, 'lines'>>;

const PLACE_OF: Readonly<Record<HeldTable, keyof typeof PLACES>> = {
  person: 'who',
  guardian: 'family',
  enrollment: 'school',
  class: 'school',
  subject_group: 'school',
  lesson: 'school',
  meeting: 'school',
  roster_order: 'orders',
  order_place: 'orders',
  profile_link: 'profile',
  profile_claim: 'profile',
  profile_linking: 'profile',
  sferum_account: 'profile',
  sferum_member: 'passed',
  membership: 'chats',
  exception: 'decisions',
  chat: 'work',
  chat_draft: 'work',
  operation: 'work',
  operation_chat: 'waiting',
  staged_roster: 'waiting',
  chat_draft_person: 'waiting',
  journal: 'journal',
  journal_text: 'journal',
  access_record: 'looks',
  person_match: 'who',
  told_choice: 'told',
  console_session: 'sessions',
};

/** Gives all sections. Each has the newest line first and lines without a time last. */
export function exportSections(held: HeldOfPerson, names: ExportNames): Section[] {
  const tables = keysOf(PLACE_OF);
  return Object.entries(PLACES).map(([place, section]) => ({
    ...section,
    lines: tables
      .filter((table) => PLACE_OF[table] === place)
      .flatMap((table) => held[table].flatMap((row) => linesOf(table, row, names)))
      .sort((a, b) => (b.at ?? '').localeCompare(a.at ?? '')),
  }));
}
