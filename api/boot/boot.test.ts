import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { Visit } from '../../db/visits.ts';
import { parseMac } from '../../domain/identity.ts';
import { createLog } from '../log.ts';
import { createLastAnswers } from './last-answers.ts';
import { readFirmwareFacts } from './query.ts';
import { createVisitBatch } from './visit-batch.ts';

const macOf = (index: number) => parseMac(`52540000${index.toString(16).padStart(4, '0')}`);
const NO_DISK = { grubLocalboot: null, family: null };

describe('what firmware says of itself', () => {
  test('is read as iPXE writes it', () => {
    const query =
      'uuid=4C4C4544-0042-3510-8053-B4C04F4E4A32&serial=A=B&manufacturer=Gl\u00fcck&product=Standard%20PC%20%22Q%22&platform=efi';

    expect(readFirmwareFacts(query)).toEqual({
      smbiosUuid: '4c4c4544-0042-3510-8053-b4c04f4e4a32',
      serial: 'A=B',
      manufacturer: 'Gl\ufffdck',
      product: 'Standard PC "Q"',
      firmware: 'efi',
    });
  });

  test('is left out where it is of no use', () => {
    expect(readFirmwareFacts('uuid=Not%20Settable&serial=%00%0a%1b&platform=riscv&&=x')).toEqual({
      smbiosUuid: null,
      serial: '',
      manufacturer: '',
      product: '',
      firmware: undefined,
    });
    expect(readFirmwareFacts('uuid=03000200-0400-0500-0006-000700080009').smbiosUuid).toBeNull();
    expect(readFirmwareFacts(`serial=${'x'.repeat(9_000)}`).serial).toHaveLength(256);
    expect(readFirmwareFacts(`serial=${'x'.repeat(255)}%F0%9F%90%99`).serial).toBe('x'.repeat(255));
  });

  test('is never an error and never holds what a database cannot', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { serial } = readFirmwareFacts(`serial=${text}`);

        expect(serial).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});

describe('the memory for bad times', () => {
  test('knows who was safe, and forgets first whom it saw least recently', () => {
    const last = createLastAnswers(2);
    last.remember(macOf(1), 'local', NO_DISK);
    last.remember(macOf(2), 'install', NO_DISK);
    last.remember(macOf(1), 'unknown', NO_DISK);
    last.remember(macOf(3), 'hold', NO_DISK);

    expect(last.of(macOf(1))).toMatchObject({ safe: true });
    expect(last.of(macOf(2))).toBeUndefined();
    expect(last.of(macOf(3))).toMatchObject({ safe: false });
  });

  test('keeps the file that starts a disk, whichever machine was told last', () => {
    const last = createLastAnswers();
    const grubLocalboot = { sha256: 'a'.repeat(64), name: 'grub.efi' };
    last.remember(macOf(1), 'local', { grubLocalboot, family: 'linux' });
    last.remember(macOf(2), 'local', NO_DISK);

    expect(last.grubLocalboot()).toEqual(grubLocalboot);
  });
});

describe('visits on their way to the database', () => {
  const visit = (index: number, answer: Visit['answer'] = 'unknown'): Visit => ({
    mac: macOf(index),
    at: new Date(),
    answer,
    rule: '',
    attemptId: null,
    address: '',
    smbiosUuid: null,
    serial: '',
    manufacturer: '',
    model: '',
    platform: 'kvm',
  });
  const batchOf = (record: (visits: readonly Visit[]) => Promise<void>) =>
    createVisitBatch({ record, log: createLog('silent') });

  test('are written together, the last of each machine', async () => {
    const record = vi.fn(() => Promise.resolve());
    const batch = batchOf(record);
    batch.add(visit(1, 'install'));
    batch.add(visit(2));
    batch.add(visit(1, 'hold'));

    await batch.flush();
    await batch.flush();

    expect(record.mock.calls).toEqual([[[expect.objectContaining({ answer: 'hold' }), expect.anything()]]]);
  });

  test('wait while the database is away, and a newer one of the same machine wins', async () => {
    let away = true;
    const written: Visit[] = [];
    const batch = batchOf(async (visits) => {
      if (away) throw new Error('away');
      written.push(...visits);
    });
    batch.add(visit(1, 'hold'));
    batch.add(visit(2));
    await batch.flush();
    batch.add(visit(1, 'install'));
    away = false;

    await batch.flush();

    expect(written.map(({ mac, answer }) => `${mac} ${answer}`).sort()).toEqual([
      `${macOf(1)} install`,
      `${macOf(2)} unknown`,
    ]);
  });

  test('that can never be written are given up, so that later ones are', async () => {
    const written: Visit[] = [];
    const batch = batchOf(async (visits) => {
      if (visits.some(({ mac }) => mac === macOf(1))) throw new Error('poison');
      written.push(...visits);
    });
    batch.add(visit(1));
    for (let tries = 0; tries < 12; tries += 1) await batch.flush();
    batch.add(visit(2));

    await batch.flush();

    expect(written.map(({ mac }) => mac)).toEqual([macOf(2)]);
  });

  test('of a flood are forgotten, not queued without end', async () => {
    const record = vi.fn((_visits: readonly Visit[]) => Promise.resolve());
    const batch = batchOf(record);
    for (let index = 0; index < 6_000; index += 1) batch.add(visit(index));

    await batch.flush();

    expect(record.mock.calls[0]?.[0]).toHaveLength(5_000);
  });
});
