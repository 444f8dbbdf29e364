/**
 * All our tables as entities of the ORM. `entities.test.ts` holds them against what the migrations make, and `Db`
 * brings their columns to every statement.
 */
import type { SnakeCase } from '@mikro-orm/sql';
import type { ColumnType, InsertType, SelectType, UpdateType } from 'kysely';
import { Chat, ChatException, DelayDay, Membership, OrderDelay, SferumMember } from './entities/chats.ts';
import { ChatDraft, ChatDraftPerson } from './entities/drafts.ts';
import { Erased, Erasure, ErasureKey } from './entities/erasure.ts';
import {
  Enrollment,
  Guardian,
  OrderPlace,
  Person,
  RosterOrder,
  SchoolClass,
  SubjectGroup,
} from './entities/facts.ts';
import { Lesson, Meeting, MeetingCall } from './entities/lessons.ts';
import { Operation, OperationChat } from './entities/operations.ts';
import { ProgramProcess } from './entities/processes.ts';
import { ProfileClaim, ProfileLink, ProfileLinking } from './entities/profiles.ts';
import {
  ClassMatch,
  PersonMatch,
  ReceivedEvent,
  RosterFault,
  RosterFile,
  StagedRoster,
  WholeList,
} from './entities/roster.ts';
import { School, SchoolFigures, SchoolReadiness, Setting } from './entities/schools.ts';
import { ConsoleSession, FirstAnswer, UsedToken } from './entities/sessions.ts';
import { SferumAccount, SferumPace } from './entities/sferum.ts';
import { ToldChoice, ToldDelivery, ToldReason, Webhook } from './entities/told.ts';
import { AccessRecord, Journal, JournalText } from './entities/trail.ts';

export {
  OPERATION_KINDS,
  type Operation,
  type OperationKind,
  type OperationState,
  type Problem,
} from './entities/operations.ts';
export { DELIVERY_STATES, TOLD_KINDS, type ToldKind } from './entities/told.ts';

export const ENTITIES = [
  AccessRecord,
  Chat,
  ChatDraft,
  ChatDraftPerson,
  ChatException,
  ClassMatch,
  PersonMatch,
  ConsoleSession,
  Enrollment,
  Erased,
  Erasure,
  ErasureKey,
  Guardian,
  Journal,
  JournalText,
  Lesson,
  Meeting,
  MeetingCall,
  Membership,
  Operation,
  OperationChat,
  OrderDelay,
  DelayDay,
  Person,
  ProfileClaim,
  ProfileLink,
  ProfileLinking,
  ProgramProcess,
  ReceivedEvent,
  RosterFault,
  RosterFile,
  RosterOrder,
  OrderPlace,
  School,
  SchoolClass,
  SchoolFigures,
  SchoolReadiness,
  Setting,
  SferumAccount,
  SferumMember,
  SferumPace,
  StagedRoster,
  SubjectGroup,
  ToldChoice,
  ToldDelivery,
  ToldReason,
  UsedToken,
  FirstAnswer,
  Webhook,
  WholeList,
] as const;

/**
 * The tables as statements see them: names in snake_case, values as the driver gives and takes them (columns.ts). The
 * types that the ORM infers are not used, because they promise what only its unit of work makes of a value, for example
 * a Date of an instant.
 */
export type Db = {
  [E in (typeof ENTITIES)[number] as E['tableName']]: {
    [K in keyof E['properties'] as SnakeCase<K & string>]: Column<E['properties'][K]>;
  };
};

/** A row of a table as it is read. */
export type RowOf<T extends keyof Db> = { [K in keyof Db[T]]: SelectType<Db[T][K]> };

type Column<P> = P extends { '~type'?: { value: infer Value }; '~options': infer Options }
  ? Defaulted<Raw<Value> | (Options extends { nullable: true } ? null : never), Options>
  : never;

type Raw<Value> = '__raw' extends keyof Value ? (Value extends { __raw?: infer R } ? R : never) : Value;

type Defaulted<C, Options> = Options extends { default: unknown } | { defaultRaw: unknown }
  ? ColumnType<SelectType<C>, InsertType<C> | undefined, UpdateType<C>>
  : C;
