export type TokenKind = 'user' | 'community';

/** `ownerId` is the user's id, or the community's id with a minus, as VK counts owners. */
export type Token = {
  token: string;
  kind: TokenKind;
  ownerId: number;
  scopes: string[];
  revoked: boolean;
};

/**
 * What happens when this person is added to a chat. `free`: the person is in. `asks`: the person gets an invitation
 * (939) and is in only on accepting. A number: VK refuses with that code (15, 18, 902, 936, 947, 967, 981).
 */
export type Adding = 'free' | 'asks' | number;

/** Any positive id is a user. Only people who differ from the rule, or have a name to show, are kept. */
export type Person = {
  id: number;
  firstName?: string;
  lastName?: string;
  status?: 'unknown' | 'deleted';
  adding?: Adding;
};

export type Community = { id: number; name: string };

/** What a school needs to be connected, as its operator would get it from VK. */
export type SchoolAccess = {
  communityId: number;
  serviceUserId: number;
  userToken: string;
  communityToken: string;
};

/** Accounts, their tokens, and what is known of people. */
export class Accounts {
  readonly tokens = new Map<string, Token>();
  readonly communities = new Map<number, Community>();
  readonly people = new Map<number, Person>();

  person(id: number): Person {
    return this.people.get(id) ?? { id };
  }

  /** Changes what is known of a person, and keeps the rest. */
  describePerson(person: Person): void {
    this.people.set(person.id, { ...this.people.get(person.id), ...person });
  }

  isUser(id: number): boolean {
    return Number.isSafeInteger(id) && id > 0 && this.people.get(id)?.status !== 'unknown';
  }

  tokenOf(ownerId: number): Token | undefined {
    for (const token of this.tokens.values()) if (token.ownerId === ownerId && !token.revoked) return token;
    return undefined;
  }
}
