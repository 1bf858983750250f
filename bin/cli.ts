import { runCommand } from './cli/main.ts';

/** `bin/octofleet.mjs` hands over to this one: `node bin/bootstrap.mjs cli WORDS`. */
process.exitCode = await runCommand(process.argv.slice(3), process.env);
