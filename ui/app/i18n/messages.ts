import { access } from './access.ts';
import { commands } from './commands.ts';
import { deployments } from './deployments.ts';
import { forms } from './forms.ts';
import { hints } from './hints.ts';
import { inventory } from './inventory.ts';
import type { Language } from './language.ts';
import { problems } from './problems.ts';
import { shell } from './shell.ts';
import { status } from './status.ts';
import { timeline } from './timeline.ts';

/** Every text of the interface in one language. A text that one language lacks does not compile. */
export interface Messages {
  readonly access: typeof access.en;
  readonly commands: typeof commands.en;
  readonly deployments: typeof deployments.en;
  readonly forms: typeof forms.en;
  readonly hints: typeof hints.en;
  readonly inventory: typeof inventory.en;
  readonly problems: typeof problems.en;
  readonly shell: typeof shell.en;
  readonly status: typeof status.en;
  readonly timeline: typeof timeline.en;
}

function messagesIn(language: Language): Messages {
  return {
    access: access[language],
    commands: commands[language],
    deployments: deployments[language],
    forms: forms[language],
    hints: hints[language],
    inventory: inventory[language],
    problems: problems[language],
    shell: shell[language],
    status: status[language],
    timeline: timeline[language],
  };
}

export const MESSAGES: Readonly<Record<Language, Messages>> = { en: messagesIn('en'), de: messagesIn('de') };
