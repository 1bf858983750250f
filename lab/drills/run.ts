import { parseArgs } from 'node:util';
import { loadConfig } from '../../config.ts';
import { drill } from './drill.ts';
import { openHouse, VICTIMS } from './house.ts';
import { Scene } from './scene.ts';

/** `npm run drills -- --times 10`: every drill, so many times in a row, in a fresh house each time. */
async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...argv], options: { times: { type: 'string', default: '1' } } });
  const times = Number(values.times);
  if (!Number.isInteger(times) || times < 1) throw new RangeError(`--times wants a whole number, not ${values.times}`);
  const { cacheDir, temporal } = loadConfig(process.env);
  const power = new AbortController();
  process.once('SIGINT', () => power.abort());
  process.once('SIGTERM', () => power.abort());

  for (let time = 1; time <= times; time++) {
    const house = await openHouse({ cacheDir, cliPath: temporal.cliPath, env: process.env });
    try {
      const scene = await Scene.in(house, power.signal);
      for (const victim of VICTIMS) {
        const { kills, acknowledged, seconds } = await drill(victim, { house, scene, signal: power.signal });
        console.log(
          `${time}/${times}  ${victim.padEnd(8)}  killed ${kills.length} times, ${acknowledged} callbacks kept, ${seconds} s`,
        );
      }
    } finally {
      await house.stop();
    }
  }
  console.log(`All drills passed, ${times} times in a row.`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
