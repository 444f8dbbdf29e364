/** What people do in the sandbox, and what it then holds, by the switches of its process. */
interface Chat {
  id: number;
  members: { id: number }[];
}

export interface SandboxControl {
  act(action: object): Promise<void>;
  chatIds(): Promise<number[]>;
  /** The user says something in each of the chats. */
  say(chats: readonly number[], user: number): Promise<void>;
  /** The chats that the user is in. */
  chatsOf(user: number): Promise<number[]>;
}

export function controlOf(apiUrl: string): SandboxControl {
  const base = new URL('/_sandbox/', apiUrl);
  const act = async (action: object): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    const done = await fetch(new URL('actions', base), {
      ...{ method: 'POST', headers, body: JSON.stringify(action) },
    });
    if (!done.ok) throw new Error(`the sandbox refuses: ${await done.text()}`);
  };
  const chats = async () => ((await (await fetch(new URL('state', base))).json()) as { chats: Chat[] }).chats;
  return {
    act,
    chatIds: async () => (await chats()).map(({ id }) => id),
    async say(ids, user) {
      for (const chat of ids) await act({ action: 'say', chat, user });
    },
    async chatsOf(user) {
      return (await chats())
        .filter(({ members }) => members.some(({ id }) => id === user))
        .map(({ id }) => id);
    },
  };
}
