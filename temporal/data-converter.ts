import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { Keyring } from '../keyring.ts';
import { payloadCodec } from './payload-codec.ts';

export const FAILURE_CONVERTER_PATH = fileURLToPath(new URL('failure-converter.cjs', import.meta.url));

/** The same on client and worker, or neither can read the other. */
export function dataConverter(keyring: Keyring): DataConverter {
  return { payloadCodecs: [payloadCodec(keyring)], failureConverterPath: FAILURE_CONVERTER_PATH };
}
