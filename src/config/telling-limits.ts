import { MINUTE_MS, SECOND_MS } from '../clock.ts';

const KIB = 1024;

/** Limits of the messages about what waits (K2), as rules of src/limits.ts. */
export const TELLING_LIMITS = {
  tellIntervalMs: {
    value: 10 * SECOND_MS,
    min: 50,
    max: 2 * MINUTE_MS,
    about: 'between two looks of all processes together at what has begun and ended',
  },
  tellQuietMs: {
    value: 5 * SECOND_MS,
    min: 0,
    max: MINUTE_MS,
    about: 'a message waits until nothing was added to it for so long …',
  },
  tellGatherMs: { value: MINUTE_MS, min: 0, max: 2 * MINUTE_MS, about: '… and no longer than this' },
  tellTimeoutMs: {
    value: 10 * SECOND_MS,
    min: 100,
    max: MINUTE_MS,
    about: 'a receiver’s answer to one message',
  },
  tellAnswerBytes: {
    value: 16 * KIB,
    min: 0,
    max: 1024 * KIB,
    about: 'read of a webhook’s answer, which nobody needs',
  },
  tellForHours: { value: 72, min: 1, max: 720, about: 'a message that is not received is tried for so long' },
  tellAtOnceMessages: { value: 20, min: 1, max: 500, about: 'messages that one process sends at a time' },
  webhookSecretOverlapHours: {
    value: 24,
    min: 1,
    max: 720,
    about: 'a webhook’s former secret signs too after a new one was made',
  },
  schoolWebhooks: { value: 20, min: 1, max: 1000, about: 'webhooks of a school; as many hear all schools' },
  processSilentMs: {
    value: MINUTE_MS,
    min: SECOND_MS,
    max: 4 * MINUTE_MS,
    about: 'a worker process that was not seen for so long is told to be dead',
  },
} as const;
