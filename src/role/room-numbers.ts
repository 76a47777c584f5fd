import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeskDeps } from '../incident/index.ts';
import type { Evening } from '../wire/evening.ts';
import type { HostNote, NoteWish } from '../wire/figures/host-note.ts';
import type { RoomNumbers } from '../wire/numbers.ts';

/** The tally gives way to everything else: on a machine that is busy or has just started it takes seconds. */
const WAIT_MS = 10_000;
/** While the other process is just starting it is asked again so often, ms. */
const AGAIN_MS = 100;
/** What the system says while nobody listens, or no longer. Spec: connect(2). */
const AWAY: ReadonlySet<unknown> = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET']);
/** Numbers are some kB, a bundle of a long evening some MB. */
const MOST_BYTES = 64 * 1024 * 1024;

interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Which process is asked, and how long it may take, ms. */
interface Asked {
  readonly socketPath: string;
  readonly wait: number;
}

/** Asks another process of this machine; rejects when it takes too long. What has a body is sent once. */
async function asked({ socketPath, wait }: Asked, path: string, body?: object): Promise<Answered> {
  const signal = AbortSignal.timeout(wait);
  for (;;) {
    try {
      return await askedOnce(socketPath, path, signal, body);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A connection that breaks may have carried the request already.
      if (signal.aborted || !AWAY.has(code) || (body && code === 'ECONNRESET')) throw error;
      await sleep(AGAIN_MS);
    }
  }
}

function askedOnce(socketPath: string, path: string, signal: AbortSignal, body?: object): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, signal, method: body ? 'POST' : 'GET' }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('error', reject);
      answer.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MOST_BYTES) sent.destroy(new Error('an answer of more than 64 MB'));
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on('error', reject).end(body && JSON.stringify(body));
  });
}

/** The body of an answer; undefined for 404. Rejects on any other status but 200. */
async function textOf(answer: Promise<Answered>): Promise<string | undefined> {
  const { status, text } = await answer;
  if (status !== 200 && status !== 404) throw new Error(`the tally answered ${status}`);
  return status === 404 ? undefined : text;
}

/** Fetches a room's numbers, and its bundle, from the tally. `slug` must be a valid slug. `wait`: ms at most. */
export const askForNumbers = (socketPath: string, wait = WAIT_MS) => ({
  async numbersOf(slug: string): Promise<RoomNumbers | undefined> {
    const text = await textOf(asked({ socketPath, wait }, `/rooms/${slug}`));
    return text === undefined ? undefined : (JSON.parse(text) as RoomNumbers);
  },
  bundleOf: (slug: string): Promise<string | undefined> =>
    textOf(asked({ socketPath, wait }, `/r/${slug}/bundle`)),
});

/** Fetches the evening of a room from the tally. `slug` must be a valid slug. */
export const askForEvening =
  (socketPath: string, wait = WAIT_MS) =>
  async (slug: string): Promise<Evening | undefined> => {
    const text = await textOf(asked({ socketPath, wait }, `/r/${slug}/evening.json`));
    return text === undefined ? undefined : (JSON.parse(text) as Evening);
  };

/** Fetches the notes of a room from the tally, and writes one. `slug` must be a valid slug. */
export const askForNotes = (socketPath: string, wait = WAIT_MS) => ({
  async notesOf(slug: string): Promise<readonly HostNote[]> {
    const text = await textOf(asked({ socketPath, wait }, `/notes/${slug}`));
    return text === undefined ? [] : (JSON.parse(text) as { notes: HostNote[] }).notes;
  },
  async writeNote(slug: string, wish: NoteWish): Promise<Response> {
    const { status, text } = await asked({ socketPath, wait }, `/notes/${slug}`, wish);
    const type = status === 201 ? 'application/json' : 'application/problem+json';
    return new Response(text, { status, headers: { 'content-type': type } });
  },
});

/** Asks the tally about incidents, and has it write what people say beside them. */
export const askForDesk = (socketPath: string): Pick<DeskDeps, 'read' | 'list' | 'write'> => ({
  async read(id, language) {
    const text = await textOf(asked({ socketPath, wait: WAIT_MS }, `/desk/${id}?language=${language}`));
    return text === undefined ? undefined : JSON.parse(text);
  },
  async list() {
    const text = await textOf(asked({ socketPath, wait: WAIT_MS }, '/desk'));
    return text === undefined ? [] : JSON.parse(text).incidents;
  },
  async write(wish) {
    const { status, text } = await asked({ socketPath, wait: WAIT_MS }, '/desk', wish);
    const type = status === 201 ? 'application/json' : 'application/problem+json';
    return new Response(text, { status, headers: { 'content-type': type } });
  },
});
