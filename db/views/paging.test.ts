import { expect, test } from 'vitest';
import { CursorError, keyset } from './paging.ts';

const BY_TIME = { expression: 'x.at', type: 'timestamptz', descending: true } as const;
const ID = '00000000-0000-4000-8000-000000000000';

const read = (value: string) =>
  keyset('-at', BY_TIME, Buffer.from(JSON.stringify(['-at', value, ID])).toString('base64url'), 1, 'x.id').values;

test.each([
  '2026-11-23 05:08:00.123456+00',
  '2026-11-23 05:08:00+05:30',
  '1999-12-31 23:59:59.9-08',
  '2028-02-29 00:00:00+00',
  '-infinity',
])('a cursor may stand at %s', (value) => {
  expect(read(value)).toEqual([value, ID]);
});

test.each([
  '2026-13-01 00:00:00+00',
  '2026-02-30 00:00:00+00',
  '2027-02-29 00:00:00+00',
  '0000-01-01 00:00:00+00',
  '2026-01-01 25:00:00+00',
  '2026-01-01 00:61:00+00',
  '2026-01-01 00:00:00+99',
  '2026-01-01 00:00:00+00:99',
  'now',
  '',
])('one at %j is refused before the database stumbles over it', (value) => {
  expect(() => read(value)).toThrow(CursorError);
});
