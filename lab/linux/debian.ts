import path from 'node:path';
import { folderOnce } from './cache.ts';
import { BuildError, run } from './run.ts';

/** One Debian package, unpacked. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  /** Where its files lie, as if this were the root. */
  readonly root: string;
}

/**
 * Fetches packages with the machine's own apt, which checks their signatures, and unpacks them beside each other in the cache:
 * nothing is installed, no right of root is needed.
 */
export async function debianPackage(name: string, cacheDir: string): Promise<DebianPackage> {
  const { version, depends } = await candidate(name);
  // A kernel's plain name belongs to an empty package that depends on the real one.
  const real = /^linux-image-(cloud-)?amd64$/.test(name) ? /linux-image-\d[^ ,]*/.exec(depends)?.[0] : undefined;
  if (real !== undefined) return debianPackage(real, cacheDir);
  const folder = `${name}_${version.replaceAll(/[^A-Za-z0-9.+~-]/g, '-')}`;
  const root = await folderOnce(path.join(cacheDir, 'debian'), folder, async (dir) => {
    await run('apt-get', [...AS_ROOT, 'download', `${name}:amd64=${version}`], { package: 'apt', cwd: dir });
    const deb = (await run('find', [dir, '-name', '*.deb'], { package: 'findutils' })).trim();
    await run('dpkg-deb', ['--extract', deb, dir], { package: 'dpkg' });
    await run('rm', [deb], { package: 'coreutils' });
  });
  return { name, version, root };
}

/** Root’s apt wants to download as another user, who may not write into our cache. */
const AS_ROOT = process.getuid?.() === 0 ? ['-o', 'APT::Sandbox::User=root'] : [];

async function candidate(name: string): Promise<{ readonly version: string; readonly depends: string }> {
  let record: string;
  try {
    record = await run('apt-cache', ['show', '--no-all-versions', `${name}:amd64`], { package: 'apt' });
  } catch (error) {
    throw new BuildError(
      `The package ${name} (amd64) is not known here. This needs Debian 12 or newer, and \`apt-get update\` to have run.`,
      { cause: error },
    );
  }
  const field = (key: string) => new RegExp(`^${key}: (.*)$`, 'm').exec(record)?.[1];
  const version = field('Version');
  if (version === undefined) throw new BuildError(`apt-cache tells no version of ${name}.`);
  return { version, depends: field('Depends') ?? '' };
}
