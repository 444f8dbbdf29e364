import { chatKey, type UnitKind } from '../desired/model.ts';

/** What events touched, each with the first event that touched it. What must be planned again is found from here. */
export class Touched {
  /** People whose presence, roles, places or profile changed. */
  readonly people = new Map<string, string>();
  /** Classes whose days or title changed, which concerns the chats of their groups too. */
  readonly classes = new Map<string, string>();
  /** Keys of automatic chats. */
  readonly keys = new Map<string, string>();

  person(id: string, eventId: string): void {
    note(this.people, id, eventId);
  }

  class(id: string, eventId: string): void {
    note(this.classes, id, eventId);
    this.unit('class', id, eventId);
  }

  unit(kind: UnitKind, id: string, eventId: string): void {
    for (const key of keysOfUnit(kind, id)) note(this.keys, key, eventId);
  }

  get isEmpty(): boolean {
    return this.people.size + this.classes.size + this.keys.size === 0;
  }
}

/** Gives the keys of a unit's automatic chats (D3–D5). */
function keysOfUnit(kind: UnitKind, id: string): string[] {
  return kind === 'class' ? [chatKey('class', id), chatKey('parents', id)] : [chatKey('subject', id)];
}

function note(map: Map<string, string>, id: string, eventId: string): void {
  if (!map.has(id)) map.set(id, eventId);
}
