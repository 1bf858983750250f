import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Faults } from './faults.ts';
import { SimulatedMachine } from './machine.ts';
import type { MachineState } from './state.ts';
import { fakeService } from './testing/fake-service.ts';
import type { FakeService } from './testing/fake-service.ts';

let service: FakeService;
let power: AbortController;
beforeEach(async () => {
  service = await fakeService();
  power = new AbortController();
});
afterEach(async () => {
  power.abort();
  await service.close();
});

function machine(
  faults: Faults = {},
  rest: { state?: MachineState; save?: (state: MachineState) => Promise<void> } = {},
) {
  return new SimulatedMachine({
    baseUrl: service.url,
    identity: {
      mac: '52:54:00:12:34:56',
      uuid: '4c4c4544-0042-3510-8053-b4c04f4e4a32',
      serial: 'S-1',
      manufacturer: 'Octofleet',
      product: 'Simulated',
      firmware: 'pcbios',
    },
    signal: power.signal,
    speed: 2_000,
    faults,
    ...rest,
  });
}

/** What the service heard under this name, in order of arrival. */
const heard = (name: string) =>
  service.heard.filter(({ path }) => path.endsWith(`/${name}`)).map(({ fields }) => fields);

describe('a simulated machine', () => {
  it('becomes the system it was told to become, and proves it', async () => {
    const outcome = await machine().run();

    expect(outcome).toEqual({ ended: 'verified' });
    expect(heard('exchange')).toHaveLength(1);
    expect(heard('wipe-permit')).toHaveLength(1);
    expect(heard('events').map(({ seq }) => Number(seq))).toEqual(heard('events').map((_event, index) => index + 1));
    expect(heard('events').at(-1)).toMatchObject({ step: 'installed', status: 'done' });
    expect(heard('enrol')[0]).toMatchObject({ token: 'enrol-me-enrol-me', hostName: 'web-07' });
    expect(heard('report').at(-1)).toMatchObject({
      seq: 2,
      evidence: { hostName: 'web-07', os: { family: 'linux', name: 'Debian' } },
    });
  });

  it('repeats each callback until the service has it', async () => {
    const steady = machine();
    steady.on('state', ({ at }) => (service.away = at === 'installer' ? 1 : 0));

    expect(await steady.run()).toEqual({ ended: 'verified' });
    expect(new Set(steady.acknowledged.map(({ speaker, key }) => `${speaker} ${key}`)).size).toBe(
      steady.acknowledged.length,
    );
  });

  it('wakes up where it was put to sleep', async () => {
    let asleep: MachineState | undefined;
    const first = machine(
      {},
      {
        save: async (state) => {
          if (asleep !== undefined || state.installer?.stepsDone !== 2) return;
          asleep = JSON.parse(JSON.stringify(state)) as MachineState;
          power.abort();
        },
      },
    );
    await expect(first.run()).rejects.toThrow();
    power = new AbortController();

    const outcome = await machine({}, { state: asleep! }).run();

    expect(outcome).toEqual({ ended: 'verified' });
    expect(heard('exchange')).toHaveLength(1);
    expect(heard('wipe-permit')).toHaveLength(1);
  });

  it('says why it failed, keeps talking, and starts again once the attempt is over', async () => {
    const unlucky = machine({ failAt: { step: 'downloading', reason: 'disk-error', message: 'sector 7' } });
    const running = unlucky.run();
    await expect.poll(() => heard('events').some(({ message }) => message === 'waiting for an operator')).toBe(true);
    expect(heard('events')).toContainEqual(
      expect.objectContaining({ step: 'downloading', status: 'failed', reason: 'disk-error', message: 'sector 7' }),
    );
    expect(heard('logs')).toHaveLength(1);

    service.answer = 'local';
    service.stale = true;

    expect(await running).toEqual({ ended: 'nothing-to-start' });
  });

  it('falls silent, and can be power-cycled', async () => {
    const quiet = machine({ silentAt: 'downloading' });

    expect(await quiet.run()).toEqual({ ended: 'silent' });
    expect(heard('events').at(-1)).toMatchObject({ step: 'preflight' });
    expect(await quiet.run()).toEqual({ ended: 'verified' });
  });

  it('loses its memory with its power', async () => {
    const outcome = await machine({ rebootAt: 'downloading' }).run();

    expect(outcome).toEqual({ ended: 'verified' });
    const keys = heard('wipe-permit').map(({ permitKey }) => permitKey);
    expect(new Set(keys).size).toBe(2);
  });

  it('sends everything twice, or out of order, when it is told to', async () => {
    await machine({ copies: 2, reorders: true }).run();

    const numbers = heard('events').map(({ seq }) => Number(seq));
    expect(numbers.filter((seq) => seq === 1)).toHaveLength(2);
    expect(numbers).not.toEqual([...numbers].sort((a, b) => a - b));
    expect(Math.max(...numbers)).toBe(new Set(numbers).size);
  });

  it('lets somebody else try its nonce', async () => {
    await machine({ replayed: true }).run();

    const keys = heard('exchange').map(({ clientKey }) => clientKey);
    expect(new Set(keys).size).toBe(2);
  });
});
