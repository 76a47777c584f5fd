/** What the audience says back: reactions, questions in text, and what hosts pin for everybody to read. */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { problem } from '../base/reply.ts';
import { find } from '../http/index.ts';
import type { Tokens } from '../keys/token.ts';
import { openQuestionFile, removeStaleQuestions } from './question-file.ts';
import { type InteractionHooks, InteractionRoom } from './room.ts';
import { routes } from './routes.ts';

export type { InteractionHooks, InteractionRefusal, InteractionRoom } from './room.ts';

/** Dependencies. */
export interface InteractionDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly tokens: Pick<Tokens, 'check'>;
  /** Folder in which questions are kept; without it a restart loses them. */
  readonly dir?: string;
  /** The name of the rule that a text breaks in a room; default: none does. */
  brokenRule?(slug: string, text: string): string | undefined;
}

/** The part, for the rooms of one cell. */
export interface Interaction {
  /** Opens a room. Dispose the result to close it. */
  openRoom(slug: string, hooks: InteractionHooks): InteractionRoom;
  /** Answers `/r/:slug/questions`, `/r/:slug/questions/:id/vote`, `/r/:slug/questions/:id/own` and `/r/:slug/interaction`. */
  fetch(request: Request): Promise<Response>;
}

const HERE: ReadonlySet<string> = new Set([...['questions', 'question-vote', 'question-own', 'interaction']]);

/** True for a path that this part answers. */
export const answersHere = (path: string): boolean => HERE.has(find(path)?.address.id ?? '');

/** Opens the part. */
export function open({ clock, log, tokens, dir, brokenRule }: InteractionDeps): Interaction {
  const rooms = new Map<string, InteractionRoom>();
  if (dir !== undefined) removeStaleQuestions(dir, clock.wall());
  const app = routes({
    rooms: (slug) => rooms.get(slug),
    tokens,
    clock,
    ...(brokenRule ? { brokenRule } : {}),
  });
  app.onError((error) => {
    log.error(
      { error: error.stack ?? String(error) },
      'a bug in Earshot made a question or a vote fail: please report it with this line',
    );
    const { status, headers, body } = problem('internal', undefined, { 'retry-after': '1' });
    return new Response(String(body), { status, headers });
  });
  return {
    openRoom(slug, hooks) {
      const file = dir === undefined ? undefined : openQuestionFile(dir, slug, log);
      const room = new InteractionRoom(slug, hooks, file);
      rooms.set(slug, room);
      const close = room[Symbol.dispose].bind(room);
      return Object.assign(room, {
        [Symbol.dispose]() {
          if (rooms.get(slug) === room) rooms.delete(slug);
          close();
        },
      });
    },
    fetch: async (request) => app.fetch(request),
  };
}
