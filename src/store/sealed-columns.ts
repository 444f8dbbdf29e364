import type { Db } from './entities.ts';

type ColumnName = { [T in keyof Db]: `${T}.${keyof Db[T] & string}` }[keyof Db];

/** Every column that holds a sealed text. A column is sealed and opened by its name here, so this list is complete. */
export const SEALED_COLUMNS = {
  accessToken: 'sferum_account.access_token_sealed',
  callsToken: 'sferum_account.calls_token_sealed',
  verifier: 'profile_linking.verifier_sealed',
  erasureKey: 'erasure_key.key_sealed',
  webhookSecret: 'webhook.secret_sealed',
  formerWebhookSecret: 'webhook.former_secret_sealed',
  firstAnswer: 'first_answer.answer_sealed',
  linkedProfile: 'profile_linking.profile_sealed',
} as const satisfies Record<string, ColumnName>;
