import { runService } from './service/main.ts';

/** The service as one process; `OCTOFLEET_ROLE` says which part of it. The only place that reads the environment. */
process.umask(0o077);
process.exit(await runService(process.env));
