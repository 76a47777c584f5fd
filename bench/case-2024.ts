/**
 * The evening of 2024 as a bundle: 1.4 million listeners at the peak, 24 million plays, 183 million impressions, through
 * the real counting, evidence log and bundle writer, with a clock that is moved by hand. Takes some minutes and 2 GB.
 *
 *   npm run bench -- case-2024 [--out docs/case-2024] [--scale 1] [--seed 1]
 *
 * Writes `evening.bundle` and its picture into the folder. The same seed gives the same bytes. What is reported and what
 * is assumed: bench/case-2024/scenario.ts.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { verifier } from '../src/verifier/index.ts';
import { inWords, makeEvening } from './case-2024/evening.ts';
import { eveningPictures } from './case-2024/picture.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'docs/case-2024' },
    scale: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
  },
});
const began = process.cpuUsage();
const { bundle, records, total } = await makeEvening(
  { scale: Number(values.scale), seed: Number(values.seed) },
  (now, minute) => {
    if (minute % 10 !== 0) return;
    const clock = `${String((19 + Math.floor((minute + 30) / 60)) % 24).padStart(2, '0')}:${String((minute + 30) % 60).padStart(2, '0')}`;
    const parts = (
      ['in_room_now', 'listeners_now', 'join_attempts', 'tuned_in_live', 'replay_listens'] as const
    )
      .map((id) => `${id} ${(now[id]?.net ?? 0).toLocaleString('en')}`)
      .join(', ');
    process.stderr.write(`${clock} ${parts}\n`);
  },
);
const checked = await verifier.verify(new Blob([bundle]));
mkdirSync(values.out, { recursive: true });
writeFileSync(join(values.out, 'evening.bundle'), bundle);
for (const [name, svg] of Object.entries(eveningPictures(bundle))) writeFileSync(join(values.out, name), svg);
const { user, system } = process.cpuUsage(began);
console.log(inWords(total));
console.log(
  `${records.toLocaleString('en')} records; ${checked.entries} entries, ${(bundle.length / 1e6).toFixed(2)} MB; ${checked.ok ? 'verified' : JSON.stringify(checked.findings.slice(0, 5))}`,
);
console.log(
  `${((user + system) / 1e6).toFixed(0)} s of CPU, ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB at most`,
);
if (!checked.ok) process.exitCode = 1;
