/**
 * Every purpose for which something looks beyond one school. All other work stays within one school (`Database.of`),
 * and the database shows it no other. Every use names its purpose here, so this list is complete.
 */
const ACROSS_SCHOOLS = {
  relay: 'due work of all schools becomes jobs, fairly',
  sweep: 'what is left behind in any school is found again',
  figures: 'metrics count all schools',
  sessions: "a session is found by its cookie's digest, before its school is known",
  'operator-view': 'operators see the schools that are theirs',
  decisions: 'an operator decides about many schools: whose an operation is, is asked across them (K1)',
  pauses: 'an operator pauses the lists of many schools: whose day is in a pause is asked across them (K3)',
  accounts: 'one Sferum account may own chats of several schools: whose a chat is, is asked across them',
  profiles: 'a VK ID is one person, in whatever school (A7)',
  import: 'one file may state many schools',
  adopt: "an operator's command after a restore goes over all schools",
  reseal: "an operator's command seals the secrets of all schools anew",
  telling: 'what has begun and ended in any school is told; a receiver may hear all schools (K2)',
  demo: 'the demonstration lists its personas',
  ending: 'what has passed its term goes: sessions and imports of several schools, months of all (K6)',
  'access-records': 'who looked is written together, of whatever schools (K8)',
} as const satisfies Record<string, string>;

export type AcrossSchools = keyof typeof ACROSS_SCHOOLS;
