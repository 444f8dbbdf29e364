import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { Refusal } from '../refusal.ts';
import type { PersonOfSchool } from '../rows/profile-link.ts';
import { SEALED_COLUMNS } from '../store/sealed-columns.ts';
import { linkProfile } from './link-profile.ts';
import { authorizeUrl, newSecrets, userOf, type VkIdApp, VkIdError, type VkProfile } from './vk-id.ts';

/** The longest time from leaving for VK ID to coming back, and the longest time from there to the person's answer. */
const LINKING_LIFE_MS = 10 * 60_000;
const DIGEST_HEX = /^[0-9a-f]{64}$/;

/** What the browser brings back from VK ID. */
interface Back {
  state: string;
  code: string;
  deviceId: string;
}

/** «Привязать профиль … к учётной записи …?» */
export interface Question {
  id: string;
  profile: VkProfile;
}

/** The path to which VK ID sends people back. */
export const CALLBACK_PATH = '/profile/callback';

/**
 * Leads a person to VK ID and back (A2). Each way has a row of `profile_linking`, which belongs to one person:
 *
 *   started (verifier) ──► taken (neither) ──► asks (profile) ──► linked, declined or expired: the row is gone
 *
 * The profile is linked only after the person has seen whose it is, because the browser may be signed in at VK as
 * somebody else.
 */
export class ProfileLinking {
  readonly #ctx: Context;
  readonly #app: VkIdApp;
  readonly #mayStart: (person: PersonOfSchool) => Promise<void>;

  /** `mayStart` throws where the person starts too often. */
  constructor(ctx: Context, vkIdUrl: string, mayStart: (person: PersonOfSchool) => Promise<void>) {
    this.#ctx = ctx;
    this.#mayStart = mayStart;
    const { publicUrl, vkId } = ctx.config;
    this.#app = { url: vkIdUrl, clientId: vkId.clientId, redirectUri: `${publicUrl}${CALLBACK_PATH}` };
  }

