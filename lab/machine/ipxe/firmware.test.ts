import { afterEach, describe, expect, it } from 'vitest';
import { clockAt } from '../clock.ts';
import { serve } from '../testing/file-server.ts';
import type { Handler } from '../testing/file-server.ts';
import { bootFromNetwork } from './firmware.ts';
import type { BootOutcome } from './commands.ts';
import type { Identity } from './settings.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

const MACHINE: Identity = {
  mac: '52:54:00:12:34:56',
  uuid: '4c4c4544-0042-3510-8053-b4c04f4e4a32',
  serial: 'A/1 "x"',
  manufacturer: 'Octofleet',
  product: 'Widget 9',
  firmware: 'efi',
};

interface Booted {
  readonly outcome: BootOutcome;
  readonly asked: readonly { readonly line: string; readonly headers: Readonly<Record<string, unknown>> }[];
  readonly screen: readonly string[];
}

/** Boots from a server whose handler answers `/` with the script and the rest as told. */
async function boot(
  script: string,
  options: { readonly files?: Handler; readonly firmware?: 'efi' | 'pcbios'; readonly byteLimit?: number } = {},
): Promise<Booted> {
  const server = await serve((asked, response) => {
    if (asked.line === 'GET /') response.end(script);
    else (options.files ?? ((_asked, none) => none.writeHead(404).end()))(asked, response);
  });
  closers.push(server.close);
  const screen: string[] = [];
  const outcome = await bootFromNetwork(`${server.url}/`, {
    identity: { ...MACHINE, firmware: options.firmware ?? 'efi' },
    clock: clockAt(1000, AbortSignal.timeout(20_000)),
    byteLimit: options.byteLimit,
    say: (text) => screen.push(text),
  });
  return { outcome, asked: server.asked.slice(1), screen };
}

const asText = (name: string): Handler => {
  return (_asked, response) => response.end(name);
};

describe('the simulated firmware', () => {
  it('counts, compares and jumps as iPXE does', async () => {
    const { screen } = await boot(
      [
        '#!ipxe',
        'set tries:int32 0',
        ':again',
        'inc tries',
        'iseq ${tries} 3 && goto enough ||',
        'goto again',
        ':enough',
        'echo after ${tries}',
        'isset ${nothing} || echo unset',
      ].join('\n'),
    );

    expect(screen).toEqual(['after 3', 'unset']);
  });

  it('prints the machine’s identity in the forms scripts ask for', async () => {
    const { asked } = await boot(
      '#!ipxe\nimgfetch b/${netX/mac:hexhyp}?serial=${serial:uristring}&uuid=${uuid}&p=${product:uristring} ||',
    );

    expect(asked[0]?.line).toContain('/b/52-54-00-12-34-56?serial=A%2F1%20');
    expect(asked[0]?.line).toContain('&uuid=4c4c4544-0042-3510-8053-b4c04f4e4a32&p=Widget%209');
  });

  it('ends a script at a command it does not know, unless the script is prepared for it', async () => {
    const unguarded = await boot('#!ipxe\nparams\necho reached');
    const guarded = await boot('#!ipxe\nparams ||\necho reached');
    const inherited = await boot('#!ipxe\nconstructor\necho reached');

    expect(unguarded.outcome).toMatchObject({ kind: 'script-ended', succeeded: false });
    expect(unguarded.screen).toEqual([]);
    expect(guarded.screen).toEqual(['reached']);
    expect(inherited.outcome).toMatchObject({ succeeded: false });
  });

  it('loses the error number to the next command', async () => {
    const { screen } = await boot('#!ipxe\nimgfetch x ||\nset err ${errno}\niseq a b ||\necho ${err} ${errno}');

    expect(screen.at(-1)).toBe('2d0c618e 46022022');
  });

  it('hands a kernel its arguments and its files, freed ones excepted', async () => {
    const { outcome } = await boot(
      '#!ipxe\nimgfetch old\nimgfree\nkernel vmlinuz console=ttyS0 a=b\ninitrd --name x.gz files/y\nboot',
      { files: asText('content') },
    );

    expect(outcome).toMatchObject({
      kind: 'kernel',
      kernel: { name: 'vmlinuz', arguments: ['console=ttyS0', 'a=b'] },
      initrds: [{ name: 'x.gz' }],
    });
  });

  it('waits and asks again when the service says when', async () => {
    let refusals = 0;
    const { outcome, asked } = await boot('#!ipxe\nchain --replace next', {
      files: (_asked, response) => {
        if (refusals++ < 2) response.writeHead(503, { 'retry-after': '2' }).end('busy');
        else response.end('#!ipxe\nreboot');
      },
    });

    expect(outcome).toEqual({ kind: 'reboot' });
    expect(asked).toHaveLength(3);
  });

  it('comes back to the calling script after a chained one, with its verdict', async () => {
    const { screen } = await boot('#!ipxe\nchain bad || echo failed\nchain good && echo good', {
      files: (asked, response) => response.end(asked.line.endsWith('bad') ? '#!ipxe\nexit 1' : '#!ipxe\nexit'),
    });

    expect(screen).toEqual(['failed', 'good']);
  });

  it('takes no more of a stored file than it was told, and all of a rendered one', async () => {
    const content = 'x'.repeat(5_000);
    const { outcome, asked } = await boot('#!ipxe\nkernel assets/ab/wimboot\ninitrd d/deploy.cmd\nboot', {
      byteLimit: 100,
      files: asText(content),
    });

    expect(outcome).toMatchObject({ kind: 'kernel' });
    if (outcome.kind !== 'kernel') return;
    expect(outcome.kernel.body).toHaveLength(100);
    expect(outcome.initrds[0]?.body).toHaveLength(5_000);
    expect(asked[0]?.headers['range']).toBe('bytes=0-99');
    expect(asked[1]?.headers['range']).toBeUndefined();
  });

  it('starts the local disk the way its kind of firmware can', async () => {
    const script = '#!ipxe\nsanboot --no-describe --drive 0x80 ||\nchain grub.efi ||\nexit 1';
    const bios = await boot(script, { firmware: 'pcbios' });
    const efi = await boot(script, { files: asText('MZ and so on') });
    const refused = await boot(script, { files: asText('<html>') });

    expect(bios.outcome).toMatchObject({ kind: 'local-disk', by: 'sanboot --no-describe --drive 0x80' });
    expect(efi.outcome).toMatchObject({ kind: 'local-disk', by: 'grub.efi' });
    expect(refused.outcome).toMatchObject({ kind: 'script-ended', succeeded: false });
  });

  it('hangs on a BIOS when the boot address answers with a page', async () => {
    const { outcome } = await boot('<html>sign in</html>', { firmware: 'pcbios' });

    expect(outcome.kind).toBe('hung');
  });
});
