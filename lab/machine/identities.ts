import { createHash } from 'node:crypto';
import type { Identity } from './ipxe/settings.ts';

/** A machine as QEMU would present it, all of it made from its MAC address: the same address is the same machine. */
export function identityFor(mac: string, firmware: Identity['firmware'] = 'efi'): Identity {
  const hex = createHash('sha256').update(mac).digest('hex');
  const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  return {
    mac,
    uuid,
    serial: `SIM-${hex.slice(0, 8).toUpperCase()}`,
    manufacturer: 'QEMU',
    product: 'Simulated PC',
    firmware,
  };
}

/** The address so many further on, for several machines at once. */
export function macAfter(mac: string, distance: number): string {
  const number = BigInt(`0x${mac.replaceAll(/[^0-9a-fA-F]/g, '')}`) + BigInt(distance);
  return (number.toString(16).padStart(12, '0').match(/../g) ?? []).join(':');
}