  /** Starts a way and returns the address to which the person's browser must go. */
  async start({ schoolId, personId }: PersonOfSchool): Promise<string> {
    await this.#mayStart({ schoolId, personId });
    const secrets = newSecrets();
    const { db, secrets: box } = this.#ctx;
    const sealed = box.seal(secrets.verifier, { schoolId, column: SEALED_COLUMNS.verifier });
    const school = db.of(schoolId);
    await school
      .deleteFrom('profile_linking')
      .where('school_id', '=', schoolId)
      .where('expires_at', '<', this.#now().toISOString())
      .execute();
    await school
      .insertInto('profile_linking')
      .values({
        digest: digest(secrets.state),
        school_id: schoolId,
        person_id: personId,
        verifier_sealed: sealed,
        expires_at: this.#end(),
      })
      .execute();
    return authorizeUrl(this.#app, secrets);
  }

  /**
   * Asks VK ID whose profile it is and keeps the answer until the person confirms it. Throws Refusal(409)
   * `linking-over` for a state that is unknown or too old, `linking-used` for a state that came back before, and
   * `linking-of-another` for a state that another person has started. Throws Refusal(502) `vk-id-unavailable`.
   */
  async receive(person: PersonOfSchool, back: Back): Promise<void> {
    const verifier = await this.#take(person, back.state);
    const profile = await this.#exchange(back, verifier);
    const { schoolId, personId } = person;
    const place = { schoolId, column: SEALED_COLUMNS.linkedProfile };
    const sealed = this.#ctx.secrets.seal(JSON.stringify(profile), place);
    await this.#ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
      // Earlier questions go, so that the person's answer concerns the profile that was shown last.
      await tx
        .deleteFrom('profile_linking')
        .where('school_id', '=', schoolId)
        .where('person_id', '=', personId)
        .where('profile_sealed', 'is not', null)
        .execute();
      await tx
        .updateTable('profile_linking')
        .set({ profile_sealed: sealed, expires_at: this.#end() })
        .where('school_id', '=', schoolId)
        .where('digest', '=', digest(back.state))
        .execute();
    });
  }

  /** Returns the question that waits for the person's answer, or null. */
  async question({ schoolId, personId }: PersonOfSchool): Promise<Question | null> {
    const { rows } = await sql<{ id: string; sealed: string }>`
      select encode(digest, 'hex') as id, profile_sealed as sealed from profile_linking
      where school_id = ${schoolId} and person_id = ${personId} and profile_sealed is not null
        and expires_at > ${this.#now()}`.execute(this.#ctx.db.of(schoolId));
    const row = rows[0];
    return row ? { id: row.id, profile: this.#opened(schoolId, row.sealed) } : null;
  }

  /** Links the profile after the person's yes. Throws Refusal(409) `linking-over`, and all that linkProfile throws. */
  async confirm(person: PersonOfSchool, id: string): Promise<void> {
    const profile = await this.#answered(person, id);
    if (profile === null) throw over();
    await linkProfile(this.#ctx, { ...person, vkUserId: profile.vkUserId });
  }

  /** Ends the question after the person's no. It is safe to repeat. */
  async decline(person: PersonOfSchool, id: string): Promise<void> {
    await this.#answered(person, id);
  }

  /** Ends the question and returns its profile. Null where no such question of this person waits for an answer. */
  async #answered({ schoolId, personId }: PersonOfSchool, id: string): Promise<VkProfile | null> {
    if (!DIGEST_HEX.test(id)) return null;
    const { rows } = await sql<{ sealed: string }>`
      delete from profile_linking where digest = decode(${id}, 'hex') and school_id = ${schoolId}
        and person_id = ${personId} and profile_sealed is not null and expires_at > ${this.#now()}
      returning profile_sealed as sealed`.execute(this.#ctx.db.of(schoolId));
    return rows[0] ? this.#opened(schoolId, rows[0].sealed) : null;
  }

  /** Takes the verifier of a state. A second call with the same state throws, so that a code is used only once. */
  async #take({ schoolId, personId }: PersonOfSchool, state: string): Promise<string> {
    const sealed = await this.#ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
      const row = await tx
        .selectFrom('profile_linking')
        .select(['person_id', 'verifier_sealed'])
        .where('digest', '=', digest(state))
        .where('school_id', '=', schoolId)
        .where('expires_at', '>', this.#now().toISOString())
        .forUpdate()
        .executeTakeFirst();
      if (!row) throw over();
      if (row.person_id !== personId) throw ofAnother();
      if (row.verifier_sealed === null) throw used();
      await tx
        .updateTable('profile_linking')
        .set({ verifier_sealed: null })
        .where('school_id', '=', schoolId)
        .where('digest', '=', digest(state))
        .execute();
      return row.verifier_sealed;
    });
    return this.#ctx.secrets.open(sealed, { schoolId, column: SEALED_COLUMNS.verifier });
  }

  async #exchange(back: Back, verifier: string): Promise<VkProfile> {
    try {
      return await userOf(this.#app, { state: back.state, verifier }, back);
    } catch (error) {
      if (!(error instanceof VkIdError)) throw error;
      this.#ctx.log.warn({ kind: error.kind, code: error.code }, 'VK ID did not say whose profile it is');
      throw error.kind === 'refused' ? over() : unavailable();
    }
  }

  #opened(schoolId: string, sealed: string): VkProfile {
    const place = { schoolId, column: SEALED_COLUMNS.linkedProfile };
    // Nobody but this class can have sealed it.
    return JSON.parse(this.#ctx.secrets.open(sealed, place)) as VkProfile;
  }

  #now(): Date {
    return new Date(this.#ctx.clock.now());
  }

  #end(): Date {
    return new Date(this.#ctx.clock.now() + LINKING_LIFE_MS);
  }
}

function over(): Refusal {
  return new Refusal(
    409,
    'linking-over',
    'Привязка не завершена: прошло больше 10 минут или её начали заново',
  );
}

function used(): Refusal {
  return new Refusal(409, 'linking-used', 'Этот ответ VK ID уже принят');
}

function ofAnother(): Refusal {
  return new Refusal(409, 'linking-of-another', 'Эту привязку начал другой пользователь');
}

function unavailable(): Refusal {
  return new Refusal(502, 'vk-id-unavailable', 'VK ID сейчас не отвечает');
}

function digest(state: string): Buffer {
  return createHash('sha256').update(state).digest();
}
