import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A sealed text cannot be opened: another key, or it was altered. Says nothing of what is inside. */
export class SealError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SealError';
  }
}

/**
 * Keeps secrets at rest: AES-256-GCM under one 32-byte key. A sealed text is `<key id>.<base64url>`; the id tells
 * a wrong SECRETS_KEY from damage.
 */
export class SecretBox {
  readonly #key: Uint8Array;
  readonly #keyId: string;

  constructor(key: Uint8Array) {
    if (key.length !== 32) throw new SealError('the key must have 32 bytes');
    this.#key = key;
    this.#keyId = createHash('sha256').update(key).digest('hex').slice(0, 8);
  }

  seal(plain: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return `${this.#keyId}.${Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')}`;
  }

  /** Throws SealError. */
  open(sealed: string): string {
    const [keyId, text = ''] = sealed.split('.', 2);
    if (keyId !== this.#keyId) throw new SealError('sealed with another SECRETS_KEY');
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new SealError('the sealed text is damaged');
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE_BYTES)).setAuthTag(
      bytes.subarray(-TAG_BYTES),
    );
    try {
      const body = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([body, decipher.final()]).toString('utf8');
    } catch {
      throw new SealError('the sealed text is damaged');
    }
  }
}
