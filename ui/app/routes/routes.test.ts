import type { ActionFunctionArgs, AppLoadContext } from '@remix-run/node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EXAMPLES } from '../../../api/openapi/examples.ts';
import { action as command, loader as commandPage } from './deployments/command.tsx';
import { loader as listPage } from './deployments/list.tsx';
import { action as create } from './deployments/new.tsx';
import { action as deleteImage } from './images/delete.tsx';
import { action as renameImage } from './images/page.tsx';
import { action as deleteMachine, loader as deleteMachinePage } from './machines/delete.tsx';
import { action as settings } from './settings.tsx';
import { loader as shell } from './shell.tsx';
import { action as signIn, loader as signInPage } from './sign-in.tsx';
import { action as deleteSystem } from './systems/delete.tsx';

const ID = '3f0c8a52-6f0e-4d3a-9a53-0f6a1f1d2c3b';
const SESSION = { name: 'admin', role: 'administrator', passwordSet: true };

interface Call {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: unknown;
}

let calls: Call[] = [];
let answer: (call: Call) => Response = () => Response.json({});
const reported: unknown[] = [];

beforeEach(() => {
  calls = [];
  reported.length = 0;
  vi.stubGlobal('fetch', async (url: URL, init: RequestInit) => {
    const call = {
      method: init.method ?? 'GET',
      url,
      headers: new Headers(init.headers),
      body: typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined,
    };
    calls.push(call);
    return answer(call);
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const context: AppLoadContext = {
  apiUrl: 'http://127.0.0.1:9',
  publicUrl: 'http://octofleet.example',
  cspNonce: 'n',
  clientAddress: '192.0.2.7',
  reportError: (error) => reported.push(error),
};

function asked(path: string, fields?: Record<string, string>, params: Record<string, string> = {}): ActionFunctionArgs {
  const request = new Request(`http://octofleet.example${path}`, {
    headers: { cookie: 'octofleet-session=abc' },
    ...(fields === undefined ? {} : { method: 'POST', body: new URLSearchParams(fields) }),
  });
  return { request, context, params };
}

const problem = (status: number, code: string, more: object = {}) =>
  Response.json({ type: `/problems/${code}`, title: 'No', status, ...more }, { status });

/** What a loader or action threw, or returned. */
async function outcome(work: Promise<unknown>): Promise<unknown> {
  return await work.catch((thrown: unknown) => thrown);
}

describe('signing in', () => {
  it('does not use up a one-time link when the page is only opened', () => {
    expect(signInPage(asked('/sign-in?code=one-time-code-123&to=/machines'))).toMatchObject({
      code: 'one-time-code-123',
      to: '/machines',
    });
    expect(calls).toEqual([]);
  });

  it('uses the link when the button is pressed, hands the cookie on and offers a password', async () => {
    answer = () =>
      Response.json(
        { ...SESSION, passwordSet: false },
        { status: 201, headers: { 'set-cookie': 'octofleet-session=new; HttpOnly' } },
      );
    const response = (await signIn(asked('/sign-in', { code: 'one-time-code-123', to: '/' }))) as Response;
    expect(calls[0]).toMatchObject({ method: 'POST', body: { code: 'one-time-code-123' } });
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/settings?first=1#password');
    expect(response.headers.getSetCookie()).toEqual(['octofleet-session=new; HttpOnly']);
  });

  it('goes back to where one wanted to be, never to another site', async () => {
    answer = () => Response.json(SESSION, { status: 201 });
    const to = async (path: string) =>
      ((await signIn(asked('/sign-in', { name: 'admin', password: 'p', to: path }))) as Response).headers.get(
        'location',
      );
    expect(await to('/machines')).toBe('/machines');
    expect(await to('//evil.example')).toBe('/');
  });

  it('stays on the page when the password is wrong, and forgets the password', async () => {
    answer = () => problem(401, 'wrong-password');
    const refused = await signIn(asked('/sign-in', { name: 'admin', password: 'canary' }));
    expect(refused).toMatchObject({
      data: { name: 'admin', problem: { code: 'wrong-password' } },
      init: { status: 401 },
    });
    expect(JSON.stringify(refused)).not.toContain('canary');
  });
});

describe('reading', () => {
  it('passes the browser’s cookie and address on, and says it is no other site', async () => {
    answer = () => Response.json(SESSION);
    await shell(asked('/'));
    const { headers, url } = calls[0]!;
    expect(url.href).toBe('http://127.0.0.1:9/api/v1/session');
    expect(headers.get('cookie')).toBe('octofleet-session=abc');
    expect(headers.get('sec-fetch-site')).toBe('same-origin');
    expect(headers.get('x-forwarded-for')).toBe('192.0.2.7');
  });

  it('leads to sign-in without a session, and back', async () => {
    answer = () => problem(401, 'not-signed-in');
    const response = (await outcome(shell(asked('/deployments.data?q=web')))) as Response;
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('/sign-in?to=%2Fdeployments%3Fq%3Dweb');
  });

  it('becomes an error page with the service’s status when the service fails', async () => {
    answer = () => problem(503, 'store-unavailable', { instance: 'urn:uuid:1' });
    expect(await outcome(shell(asked('/')))).toMatchObject({
      init: { status: 503 },
      data: { code: 'store-unavailable', instance: 'urn:uuid:1' },
    });
  });

  it('says so when the service cannot be reached, and the log says why', async () => {
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('fetch failed');
    });
    expect(await outcome(shell(asked('/')))).toMatchObject({ init: { status: 503 }, data: { code: 'unreachable' } });
    expect(reported).toHaveLength(1);
  });

  it('drops words in the address that mean nothing', async () => {
    answer = () => Response.json({ items: [], next: null });
    const page = await listPage(asked('/deployments?status=running,nonsense&sort=sideways&q=%20web%20'));
    expect(page).toMatchObject({ status: ['running'], sort: '-createdAt', q: 'web' });
    expect(Object.fromEntries(calls[0]!.url.searchParams)).toEqual({ status: 'running', sort: '-createdAt', q: 'web' });
  });
});

describe('creating a deployment', () => {
  const FIELDS = {
    intent: 'create',
    mac: 'nonsense',
    administratorPassword: 'canary-password',
    idempotencyKey: 'key-1',
  };

  it('gives the form back with its values, the errors and another key, but without secrets', async () => {
    const errors = [{ pointer: '/mac', detail: 'A MAC address has twelve hexadecimal digits.' }];
    answer = () => problem(400, 'invalid-mac', { errors });
    const refused = (await create(asked('/deployments/new', FIELDS))) as { data: { idempotencyKey: string } };
    expect(refused).toMatchObject({
      init: { status: 400 },
      data: { values: { mac: 'nonsense' }, problem: { errors } },
    });
    expect(refused.data.idempotencyKey).not.toBe('key-1');
    expect(JSON.stringify(refused)).not.toContain('canary');
  });

  it('leads to the deployment, once for one form', async () => {
    answer = () => Response.json({ id: ID }, { status: 201 });
    const response = (await create(asked('/deployments/new', { ...FIELDS, mac: '525400123456' }))) as Response;
    expect(response.headers.get('location')).toBe(`/deployments/${ID}?said=created`);
    expect(calls[0]!.headers.get('idempotency-key')).toBe('key-1');
    expect(calls[0]!.body).toMatchObject({
      mac: '525400123456',
      secrets: { administratorPassword: 'canary-password' },
    });
  });

  it('previews without creating', async () => {
    answer = () => Response.json({ files: [{ name: 'unattend.xml', contentType: 'application/xml', body: '<x/>' }] });
    const page = await create(asked('/deployments/new', { ...FIELDS, intent: 'preview' }));
    expect(calls.map(({ method, url }) => `${method} ${url.pathname}`)).toEqual(['POST /api/v1/deployments/preview']);
    expect(page).toMatchObject({ preview: { files: [{ name: 'unattend.xml' }] } });
  });

  it('names the deployment that owns the machine, and the files that are missing', async () => {
    answer = () => problem(409, 'machine-already-deploying', { deploymentId: ID });
    expect(await create(asked('/deployments/new', FIELDS))).toMatchObject({ data: { problem: { deploymentId: ID } } });
    answer = () => problem(409, 'artefact-missing', { missing: [{ role: 'wimboot', cure: 'octofleet assets add' }] });
    expect(await create(asked('/deployments/new', FIELDS))).toMatchObject({
      data: { problem: { missing: [{ role: 'wimboot' }] } },
    });
  });
});

describe('commanding a deployment', () => {
  it.each([
    ['cancel', {}, 'POST', '/cancellation', {}],
    ['retry', { from: '' }, 'POST', '/retries', { from: null }],
    ['retry', { from: 'starting-os' }, 'POST', '/retries', { from: 'starting-os' }],
    ['extend', { minutes: '30' }, 'POST', '/extensions', { minutes: '30' }],
    ['fail', { reason: 'wrong image' }, 'POST', '/failures', { reason: 'wrong image' }],
    ['delete', {}, 'DELETE', '', undefined],
  ])('%s with %j', async (word, fields, method, path, body) => {
    answer = () => new Response(null, { status: 204 });
    const response = (await command(
      asked(`/deployments/${ID}/${word}`, fields, { id: ID, command: word }),
    )) as Response;
    expect(calls[0]).toMatchObject({ method, body });
    expect(calls[0]!.url.pathname).toBe(`/api/v1/deployments/${ID}${path}`);
    expect(response.status).toBe(303);
  });

  it('shows a refusal on the page that asked', async () => {
    answer = () => problem(409, 'deployment-not-open');
    expect(await command(asked(`/deployments/${ID}/cancel`, {}, { id: ID, command: 'cancel' }))).toMatchObject({
      init: { status: 409 },
      data: { problem: { code: 'deployment-not-open' } },
    });
  });

  it.each([
    ['explode', ID],
    ['constructor', ID],
    ['cancel', '..%2F..%2Ftokens'],
  ])('knows no %s of %s', async (word, id) => {
    expect(await outcome(commandPage(asked('/x', undefined, { id, command: word })))).toMatchObject({
      init: { status: 404 },
    });
    expect(calls).toEqual([]);
  });
});

describe('machines, images and systems', () => {
  const sent = () => calls.map(({ method, url }) => `${method} ${url.pathname}`);

  it('go after their page was asked', async () => {
    answer = () => new Response(null, { status: 204 });

    const gone = [
      await deleteMachine(asked(`/machines/${ID}/delete`, {}, { id: ID })),
      await deleteImage(asked(`/images/${ID}/delete`, {}, { id: ID })),
      await deleteSystem(asked(`/systems/${ID}/delete`, {}, { id: ID })),
    ];

    expect(gone.map((left) => (left as Response).headers.get('location'))).toEqual([
      '/machines?said=delete',
      '/images?said=delete',
      '/systems?said=delete',
    ]);
    expect(sent()).toEqual(['machines', 'images', 'systems'].map((kind) => `DELETE /api/v1/${kind}/${ID}`));
  });

  it('stay while something needs them, and the page says what', async () => {
    const usedBy = [{ kind: 'deployment', id: ID, name: 'web-07' }];
    answer = () => problem(409, 'still-in-use', { usedBy });

    expect(await deleteImage(asked(`/images/${ID}/delete`, {}, { id: ID }))).toMatchObject({
      data: { problem: { code: 'still-in-use', usedBy } },
      init: { status: 409 },
    });
  });

  it('delete nothing when the question is only looked at', async () => {
    answer = () =>
      Response.json(Object.assign({}, EXAMPLES.MachineView, { id: ID, name: '', macs: ['52:54:00:12:34:56'] }));

    expect(await deleteMachinePage(asked(`/machines/${ID}/delete`, undefined, { id: ID }))).toEqual({
      id: ID,
      name: '52:54:00:12:34:56',
    });
    expect(sent()).toEqual([`GET /api/v1/machines/${ID}`]);
  });

  it('take a new name, and keep a refused one from looking saved', async () => {
    answer = ({ body }) =>
      (body as { name: string }).name === 'taken' ? problem(409, 'name-already-taken') : Response.json({});

    const renamed = await renameImage(asked(`/images/${ID}`, { name: 'Debian 13' }, { id: ID }));
    const refused = await renameImage(asked(`/images/${ID}`, { name: 'taken' }, { id: ID }));

    expect((renamed as Response).headers.get('location')).toBe(`/images/${ID}?said=saved`);
    expect(calls[0]).toMatchObject({ method: 'PATCH', body: { name: 'Debian 13' } });
    expect(refused).toMatchObject({ data: { problem: { code: 'name-already-taken' } }, init: { status: 409 } });
  });
});

describe('settings', () => {
  it('show a new token once', async () => {
    answer = () => Response.json({ id: ID, name: 'ci', token: 'octo_new', expiresAt: null }, { status: 201 });
    expect(await settings(asked('/settings', { intent: 'create', name: ' ci ', days: '' }))).toMatchObject({
      data: { token: 'octo_new' },
    });
    expect(calls[0]!.body).toEqual({ name: 'ci', days: null });
  });

  it('take a wrong current password as an answer, not as a reason to leave', async () => {
    answer = () => problem(401, 'wrong-password');
    expect(await settings(asked('/settings', { intent: 'password', current: 'a', password: 'b' }))).toMatchObject({
      data: { about: 'password', problem: { code: 'wrong-password' } },
      init: { status: 401 },
    });
  });

  it('revoke a token', async () => {
    answer = () => new Response(null, { status: 204 });
    await settings(asked('/settings', { intent: 'revoke', id: ID }));
    expect(`${calls[0]!.method} ${calls[0]!.url.pathname}`).toBe(`DELETE /api/v1/tokens/${ID}`);
  });
});
