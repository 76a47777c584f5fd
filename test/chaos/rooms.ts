/** Rooms of a run, and who speaks in them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { outside } from '../../e2e/rig/server.ts';

const ENTRY = fileURLToPath(new URL('../../src/cli/index.ts', import.meta.url));
const TALK = fileURLToPath(new URL('../../assets/welcome.opus', import.meta.url));

/** A room and its host's token. */
export interface ChaosRoom {
  readonly slug: string;
  readonly token: string;
}

async function post(url: string, body: unknown, token?: string): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Makes a room and puts it on air. */
export async function openRoom(url: string, title: string): Promise<ChaosRoom> {
  const { slug, token } = (await post(`${url}/api/rooms`, { title })) as ChaosRoom;
  await post(`${url}/api/rooms/${slug}/live`, {}, token);
  return { slug, token };
}

/** Ends it. */
export const endRoom = (url: string, { slug, token }: ChaosRoom): Promise<unknown> =>
  post(`${url}/api/rooms/${slug}/end`, {}, token);

/** A token for somebody who speaks. */
export async function invite(url: string, { slug, token }: ChaosRoom, name: string): Promise<string> {
  const made = await post(`${url}/api/rooms/${slug}/invites`, { name }, token);
  return (made as { token: string }).token;
}

/** `earshot say --loop`, which comes back by itself; started again if it ends nevertheless. */
export function openSpeaker(options: {
  readonly url: string;
  readonly slug: string;
  readonly token: string;
  readonly prefix: readonly string[];
  /** Called with what it wrote when it ends by itself. */
  readonly ended: (words: string) => void;
}): Disposable {
  let child: ChildProcess | undefined;
  let closed = false;
  const start = (): void => {
    let words = '';
    const say = [ENTRY, 'say', TALK, '--room', options.slug, '--url', options.url, '--token', options.token];
    const [program = process.execPath, ...args] = [...options.prefix, process.execPath, ...say, '--loop'];
    child = spawn(program, args, { env: outside(), stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr?.on('data', (chunk) => {
      words = (words + chunk).slice(-2_000);
    });
    child.once('close', () => {
      if (closed) return;
      options.ended(words);
      setTimeout(() => !closed && start(), 1_000);
    });
  };
  start();
  return {
    [Symbol.dispose]() {
      closed = true;
      child?.kill('SIGKILL');
    },
  };
}
