import { type ReadonlySignal, signal } from '@preact/signals';
import type { HostQuestions, InteractionAct } from '../../../src/wire/interaction/questions.ts';
import { roomAt } from '../../kit/room-name.ts';

/** How often the list is read, ms: hosts are few. */
const LOOK_MS = 2_000;

/** Questions, pins and reactions, as a host's page has them. */
export interface HostQuestionsDesk extends Disposable {
  readonly list: ReadonlySignal<HostQuestions | undefined>;
  /** What a host's last act was refused for; empty when it was not. */
  readonly refused: ReadonlySignal<string>;
  /** True when it is done. */
  act(action: InteractionAct): Promise<boolean>;
}

/** Opens it; `token` gives the link's token as it is now. */
export function openHostQuestions(slug: string, token: () => string): HostQuestionsDesk {
  const list = signal<HostQuestions | undefined>();
  const refused = signal('');
  let etag = '';
  let over = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = (init: RequestInit, more: Record<string, string> = {}): Promise<Response> =>
    fetch(`${roomAt(slug)}/interaction`, {
      ...init,
      headers: { authorization: `Bearer ${token()}`, ...more },
      signal: AbortSignal.timeout(5_000),
    });
  const look = async (): Promise<void> => {
    clearTimeout(timer);
    if (!document.hidden)
      try {
        const answer = await ask({ cache: 'no-store' }, etag ? { 'if-none-match': etag } : {});
        if (answer.ok) {
          etag = answer.headers.get('etag') ?? '';
          list.value = (await answer.json()) as HostQuestions;
        }
      } catch {
        // The studio's own banner says when the server is away.
      }
    clearTimeout(timer);
    if (!over) timer = setTimeout(() => void look(), LOOK_MS);
  };
  void look();
  return {
    ...{ list, refused },
    async act(action) {
      try {
        const answer = await ask(
          { method: 'POST', body: JSON.stringify(action) },
          { 'content-type': 'application/json' },
        );
        refused.value = answer.ok ? '' : (((await answer.json()) as { detail?: string }).detail ?? '…');
        void look();
        return answer.ok;
      } catch {
        refused.value = '…';
        return false;
      }
    },
    [Symbol.dispose]() {
      over = true;
      clearTimeout(timer);
    },
  };
}
