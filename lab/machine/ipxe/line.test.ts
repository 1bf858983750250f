import { describe, expect, it } from 'vitest';
import { commandsOf, expand, isScript, linesOf } from './line.ts';

describe('a line of an iPXE script', () => {
  it('is split at its blanks and at the operators between commands', () => {
    expect(commandsOf('iseq ${a} 5 && goto giveup ||')).toEqual([
      { words: ['iseq', '${a}', '5'], then: 'if-succeeded' },
      { words: ['goto', 'giveup'], then: 'if-failed' },
      { words: [], then: 'end' },
    ]);
  });

  it('has its variables replaced from the innermost outwards', () => {
    const values: Record<string, string> = { which: 'mac', 'net0/mac': '52:54:00:12:34:56' };

    expect(expand('http://x/${net0/${which}}', (name) => values[name] ?? '')).toBe('http://x/52:54:00:12:34:56');
    expect(expand('${nothing}here', (name) => values[name] ?? '')).toBe('here');
    expect(expand('}${', () => 'never')).toBe('}${');
  });

  it('may be continued with a backslash, and ends in either manner', () => {
    expect(linesOf('#!ipxe\r\necho a \\\r\n  b\r\nexit\r\n')).toEqual(['echo a   b', 'exit', '']);
  });

  it('belongs to a script only when the file says so in its first bytes', () => {
    expect(isScript(Buffer.from('#!ipxe\nexit'))).toBe(true);
    expect(isScript(Buffer.from('#!ipxe'))).toBe(true);
    expect(isScript(Buffer.from('#!ipxevil'))).toBe(false);
    expect(isScript(Buffer.from(' #!ipxe\n'))).toBe(false);
  });
});
