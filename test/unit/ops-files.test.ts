/** `ops/`: the files for operators name only figures, ports and files that exist. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { SECRET_VARIABLES } from '../../src/config/secret-files.ts';
import { VARIABLES } from '../../src/config/variables.ts';
import { createMetrics } from '../../src/metrics.ts';
import { OVERDUE_HOURS } from '../../src/store/queries/overdue.ts';
import { readManifests } from '../support/kubernetes.ts';
import { PROMETHEUS_DIR, PROMTOOL, promtool } from '../support/promtool.ts';

const ROOT = join(import.meta.dirname, '../..');
const OPS = join(ROOT, 'ops');
const read = (path: string) => readFileSync(join(OPS, path), 'utf8');

const VARIABLE_FILES = new Set([
  ...Object.keys(VARIABLES),
  ...SECRET_VARIABLES.map((name) => `${name}_FILE`),
]);
/** Words of PromQL in our expressions that are no figures. */
const WORDS = new Set(
  'max sum count rate increase by unless or and vector histogram_quantile topk le condition age status school outcome name reason role state instance invariant to'.split(
    ' ',
  ),
);

/** Gives the figures that an expression reads, without the endings of histograms. */
function figuresIn(expression: string): string[] {
  const bare = expression
    .replace(/\{[^}]*\}/g, '')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/"[^"]*"/g, '');
  return (bare.match(/[a-z_][a-z0-9_]*/g) ?? [])
    .filter((word) => !WORDS.has(word) && word !== 'up')
    .map((word) => word.replace(/_(bucket|count)$/, ''));
}

async function told(): Promise<Set<string>> {
  const metrics = createMetrics();
  metrics.process({ requests: 1, connections: { open: 1, idle: 0, waiting: 0 } });
  const { body } = await metrics.render();
  return new Set([...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!));
}

