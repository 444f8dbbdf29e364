/** The school that the tests of «Управление чатами» walk through: two classes with pupils, one of them of two pages. */
import type { Page } from 'playwright-core';
import type { Visitor } from './browser.ts';
import { type RosterFiles, rosterFiles, withRows } from './roster-files.ts';

export const SCHOOL = 's1';
export const ADMIN: Visitor = { role: 'school-admin', school: SCHOOL, sub: 'a1' };
/** Homeroom teacher of 5А, administers its chats and «5А/География»; a plain member of «Учительская». */
export const HOMEROOM: Visitor = { role: 'staff', school: SCHOOL, sub: 't1' };

/** Names that must be shown as they are; VK profiles 601… */
export const HOSTILE_NAMES = [
  '<img src=x onerror=alert(1)>',
  "Яяя'); drop table chat;--",
  'Ящик \u202Eкоробка',
  'Яблоков😀',
  `Я${'о'.repeat(199)}`,
];

/** Pupils of 5Б besides those of `rosterFiles`, «Борисов01»… with VK profiles 401…, and classes 6А–6Д without any. */
export const MORE_PUPILS = 14;

export function manageRoster(): RosterFiles {
  const pupils = Array.from({ length: MORE_PUPILS }, (_, i) => String(i + 1).padStart(2, '0'));
  let files = rosterFiles();
  files = withRows(
    files,
    'users.csv',
    ...pupils.map((n) => `x${n},,s1,student,{VK:4${n}},Иван,Борисов${n},Петрович,`),
    ...HOSTILE_NAMES.map((name, i) => `h${i},,s1,student,{VK:60${i}},Ян,"${name}",,`),
  );
  files = withRows(
    files,
    'enrollments.csv',
    ...pupils.map((n) => `ex${n},,c5b,s1,x${n},student,,,`),
    ...HOSTILE_NAMES.map((_, i) => `eh${i},,c5a,s1,h${i},student,,,`),
  );
  return withRows(
    files,
    'classes.csv',
    ...['А', 'Б', 'В', 'Г', 'Д'].map((letter, i) => `c6${i},,6${letter},6,,homeroom,s1,"autumn,spring"`),
  );
}

/** The texts of one column of the page's table, by its heading. */
export async function column(page: Page, heading: string): Promise<string[]> {
  const heads = await page.locator('table.data thead th').allInnerTexts();
  const at = heads.findIndex((text) => text.startsWith(heading));
  if (at === -1) throw new Error(`no column «${heading}» among ${heads.join(', ')}`);
  const cells = await page.locator(`table.data tbody td:nth-child(${at + 1})`).allInnerTexts();
  return cells.map((text) => text.trim());
}

/** Opens the editor of the chat of this name from the list, as people do. */
export async function openChat(page: Page, title: string): Promise<void> {
  await page.goto(`${new URL(page.url()).origin}/manage?${new URLSearchParams({ title })}`);
  await page.getByRole('link', { name: title, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: /чат/ }).waitFor();
}
