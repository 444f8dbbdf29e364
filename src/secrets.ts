import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { sure } from './sure.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** The mark of texts that are bound to their place. Older texts have no mark and are bound to none. */
const BOUND = '2';

/**
 * A sealed text cannot be opened, because of another key, another place, or a change to it. The message says nothing
 * of what is inside.
 */
export class SealError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SealError';
  }
}

/** Where a sealed text stands. It opens nowhere else. */
export interface Place {
  /** Null where the text belongs to no school, such as a cookie. */
  schoolId: string | null;
  /** `table.column`, or another name that tells the kinds of secrets apart. */
  column: string;
}

/**
 * Keeps secrets at rest: AES-256-GCM under the first of the 32-byte keys. Texts sealed with the other keys are opened
 * too, until `npm run reseal` has sealed them anew.
 * A sealed text is `<key id>.2.<base64url>`, with its place authenticated. The id tells a wrong SECRETS_KEY from
 * damage. Texts from before places, `<key id>.<base64url>`, open anywhere until the reseal.
 */
export class SecretBox {
  readonly #keys: ReadonlyMap<string, Uint8Array>;
  readonly #first: string;

  constructor(keys: readonly Uint8Array[]) {
    if (keys.length === 0 || keys.some((key) => key.length !== 32))
      throw new SealError('a key must have 32 bytes');
    this.#keys = new Map(keys.map((key) => [keyIdOf(key), key]));
    this.#first = keyIdOf(sure(keys[0]));
  }

  seal(plain: string, place: Place): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', sure(this.#keys.get(this.#first)), nonce).setAAD(
      boundTo(place),
    );
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    const bytes = Buffer.concat([nonce, body, cipher.getAuthTag()]);
    return `${this.#first}.${BOUND}.${bytes.toString('base64url')}`;
  }

  /**
   * Opens a sealed text.
   * @throws SealError
   */
  open(sealed: string, place: Place): string {
    const parts = sealed.split('.');
    const bound = parts.length === 3 && parts[1] === BOUND;
    const key = this.#keys.get(sure(parts[0]));
    if (!key) throw new SealError('sealed with another SECRETS_KEY');
    const bytes = Buffer.from(sure(parts.at(-1)), 'base64url');
    if ((!bound && parts.length !== 2) || bytes.length < NONCE_BYTES + TAG_BYTES) throw damaged();
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    }).setAuthTag(bytes.subarray(-TAG_BYTES));
    if (bound) decipher.setAAD(boundTo(place));
    try {
      const body = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([body, decipher.final()]).toString('utf8');
    } catch {
      throw damaged();
    }
  }

  /** Whether the text is sealed with the first key and bound to a place, so that a reseal leaves it as it is. */
  isCurrent(sealed: string): boolean {
    return sealed.startsWith(`${this.#first}.${BOUND}.`);
  }
}

/** Derives keys for another purpose. A text of one purpose opens in no other. */
export function derivedKeys(keys: readonly Uint8Array[], purpose: string): Uint8Array[] {
  return keys.map((key) => new Uint8Array(hkdfSync('sha256', key, '', purpose, 32)));
}

function damaged(): SealError {
  return new SealError('the sealed text is damaged, or was sealed for another place');
}

function keyIdOf(key: Uint8Array): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 8);
}

function boundTo({ schoolId, column }: Place): Buffer {
  return Buffer.from(JSON.stringify([schoolId, column]));
}
