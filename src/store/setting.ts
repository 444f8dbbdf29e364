import pg from 'pg';

/** A parameter of the server for the length of one transaction. */
export interface Setting {
  name: 'app.school' | 'role';
  value: string;
  /** True where the statement keeps one plan, whatever its parameters, because planning costs as much as running it. */
  keepsPlan?: boolean;
}

/** Sets two parameters and gives no row. It is prepared under this name on every connection before it is used there. */
export const SET_LOCAL = {
  name: 'set-local',
  text: "select where set_config($1, $2, true) is null or set_config('plan_cache_mode', $3, true) is null",
} as const;

/** Gives the values for `SET_LOCAL`. */
export function valuesOf({ name, value, keepsPlan = false }: Setting): string[] {
  return [name, value, keepsPlan ? 'force_generic_plan' : 'auto'];
}

/** The methods that the driver's types leave out. */
interface Wire {
  bind(message: { statement: string; values: string[] }): void;
  execute(message: object): void;
}
interface Internals {
  prepare(wire: Wire): void;
  handleCommandComplete(message: unknown, wire: Wire): void;
}
// biome-ignore lint/suspicious/noExplicitAny: the driver has these two, and its types do not.
const Query = pg.Query as unknown as new (config: any) => pg.Query & Internals & { callback: unknown };

/**
 * Sends one statement under a setting, both as one message. The server runs what comes before one `Sync` as one
 * transaction, so the setting ends with the statement, however that ends. It costs neither `begin` nor `commit`.
 */
export class QueryUnder extends Query {
  readonly #setting: Setting;
  #isSet = false;

  constructor(setting: Setting, config: { name: string | null; text: string; values: readonly unknown[] }) {
    const { name, text, values } = config;
    super({ text, values, queryMode: 'extended', ...(name === null ? {} : { name }) });
    this.#setting = setting;
  }

  override prepare(wire: Wire): void {
    wire.bind({ statement: SET_LOCAL.name, values: valuesOf(this.#setting) });
    wire.execute({});
    super.prepare(wire);
  }

  /** The first completed command is the setting's, which has no result to pass on. */
  override handleCommandComplete(message: unknown, wire: Wire): void {
    if (this.#isSet) super.handleCommandComplete(message, wire);
    this.#isSet = true;
  }
}
