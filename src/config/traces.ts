/** The variables of OpenTelemetry that this program reads itself. Others are the exporter's own. */
import { z } from 'zod';

const SAMPLERS = [
  ...['always_on', 'always_off', 'traceidratio'],
  ...['parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'],
] as const;
const PROTOCOLS = ['http/json', 'http/protobuf'] as const;
const address = z
  .string()
  .refine((text) => URL.canParse(text) && ['https:', 'http:'].includes(new URL(text).protocol), {
    error: 'must be an address (https://…, http://…)',
  })
  .optional();

/**
 * Spans travel as JSON, which receivers of OTLP take on the same address as protobuf. gRPC has another port, so it is
 * refused.
 */
const protocol = z
  .enum(PROTOCOLS, { error: `must be one of ${PROTOCOLS.join(', ')}: traces are sent over HTTP` })
  .optional();

export const TRACE_VARIABLES = {
  OTEL_SDK_DISABLED: z.string().optional(),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none'], { error: 'must be otlp or none' }).default('otlp'),
  OTEL_EXPORTER_OTLP_ENDPOINT: address,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: address,
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol,
  OTEL_TRACES_SAMPLER: z
    .enum(SAMPLERS, { error: `must be one of ${SAMPLERS.join(', ')}` })
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .transform(Number)
    .refine((share) => share >= 0 && share <= 1, { error: 'must be a share from 0 to 1' })
    .default(1),
};
/** Where traces go (OTLP/HTTP), and which share of them is told. Null where none are told. */
export type TracesConfig = { url: string; share: number } | null;

type TraceValues = { [Name in keyof typeof TRACE_VARIABLES]: z.output<(typeof TRACE_VARIABLES)[Name]> };

/** Reads where traces go. By default none are told. */
export function tracesOf(values: TraceValues): TracesConfig {
  const url = values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? below(values.OTEL_EXPORTER_OTLP_ENDPOINT);
  const isOff = values.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || values.OTEL_TRACES_EXPORTER === 'none';
  const share = shareOf(values);
  return url === undefined || isOff || share === 0 ? null : { url, share };
}

/** Gives the address of traces below one that is for all that OpenTelemetry sends. */
function below(endpoint: string | undefined): string | undefined {
  return endpoint && `${endpoint.replace(/\/+$/, '')}/v1/traces`;
}

function shareOf({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: share }: TraceValues): number {
  if (sampler.endsWith('always_off')) return 0;
  return sampler.endsWith('traceidratio') ? share : 1;
}
