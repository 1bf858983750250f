/** How a machine's firmware and drivers are treated. */
export const PLATFORMS = ['hyperv-gen2', 'kvm', 'vmware', 'baremetal-uefi', 'baremetal-bios'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** iPXE's own word for the firmware it runs on (`${platform}`). */
export const FIRMWARES = ['efi', 'pcbios'] as const;
export type Firmware = (typeof FIRMWARES)[number];

/** The platform as far as SMBIOS tells it; an operator's choice wins over this guess. */
export function guessPlatform(hints: {
  readonly manufacturer?: string | undefined;
  readonly product?: string | undefined;
  readonly firmware?: Firmware | undefined;
}): Platform {
  const text = `${hints.manufacturer ?? ''} ${hints.product ?? ''}`.toLowerCase();
  if (text.includes('microsoft') && text.includes('virtual')) return 'hyperv-gen2';
  if (text.includes('vmware')) return 'vmware';
  if (text.includes('qemu') || text.includes('kvm')) return 'kvm';
  return hints.firmware === 'pcbios' ? 'baremetal-bios' : 'baremetal-uefi';
}
