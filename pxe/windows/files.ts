import type { InstallerFile } from '../installer-file.ts';

export const WINDOWS_FILES: readonly InstallerFile[] = [];
