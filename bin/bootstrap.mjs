#!/usr/bin/env node
// The first file that runs after a fresh clone: `npm start`, `npm test` and the others lead here. Plain JavaScript and
// Node's own modules only, for there may be no packages yet. This file has to be readable by old versions of Node as well,
// so that they can be told what is wrong; everything else is loaded afterwards.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `octofleet: this is Node ${process.versions.node}, and Octofleet needs 20.19 or newer; install one from https://nodejs.org`,
  );
  process.exitCode = 1;
} else {
  import('./bootstrap/main.mjs').then(({ main }) => main(process.argv.slice(2)));
}
