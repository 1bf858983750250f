import { z } from 'zod';
import type { DomainErrorCode } from '../../domain/errors.ts';
import { problemMeaning } from '../problem.ts';
import { EXAMPLES } from './examples.ts';
import { MACHINE_OPERATIONS } from './machine-operations.ts';
import { MANAGEMENT_OPERATIONS } from './management-operations.ts';
import type { Operation } from './operation.ts';
import { SCHEMAS } from './schemas.ts';
import type { SchemaName } from './schemas.ts';

type Json = Readonly<Record<string, unknown>>;

export const OPERATIONS: readonly Operation[] = [...MANAGEMENT_OPERATIONS, ...MACHINE_OPERATIONS];

/** OpenAPI 3.1, whose schemas are JSON Schema as zod itself writes it. The same for the life of the process. */
export function openApiDocument(publicUrl: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Octofleet',
      version: '1',
      description:
        'Deploys operating systems on machines that nobody touches. Every refusal is a problem document (RFC 9457) whose ' +
        '`type` is stable; the service explains each in docs/problems.md.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl }],
    tags: ['deployments', 'inventory', 'access', 'service', 'installer', 'agent'].map((name) => ({ name })),
    paths: pathsOf(OPERATIONS),
    components: {
      schemas: schemasOf(),
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'octofleet_session' },
        token: { type: 'http', scheme: 'bearer', description: 'An API token.' },
        deviceKey: { type: 'http', scheme: 'bearer', description: 'The device key that enrolment answered with.' },
      },
    },
  };
}

function pathsOf(operations: readonly Operation[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) (paths[operation.path] ??= {})[operation.method] = entryOf(operation);
  return paths;
}

function entryOf(operation: Operation): Json {
  const parameters = [...pathParameters(operation), ...queryParameters(operation), ...headerParameters(operation)];
  return {
    operationId: idOf(operation),
    tags: [operation.tag],
    summary: operation.summary,
    security: securityOf(operation.access),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(operation.body === undefined ? {} : { requestBody: bodyOf(operation.body) }),
    responses: responsesOf(operation),
  };
}

/** `postDeploymentsIdRetries`: stable, since generated clients name their methods by it. */
function idOf({ method, path }: Operation): string {
  const words = path.replace('/api/v1', '').split(/[^A-Za-z0-9]+/);
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** Nonces and attempt tokens stand in the path, the enrolment token in the body. */
function securityOf(access: Operation['access']): readonly Json[] {
  if (access === 'session') return [{ session: [] }, { token: [] }];
  return access === 'device-key' ? [{ deviceKey: [] }] : [];
}

function pathParameters({ path, params = {} }: Operation): readonly Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: name === 'id' ? { type: 'string', format: 'uuid' } : { type: 'string' },
    ...(params[name] === undefined ? {} : { description: params[name] }),
  }));
}

function queryParameters({ query }: Operation): readonly Json[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input' });
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function headerParameters({ idempotent }: Operation): readonly Json[] {
  if (idempotent !== true) return [];
  const description = 'Makes the request safe to repeat for a day: the first answer is given again.';
  return [
    { name: 'Idempotency-Key', in: 'header', required: false, description, schema: { type: 'string', maxLength: 255 } },
  ];
}

function bodyOf(body: NonNullable<Operation['body']>): Json {
  if (typeof body === 'string') return { required: true, content: { 'application/json': mediaOf(body) } };
  const { contentType, description } = body;
  return { required: true, description, content: { [contentType]: { schema: { type: 'string' } } } };
}

function responsesOf({ answer, problems = [], body }: Operation): Json {
  const responses: Record<string, Json> = { [answer.status]: successOf(answer) };
  const codes = new Map<number, DomainErrorCode[]>();
  for (const code of problems) {
    const { status } = problemMeaning(code);
    codes.set(status, [...(codes.get(status) ?? []), code]);
  }
  for (const [status, named] of codes) responses[status] = problemOf(named.join(', '));
  if (body !== undefined) responses['400'] ??= problemOf('invalid-request');
  responses['default'] = problemOf('any other refusal');
  return responses;
}

function successOf({ schema, text }: Operation['answer']): Json {
  if (schema !== undefined) return { description: 'Done.', content: { 'application/json': mediaOf(schema) } };
  if (text === undefined) return { description: 'Done.' };
  return { description: text.description, content: { [text.contentType]: { schema: { type: 'string' } } } };
}

function problemOf(description: string): Json {
  return { description, content: { 'application/problem+json': { schema: refTo('Problem') } } };
}

function mediaOf(name: SchemaName): Json {
  return { schema: refTo(name), example: EXAMPLES[name] };
}

function refTo(name: SchemaName): Json {
  return { $ref: `#/components/schemas/${name}` };
}

/** Schemas that hold others of the list refer to them by name. */
function schemasOf(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _dialect, $id: _id, ...schema }]) => [name, schema]),
  );
}