interface Rule {
  alert: string;
  expr: string;
  annotations: { summary: string; action: string };
}
const rules = () =>
  (parse(read('prometheus/alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
    (group) => group.rules,
  );

describe('alerts and the dashboard', () => {
  test('ask for figures that /metrics tells', async () => {
    const dashboard = JSON.parse(read('grafana/sferum-sync.json')) as {
      panels: { targets: { expr: string }[] }[];
    };
    const asked = [
      ...rules().map(({ expr }) => expr),
      ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ].flatMap(figuresIn);
    const known = await told();
    expect(asked.length).toBeGreaterThan(20);
    expect([...new Set(asked)].filter((name) => !known.has(name))).toEqual([]);
  });

  test('call a list overdue when the console does', () => {
    const overdue = rules().find(({ alert }) => alert === 'RosterOverdue');
    expect(overdue?.expr).toContain(`> ${OVERDUE_HOURS * 3600}`);
  });

  test('say what is wrong and what to do, and each alert is tried', () => {
    const tried = read('prometheus/alerts.test.yml');
    for (const { alert, annotations } of rules()) {
      expect(annotations.summary.length, alert).toBeGreaterThan(10);
      expect(annotations.action.length, alert).toBeGreaterThan(10);
      expect(tried, alert).toContain(`alertname="${alert}"`);
    }
  });

  // In CI the tool must be installed.
  test.runIf(PROMTOOL ?? process.env.CI)(
    'fire within two minutes, and none in a quiet hour (promtool)',
    () => {
      expect(promtool(['check', 'rules', 'alerts.yml'], PROMETHEUS_DIR)).toContain('SUCCESS');
      expect(promtool(['test', 'rules', 'alerts.test.yml'], PROMETHEUS_DIR)).toContain('SUCCESS');
    },
  );
});

describe('the Kubernetes manifests', () => {
  const { resources, configMapGenerator } = parse(read('kubernetes/kustomization.yaml')) as {
    resources: string[];
    configMapGenerator: { literals: string[] }[];
  };
  const manifests = resources.flatMap((file) => readManifests(read(`kubernetes/${file}`)));
  const pods = manifests.flatMap(({ spec }) => ('template' in spec ? [spec.template] : []));
  const containers = pods.flatMap(({ spec }) => spec.containers);

  test('have the shapes of Kubernetes’ API, without a field more', () => {
    expect(manifests.map(({ kind }) => kind)).toEqual([
      ...['Job', 'PersistentVolumeClaim'],
      ...['Deployment', 'PodDisruptionBudget', 'Service'],
      ...['Deployment', 'PodDisruptionBudget'],
    ]);
    const misspelt = read('kubernetes/api.yaml').replace('readinessProbe', 'readinesProbe');
    expect(() => readManifests(misspelt)).toThrow(/readinesProbe/);
  });

  test('let the process read its secrets, and nobody else: they are root’s, and the group is the pod’s', () => {
    for (const { spec } of pods) {
      const modes = spec.volumes.flatMap((volume) => ('secret' in volume ? [volume.secret.defaultMode] : []));
      expect(modes).toEqual([0o440]);
      const users = spec.containers.map(({ securityContext }) => securityContext.runAsUser);
      expect(users).toEqual([spec.securityContext.fsGroup]);
    }
  });

  test('hold API, worker and migration, each confined and started from a file that there is', () => {
    expect(containers.map(({ command }) => command.at(-1))).toEqual([
      ...['src/main/migrate.ts', 'src/main/api.ts', 'src/main/worker.ts'],
    ]);
    for (const { command, securityContext } of containers) {
      expect(existsSync(join(ROOT, command.at(-1)!))).toBe(true);
      expect(securityContext).toMatchObject({ runAsNonRoot: true, readOnlyRootFilesystem: true });
    }
  });

  test('keep the acts of erasure, by which a restored database erases again, when a pod ends', () => {
    const claims = manifests.flatMap((one) => (one.kind === 'PersistentVolumeClaim' ? [one] : []));
    expect(claims.map(({ spec }) => spec.accessModes)).toEqual([['ReadWriteMany']]);
    // Workers do the erasing.
    const worker = manifests.find(
      ({ kind, metadata: { name } }) => kind === 'Deployment' && name === 'worker',
    );
    const claim = { claimName: claims[0]?.metadata.name };
    expect(worker).toMatchObject({
      spec: {
        template: {
          spec: { volumes: expect.arrayContaining([{ name: 'data', persistentVolumeClaim: claim }]) },
        },
      },
    });
  });

  test('probe health at the port where each process answers', () => {
    for (const { command, ports, readinessProbe, livenessProbe, env } of containers.slice(1)) {
      expect(readinessProbe?.httpGet).toEqual({ path: '/readyz', port: 'http' });
      expect(livenessProbe?.httpGet.path).toBe('/healthz');
      const isWorker = command.at(-1) === 'src/main/worker.ts';
      expect(ports?.[0]?.containerPort).toBe(isWorker ? 9464 : 3000);
      if (isWorker) expect(env).toContainEqual({ name: 'OPS_ADDRESS', value: '0.0.0.0:9464' });
    }
  });

  test('name selectors that fit their pods, and a disruption budget for each that serves', () => {
    for (const manifest of manifests)
      if (manifest.kind === 'Deployment')
        expect(manifest.spec.template.metadata.labels).toMatchObject(manifest.spec.selector.matchLabels);
    const budgets = manifests.filter(({ kind }) => kind === 'PodDisruptionBudget');
    expect(budgets.map(({ metadata }) => metadata.name).sort()).toEqual(['api', 'worker']);
  });

  test('set variables that there are, and name each file of a secret', () => {
    const names = configMapGenerator.flatMap(({ literals }) => literals.map((line) => line.split('=')[0]!));
    expect(names.filter((name) => !VARIABLE_FILES.has(name))).toEqual([]);
    const files = configMapGenerator.flatMap(({ literals }) =>
      literals.flatMap((line) => /_FILE=\/secrets\/(\w+)$/.exec(line)?.[1] ?? []),
    );
    for (const file of [...files, 'migration_database_url'])
      expect(read('kubernetes/secrets.txt')).toContain(`--from-file=${file}`);
  });
});

test('the units of systemd start files that there are, with variables that there are', () => {
  const units = readdirSync(join(OPS, 'systemd'));
  expect(units).toHaveLength(3);
  for (const unit of units) {
    const text = read(`systemd/${unit}`);
    const [, script] = /^ExecStart=\S+ (\S+)$/m.exec(text)!;
    expect(existsSync(join(ROOT, script!)), unit).toBe(true);
    const [, variables] = /^Environment=(.*)$/m.exec(text)!;
    for (const pair of variables!.split(' ')) expect(VARIABLE_FILES).toContain(pair.split('=')[0]);
  }
});
