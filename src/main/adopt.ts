/**
 * `npm run adopt [-- SCHOOL … --confirm --json --acts FILE]`, after the database was restored
 * (src/operations/adopt.ts).
 */
import { parseArgs } from 'node:util';
import { createApp } from '../app.ts';
import { COMMAND } from '../app-role.ts';
import { eraseAgain } from '../ending/erase-again.ts';
import { createLog } from '../log.ts';
import { type Adoption, adoptAfterRestore } from '../operations/adopt.ts';
import { runCommand } from './command.ts';
import { configOrExit } from './config-or-exit.ts';

const TITLES_SHOWN = 20;

const WHAT_NOW =
  'Held: no chat is created and nobody is removed. Once СГО has sent its lists again: npm run adopt -- --confirm';

const print = (line: string) => process.stdout.write(`${line}\n`);

const { values, positionals: schoolIds } = configOrExit(() =>
  parseArgs({
    options: {
      ...{ confirm: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
      acts: { type: 'string' },
    },
    allowPositionals: true,
  }),
);

await runCommand('adopt', async (config, life) => {
  // Only the report goes to stdout, so that it can be piped.
  const log = createLog(config.logLevel, process.stderr);
  const app = await life.own(createApp(config, COMMAND, { log }));
  // Erasures come first, so that nobody who was erased is shown or told to Sferum again.
  const erased = values.acts === undefined ? {} : await eraseAgain(app.ctx, values.acts);
  for (const [schoolId, people] of Object.entries(erased))
    log.info({ schoolId, people }, 'people whom the acts name were erased again');
  const adoptions = await adoptAfterRestore(app.ctx, {
    schoolIds,
    confirm: values.confirm,
    by: { id: 'adopt', kind: 'operator' },
  });
  for (const line of values.json ? [JSON.stringify(adoptions)] : adoptions.flatMap(linesOf)) print(line);
  if (!values.json && adoptions.some(({ state }) => state === 'held')) print(WHAT_NOW);
  return adoptions.every(({ problem }) => problem === null) ? 0 : 1;
});

function linesOf({ schoolId, state, problem, read, ...found }: Adoption): string[] {
  if (state === 'not-held') return [`${schoolId}: nothing to confirm; run this without --confirm first`];
  if (problem !== null) return [`${schoolId}: ${state}, but it cannot be looked at: ${problem}`];
  return [
    `${schoolId}: ${state}; ${read} chats read`,
    ...titled('adopted', found.adopted),
    ...titled('unknown to us, left alone', found.strays),
    ...titled('gone from Sferum', found.gone),
    ...titled('not readable just now', found.unreadable),
  ];
}

function titled(what: string, titles: readonly string[]): string[] {
  if (titles.length === 0) return [];
  const shown = titles.slice(0, TITLES_SHOWN).map((title) => `«${title}»`);
  const more = titles.length - shown.length;
  return [`  ${what}: ${titles.length} – ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
}
