import type { WindowsEdition } from '../../domain/image.ts';

const STANDARD = 'TVRH6-WHNXV-R9WG3-9XRFY-MY832';
const DATACENTER = 'D764K-2NDRG-47T6Q-P8T8W-YP6DF';

/**
 * Microsoft's public client set-up keys for Windows Server 2025. They choose the edition's volume channel and are no
 * secret; activation needs a key management host or Active Directory. Core and Desktop share a key. Evaluation media
 * refuse them.
 */
export const PRODUCT_KEYS: Readonly<Record<WindowsEdition, string>> = {
  ServerStandardCore: STANDARD,
  ServerStandard: STANDARD,
  ServerDatacenterCore: DATACENTER,
  ServerDatacenter: DATACENTER,
};
