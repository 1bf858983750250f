import type { Platform } from '../../domain/platform.ts';

/** What a platform means for WinPE and for the disk. */
export interface WindowsPlatform {
  /** As bcdboot calls it. WinPE refuses to go on when the firmware it finds is another. */
  readonly firmware: 'UEFI' | 'BIOS';
  /**
   * Drivers that WinPE loads and Windows gets, named as the boot image holds them under `X:\drivers`; those that are not
   * there are passed over. Both VirtIO storage drivers, since the bus of the disk decides which one is needed.
   */
  readonly drivers: readonly string[] | 'all';
}

export const WINDOWS_PLATFORMS: Readonly<Record<Platform, WindowsPlatform>> = {
  'hyperv-gen2': { firmware: 'UEFI', drivers: [] },
  kvm: { firmware: 'UEFI', drivers: ['vioscsi', 'viostor', 'netkvm'] },
  vmware: { firmware: 'UEFI', drivers: ['pvscsi', 'vmxnet3'] },
  'baremetal-uefi': { firmware: 'UEFI', drivers: 'all' },
  'baremetal-bios': { firmware: 'BIOS', drivers: 'all' },
};
