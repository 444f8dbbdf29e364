import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { Refusal } from '../refusal.ts';
import { SEALED_COLUMNS } from '../store/sealed-columns.ts';
import { linkProfile } from './link-profile.ts';
import { authorizeUrl, newSecrets, userOf, type VkIdApp, VkIdError } from './vk-id.ts';

/** From leaving for VK ID to coming back. */
const LINKING_LIFE_MS = 10 * 60_000;

export interface Person {
  schoolId: string;
  personId: string;
}

/** Where VK ID sends people back to. */
export const CALLBACK_PATH = '/profile/callback';

/** A2: the way to VK ID and back. What joins the two halves is kept here, bound to the person, and used once. */
export class ProfileLinking {
  readonly #ctx: Context;
  readonly #app: VkIdApp;

  readonly #mayStart: (person: Person) => Promise<void>;

  /** `mayStart` throws where the person begins too often. */
  constructor(ctx: Context, vkIdUrl: string, mayStart: (person: Person) => Promise<void>) {
    this.#ctx = ctx;
    this.#mayStart = mayStart;
    const { publicUrl, vkId } = ctx.config;
    this.#app = { url: vkIdUrl, clientId: vkId.clientId, redirectUri: `${publicUrl}${CALLBACK_PATH}` };
  }

  /** Where the person's browser goes. */
  async start({ schoolId, personId }: Person): Promise<string> {
    await this.#mayStart({ schoolId, personId });
    const secrets = newSecrets();
    const { db, clock, secrets: box } = this.#ctx;
    const now = new Date(clock.now());
    await sql`delete from profile_linking where expires_at < ${now}`.execute(db.sql);
    await sql`insert into profile_linking (digest, school_id, person_id, verifier_sealed, expires_at)
      values (${digest(secrets.state)}, ${schoolId}, ${personId}, ${box.seal(secrets.verifier, { schoolId, column: SEALED_COLUMNS.verifier })},
        ${new Date(now.getTime() + LINKING_LIFE_MS)})`.execute(db.sql);
    return authorizeUrl(this.#app, secrets);
  }

  /**
   * With what VK ID sent him back with. Throws Refusal: 409 `linking-over` for a state that is not his, old or
   * used, 502 `vk-id-unavailable`, and what linkProfile throws.
   */
  async finish(person: Person, back: { state: string; code: string; deviceId: string }): Promise<void> {
    const verifier = await this.#take(person, back.state);
    let vkUserId: number;
    try {
      vkUserId = await userOf(this.#app, { state: back.state, verifier }, back);
    } catch (error) {
      if (!(error instanceof VkIdError)) throw error;
      this.#ctx.log.warn({ kind: error.kind, code: error.code }, 'VK ID did not say who it is');
      throw error.kind === 'refused' ? over() : unavailable();
    }
    await linkProfile(this.#ctx, { ...person, vkUserId });
  }

  async #take({ schoolId, personId }: Person, state: string): Promise<string> {
    const { db, clock, secrets } = this.#ctx;
    const { rows } = await sql<{ verifier: string }>`
      delete from profile_linking where digest = ${digest(state)}
        and school_id = ${schoolId} and person_id = ${personId} and expires_at > ${new Date(clock.now())}
      returning verifier_sealed as verifier`.execute(db.sql);
    if (!rows[0]) throw over();
    return secrets.open(rows[0].verifier, { schoolId, column: SEALED_COLUMNS.verifier });
  }
}

function over(): Refusal {
  return new Refusal(
    409,
    'linking-over',
    'Привязка не завершена: прошло больше 10 минут или её начали заново',
  );
}

function unavailable(): Refusal {
  return new Refusal(502, 'vk-id-unavailable', 'VK ID сейчас не отвечает');
}

function digest(state: string): Buffer {
  return createHash('sha256').update(state).digest();
}
