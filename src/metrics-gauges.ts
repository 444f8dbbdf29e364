/** Figures that are states, not counts: of all schools as the database tells them, and of this process. */
import { Counter, Gauge, type Registry } from 'prom-client';

/** What `/metrics` tells of all schools together. Few rows are read: each part has its index, or a small table. */
export interface FleetFigures {
  /** Chats in each condition that leaves something to do. */
  chats: Record<string, number>;
  /** The age of the oldest change that has not reached its chat, in schools whose account works. 0: nothing waits. */
  behindSeconds: number;
  /** Operations that wait for a person, by age. */
  holds: Record<HoldAge, number>;
  /** Operations that run or wait for their turn. */
  operations: number;
  /** Accounts at Sferum, `ok` or `broken`. */
  accounts: Record<string, number>;
  /** Requests a second that all working accounts together may send. */
  allowedPerSecond: number;
  /** The age of each school's last list. Schools that had none are left out. */
  rosterAges: { school: string; seconds: number }[];
  /** Processes that gave a sign of life lately, by role. */
  processes: Record<string, number>;
  /** Messages that wait to be sent (K2), by where they go, and the age of the oldest. 0: none waits. */
  messages: Record<MessageWay, { waiting: number; oldestSeconds: number }>;
}

const MESSAGE_WAYS = ['mail', 'webhook'] as const;
export type MessageWay = (typeof MESSAGE_WAYS)[number];

export const HOLD_AGES = ['hour', 'day', 'week', 'longer'] as const;
type HoldAge = (typeof HOLD_AGES)[number];

/** Gives the function that sets what is told of all schools. The same figures stand in every process. */
export function fleetGauges(registers: Registry[]): (figures: FleetFigures | null) => void {
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Gauge({ name, help, labelNames, registers });
  const chats = gauge('chats_by_condition', 'Chats in each condition that leaves something to do', [
    'condition',
  ]);
  const behind = gauge(
    'chats_behind_oldest_seconds',
    'How long the oldest change has not reached its chat',
    [],
  );
  const holds = gauge(
    'holds_by_age',
    'Operations that wait for a person: up to an hour, a day, a week, longer',
    ['age'],
  );
  const operations = gauge('operations_open', 'Operations that run or wait for their turn', []);
  const accounts = gauge('sferum_accounts', 'Accounts at Sferum, by status', ['status']);
  const allowed = gauge(
    'sferum_requests_allowed_per_second',
    'What all working accounts together may send',
    [],
  );
  const rosters = gauge('roster_age_seconds', "The age of a school's last list", ['school']);
  const processes = gauge('processes', 'Processes that gave a sign of life in 45 seconds, by role', ['role']);
  const messages = gauge('told_messages_waiting', 'Messages that wait to be sent, by where they go', ['to']);
  const oldest = gauge('told_messages_oldest_seconds', 'The age of the oldest message that waits', ['to']);
  const all = [chats, behind, holds, operations, accounts, allowed, rosters, processes, messages, oldest];
  return (figures) => {
    for (const one of all) one.reset();
    if (!figures) {
      // A gauge without labels would say 0.
      for (const one of [behind, operations, allowed]) one.remove();
      return;
    }
    for (const [condition, n] of Object.entries(figures.chats)) chats.set({ condition }, n);
    for (const [age, n] of Object.entries(figures.holds)) holds.set({ age }, n);
    for (const [status, n] of Object.entries(figures.accounts)) accounts.set({ status }, n);
    for (const [role, n] of Object.entries(figures.processes)) processes.set({ role }, n);
    for (const { school, seconds } of figures.rosterAges) rosters.set({ school }, seconds);
    for (const to of MESSAGE_WAYS) {
      messages.set({ to }, figures.messages[to].waiting);
      oldest.set({ to }, figures.messages[to].oldestSeconds);
    }
    behind.set(figures.behindSeconds);
    operations.set(figures.operations);
    allowed.set(figures.allowedPerSecond);
  };
}

/** Gives the function that sets what this process tells of itself. */
export function processGauges(
  registers: Registry[],
): (own: { requests: number; connections: Readonly<Record<string, number>> }) => void {
  const requests = new Counter({ name: 'sferum_requests_total', help: 'Requests sent to Sferum', registers });
  const connections = new Gauge({
    name: 'database_connections',
    help: "This process's connections to PostgreSQL: open, idle, and callers that wait for one",
    labelNames: ['state'],
    registers,
  });
  return (own) => {
    requests.reset();
    requests.inc(own.requests);
    for (const [state, n] of Object.entries(own.connections)) connections.set({ state }, n);
  };
}
