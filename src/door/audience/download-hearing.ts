import type { Listening } from '../request/listening.ts';
import type { FileHearing } from '../socket/hearing.ts';
import type { FileSessions } from './file-hearing.ts';
import type { ListeningSessions } from './sessions.ts';

/** What counting those who fetch a recording as one file needs. */
export interface DownloadHearingDeps {
  readonly sessions: ListeningSessions;
  readonly files: Pick<FileSessions, 'download'>;
}

/** An answer that is being taken. */
interface Taking {
  /** Seconds of sound that were taken by now. */
  taken(): number;
  /** How many of them were counted, ms. */
  counted: number;
}

/**
 * Those who fetch the recording as one file, whole or range by range: one session for each listener key, which has what
 * was taken so far, while it is taken. Whoever takes all of it at once and hears it later is not heard of.
 */
export class DownloadHearing {
  readonly #deps: DownloadHearingDeps;
  /** By row. */
  readonly #answers = new Map<number, Set<Taking>>();

  constructor(deps: DownloadHearingDeps) {
    this.#deps = deps;
  }

  /** An answer begins; to be called back when it is over. `taken`: seconds of sound that were taken by now. */
  begin(hearing: FileHearing, slug: string, who: Listening, taken: () => number): () => void {
    const { sessions, files } = this.#deps;
    const row = files.download(hearing, slug, who);
    if (row < 0) return () => undefined;
    sessions.begins(row);
    const answer: Taking = { taken, counted: 0 };
    const all = this.#answers.get(row) ?? new Set();
    this.#answers.set(row, all.add(answer));
    return () => {
      this.look(row);
      all.delete(answer);
      if (all.size === 0) this.#answers.delete(row);
    };
  }

  /** True while a session takes a recording. */
  takes(row: number): boolean {
    return this.#answers.has(row);
  }

  /** Counts what a session has taken by now. */
  look(row: number): void {
    const all = this.#answers.get(row);
    if (!all) return;
    const { sessions } = this.#deps;
    sessions.present(row);
    for (const answer of all) {
      const now = answer.taken() * 1000;
      if (now > answer.counted) sessions.deliver(row, now - answer.counted);
      answer.counted = Math.max(answer.counted, now);
    }
  }
}
