import { defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { Keyring } from '../keyring.ts';
import { payloadCodec } from './payload-codec.ts';

const codec = payloadCodec(new Keyring(Keyring.generate()));
const payload = (value: unknown) => defaultPayloadConverter.toPayload(value);

describe('the payload codec', () => {
  it('gives back what it was given, objects and nothing alike', async () => {
    for (const value of [{ deploymentId: 'd-1', plan: [1, null, 'ä'] }, undefined, new Uint8Array([0, 255])]) {
      const [decoded] = await codec.decode(await codec.encode([payload(value)]));
      expect(defaultPayloadConverter.fromPayload(decoded!)).toEqual(value);
    }
  });

  it('leaves nothing of an object readable', async () => {
    const [encoded] = await codec.encode([payload({ hostName: 'web-07' })]);
    expect(Buffer.from(encoded!.data!).toString('latin1')).not.toContain('web-07');
    expect(Buffer.from(encoded!.metadata!['encoding']!).toString()).toBe('binary/encrypted');
  });

  it('leaves summaries and the description of a workflow to their readers', async () => {
    for (const value of ['running, installing', { definition: { type: 'deployMachine' }, currentDetails: 'x' }]) {
      const clear = payload(value);
      expect(await codec.encode([clear])).toEqual([clear]);
    }
  });

  it('refuses what another key sealed, or somebody changed', async () => {
    const other = payloadCodec(new Keyring(Keyring.generate()));
    await expect(other.encode([payload({})]).then((theirs) => codec.decode(theirs))).rejects.toThrow(/sealed with key/);
    const [ours] = await codec.encode([payload({})]);
    const data = Uint8Array.from(ours!.data!);
    data[data.length - 1]! ^= 1;
    await expect((async () => codec.decode([{ ...ours, data }]))()).rejects.toThrow();
  });
});
