import type { QuestionWithdrawal } from '../wire/interaction/questions.ts';
import { isOver } from '../wire/room.ts';
import type { Decisions } from './decisions.ts';
import type { ModerationDeps } from './moderation-deps.ts';

/** Questions that are taken out at once, on the whole server; the oldest beyond it come back. */
const MOST_WITHDRAWN = 5_000;

/** Tells the studio which questions are taken out of the lists. */
export interface Withdrawing {
  /** Tells what holds now. */
  publish(): Promise<void>;
}

/** Opens it. */
export function openWithdrawing(
  deps: Pick<ModerationDeps, 'publicUrl' | 'cardOf' | 'publishWithdrawn'> & { readonly decisions: Decisions },
): Withdrawing {
  return {
    async publish() {
      const all: Record<string, Record<string, QuestionWithdrawal>> = {};
      for (const { room = '', target = '', reason, notice } of await deps.decisions.withdrawn(
        MOST_WITHDRAWN,
      )) {
        // The questions of a room that is over are gone with it.
        const known = all[room] !== undefined || !isOver((await deps.cardOf(room))?.status ?? 'ended');
        if (!known || target === '') continue;
        all[room] ??= {};
        all[room][target] = { reason, notice: `${deps.publicUrl ?? ''}/notice/${notice}` };
      }
      deps.publishWithdrawn(all);
    },
  };
}
