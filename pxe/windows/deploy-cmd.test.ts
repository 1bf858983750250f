import { describe, expect, it } from 'vitest';
import { INSTALL_STEPS } from '../../domain/report.ts';
import { windowsContext } from '../../test/windows-context.ts';
import { TemplateError } from '../installer-file.ts';
import { renderDeployCmd } from './deploy-cmd.ts';

const script = renderDeployCmd(windowsContext());
const lines = script.split('\r\n').filter((line) => line !== '');
const commands = lines.filter((line) => !/^rem /i.test(line));

function position(pattern: RegExp): number {
  const index = lines.findIndex((line) => pattern.test(line));
  expect(index, `${pattern.source} is in the script`).toBeGreaterThanOrEqual(0);
  return index;
}

describe('the language of deploy.cmd', () => {
  it.each([
    ['reads exit codes with `if errorlevel`, which misses negative ones', /if (not )?errorlevel/i],
    ['chains with && or ||, which cmd and `call` disagree about', /&&|\|\|/],
    ['opens a block, whose variables are expanded too early', /\($/],
    ['turns on delayed expansion, which eats `!`', /EnableDelayedExpansion|!\w+!/i],
    ['waits for a keyboard', /\bset \/p\b|^\W*pause\b|^choice\b/i],
    ['uses tools that WinPE does not have', /^(>+\S+ )?(timeout|wmic|powershell|tar) /i],
    ['lets curl retry the image, which begins at byte 0', /-C - .*--retry|--retry .*-C -/],
    ['lets curl retry what will not change', /--retry-all-errors/],
    ['has a redirection behind the command that a digit could join', /\s\d?>>?\s*%WORK%/],
  ])('never %s', (_, pattern) => {
    expect(commands.filter((line) => pattern.test(line.replace(/^(if .*?|)>>?%WORK%/, '')))).toEqual([]);
  });

  it('goes only to labels that exist, each of which exists once', () => {
    const labels = lines.filter((line) => line.startsWith(':')).map((line) => line.slice(1));
    expect(new Set(labels).size).toBe(labels.length);
    const targets = commands.flatMap((line) =>
      [...line.matchAll(/\b(?:goto |call :)(\w+)/g)].map((found) => found[1] ?? ''),
    );
    expect([...new Set(targets)].filter((target) => !labels.includes(target))).toEqual([]);
    expect(labels.filter((label) => !targets.includes(label))).toEqual([]);
  });

  it('keeps an exit code before anything else can change it', () => {
    const tools = /(?:^|>\S+ )(?:diskpart|dism|curl|cscript|drvload|find|certutil|W:\\Windows\\System32\\\w+\.exe) /;
    const careless = lines.filter(
      (line, index) =>
        tools.test(line) && !/^set "RC=%errorlevel%"$/.test(lines[index + 1] ?? '') && !/CODE|code/.test(line),
    );
    expect(careless).toEqual([]);
  });

  it('sets a reason before it can fail, so that every failure has one stable word', () => {
    for (const [, word] of script.matchAll(/set "REASON=([^"%]+)"/g)) expect(word).toMatch(/^[a-z][a-z-]{2,40}$/);
  });
});

describe('what deploy.cmd does', () => {
  it('asks for the permit immediately before diskpart, and only GRANT lets it on', () => {
    const permit = position(/^call :permit$/);
    expect(lines.slice(permit, permit + 4)).toEqual([
      'call :permit',
      'set "RC=%errorlevel%"',
      'if not "%RC%"=="0" goto failed',
      '>%WORK%\\diskpart.log diskpart /s %WORK%\\diskpart.txt',
    ]);
    expect(lines.filter((line) => /\bdiskpart \/s\b/.test(line))).toHaveLength(1);
    expect(script).toContain('find "GRANT"');
  });

  it('refuses another firmware and any disk but the chosen one before the permit', () => {
    const permit = position(/^call :permit$/);
    expect(position(/^if not "%FOUND%"=="%FIRMWARE%" goto failed$/)).toBeLessThan(permit);
    expect(position(/^call :choosedisk$/)).toBeLessThan(permit);
    expect(script).not.toMatch(/select disk \d/);
  });

  it('reports the steps that the service knows, in their order', () => {
    const begun = lines.flatMap((line) => /^call :begin (\S+)/.exec(line)?.[1] ?? []);
    expect([...begun, 'installed']).toEqual([...INSTALL_STEPS]);
  });

  it('says installed last, and does not restart before the service has it', () => {
    const said = position(/"step":"installed"/);
    expect(said).toBeGreaterThan(position(/^call :report done "boot files are written"$/));
    expect(lines[position(/^call :post %WORK%\\installed\.json$/) + 2]).toBe('if "%RC%"=="0" goto restart');
    expect(lines.filter((line) => line === 'wpeutil reboot')).toHaveLength(1);
  });

  it('never comes to its end, since WinPE would restart: both ways out lead into a wait', () => {
    const end = position(/^:beat$/);
    const story = lines.slice(0, end);
    expect(story.filter((line) => line.includes('exit /b'))).toEqual([]);
    expect(story.at(-2)).toBe('goto restart');
    expect(lines.slice(position(/^:rest$/), position(/^:rest$/) + 3)).toEqual([':rest', 'call :wait 60', 'goto rest']);
    expect(lines[position(/"held after a failure/) + 1]).toBe('goto held');
  });

  it('keeps the token off command lines', () => {
    const uses = commands.filter((line) => line.includes('%TOKEN%'));
    expect(uses.length).toBeGreaterThan(0);
    for (const line of uses) expect(line).toMatch(/^>%WORK%\\\w+\.cfg echo url = "/);
  });

  it('numbers every event, and those from beside the tools apart', () => {
    const numbers = lines.flatMap((line) => /^call :beatstart (\d+)$/.exec(line)?.[1] ?? []);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(Math.max(...numbers.map(Number)) + 100_000).toBeLessThanOrEqual(1_000_000);
    expect(lines.filter((line) => line.includes('"seq":%SEQ%')).length).toBe(3);
  });
});

describe('the values of deploy.cmd', () => {
  it.each([
    ['base URL', { baseUrl: 'http://x/"&calc' }],
    ['nonce', { credential: 'a%b' }],
    ['deployment', { deploymentId: 'a\nb' }],
  ])('a hostile %s is refused', (_, context) => {
    expect(() => renderDeployCmd(windowsContext({ context }))).toThrow(TemplateError);
  });

  it('a hostile disk serial number is refused', () => {
    expect(() => renderDeployCmd(windowsContext({ settings: { diskSerial: 'a" & calc' } }))).toThrow(TemplateError);
  });

  it('no image, or one of another family, is refused', () => {
    expect(() => renderDeployCmd(windowsContext({ context: { assets: {} } }))).toThrow(TemplateError);
  });

  it('stand at the top', () => {
    expect(script).toContain('set "DRIVERS=X:\\drivers\\vioscsi.inf X:\\drivers\\viostor.inf X:\\drivers\\netkvm.inf"');
    expect(script).toContain(`set "IMAGE_URL=http://192.0.2.10:8080/assets/${'f'.repeat(64)}/install.wim"`);
    expect(script).toContain('set "IMAGE_SIZE=5368709120"');
    expect(script).toContain('set "DISK_SERIAL="');
  });

  it('say BIOS for old bare metal only', () => {
    const firmware = (platform: 'baremetal-bios' | 'baremetal-uefi') =>
      /set "FIRMWARE=(\w+)"/.exec(renderDeployCmd(windowsContext({ settings: { platform } })))?.[1];
    expect(firmware('baremetal-bios')).toBe('BIOS');
    expect(firmware('baremetal-uefi')).toBe('UEFI');
  });
});
