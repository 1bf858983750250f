import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentReport, EnrolRequest } from '../../api/contract/machine.ts';
import { LINUX_AGENT_SCRIPT } from './agent-script.ts';

const KEY = 'device-key_0123456789';
const TOKEN = 'enrolment-token-0123456789';

let dir: string;
let server: Server;
let requests: { readonly url: string; readonly body: unknown; readonly bearer: string | undefined }[];
let enrolStatus: number;
let verdict: string;

beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'octofleet-agent-'));
  requests = [];
  enrolStatus = 201;
  verdict = 'verified';
  server = createServer((req, res) => {
    void bodyOf(req).then((body) => {
      requests.push({ url: req.url ?? '', body: JSON.parse(body), bearer: req.headers.authorization });
      const enrols = req.url === '/agent/v1/enrol';
      const answer = enrols
        ? { deviceKey: KEY, systemId: '0190a1b2-0000-4000-8000-000000000001', reportEverySeconds: 60 }
        : { verdict, failing: verdict === 'failing' ? ['host-name'] : [], reportEverySeconds: 60 };
      res.writeHead(enrols ? enrolStatus : 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  writeFileSync(at('agent.sh'), LINUX_AGENT_SCRIPT);
  writeFileSync(at('agent.conf'), `OCTOFLEET_URL=http://127.0.0.1:${port}\nOCTOFLEET_TOKEN=${TOKEN}\n`);
});

afterEach(() => {
  server.close();
  rmSync(dir, { recursive: true });
});

const at = (name: string) => path.join(dir, name);

async function bodyOf(req: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of req.setEncoding('utf8')) text += String(piece);
  return text;
}

/** One round of the agent under a shell; answers with its exit code and what it said. */
async function once(shell: readonly string[] = ['sh']): Promise<{ readonly code: number; readonly said: string }> {
  const [program = 'sh', ...args] = shell;
  const env = { ...process.env, OCTOFLEET_AGENT_CONF: at('agent.conf'), OCTOFLEET_AGENT_STATE: at('state') };
  try {
    const { stdout } = await promisify(execFile)(program, [...args, at('agent.sh'), '--once'], { env });
    return { code: 0, said: stdout };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !('stdout' in error)) throw error;
    return { code: Number(error.code), said: String(error.stdout) };
  }
}

const SHELLS = [['sh'], ['bash'], ['busybox', 'sh']].filter(
  ([program = '']) => spawnSync(program, ['-c', ':']).error === undefined,
);

describe('the Linux agent', () => {
  it.each(SHELLS)('enrols, reports by the contract and puts the token away (%s)', async (...shell) => {
    const { code, said } = await once(shell);

    expect({ code, said }).toMatchObject({ code: 0, said: expect.stringContaining('report 1: verified') });
    const [enrolment, report] = requests;
    expect(EnrolRequest.parse(enrolment?.body)).toMatchObject({ token: TOKEN });
    expect(AgentReport.parse(report?.body)).toMatchObject({
      seq: 1,
      evidence: { os: { family: 'linux' }, leftovers: [] },
    });
    expect(report?.bearer).toBe(`Bearer ${KEY}`);
    expect(readFileSync(at('agent.conf'), 'utf8')).not.toContain(TOKEN);
  });

  it('keeps its key where nobody else can read it', async () => {
    await once();

    expect(statSync(at('state/key')).mode & 0o777).toBe(0o600);
    expect(statSync(at('state')).mode & 0o777).toBe(0o700);
    expect(existsSync(at('state/body'))).toBe(false);
  });

  it('enrols once and numbers its reports on', async () => {
    await once();
    await once();

    expect(requests.map(({ url }) => url)).toEqual(['/agent/v1/enrol', '/agent/v1/report', '/agent/v1/report']);
    expect(requests.slice(1).map(({ body }) => AgentReport.parse(body).seq)).toEqual([1, 2]);
  });

  it('repeats a refused or lost enrolment with the same client key, and keeps the token until then', async () => {
    enrolStatus = 503;
    expect((await once()).code).not.toBe(0);
    expect(readFileSync(at('agent.conf'), 'utf8')).toContain(TOKEN);
    enrolStatus = 201;
    await once();

    const keys = requests.slice(0, 2).map(({ body }) => EnrolRequest.parse(body).clientKey);
    expect(keys[0]).toBe(keys[1]);
  });

  it('says so when the system is not yet what it shall be', async () => {
    verdict = 'failing';

    const { code, said } = await once();

    expect(code).not.toBe(0);
    expect(said).toContain('failing "host-name"');
  });

  it.each(['"', '\\', "'", 'a\tb', '$(id)', '`id`', '%s%n', 'ü€😀', '{"x":1}'])(
    'writes %j into JSON so that it stays text',
    (text) => {
      // The function as it is, with the program cut off before it would start to work.
      const functions = LINUX_AGENT_SCRIPT.slice(0, LINUX_AGENT_SCRIPT.indexOf('mkdir -p "$STATE"'));
      writeFileSync(at('text.sh'), `${functions}\ntext "$1"`);

      const json = execFileSync('sh', [at('text.sh'), text], { encoding: 'utf8' });

      expect(JSON.parse(json)).toBe(text.replaceAll('\t', ''));
    },
  );

  it.skipIf(spawnSync('shellcheck', ['--version']).error !== undefined && process.env['CI'] !== 'true')(
    'has nothing that shellcheck would warn of',
    () => {
      const { stdout } = spawnSync('shellcheck', ['-s', 'sh', at('agent.sh')], { encoding: 'utf8' });

      expect(stdout).toBe('');
    },
  );
});
