import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { type FleetFigures, fleetGauges, type MessageWay, processGauges } from './metrics-gauges.ts';
import { INVARIANT_CODES } from './plan/invariants.ts';

/**
 * Figures of one app. Labels are few and bounded: route patterns, kinds and schools, never ids of people or chats.
 */
export interface Metrics {
  httpRequest(request: { method: string; route: string; status: number; seconds: number }): void;
  /** Counts a call to Sferum. `outcome`: `done` or a kind of SferumError. */
  sferumCall(method: string, outcome: string): void;
  /** Counts a job that ended: `done`, `again`, `failed` … */
  job(name: string, outcome: string): void;
  /** Records how long an order took to reach its chat (J9), from its coming into force or, if later, its arrival. */
  orderToChat(schoolId: string, seconds: number): void;
  /** Sets what the database tells of all schools. Null where it does not answer: nothing is shown then. */
  fleet(figures: FleetFigures | null): void;
  /** Sets what this process tells of itself. `requests`: those ever sent to Sferum. */
  process(own: { requests: number; connections: Readonly<Record<string, number>> }): void;
  /** Counts an invariant found broken, by its name (J6). */
  invariantBreach(invariant: string): void;
  removalsHeld(count: number): void;
  /** Counts a try to send a message (K2): it was received, is tried again, or is given up. */
  message(to: MessageWay, outcome: 'received' | 'again' | 'failed'): void;
  /** Counts records of who looked that could not be kept (K8). Not one may be lost without an alert. */
  accessLost(count: number): void;
  /** Counts a request that was denied (401, 403, 429), by the code of its reason. */
  denial(reason: string): void;
  /** Counts people who signed in or out at the console. */
  session(event: 'signed-in' | 'signed-out' | 'ended', count?: number): void;
  /** Gives the text of `GET /metrics`. */
  render(): Promise<{ contentType: string; body: string }>;
}

const HTTP_SECONDS = [0.005, 0.02, 0.1, 0.5, 1, 5, 30];
const DELAY_SECONDS = [1, 5, 15, 60, 300, 900, 3600, 6 * 3600, 24 * 3600];

/** The lag of the event loop is told to this many ms. Finer steps would be half of what a process at rest costs. */
const LAG_PRECISION_MS = 100;

/** Makes the figures in a registry of their own, because several apps may live in one process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_PRECISION_MS });
  const { http, delay } = times(registers);
  const fleet = fleetGauges(registers);
  const own = processGauges(registers);
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers });
  const sferum = counter('sferum_calls_total', 'Calls to Sferum, by outcome', ['method', 'outcome']);
  const jobs = counter('jobs_total', 'Jobs ended, by outcome', ['name', 'outcome']);
  const breaches = counter('invariant_breaches_total', 'Invariants found broken', ['invariant']);
  // `increase` sees no first value, so an alert about the first breach needs a 0 before it.
  for (const invariant of INVARIANT_CODES) breaches.inc({ invariant }, 0);
  const held = counter('removals_held_total', 'Removals held by the guard', []);
  const messages = counter('told_messages_total', 'Tries to send a message, by outcome', ['to', 'outcome']);
  const accessLost = counter('access_records_lost_total', 'Records of who looked that were lost', []);
  const denials = counter('denials_total', 'Requests denied (401, 403, 429), by reason', ['reason']);
  const sessions = counter(
    'session_events_total',
    'Sessions of the console: sign-ins, sign-outs, those that somebody ended',
    ['event'],
  );
  return {
    httpRequest: ({ seconds, ...labels }) => http.observe(labels, seconds),
    sferumCall: (method, outcome) => sferum.inc({ method, outcome }),
    job: (name, outcome) => jobs.inc({ name, outcome }),
    orderToChat: (school, seconds) => delay.observe({ school }, seconds),
    fleet,
    process: own,
    invariantBreach: (invariant) => breaches.inc({ invariant }),
    removalsHeld: (count) => held.inc(count),
    message: (to, outcome) => messages.inc({ to, outcome }),
    accessLost: (count) => accessLost.inc(count),
    denial: (reason) => denials.inc({ reason }),
    session: (event, count = 1) => sessions.inc({ event }, count),
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

/** How long things took. */
function times(registers: Registry[]) {
  return {
    http: new Histogram({
      name: 'http_request_seconds',
      help: 'Requests answered, by route pattern',
      labelNames: ['method', 'route', 'status'],
      buckets: HTTP_SECONDS,
      registers,
    }),
    delay: new Histogram({
      name: 'order_to_chat_seconds',
      help: 'From an order in force to the chat in Sferum',
      labelNames: ['school'],
      buckets: DELAY_SECONDS,
      registers,
    }),
  };
}
