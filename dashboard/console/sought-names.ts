import { derivedKeys, SecretBox } from '../../src/secrets.ts';
import { cutText } from '../../src/text/cut-text.ts';

const NAME_CHARS = 200;
const PLACE = { schoolId: null, column: 'console search' };

/** Seals the name that is searched for, so that an address can carry it (sought.ts). */
export class SoughtNames {
  readonly #box: SecretBox;

  constructor(secretsKeys: readonly Uint8Array[]) {
    this.#box = new SecretBox(derivedKeys(secretsKeys, PLACE.column));
  }

  /** Seals a name; undefined where nothing is searched for. */
  seal(name: string | undefined): string | undefined {
    const text = cutText(name?.trim() ?? '', NAME_CHARS);
    return text ? this.#box.seal(text, PLACE) : undefined;
  }

  /** Opens a sealed name; undefined where there is none, or where another key sealed it. */
  open(sealed: string | undefined): string | undefined {
    try {
      return sealed ? this.#box.open(sealed, PLACE) : undefined;
    } catch {
      return undefined;
    }
  }
}
