import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { type CountingRules, definitionsOf } from './definitions.ts';
import type { EvidencePort } from './evidence-port.ts';

/**
 * Writes the definitions that figures are counted by into the evidence log, whole: at its beginning, and when they have
 * changed since the last start. `dir` remembers what was written.
 */
export async function writeDefinitions(
  rules: CountingRules,
  { evidence, dir, clock }: { readonly evidence?: EvidencePort; readonly dir: string; readonly clock: Clock },
): Promise<void> {
  const path = join(dir, 'definitions.sha256');
  const known = await readFile(path, 'utf8').catch(() => '');
  const sha256 = rules.definitionsHash;
  if (!evidence || known === sha256) return;
  const entry = { v: 1, kind: 'definitions', at: clock.wall(), sha256 } as const;
  const { kept } = await evidence.append({ ...entry, definitions: definitionsOf(rules) });
  if (kept) await writeFile(path, sha256);
}
