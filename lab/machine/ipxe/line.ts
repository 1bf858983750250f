/** What has to be true of one command for the next on the same line to run. */
export type Joint = 'end' | 'if-failed' | 'if-succeeded';

export interface Command {
  readonly words: readonly string[];
  readonly then: Joint;
}

/**
 * One line of a script as commands. iPXE has no quotes: words are what stands between blanks, and variables are
 * expanded afterwards, so that blanks in a value never shift the arguments.
 */
export function commandsOf(line: string): readonly Command[] {
  const commands: Command[] = [];
  let words: string[] = [];
  for (const word of line.split(/\s+/).filter((part) => part !== '')) {
    if (word === '||' || word === '&&') {
      commands.push({ words, then: word === '||' ? 'if-failed' : 'if-succeeded' });
      words = [];
    } else {
      words.push(word);
    }
  }
  return [...commands, { words, then: 'end' }];
}

/** Replaces `${name}`, innermost first, until nothing is left to replace. An unknown variable is empty. */
export function expand(word: string, valueOf: (name: string) => string): string {
  let text = word;
  for (;;) {
    const end = endOfInnermost(text);
    if (end === undefined) return text;
    const start = text.lastIndexOf('${', end);
    text = text.slice(0, start) + valueOf(text.slice(start + 2, end)) + text.slice(end + 1);
  }
}

/** The first closing brace that has an opening one before it. */
function endOfInnermost(text: string): number | undefined {
  const opening = text.indexOf('${');
  const end = opening < 0 ? -1 : text.indexOf('}', opening);
  return end < 0 ? undefined : end;
}

/** A script's lines: first line checked, carriage returns dropped, `\` at the end of a line continues it. */
export function linesOf(script: string): readonly string[] {
  return script.replaceAll('\r', '').replaceAll('\\\n', '').split('\n').slice(1);
}

/** iPXE looks at nothing but these bytes, and a blank after them. */
export function isScript(body: Buffer): boolean {
  return /^#!ipxe\s/.test(`${body.subarray(0, 8).toString('latin1')}\n`);
}
