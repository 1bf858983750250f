/** All static checks, in the order in which their complaints are most useful. `npm run check` runs every one. */
export const CHECKS = [
  ['tsc', '-p', 'tsconfig.json'],
  ['tsc', '-p', 'workflows/tsconfig.json'],
  ['tsc', '-p', 'ui/tsconfig.json'],
  ['eslint', '.'],
  ['prettier', '--check', '--log-level', 'warn', '.'],
  ['depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'err', '.'],
  ['knip'],
];
