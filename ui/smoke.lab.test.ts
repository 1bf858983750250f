import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingTool } from '../test/tools.ts';

/*
 * The pages in a real browser against the real service: sign-in by link, creating with and without JavaScript and by
 * keyboard alone, live rows, cancelling, accessibility in both themes and languages, and a silent console throughout.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TOKEN = 'smoke-test-administrator-token';
const BROWSER = '/usr/bin/chromium';
const missing = missingTool('chromium');

let folder: string;
let base: string;
let signInLink: string;
let service: ChildProcess | undefined;
let browser: Browser | undefined;
let context: BrowserContext;
let imageId: string;
/** Everything the browser complained of: errors, broken content policy, failed hydration. */
const complaints: string[] = [];

describe.skipIf(missing !== undefined)(`the pages in a browser${missing ?? ''}`, () => {
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'octofleet-smoke-'));
    const port = await freePort();
    base = `http://127.0.0.1:${port}`;
    signInLink = await startService(port);
    imageId = await addImage();
    browser = await chromium.launch({
      executablePath: BROWSER,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
    });
    context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin' });
  }, 600_000);

  afterAll(async () => {
    await browser?.close();
    if (service?.exitCode === null) await stopped(service);
    await rm(folder, { recursive: true, force: true });
  });

  it('signs in with the one-time link, which a mere look at it does not use up', async () => {
    expect((await fetch(signInLink)).status).toBe(200);
    const page = await open(context, signInLink);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${base}/settings**`);
    await page.getByLabel('New password').fill('a long enough password');
    await page.getByRole('button', { name: 'Set password' }).click();
    await page.getByText('The password is set.').waitFor();
    expect((await fetch(`${base}/deployments`, { redirect: 'manual' })).headers.get('location')).toBe(
      '/sign-in?to=%2Fdeployments',
    );
    await page.close();
  });

  it('says beside the field what is wrong with a MAC address, and creates with a right one', async () => {
    const page = await open(context, `${base}/deployments/new`);
    await page.getByLabel('MAC address').fill('52:54:00');
    await page.getByLabel('Image').selectOption(imageId);
    await page.getByRole('button', { name: 'Create' }).click();
    const field = page.locator('#mac[aria-invalid=true]');
    await field.waitFor();
    const error = await page.locator(`#${(await field.getAttribute('aria-describedby'))!.split(' ')[0]!}`).innerText();
    expect(error).toContain('twelve hexadecimal digits');
    expect(await field.inputValue()).toBe('52:54:00');
    expect(await page.getByLabel('Image').inputValue()).toBe(imageId);

    await field.fill('5254.0000.0a01');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('heading', { name: 'Preview: what the machine will get' }).waitFor();
    await page.getByLabel('Host name').fill('smoke-one');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.waitForURL(/\/deployments\/[0-9a-f-]{36}/);
    await page.getByRole('heading', { name: 'smoke-one', level: 1 }).waitFor();
    await page.getByText('Waiting for boot').first().waitFor();
    expect(await page.title()).toContain('smoke-one');
    await page.close();
  });

  it('shows a change of a row without a reload, and a new deployment behind a link', async () => {
    const id = await idOf('smoke-one');
    const page = await open(context, `${base}/deployments`);
    await page.locator('[data-connection=live]').waitFor();
    await page.evaluate(() => Object.assign(window, { neverReloaded: true }));
    const second = await create('52:54:00:00:0a:02', 'smoke-two');
    await page.getByText(/^1 new deployment/).waitFor();
    await api('POST', `/deployments/${id}/cancellation`, {});
    await page.locator(`[data-deployment="${id}"]`).getByText('Cancelled').waitFor();
    expect(await page.locator(`[data-deployment="${second}"]`).count()).toBe(0);
    await page.getByRole('link', { name: 'Show' }).click();
    await page.locator(`[data-deployment="${second}"]`).waitFor();
    expect(await page.evaluate(() => 'neverReloaded' in window)).toBe(true);
    await page.close();
  });

  it('asks before it cancels, then says so', async () => {
    const page = await open(context, `${base}/deployments/${await idOf('smoke-two')}`);
    await page.getByRole('link', { name: 'Cancel deployment' }).click();
    await page.getByRole('heading', { name: 'Cancel the deployment of smoke-two?' }).waitFor();
    await page.getByRole('button', { name: 'Cancel deployment' }).click();
    await page.getByText('Cancelling.').waitFor();
    await page.locator('.status', { hasText: 'Cancelled' }).waitFor();
    await page.close();
  });

  it('can be worked by keyboard alone', async () => {
    const page = await open(context, `${base}/`);
    await page.keyboard.press('Tab');
    expect(await focused(page)).toContain('Skip to content');
    await tabTo(page, 'New deployment');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'New deployment' }).waitFor();
    await tabTo(page, '#mac');
    await page.keyboard.type('52:54:00:00:0a:03');
    await tabTo(page, '#hostName');
    await page.keyboard.type('smoke-keys');
    await tabTo(page, '#imageId');
    await page.keyboard.type('Smoke');
    await tabTo(page, 'Create');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/deployments\/[0-9a-f-]{36}/);
    await page.getByRole('heading', { name: 'smoke-keys', level: 1 }).waitFor();
    await page.close();
  });

  it('creates, filters and cancels without JavaScript', async () => {
    const plain = await browser!.newContext({
      javaScriptEnabled: false,
      storageState: await context.storageState(),
      locale: 'en-GB',
    });
    const page = await open(plain, `${base}/deployments/new`);
    await page.getByLabel('MAC address').fill('not a mac');
    await page.getByLabel('Image').selectOption(imageId);
    await page.getByRole('button', { name: 'Create' }).click();
    await page.locator('#mac-error').waitFor();
    expect(await page.getByLabel('MAC address').inputValue()).toBe('not a mac');
    await page.getByLabel('MAC address').fill('52-54-00-00-0A-04');
    await page.getByLabel('Host name').fill('smoke-plain');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.waitForURL(/\/deployments\/[0-9a-f-]{36}/);
    await page.getByRole('link', { name: 'Cancel deployment' }).click();
    await page.getByRole('button', { name: 'Cancel deployment' }).click();
    await page.waitForURL(/said=cancel/);
    await page.goto(`${base}/deployments`);
    await page.getByLabel('Search').fill('smoke-pl');
    await page.getByRole('button', { name: 'Apply' }).first().click();
    expect(await page.locator('tbody tr').count()).toBe(1);
    await page.getByLabel('Language').selectOption('de');
    await page.getByRole('button', { name: 'Apply' }).last().click();
    expect(await page.locator('h1').innerText()).toBe('Bereitstellungen');
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await plain.close();
  });

  it.each([
    ['a form from another site', 403, { 'Sec-Fetch-Site': 'cross-site' }, 'POST', 'name=admin&password=x'],
    ['a form from another origin', 403, { Origin: 'http://evil.example' }, 'POST', 'name=admin&password=x'],
    ['a form of half a megabyte', 413, {}, 'POST', `name=${'x'.repeat(500_000)}`],
    ['a body that is no form', 415, { 'Content-Type': 'application/json' }, 'POST', '{}'],
    ['another method', 405, {}, 'PUT', 'x=1'],
  ])('refuses %s', async (_what, status, headers, method, body) => {
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect((await fetch(`${base}/sign-in`, { method, headers: { ...form, ...headers }, body })).status).toBe(status);
  });

  it.each([
    ['en', 'light'],
    ['en', 'dark'],
    ['de', 'light'],
    ['de', 'dark'],
  ])('is accessible on every page, %s, %s', async (language, theme) => {
    const reader = await browser!.newContext({ storageState: await context.storageState() });
    await reader.addCookies([
      { name: 'octofleet-language', value: language, url: base },
      { name: 'octofleet-theme', value: theme, url: base },
    ]);
    const page = await open(reader, `${base}/`);
    const faults: string[] = [];
    for (const address of await everyPage()) {
      await page.goto(base + address);
      for (const fault of await axe(page)) faults.push(`${address}: ${fault}`);
      for (const width of [320, 768, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        if (over > 0) faults.push(`${address}: ${over} px too wide at ${width}`);
      }
      for (const target of await smallTargets(page)) faults.push(`${address}: too small: ${target}`);
    }
    expect(faults).toEqual([]);
    await reader.close();
  });

  it('never made the browser complain', () => {
    expect(complaints).toEqual([]);
  });
});

