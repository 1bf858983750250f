import path from 'node:path';
import type { ParseArgsConfig } from 'node:util';
import { AssetList, AssetView } from '../../api/contract/inventory.ts';
import type { Config } from '../../config.ts';
import { buildLinuxInstaller } from '../../lab/linux/build-installer.ts';
import { HARDWARE } from '../../lab/linux/modules.ts';
import type { HardwareName } from '../../lab/linux/modules.ts';
import { StartFailure } from '../service/sentence.ts';
import type { Service } from './service.ts';

export const ASSET_OPTIONS = {
  role: { type: 'string' },
  hardware: { type: 'string', default: 'any' },
} as const satisfies ParseArgsConfig['options'];

export async function listAssets(service: Service): Promise<void> {
  const { items } = AssetList.parse(await service.call('GET', '/assets'));
  for (const { role, name, size, sha256 } of items) {
    console.log(`${role.padEnd(15)} ${name.padEnd(28)} ${String(size).padStart(12)} ${sha256}`);
  }
  if (items.length === 0) console.log('There are no files yet.');
}

export async function addAsset(
  service: Service,
  file: string | undefined,
  { role, name }: { readonly role?: string | undefined; readonly name?: string | undefined },
): Promise<AssetView> {
  if (file === undefined || role === undefined) throw new StartFailure('say which: assets add FILE --role ROLE');
  const query = new URLSearchParams({ role, name: name ?? nameFor(file) });
  const asset = AssetView.parse(await service.upload(`/assets?${query.toString()}`, file));
  console.log(`Added ${asset.name} as ${asset.role} (${asset.size} bytes, SHA-256 ${asset.sha256}).`);
  return asset;
}

export async function buildInstaller(service: Service, config: Config, hardware: string): Promise<void> {
  if (!isHardware(hardware)) throw new StartFailure(`--hardware is one of ${Object.keys(HARDWARE).join(', ')}`);
  const { kernel, initrd, grubLocalboot } = await buildLinuxInstaller({
    cacheDir: config.cacheDir,
    hardware,
    progress: (sentence) => console.log(sentence),
  });
  await addAsset(service, kernel.path, { role: 'linux-kernel', name: kernel.name });
  await addAsset(service, initrd.path, { role: 'linux-initrd', name: initrd.name });
  await addAsset(service, grubLocalboot.path, { role: 'grub-localboot', name: grubLocalboot.name });
}

function isHardware(word: string): word is HardwareName {
  return Object.hasOwn(HARDWARE, word);
}

/** File names may hold what a boot script may not. */
function nameFor(file: string): string {
  return path
    .basename(file)
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 128);
}
