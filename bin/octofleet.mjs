#!/usr/bin/env node
// The command line. `start`, `test`, `check` and `lab` are the bootstrap's own; the rest is in bin/cli/.
const OWN = ['start', 'test', 'check', 'lab'];
if (!OWN.includes(process.argv[2])) process.argv.splice(2, 0, 'cli');
import('./bootstrap.mjs');
