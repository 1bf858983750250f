import { PLATFORMS } from '../../../domain/platform.ts';
import type { Platform } from '../../../domain/platform.ts';

export function isPlatform(value: string): value is Platform {
  return PLATFORMS.some((platform) => platform === value);
}
