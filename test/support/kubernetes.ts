/**
 * The parts of Kubernetes' API that our manifests use, strictly: a field of another name or kind is a mistake. kubectl
 * would only warn of it, and the pods would run without what it was meant to say.
 */
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

const name = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
const labels = z.record(z.string(), z.string());
const metadata = z.strictObject({ name });
const port = z.int().min(1).max(65_535);
const selector = z.strictObject({ matchLabels: labels });

const probe = z.strictObject({
  httpGet: z.strictObject({ path: z.string().startsWith('/'), port: z.union([name, port]) }),
  periodSeconds: z.int().positive().optional(),
  timeoutSeconds: z.int().positive().optional(),
  failureThreshold: z.int().positive().optional(),
});
const amounts = z.strictObject({
  cpu: z
    .string()
    .regex(/^\d+m?$/)
    .optional(),
  memory: z
    .string()
    .regex(/^\d+(Ki|Mi|Gi)$/)
    .optional(),
});
const container = z.strictObject({
  ...{ name, image: z.string().min(1), command: z.array(z.string()).min(1) },
  env: z.array(z.strictObject({ name: z.string(), value: z.string() })).optional(),
  envFrom: z.array(z.strictObject({ configMapRef: z.strictObject({ name }) })),
  ports: z.array(z.strictObject({ name, containerPort: port })).optional(),
  ...{ startupProbe: probe.optional(), readinessProbe: probe.optional(), livenessProbe: probe.optional() },
  resources: z.strictObject({ requests: amounts.optional(), limits: amounts.optional() }).optional(),
  securityContext: z.strictObject({
    ...{ runAsNonRoot: z.literal(true), runAsUser: z.int().positive() },
    ...{ readOnlyRootFilesystem: z.literal(true), allowPrivilegeEscalation: z.literal(false) },
    capabilities: z.strictObject({ drop: z.array(z.literal('ALL')).length(1) }),
  }),
  volumeMounts: z.array(
    z.strictObject({ name, mountPath: z.string().startsWith('/'), readOnly: z.boolean().optional() }),
  ),
});
const volume = z.union([
  z.strictObject({
    name,
    secret: z.strictObject({ secretName: name, defaultMode: z.int().min(0).max(0o777) }),
  }),
  z.strictObject({ name, persistentVolumeClaim: z.strictObject({ claimName: name }) }),
  z.strictObject({ name, emptyDir: z.strictObject({}) }),
]);
const pod = z.strictObject({
  metadata: z.strictObject({ labels, annotations: labels.optional() }),
  spec: z.strictObject({
    automountServiceAccountToken: z.literal(false),
    securityContext: z.strictObject({ fsGroup: z.int().positive() }),
    restartPolicy: z.enum(['Always', 'OnFailure', 'Never']).optional(),
    terminationGracePeriodSeconds: z.int().positive().optional(),
    ...{ containers: z.array(container).min(1), volumes: z.array(volume) },
  }),
});

const manifest = z.discriminatedUnion('kind', [
  z.strictObject({
    ...{ apiVersion: z.literal('apps/v1'), kind: z.literal('Deployment'), metadata },
    spec: z.strictObject({ replicas: z.int().positive(), selector, template: pod }),
  }),
  z.strictObject({
    ...{ apiVersion: z.literal('batch/v1'), kind: z.literal('Job'), metadata },
    spec: z.strictObject({ backoffLimit: z.int().min(0), template: pod }),
  }),
  z.strictObject({
    ...{ apiVersion: z.literal('policy/v1'), kind: z.literal('PodDisruptionBudget'), metadata },
    spec: z.strictObject({ maxUnavailable: z.int().min(0), selector }),
  }),
  z.strictObject({
    ...{ apiVersion: z.literal('v1'), kind: z.literal('PersistentVolumeClaim'), metadata },
    spec: z.strictObject({
      accessModes: z.array(z.enum(['ReadWriteOnce', 'ReadWriteMany'])).length(1),
      resources: z.strictObject({ requests: z.strictObject({ storage: z.string().regex(/^\d+(Mi|Gi)$/) }) }),
    }),
  }),
  z.strictObject({
    ...{ apiVersion: z.literal('v1'), kind: z.literal('Service'), metadata },
    spec: z.strictObject({
      selector: labels,
      ports: z.array(z.strictObject({ name, port, targetPort: z.union([name, port]) })),
    }),
  }),
]);
export type Manifest = z.infer<typeof manifest>;

/** Reads a file of manifests as kubectl does, which takes 0440 for an octal number. Throws where one has no such shape. */
export const readManifests = (text: string): Manifest[] =>
  parseAllDocuments(text, { version: '1.1' }).map((document) => manifest.parse(document.toJS()));
