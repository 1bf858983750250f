import type { InstallerFile } from '../installer-file.ts';

export const LINUX_FILES: readonly InstallerFile[] = [];
