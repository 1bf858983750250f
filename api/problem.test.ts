import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CursorError } from '../db/views/paging.ts';
import { DOMAIN_ERROR_CODES, DomainError } from '../domain/errors.ts';
import { Problem } from './contract/common.ts';
import { RequestError, problemMeaning, toProblem } from './problem.ts';

const PAGE = readFileSync(new URL('../docs/problems.md', import.meta.url), 'utf8');

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('a problem', () => {
  test.each(DOMAIN_ERROR_CODES)('%s is explained with its status', (code) => {
    expect(PAGE).toContain(`| \`/problems/${code}\` | ${problemMeaning(code).status} |`);
  });

  test('carries what a program needs to go on', () => {
    const facts = { deploymentId: 'd', missing: [{ role: 'winpe', cure: 'add it' }], usedBy: [] };
    const problem = toProblem(
      new DomainError('artefact-missing', 'No.', { fields: [{ pointer: '/imageId', detail: 'No.' }], facts }),
    );

    expect(Problem.parse(problem)).toEqual({
      type: '/problems/artefact-missing',
      title: problemMeaning('artefact-missing').title,
      status: 409,
      detail: 'No.',
      errors: [{ pointer: '/imageId', detail: 'No.' }],
      ...facts,
    });
  });

  test('points at the field that is wrong, also one that nobody knows or whose name is odd', () => {
    const shape = z.strictObject({ list: z.array(z.strictObject({ n: z.number() })) });
    const error = thrownBy(() => shape.parse({ list: [{ n: 1 }, { n: 'x', 'a/b~c': 1 }], more: 1 }));

    expect(toProblem(error).errors?.map(({ pointer }) => pointer)).toEqual(['/list/1/n', '/list/1/a~1b~0c', '/more']);
    expect(toProblem(thrownBy(() => shape.parse(null))).errors?.[0]?.pointer).toBe('');
  });

  test.each([
    [new RequestError(405, 'no'), 405, 'Method Not Allowed'],
    [new CursorError('no'), 400, 'The request is not valid'],
    [Object.assign(new Error('secret'), { status: 413 }), 413, 'The request is too large'],
    [Object.assign(new Error('secret'), { status: 400 }), 400, 'The request cannot be read'],
    [Object.assign(new Error('secret'), { code: 'ECONNREFUSED' }), 503, 'The database does not answer'],
    [new Error('secret'), 500, 'Internal Server Error'],
    ['secret', 500, 'Internal Server Error'],
  ])('of %s has a status and tells no secret', (error, status, title) => {
    const problem = toProblem(error);

    expect(problem).toMatchObject({ status, title });
    expect(JSON.stringify(problem)).not.toContain('secret');
  });
});
