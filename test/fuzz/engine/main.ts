/** `npm run fuzz -- [TARGET…|all] [--seconds N] [--runs N] [--seed S] [--input FILE] [--keep]`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../house/tree.ts';
import { targetNames, writeCorpus, writeFind } from './corpus.ts';
import { fuzz } from './watched.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string' },
    runs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    input: { type: 'string', multiple: true },
    keep: { type: 'boolean', default: false },
    finds: { type: 'string', default: join(root, 'fuzz-finds') },
  },
});
const all = targetNames();
const wanted = positionals.length === 0 || positionals[0] === 'all' ? all : positionals;
const unknown = wanted.filter((name) => !all.includes(name) && !name.endsWith('.ts'));
if (unknown.length > 0) {
  console.error(`there is no target ${unknown.join(', ')}; there are: ${all.join(', ')}`);
  process.exit(2);
}
const seed = Number(values.seed);
// Without a word about it a minute each.
const seconds = Number(values.seconds ?? (values.runs === undefined ? 60 : Number.POSITIVE_INFINITY));
const runs = Number(values.runs ?? Number.POSITIVE_INFINITY);
if (![seed, seconds, runs].every((number) => number > 0)) {
  console.error('--seconds, --runs and --seed take numbers above 0');
  process.exit(2);
}
const only = values.input?.map((path) => readFileSync(path));
let found = 0;
for (const name of wanted) {
  const { outcome, corpus } = await fuzz({
    ...{ name, seed, until: { runs, seconds }, keep: values.keep },
    ...(only ? { only } : {}),
  });
  const { inputs, reached, branches, heap, finds } = outcome;
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const rate = Math.round(inputs / Math.max(0.001, outcome.seconds));
  console.log(
    `${name}: ${inputs.toLocaleString('en')} inputs in ${outcome.seconds.toFixed(1)} s (${rate.toLocaleString('en')}/s), ` +
      `${reached} of ${branches} branches, ${outcome.interesting} interesting, ` +
      `heap ${megabytes(heap.before)} MB, then ${megabytes(heap.after)} MB, ` +
      `${finds.length} finds`,
  );
  if (corpus) writeCorpus(name, corpus);
  for (const { what, text, input } of finds) {
    found += 1;
    const path = writeFind(values.finds, name, what, input);
    console.log(`  ${what}: ${text.split('\n').slice(0, 6).join('\n    ')}`);
    console.log(`  again: npm run fuzz -- ${name} --input ${path}`);
  }
}
process.exitCode = found > 0 ? 1 : 0;
