/** Judges figures by the shipped alert rules: `promtool` is given what /metrics told, a scrape each 15 seconds. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

export const PROMETHEUS_DIR = join(import.meta.dirname, '../../ops/prometheus');
const SCRAPE_SECONDS = 15;

/** Null where Prometheus is not installed. */
export const PROMTOOL =
  (process.env.PATH ?? '')
    .split(':')
    .map((dir) => join(dir, 'promtool'))
    .find(existsSync) ?? null;

/** Runs promtool and gives what it prints. Throws with that where it finds something wrong. */
export function promtool(args: readonly string[], cwd: string): string {
  return execFileSync(PROMTOOL ?? 'promtool', args, { cwd, encoding: 'utf8' });
}

/** The figures of one scrape by name and labels; null where the process did not answer. */
export type Scrape = ReadonlyMap<string, number> | null;

export function readScrape(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

/** What was scraped while all was well, and then once something was broken. */
export interface Drill {
  alert: string;
  well: readonly Scrape[];
  broken: readonly Scrape[];
}

/** While all is well the last scrape of it holds for so many more. */
const QUIET_SCRAPES = 20;

/**
 * Throws where an alert fires before the failure, or where the failure's own alert does not fire by its last scrape.
 */
export async function judge(drills: readonly Drill[]): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'sferum-sync-alerts-'));
  try {
    const tests = drills.map(({ alert, well, broken }) => {
      const scrapes = [...well, ...Array.from({ length: QUIET_SCRAPES }, () => well.at(-1)!), ...broken];
      const at = (scrape: number) => `${scrape * SCRAPE_SECONDS}s`;
      const firing = (which: string, n: number, time: string) => ({
        expr: `count(ALERTS{${which}alertstate="firing"}) or vector(0)`,
        ...{ eval_time: time, exp_samples: [{ labels: '{}', value: n }] },
      });
      return {
        ...{ name: alert, interval: `${SCRAPE_SECONDS}s`, input_series: seriesOf(scrapes) },
        promql_expr_test: [
          firing('', 0, at(scrapes.length - broken.length - 1)),
          firing(`alertname="${alert}", `, 1, at(scrapes.length - 1)),
        ],
      };
    });
    const rules = join(PROMETHEUS_DIR, 'alerts.yml');
    const file = { rule_files: [rules], evaluation_interval: `${SCRAPE_SECONDS}s`, tests };
    await writeFile(join(dir, 'drills.yml'), stringify(file));
    promtool(['test', 'rules', 'drills.yml'], dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function seriesOf(scrapes: readonly Scrape[]): { series: string; values: string }[] {
  const names = new Set(scrapes.flatMap((scrape) => [...(scrape?.keys() ?? [])]));
  const series = [...names].map((name) => ({ series: labelled(name), values: valuesOf(scrapes, name) }));
  const up = scrapes.map((scrape) => (scrape === null ? '0' : '1')).join(' ');
  return [...series, { series: labelled('up'), values: up }];
}

function labelled(name: string): string {
  const own = 'job="sferum-sync", instance="drill"';
  return name.endsWith('}') ? name.replace(/\}$/, `, ${own}}`) : `${name}{${own}}`;
}

/** A figure that is not told any more is stale at once. */
function valuesOf(scrapes: readonly Scrape[], name: string): string {
  return scrapes
    .map((scrape, i) => scrape?.get(name) ?? (scrapes[i - 1]?.has(name) ? 'stale' : '_'))
    .join(' ');
}
