import { describe, expect, it } from 'vitest';
import type { ApiProblem } from '../api-problem.ts';
import { MESSAGES } from '../i18n/messages.ts';
import { fieldErrors } from './field-errors.ts';

const problem = (change: Partial<ApiProblem>): ApiProblem => ({
  status: 400,
  code: 'invalid-request',
  detail: '',
  instance: '',
  errors: [],
  deploymentId: null,
  missing: [],
  usedBy: [],
  ...change,
});

describe('the errors beside fields', () => {
  it('are none without a problem', () => {
    expect(fieldErrors(undefined, 'en')).toEqual({});
  });

  it('say the broken rule exactly in English and in German words in German', () => {
    const refused = problem({
      code: 'invalid-mac',
      errors: [{ pointer: '/mac', detail: 'This is a multicast address.' }],
    });
    expect(fieldErrors(refused, 'en')).toEqual({ '/mac': 'This is a multicast address.' });
    expect(fieldErrors(refused, 'de')).toEqual({ '/mac': MESSAGES.de.problems.field.mac });
  });

  it('say the rule where only the form of a value was wrong', () => {
    const refused = problem({
      errors: [{ pointer: '/password', detail: 'Too small: expected string to have >=10 characters' }],
    });
    expect(fieldErrors(refused, 'en')).toEqual({ '/password': MESSAGES.en.problems.field.password });
  });

  it('fall back to the service’s words for a field without a rule of ours', () => {
    const refused = problem({ errors: [{ pointer: '/settings/limits', detail: 'expected object' }] });
    expect(fieldErrors(refused, 'de')).toEqual({ '/settings/limits': 'expected object' });
  });

  it('find the field of a refusal that names none', () => {
    expect(fieldErrors(problem({ code: 'name-already-taken', detail: 'This name is taken.' }), 'en')).toEqual({
      '/name': 'This name is taken.',
    });
  });
});
