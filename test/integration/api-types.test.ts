/** The typed client is written from the document that the product serves, so it can never describe another API. */
import { expect, test } from 'vitest';
import { type OpenApi, typesOf } from '../client/types-of.ts';
import { createApiWorld } from '../support/api.ts';

test('the types of the client are those of /openapi.json (npx vitest run test/integration/api-types.test.ts -u)', async () => {
  await using world = await createApiWorld();
  const document = (await (await world.request('/openapi.json')).json()) as OpenApi;
  await expect(typesOf(document)).toMatchFileSnapshot('../client/api.ts');
});

test('what the types cannot say is refused', () => {
  const of = (schema: object) => typesOf({ paths: {}, components: { schemas: { Odd: schema } } });
  expect(() => of({ not: {} })).toThrow('no type is known of: not');
  expect(() => of({ type: 'file' })).toThrow('no type is known of «file»');
});
