/** Who has which VK ID. */
import { defineEntity, p } from '@mikro-orm/core';
import { big, generated, instant, oneOf, PRESENT, stamps, text } from './columns.ts';

export const ProfileLink = defineEntity({
  name: 'ProfileLink',
  tableName: 'profile_link',
  properties: {
    schoolId: text().primary(),
    personId: text().primary(),
    vkUserId: big().nullable(),
    ...stamps(),
    present: generated(PRESENT).nullable(),
    rankedAt: instant().nullable(),
  },
});

export const ProfileClaim = defineEntity({
  name: 'ProfileClaim',
  tableName: 'profile_claim',
  properties: {
    schoolId: text().primary(),
    personId: text().primary(),
    vkUserId: big(),
    statedAt: instant().primary(),
    statedBy: text().primary(),
    rankedAt: instant().nullable(),
    state: oneOf('waiting', 'yielded', 'former'),
  },
});

export const ProfileLinking = defineEntity({
  name: 'ProfileLinking',
  tableName: 'profile_linking',
  properties: {
    digest: p.blob().primary(),
    schoolId: text(),
    personId: text(),
    verifierSealed: text().nullable(),
    expiresAt: instant(),
    profileSealed: text().nullable(),
  },
});
