import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ConfigError, ENVIRONMENT, loadConfig } from './config.ts';

test('everything has a default, for the one-command start', () => {
  const config = loadConfig({});

  expect(config).toMatchObject({
    role: 'all',
    port: 8080,
    host: '127.0.0.1',
    publicUrl: 'http://127.0.0.1:8080',
    demo: true,
    temporal: { uiPort: 8233, namespace: 'octofleet' },
  });
  expect(config.dataDir).toMatch(/octofleet$/);
});

test.each(['false', '0', 'no', 'off'])('OCTOFLEET_DEMO=%s means no demo', (OCTOFLEET_DEMO) => {
  expect(loadConfig({ OCTOFLEET_DEMO }).demo).toBe(false);
});

test('an empty variable counts as none', () => {
  expect(loadConfig({ OCTOFLEET_PORT: '', DATABASE_URL: '' })).toMatchObject({ port: 8080, databaseUrl: undefined });
});

test.each([
  ['OCTOFLEET_PORT', 'eighty'],
  ['OCTOFLEET_PORT', '70000'],
  ['OCTOFLEET_DEMO', 'perhaps'],
  ['OCTOFLEET_PUBLIC_URL', 'octofleet.example'],
  ['OCTOFLEET_MASTER_KEY', 'short'],
  ['OCTOFLEET_ROLE', 'boss'],
  ['DATABASE_URL', 'mysql://localhost/x'],
])('a wrong value is named with its variable: %s=%s', (name, value) => {
  expect(() => loadConfig({ [name]: value })).toThrow(ConfigError);
  expect(() => loadConfig({ [name]: value })).toThrow(name);
});

test.each([
  ['OCTOFLEET_PORT', 'eighty', 'a port number from 1 to 65535'],
  ['OCTOFLEET_TEMPORAL_UI_PORT', '1.5', 'a port number from 1 to 65535'],
  ['OCTOFLEET_DEMO', 'perhaps', '1 or 0'],
  ['OCTOFLEET_PUBLIC_URL', 'ftp://x', 'an address such as https://'],
  ['DATABASE_URL', 'mysql://localhost/x', 'an address such as postgres://'],
])('what is wanted instead is said in words: %s=%s', (name, value, words) => {
  expect(() => loadConfig({ [name]: value })).toThrow(`${name}: ${words}`);
});

test('all wrong values are named at once', () => {
  expect(() => loadConfig({ OCTOFLEET_PORT: 'x', OCTOFLEET_LOG_LEVEL: 'loud' })).toThrow(
    /OCTOFLEET_PORT[^]*OCTOFLEET_LOG_LEVEL/,
  );
});

test('a process beside others must share their database, engine and key', () => {
  expect(() => loadConfig({ OCTOFLEET_ROLE: 'worker', DATABASE_URL: 'postgres://u@h/d' })).toThrow(
    /TEMPORAL_ADDRESS[^]*OCTOFLEET_MASTER_KEY/,
  );
});

test.each([
  ['0.0.0.0', 'http://127.0.0.1:8080'],
  ['::', 'http://127.0.0.1:8080'],
  ['::1', 'http://[::1]:8080'],
  ['192.0.2.7', 'http://192.0.2.7:8080'],
])('programs on this machine reach a service that listens on %s at %s', (OCTOFLEET_HOST, localUrl) => {
  expect(loadConfig({ OCTOFLEET_HOST }).localUrl).toBe(localUrl);
});

test('a public address is taken without the slash at its end', () => {
  expect(loadConfig({ OCTOFLEET_PUBLIC_URL: 'https://deploy.example/' }).publicUrl).toBe('https://deploy.example');
});

test('.env.example lists every variable, and no other', async () => {
  const text = await readFile(new URL('.env.example', import.meta.url), 'utf8');
  const listed = [...text.matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1]);

  expect(listed.sort()).toEqual(Object.keys(ENVIRONMENT.shape).sort());
});

test('.env.example can be used as it is', async () => {
  const text = await readFile(new URL('.env.example', import.meta.url), 'utf8');
  const values = Object.fromEntries([...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map((match) => [match[1]!, match[2]!]));

  expect(loadConfig(values)).toEqual(loadConfig({}));
});
