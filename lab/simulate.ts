import { parseArgs } from 'node:util';
import type { Faults } from './machine/faults.ts';
import { identityFor, macAfter } from './machine/identities.ts';
import { SimulatedMachine } from './machine/machine.ts';
import type { Outcome } from './machine/machine.ts';

const USAGE = `Switches on simulated machines that boot from an Octofleet service.

  npm run simulate -- --url http://127.0.0.1:8080 --mac 52:54:00:12:34:56

  --count N          so many machines, with addresses counted up from --mac (1)
  --firmware WORD    efi or pcbios (efi)
  --speed N          so many of their seconds pass in one of ours (20)
  --byte-limit N     fetch no more of each stored file than this
  --fail-at STEP     fail in this step (partitioning, downloading, applying, customising …)
  --silent-at STEP   fall silent in this step
  --reboot-at STEP   lose power in this step
  --copies N         send every callback so often (1)
  --reorder          let progress arrive late
  --replay           let somebody else exchange the nonce too
  --no-domain        the installed system has not joined its domain
  --host-name NAME   the installed system has another name than it should`;

/** Runs until every machine is a verified system or stands still. Answers with the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      url: { type: 'string' },
      mac: { type: 'string' },
      count: { type: 'string', default: '1' },
      firmware: { type: 'string', default: 'efi' },
      speed: { type: 'string', default: '20' },
      'byte-limit': { type: 'string' },
      'fail-at': { type: 'string' },
      'silent-at': { type: 'string' },
      'reboot-at': { type: 'string' },
      copies: { type: 'string', default: '1' },
      reorder: { type: 'boolean', default: false },
      replay: { type: 'boolean', default: false },
      'no-domain': { type: 'boolean', default: false },
      'host-name': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { url, mac } = values;
  if (values.help || url === undefined || mac === undefined) {
    console.log(USAGE);
    return values.help ? 0 : 2;
  }
  const firmware = values.firmware === 'pcbios' ? 'pcbios' : 'efi';
  const faults: Faults = {
    copies: wholeNumber('copies', values.copies),
    reorders: values.reorder,
    replayed: values.replay,
    ...(values['fail-at'] !== undefined && {
      failAt: { step: values['fail-at'], reason: 'simulated', message: 'told to fail here' },
    }),
    ...(values['silent-at'] !== undefined && { silentAt: values['silent-at'] }),
    ...(values['reboot-at'] !== undefined && { rebootAt: values['reboot-at'] }),
    evidence: {
      ...(values['host-name'] !== undefined && { hostName: values['host-name'] }),
      ...(values['no-domain'] && { domain: '' }),
    },
  };

  const power = new AbortController();
  process.once('SIGINT', () => power.abort());
  process.once('SIGTERM', () => power.abort());

  const outcomes = await Promise.all(
    Array.from(
      { length: wholeNumber('count', values.count) },
      async (_nothing, index): Promise<Outcome | undefined> => {
        const address = macAfter(mac, index);
        const machine = new SimulatedMachine({
          baseUrl: url.replace(/\/+$/, ''),
          identity: identityFor(address, firmware),
          signal: power.signal,
          speed: wholeNumber('speed', values.speed),
          faults,
          ...(values['byte-limit'] !== undefined && { byteLimit: wholeNumber('byte-limit', values['byte-limit']) }),
        });
        machine.on('screen', (line) => console.log(`${address}  ${line}`));
        try {
          const outcome = await machine.run();
          console.log(`${address}  ${outcome.ended}${'because' in outcome ? `: ${outcome.because}` : ''}`);
          return outcome;
        } catch (error) {
          if (power.signal.aborted) return undefined;
          throw error;
        }
      },
    ),
  );
  return outcomes.every((outcome) => outcome?.ended === 'verified') ? 0 : 1;
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new RangeError(`--${name} wants a whole number above zero, not ${text}`);
  return Number(text);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
