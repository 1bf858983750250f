import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import express from 'express';
import { afterEach, describe, expect, test } from 'vitest';
import { refuseSlowForms } from './server.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/** Sends the beginning of a form of 100 bytes and answers with all that comes back. */
async function beginForm(withinMs: number): Promise<string> {
  const app = express().use(refuseSlowForms(withinMs), (req) => void req.resume());
  server = createServer(app);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nname=');
  return text(socket);
}

describe('a form', () => {
  test('that drips is not waited for', async () => {
    expect(await beginForm(50)).toMatch(/^HTTP\/1\.1 408 [^]*did not arrive in time/);
  });
});
