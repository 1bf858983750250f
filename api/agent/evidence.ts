import { DomainError } from '../../domain/errors.ts';
import type { Evidence } from '../../domain/evidence.ts';
import { parseMac } from '../../domain/identity.ts';
import type { EvidenceWire } from '../contract/machine.ts';

/** Evidence in our spelling. `now` is ours, in seconds since 1970; the difference to the system's clock is part of it. */
export function evidenceOf({ now: theirs, ...wire }: EvidenceWire, now: number): Evidence {
  return { ...wire, macs: wire.macs.flatMap(ourSpelling), clockSkewSeconds: Math.round(theirs - now) };
}

/** A system also has cards without an address of their own (tunnels, bonds); they prove nothing and are left out. */
function ourSpelling(mac: string): readonly string[] {
  try {
    return [parseMac(mac)];
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
}
