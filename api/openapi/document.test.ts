import { describe, expect, test } from 'vitest';
import { EXAMPLES } from './examples.ts';
import { OPERATIONS, openApiDocument } from './document.ts';
import { SCHEMAS } from './schemas.ts';

const document = openApiDocument('http://192.0.2.10:8080');

describe('/openapi.json', () => {
  test.each(Object.entries(SCHEMAS))('has an example of %s that its schema accepts', (name, schema) => {
    const parsed = schema.safeParse(EXAMPLES[name as keyof typeof SCHEMAS]);

    expect(parsed.error?.issues).toBeUndefined();
  });

  test('names every operation once', () => {
    const ids = JSON.stringify(document).match(/"operationId":"[^"]+"/g) ?? [];

    expect(ids).toHaveLength(OPERATIONS.length);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('refers only to schemas that it holds', () => {
    const refs = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? [];
    const names = [...new Set(refs.map((ref) => ref.slice('"$ref":"#/components/schemas/'.length, -1)))];

    expect(names.filter((name) => !(name in SCHEMAS))).toEqual([]);
  });

  test('asks for no field that may be left out', () => {
    const list = (document['paths'] as Record<string, { get: { parameters: { name: string; required: boolean }[] } }>)[
      '/api/v1/deployments'
    ];

    expect(list?.get.parameters.filter(({ required }) => required)).toEqual([]);
    expect(list?.get.parameters.map(({ name }) => name)).toEqual([
      'limit',
      'cursor',
      'status',
      'q',
      'machineId',
      'sort',
    ]);
  });
});
