/** The pages of a school in which all is well. */
import type { Page } from 'playwright-core';
import type { Shot } from './shots.ts';

const named = (paths: Record<string, string>): Shot[] =>
  Object.entries(paths).map(([name, path]) => ({ name, path }));

export const ADMIN_PAGES = ({ chat, run, person }: Record<'chat' | 'run' | 'person', string>): Shot[] => [
  ...named({
    ...{ own: '/', overview: '/overview', attention: '/attention', delays: '/delays' },
    ...{ manage: '/manage', 'manage-none': '/manage?title=нетакого', ahead: '/manage/ahead' },
    ...{ chat: `/manage/chats/${chat}`, pick: `/manage/chats/${chat}/pick?role=student`, new: '/manage/new' },
    ...{ delete: `/manage/chats/${chat}/delete`, initialize: '/manage/initialize' },
    ...{ run: `/manage/operations/${run}`, 'run-people': `/manage/operations/${run}?view=people` },
    ...{ undo: `/manage/operations/${run}/undo`, operations: '/operations', rosters: '/rosters' },
    ...{
      quality: '/rosters/quality?of=parents',
      unreachable: '/unreachable',
      settings: '/settings',
      classes: '/classes',
      'same-people': '/same-people',
    },
    ...{
      changes: '/changes',
      'changes-lines': '/changes?view=lines',
      'changes-person': `/changes?personId=${person}`,
    },
    ...{ readiness: '/readiness', connection: '/connection' },
    ...{ person: `/people/${person}`, export: `/people/${person}/export`, sessions: '/sessions' },
    ...{ journal: '/journal', search: '/search', gone: '/manage/chats/00000000-0000-4000-8000-000000000000' },
    ...{ nowhere: '/nowhere', forbidden: '/diary' },
  }),
  ...named({
    notifications: '/settings/notifications',
    webhooks: '/settings/webhooks',
    pauses: '/settings/pauses',
  }),
  {
    ...{ name: 'webhook', path: '/settings/webhooks' },
    first: async (page) => {
      await page.getByLabel('Адрес').fill('http://127.0.0.1:9/sferum');
      await page.getByRole('checkbox').first().check();
      await page.getByRole('button', { name: 'Сохранить' }).click();
      await page.getByText(/whsec_/).waitFor();
    },
  },
  {
    ...{ name: 'search-found', path: '/search' },
    first: async (page) => {
      await page.locator('main input[type=search], main input[name=lastName]').first().fill('Иванов');
      await page.keyboard.press('Enter');
      await page.waitForURL(/sought=/);
    },
  },
  ...[
    { name: 'check-chat', path: `/manage/chats/${chat}` },
    { name: 'check-person', path: `/people/${person}` },
  ].map((shot) => ({
    ...shot,
    first: async (page: Page) => {
      await page.getByRole('button', { name: 'Сверить сейчас' }).click();
      await page.waitForURL(/\/manage\/checks\//);
      await page.getByText(/по спискам СГО/).waitFor();
    },
  })),
  {
    ...{ name: 'manage-ticked', path: '/manage?type=class' },
    first: (page) => page.getByLabel('Выбрать все на странице').check(),
  },
  {
    ...{ name: 'delete-many', path: '/manage?type=subject' },
    first: async (page) => {
      await page.getByLabel('Выбрать все на странице').check();
      await page.getByRole('button', { name: 'Удалить', exact: true }).click();
      await page.waitForURL(/\/manage\/delete/);
    },
  },
];

export const staffPages = (lesson: string | undefined): Shot[] => [
  ...named({
    own: '/',
    manage: '/manage',
    journal: '/journal',
    unreachable: '/unreachable',
    forbidden: '/overview',
  }),
  ...(lesson ? named({ lesson: `/journal/lessons/${lesson}` }) : []),
];

export const childPages = (): Shot[] =>
  named({ own: '/', diary: '/diary', ended: '/lessons/ended', forbidden: '/manage' });
