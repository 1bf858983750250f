import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deviceKey, enrolmentToken, nonceFor, readNonce, readSessionToken, sessionToken } from './credentials.ts';
import { Keyring } from './keyring.ts';

const keyring = new Keyring(Keyring.generate());
const stranger = new Keyring(Keyring.generate());

const subjects = fc.record({ attemptId: fc.uuid(), ordinal: fc.integer({ min: 1, max: 65_535 }) });

describe('credentials of machines', () => {
  test('a nonce names its attempt and ordinal, and is the same each time it is asked for', () => {
    fc.assert(
      fc.property(subjects, (subject) => {
        const nonce = nonceFor(keyring, subject);

        expect(nonce).toBe(nonceFor(keyring, subject));
        expect(nonce).toMatch(/^[A-Za-z0-9_-]{46}$/);
        expect(readNonce(keyring, nonce)).toEqual(subject);
      }),
    );
  });

  test('a session token names its session', () => {
    fc.assert(
      fc.property(fc.uuid(), (sessionId) => {
        expect(readSessionToken(keyring, sessionToken(keyring, sessionId))).toBe(sessionId);
      }),
    );
  });

  test('another key, another purpose and every changed character are refused', () => {
    fc.assert(
      fc.property(subjects, fc.nat(45), fc.constantFrom('A', 'b', '3', '-'), (subject, at, letter) => {
        const nonce = nonceFor(keyring, subject);
        const changed = nonce.slice(0, at) + letter + nonce.slice(at + 1);

        fc.pre(changed !== nonce);
        expect(readNonce(keyring, changed)).toBeUndefined();
        expect(readNonce(stranger, nonce)).toBeUndefined();
        expect(readSessionToken(keyring, nonce)).toBeUndefined();
      }),
    );
  });

  test('any text at all is refused without an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
        expect(readNonce(keyring, text)).toBeUndefined();
        expect(readSessionToken(keyring, text)).toBeUndefined();
      }),
    );
  });

  test('a credential has one spelling: padding, blanks and stray bits are refused', () => {
    const token = sessionToken(keyring, 'e58ed763-928c-4155-bee9-fdbaaadc15f3');
    const twin = token.slice(0, -1) + String.fromCharCode(token.charCodeAt(42) + 1);

    expect(readSessionToken(keyring, `${token}=`)).toBeUndefined();
    expect(readSessionToken(keyring, ` ${token}`)).toBeUndefined();
    expect(readSessionToken(keyring, twin)).toBeUndefined();
  });

  test('enrolment tokens differ by attempt, device keys by token and by client', () => {
    const [a, b] = ['e58ed763-928c-4155-bee9-fdbaaadc15f3', '01234567-89ab-4cde-8f01-23456789abcd'] as const;

    expect(enrolmentToken(keyring, a)).not.toBe(enrolmentToken(keyring, b));
    expect(deviceKey(keyring, a, 'client-1')).not.toBe(deviceKey(keyring, b, 'client-1'));
    expect(deviceKey(keyring, a, 'client-1')).not.toBe(deviceKey(keyring, a, 'client-2'));
    expect(deviceKey(keyring, a, 'client-1')).toBe(deviceKey(keyring, a, 'client-1'));
    expect(enrolmentToken(keyring, a)).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });
});
