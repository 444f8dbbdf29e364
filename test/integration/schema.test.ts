import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { dumpSchema } from '../support/schema-dump.ts';

test('the schema that the migrations make is the one that is written down', async () => {
  await using database = await createTestDatabase();
  await expect(await dumpSchema(database.url)).toMatchFileSnapshot('../../migrations/schema.txt');
});
