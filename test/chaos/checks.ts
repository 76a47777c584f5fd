/** What is checked of the files and answers of an Earshot: its recording, its evidence log, its figures. */
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openReader } from '../../src/archive/index.ts';
import { FRAGMENT_MS } from '../../src/base/time.ts';
import type { Verification } from '../../src/wire/evidence/verification.ts';
import { archiveFor, type Injected, RUNNING_SEGMENT_MS } from './budgets.ts';
import type { Starvation } from './starvation.ts';

const ENTRY = fileURLToPath(new URL('../../src/cli/index.ts', import.meta.url));

/** A room that ends is recorded to its end; the end itself takes some moments. */
const LATEST_MS = 3_000;

/** A part of a recording that is not there. Milliseconds of the wall clock. */
export interface Gap {
  readonly rendition: string;
  readonly from: number;
  readonly to: number;
}

/**
 * The gaps between the pieces of a recording, and after the last of them until `until` (wall clock, ms); and how many
 * fragments it has.
 */
export async function gapsOf(
  folder: string,
  slug: string,
  until: number,
): Promise<{ readonly gaps: readonly Gap[]; readonly fragments: number; readonly torn: readonly string[] }> {
  const reader = openReader(folder);
  const recording = await reader.recording(slug, { over: true });
  if (!recording) return { gaps: [], fragments: 0, torn: [] };
  const gaps: Gap[] = [];
  const torn: string[] = [];
  let fragments = 0;
  for (const [rendition, pieces] of recording.pieces) {
    let next: number | undefined;
    for (const { first, count } of pieces) {
      if (next !== undefined && first > next)
        gaps.push({
          rendition,
          from: recording.zero + next * FRAGMENT_MS,
          to: recording.zero + first * FRAGMENT_MS,
        });
      if (next !== undefined && first < next) torn.push(`${rendition} has ${first} twice`);
      next = first + count;
      fragments += count;
    }
    // The sound of a moment is on the disk seconds later.
    const end = recording.zero + (next ?? 0) * FRAGMENT_MS;
    if (end < until - LATEST_MS) gaps.push({ rendition, from: end, to: until });
  }
  return { gaps, fragments, torn };
}

/** What gaps are held against. */
export interface Explanations {
  readonly injected: readonly Injected[];
  readonly starvation: Starvation;
  /** The time of the schedule; what happened before or after is no concern of it. */
  readonly began: number;
  readonly ended: number;
}

/** A studio that gets no processor works off what it has, and then drops: its seconds and those around them. */
const AROUND_MS = 10_000;

/** Gaps that no fault explains: longer than what those that were there at the time allow together. */
export function unexplained(
  gaps: readonly Gap[],
  { injected, starvation, began, ended }: Explanations,
): readonly Gap[] {
  return gaps.filter(({ from, to }) => {
    if (to <= began || from >= ended) return false;
    const allowed = injected
      .filter((one) => archiveFor(one) > 0)
      .filter((one) => one.from - archiveFor(one) <= to && (one.to ?? one.from) + archiveFor(one) >= from)
      .reduce((sum, one) => sum + archiveFor(one), 0);
    const starved = starvation.within(from - AROUND_MS, to + AROUND_MS);
    return to - from > allowed + (starved > 0 ? starved + RUNNING_SEGMENT_MS : 0);
  });
}

/** Runs a command of Earshot's own command line. */
export function command(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: number | null; readonly out: string }> {
  const child = spawn(process.execPath, [ENTRY, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    out += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out })));
}

/** Checks the bundle that a room has now; undefined while no door gives one. */
export async function verifyBundle(
  url: string,
  slug: string,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<Verification | undefined> {
  const text = await fetch(`${url}/r/${slug}/bundle`, { signal: AbortSignal.timeout(10_000) }).then(
    (answer) => (answer.ok ? answer.text() : undefined),
    () => undefined,
  );
  if (text === undefined) return undefined;
  const file = join(folder, `${slug}.bundle`);
  writeFileSync(file, text);
  const { out } = await command(['verify', file, '--json'], env);
  const found = JSON.parse(out) as Verification;
  if (found.ok) rmSync(file);
  return found;
}
