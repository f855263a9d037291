/** `npm run soak [-- --seconds N --seed S]`: one connection, faults at random, every echo accounted for. */
import { parseArgs } from 'node:util';
import { buildHelper } from '../../build.ts';
import { soak } from './soak.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string', default: String(Date.now() % 1e6) } },
});
const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
await buildHelper();
process.stdout.write(`seed ${seed}, ${seconds} s\n`);
const soaked = await soak(seconds, seed, (line) => process.stdout.write(`${line}\n`));
process.stdout.write(`${JSON.stringify(soaked)}\n`);