async function stopped(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

async function open(where: BrowserContext, url: string): Promise<Page> {
  const page = await where.newPage();
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on('console', (message) => {
    // A form that comes back with 400 is reported by the browser as a failed load; it is what the test asked for.
    const expected = /status of (400|409)|AbortError: signal is aborted without reason/.test(message.text());
    if ((message.type() === 'error' || message.type() === 'warning') && !expected)
      complaints.push(`${page.url()}: ${message.text()}`);
  });
  await page.goto(url);
  return page;
}

async function everyPage(): Promise<readonly string[]> {
  const first = async (collection: string) => {
    const { items } = (await api('GET', `/${collection}`)) as { items: { id: string }[] };
    return items.slice(0, 1).map(({ id }) => `/${collection}/${id}`);
  };
  const deployment = `/deployments/${await idOf('smoke-keys')}`;
  return [
    '/',
    '/deployments',
    '/deployments?q=matches-nothing',
    '/deployments/new',
    deployment,
    `${deployment}/files`,
    `${deployment}/cancel`,
    `${deployment}/fail`,
    '/machines',
    ...(await first('machines')),
    `${String(await first('machines'))}/delete`,
    '/images',
    ...(await first('images')),
    `${String(await first('images'))}/delete`,
    '/templates',
    '/templates/new',
    '/systems',
    '/settings',
    '/sign-in',
    '/sign-in?code=just-looking-at-this',
  ];
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function axe(page: Page): Promise<readonly string[]> {
  return await page.evaluate(`${AXE};
    axe.run(document, { runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ' ' + nodes.map(({ target }) => target.join(' ')).join(', ')))`);
}

/** WCAG 2.5.8 asks for 24 by 24 pixels; links inside a sentence are exempt. */
async function smallTargets(page: Page): Promise<readonly string[]> {
  return await page.evaluate(() =>
    [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')]
      .filter((target) => {
        const { width, height } = target.getBoundingClientRect();
        const inSentence =
          target.parentElement?.matches('p, dd, span') === true && getComputedStyle(target).display === 'inline';
        return width > 1 && height > 0 && (width < 23.5 || height < 23.5) && !inSentence && !target.matches('.skip');
      })
      .map((target) => target.outerHTML.slice(0, 120)),
  );
}

async function focused(page: Page): Promise<string> {
  return await page.evaluate(() => `#${document.activeElement?.id ?? ''} ${document.activeElement?.textContent ?? ''}`);
}

async function tabTo(page: Page, what: string): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    const now = await focused(page);
    if (what.startsWith('#') ? now.startsWith(`${what} `) : now.includes(what)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard never reached ${what}`);
}

async function api(method: string, address: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${base}/api/v1${address}`, {
    method,
    headers: {
      Authorization: `Bearer ${TOKEN}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

async function create(mac: string, hostName: string): Promise<string> {
  return ((await api('POST', '/deployments', { mac, hostName, imageId })) as { id: string }).id;
}

async function idOf(hostName: string): Promise<string> {
  const { items } = (await api('GET', `/deployments?q=${hostName}`)) as { items: { id: string }[] };
  return items[0]!.id;
}

/** An image that can be deployed, with every file it needs. What is in them does not matter to the pages. */
async function addImage(): Promise<string> {
  const upload = async (role: string) => {
    const response = await fetch(`${base}/api/v1/assets?role=${role}&name=${role}.bin`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/octet-stream' },
      body: `the ${role} of the smoke test`,
    });
    if (!response.ok) throw new Error(`upload of ${role}: ${response.status} ${await response.text()}`);
    return ((await response.json()) as { sha256: string }).sha256;
  };
  for (const role of ['linux-kernel', 'linux-initrd', 'grub-localboot']) await upload(role);
  const assetSha256 = await upload('image');
  const image = { kind: 'raw-disk', name: 'Smoke Linux', assetSha256, compression: 'none', diskSize: 1_048_576 };
  return ((await api('POST', '/images', image)) as { id: string }).id;
}

/** Starts the whole service in a folder of its own; resolves with the sign-in link it prints. */
async function startService(port: number): Promise<string> {
  if (!existsSync(path.join(ROOT, 'ui', 'build', 'server', 'index.js')))
    throw new Error('run "npm run build:ui" first');
  let output = '';
  const child = spawn(process.execPath, ['--import', 'tsx', 'bin/serve.ts'], {
    cwd: ROOT,
    env: {
      ...process.env,
      DATABASE_URL: '',
      TEMPORAL_ADDRESS: '',
      OCTOFLEET_ROLE: 'all',
      OCTOFLEET_HOST: '127.0.0.1',
      OCTOFLEET_PORT: String(port),
      OCTOFLEET_PUBLIC_URL: base,
      OCTOFLEET_TEMPORAL_UI_PORT: String(await freePort()),
      OCTOFLEET_DATA_DIR: folder,
      OCTOFLEET_API_TOKEN: TOKEN,
      OCTOFLEET_DEMO: '0',
      OCTOFLEET_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const keep = (piece: Buffer) => {
    output += piece.toString('utf8');
  };
  service = child;
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  for (;;) {
    const link = /\S+\/sign-in\?code=\S+/.exec(output)?.[0];
    if (link !== undefined) return link;
    if (child.exitCode !== null) throw new Error(`the service did not start:\n${output}`);
    await pause(50);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a server on a port has an address');
  return address.port;
}
