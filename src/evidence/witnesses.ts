import type { Clock } from '../base/clock.ts';
import type { EvidenceFiles } from './files.ts';

/** A witness that has cosigned. */
export interface KnownWitness {
  /** Its verifier key. */
  readonly key: string;
  /** Wall clock of the first and the newest cosignature. */
  readonly since: number;
  readonly last: number;
}

/** Witnesses that are kept, beside those that are listed. */
const MOST = 16;
/** After this silence a witness makes place for another, ms. */
const SILENT = 86_400_000;
/** The file is written this seldom, ms. */
const SAVE_EVERY = 60_000;

/** The witnesses that cosign: those in the settings, and at most sixteen others. */
export interface Witnesses extends AsyncDisposable {
  readonly known: readonly KnownWitness[];
  /** Notes that a witness has cosigned; false when there is no place for it. */
  take(key: string): Promise<boolean>;
}

/** Dependencies of the table of witnesses. */
export interface WitnessDeps {
  readonly files: EvidenceFiles;
  readonly clock: Clock;
  readonly path: string;
  /** Verifier keys that always have a place. */
  readonly listed: readonly string[];
}

/** Opens the table of witnesses. A file that cannot be read counts as empty. */
export async function openWitnesses({ files, clock, path, listed }: WitnessDeps): Promise<Witnesses> {
  const known = new Map<string, KnownWitness>();
  const text = await files.readWhole(path);
  try {
    const saved = JSON.parse(String(text ?? '[]')) as KnownWitness[];
    for (const one of saved) if (typeof one.key === 'string') known.set(one.key, one);
  } catch {
    known.clear();
  }
  let saved = Number.NEGATIVE_INFINITY;
  let changed = false;

  async function save(): Promise<void> {
    changed = false;
    saved = clock.now();
    await files.replace(path, JSON.stringify([...known.values()])).catch(() => {
      changed = true;
    });
  }

  /** Removes who has been silent longest, if that is long enough. */
  function makePlace(now: number): boolean {
    const strangers = [...known.values()].filter(({ key }) => !listed.includes(key));
    if (strangers.length < MOST) return true;
    const [oldest] = strangers.sort((a, b) => a.last - b.last);
    // A clock that was set back makes no witness silent, nor talkative for ever.
    if (!oldest || Math.abs(now - oldest.last) < SILENT) return false;
    return known.delete(oldest.key);
  }

  return {
    get known() {
      return [...known.values()];
    },
    async take(key) {
      const now = Math.round(clock.wall());
      const found = known.get(key);
      if (!found && !listed.includes(key) && !makePlace(now)) return false;
      known.set(key, { key, since: found?.since ?? now, last: now });
      changed = true;
      if (!found || clock.now() - saved > SAVE_EVERY) await save();
      return true;
    },
    async [Symbol.asyncDispose]() {
      if (changed) await save();
    },
  };
}
