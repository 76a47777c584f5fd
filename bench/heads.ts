/**
 * Mutated request heads against a real door: `node bench/heads.ts [COUNT] [SEED]`; 100,000 take some minutes. Exits
 * with 1 when one hangs or gets a wrong answer.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chance } from '../test/chance.ts';
import { sendMutatedHeads } from '../test/mutated-heads.ts';

const [count = 100_000, seed = 1] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'earshot-heads-'));
const began = performance.now();
const { sent, outcomes, hangs, wrong } = await sendMutatedHeads(count, chance(seed), 50, folder);
rmSync(folder, { recursive: true, force: true });
console.log(`${sent} heads, seed ${seed}, ${Math.round((performance.now() - began) / 1000)} s`);
for (const [status, number] of [...outcomes].sort((a, b) => b[1] - a[1]))
  console.log(`${status.padStart(8)} ${number}`);
console.log(`hangs ${hangs.length}, wrong ${wrong.length}, the process lives`);
for (const one of [...hangs.map((text) => JSON.stringify(text)), ...wrong].slice(0, 20)) console.log(one);
process.exit(hangs.length + wrong.length > 0 ? 1 : 0);
