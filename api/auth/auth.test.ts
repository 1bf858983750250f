import { describe, expect, test } from 'vitest';
import { may } from '../../domain/roles.ts';
import { readCookie } from '../http/cookies.ts';
import { Passwords } from './passwords.ts';
import { Tries } from './tries.ts';

describe('tries', () => {
  test('are ten in a row, then a name waits five minutes, whatever its case', () => {
    let now = 0;
    const tries = new Tries(() => now);
    for (let i = 0; i < 9; i += 1) tries.failed('Admin');

    expect(tries.secondsToWait('admin')).toBe(0);
    tries.failed('ADMIN');
    expect(tries.secondsToWait('admin')).toBe(300);
    now = 300_000;
    expect(tries.secondsToWait('admin')).toBe(0);
  });

  test('begin anew after a success, and each name has its own', () => {
    const tries = new Tries(() => 0);
    for (let i = 0; i < 10; i += 1) tries.failed('a');

    expect(tries.secondsToWait('b')).toBe(0);
    tries.succeeded('A');
    expect(tries.secondsToWait('a')).toBe(0);
  });

  test('of ever new names do not fill the memory, nor free the one that waits soon', () => {
    const tries = new Tries(() => 0);
    for (let i = 0; i < 10; i += 1) tries.failed('waits');
    for (let i = 0; i < 9_999; i += 1) tries.failed(`n${i}`);

    expect(tries.secondsToWait('waits')).toBe(300);
    tries.failed('one too many');
    expect(tries.secondsToWait('waits')).toBe(0);
  });
});

describe('passwords', () => {
  test('match themselves only, and never a user who has none', async () => {
    const passwords = new Passwords();
    const stored = await passwords.hash('correct horse');

    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwords.matches(stored, 'correct horse')).toBe(true);
    expect(await passwords.matches(stored, 'Correct horse')).toBe(false);
    expect(await passwords.matches(null, 'nobody has this password')).toBe(false);
  });

  test('wait for their turn, and all get it', async () => {
    const passwords = new Passwords();

    const hashes = await Promise.all(Array.from({ length: 7 }, (_, i) => passwords.hash(`password ${i}`)));

    expect(new Set(hashes).size).toBe(7);
  });
});

describe('roles', () => {
  test('may do what the ones below them may', () => {
    expect(may('administrator', 'operator')).toBe(true);
    expect(may('operator', 'operator')).toBe(true);
    expect(may('operator', 'administrator')).toBe(false);
    expect(may('viewer', 'operator')).toBe(false);
  });
});

describe('cookies', () => {
  test.each([
    ['a=1; octofleet_session=xyz; b=2', 'xyz'],
    ['octofleet_session=first; octofleet_session=second', 'first'],
    ['octofleet_session=a=b', 'a=b'],
    ['xoctofleet_session=no', undefined],
    ['octofleet_session', undefined],
    [undefined, undefined],
  ])('%j holds %j', (cookie, value) => {
    expect(readCookie({ headers: cookie === undefined ? {} : { cookie } }, 'octofleet_session')).toBe(value);
  });
});
