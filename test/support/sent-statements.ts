/** What this process sends to PostgreSQL, as it is sent: its text, its values, and for whom it is. */
import pg from 'pg';
import { PreparingClient } from '../../src/store/preparing-client.ts';

export interface Sent {
  text: string;
  values: readonly unknown[];
  /** The settings of its transaction: a role, a school. */
  under: string[];
}

const BEGIN = /^begin; (set local .*)$/s;
const TAKES_ROLE = /set_config\('role', \$1, true\)/;

/** Calls `onSent` with every statement of the application's own connections from now on. */
export function onStatement(onSent: (sent: Sent) => void): void {
  const unders = new WeakMap<object, string[]>();
  const { query, queryUnder } = PreparingClient.prototype;
  // biome-ignore lint/suspicious/noExplicitAny: the driver's overloads.
  PreparingClient.prototype.query = function (this: PreparingClient, ...args: any[]) {
    const [text, values] = args as [unknown, unknown[] | undefined];
    if (typeof text === 'string') {
      const begun = BEGIN.exec(text);
      const under = unders.get(this) ?? [];
      if (begun) unders.set(this, [begun[1]!]);
      else if (/^(commit|rollback)$/.test(text)) unders.delete(this);
      else onSent({ text, values: values ?? [], under });
      if (TAKES_ROLE.test(text)) unders.set(this, [...under, roleOf(String(values?.[0]))]);
    }
    return query.apply(this, args);
  };
  PreparingClient.prototype.queryUnder = function (setting, text, values) {
    onSent({ text, values, under: [`set local ${setting.name} = ${pg.escapeLiteral(setting.value)}`] });
    return queryUnder.call(this, setting, text, values);
  };
}

const roleOf = (role: string) =>
  role === 'none' ? 'reset role' : `set local role = ${pg.escapeLiteral(role)}`;
