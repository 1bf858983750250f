import type { InstallerFiles } from './installer-file.ts';
import { LINUX_FILES } from './linux/files.ts';
import { WINDOWS_FILES } from './windows/files.ts';

/** Every file a machine may fetch under its credential. What is not in here is not served. */
export const INSTALLER_FILES: InstallerFiles = { windows: WINDOWS_FILES, linux: LINUX_FILES };
