import type { ApiProblem } from '../api-problem.ts';
import type { FieldMessage } from '../i18n/problems.ts';
import type { Language } from '../i18n/language.ts';
import { MESSAGES } from '../i18n/messages.ts';

/** Which of our sentences says what a field wants; the pointer is the API's, the value a key of the dictionary. */
const RULE_OF: Readonly<Record<string, FieldMessage>> = {
  '/mac': 'mac',
  '/machineId': 'mac',
  '/imageId': 'imageId',
  '/hostName': 'hostName',
  '/settings/locale': 'locale',
  '/settings/keyboard': 'locale',
  '/settings/timeZone': 'timeZone',
  '/settings/domain/name': 'domainName',
  '/settings/domain/account': 'domainAccount',
  '/secrets/domainPassword': 'domainPassword',
  '/secrets/administratorPassword': 'administratorPassword',
  '/name': 'name',
  '/password': 'password',
  '/minutes': 'minutes',
  '/reason': 'reason',
  '/days': 'days',
};

/** Refusals that are about one field even when the service names none. */
const FIELD_OF_CODE: Readonly<Partial<Record<ApiProblem['code'], string>>> = {
  'invalid-mac': '/mac',
  'invalid-host-name': '/hostName',
  'name-already-taken': '/name',
};

/**
 * The errors of a problem by pointer, in the reader's language. English readers get the service's own sentence where a
 * rule of ours was broken, which is the most exact; others the rule of the field. A field that merely has the wrong
 * form (`invalid-request`) gets the rule in both.
 */
export function fieldErrors(problem: ApiProblem | undefined, language: Language): Readonly<Record<string, string>> {
  if (problem === undefined) return {};
  const texts = MESSAGES[language].problems.field;
  const alone = FIELD_OF_CODE[problem.code];
  const errors =
    problem.errors.length === 0 && alone !== undefined ? [{ pointer: alone, detail: problem.detail }] : problem.errors;
  const entries = errors.map(({ pointer, detail }) => {
    const rule = RULE_OF[pointer];
    const exact = language === 'en' && problem.code !== 'invalid-request' && detail !== '';
    return [pointer, rule === undefined || exact ? detail : texts[rule]] as const;
  });
  return Object.fromEntries(entries);
}
