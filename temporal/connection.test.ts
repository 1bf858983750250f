import { expect, it } from 'vitest';
import { connectionFromEnvironment } from './connection.ts';

it('reads Temporal’s own variables as its other tools do', () => {
  const connection = connectionFromEnvironment({
    TEMPORAL_ADDRESS: 'temporal.example:7233',
    TEMPORAL_API_KEY: 'key-1',
    TEMPORAL_TLS_SERVER_NAME: '',
    UNSET: undefined,
  });
  expect(connection).toMatchObject({ address: 'temporal.example:7233', apiKey: 'key-1', tls: expect.anything() });
});

it('uses no TLS where nothing asks for it', () => {
  expect(connectionFromEnvironment({ TEMPORAL_ADDRESS: '127.0.0.1:7233' }).tls ?? false).toBe(false);
});
