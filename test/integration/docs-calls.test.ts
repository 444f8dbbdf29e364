/** Every call of the API is described with an example that fits its own shape. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { createApiWorld } from '../support/api.ts';

interface Part {
  schema: object;
  example?: unknown;
}
interface Call {
  parameters?: (Part & { name: string })[];
  requestBody?: { content: Record<string, Part> };
  responses: Record<string, { content?: Record<string, Part> }>;
}

/** What is no JSON has a text for an example, whatever its shape says. */
const isJson = (type: string) => type.includes('json');

test('what is sent, answered and asked has an example, and it is valid', async () => {
  await using world = await createApiWorld();
  const document = (await (await world.request('/openapi.json')).json()) as {
    paths: Record<string, Record<string, Call>>;
  };
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'doc');
  const wrong: string[] = [];
  const check = (where: string, { schema, example }: Part) => {
    if (example === undefined) wrong.push(`${where}: no example`);
    else {
      const own = JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"doc#/components'));
      const fits = ajv.compile(own);
      if (!fits(example)) wrong.push(`${where}: ${ajv.errorsText(fits.errors)}`);
    }
  };
  let calls = 0;
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, { parameters = [], requestBody, responses }] of Object.entries(methods)) {
      calls += 1;
      const name = `${method.toUpperCase()} ${path}`;
      for (const parameter of parameters) check(`${name} ?${parameter.name}`, parameter);
      const answered = Object.entries(responses).filter(([status]) => status.startsWith('2'));
      const contents = [requestBody?.content, ...answered.map(([, { content }]) => content)];
      for (const [type, part] of contents.flatMap((content) => Object.entries(content ?? {}))) {
        if (isJson(type)) check(`${name} ${type}`, part);
        else if (typeof part.example !== 'string') wrong.push(`${name} ${type}: no example`);
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(calls).toBeGreaterThan(40);
});
