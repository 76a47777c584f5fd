import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { systemClock } from '../../base/clock.ts';
import type { Member, MemberCommand, MemberMessage } from '../order/order.ts';
import { openShare, type ProcessShare } from './process.ts';

/** File descriptors that a crowd process needs besides its connections. */
const OTHER_FILES = 128;
/** Assumed limit of open files when the limit is unknown. */
const UNKNOWN_FILES = 1024;

/** How many connections the limit of open files allows one process. */
export function capacityOfProcess(): number {
  let text = '';
  try {
    text = readFileSync('/proc/self/limits', 'utf8');
  } catch {
    // Not Linux.
  }
  const found = /^Max open files\s+(\d+)/m.exec(text)?.[1];
  return Math.max(64, Number(found ?? UNKNOWN_FILES) - OTHER_FILES);
}

/** Starts one process of the crowd: `entry` with `args`, which must call `serveParent`. */
export async function openLocalMember(entry: string, args: readonly string[], name: string): Promise<Member> {
  const child: ChildProcess = fork(entry, [...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let hear: (said: MemberMessage) => void = () => {};
  let lost: (why: string) => void = () => {};
  let finished = false;
  const ready = Promise.withResolvers<number>();
  child.on('message', (message) => {
    const said = message as MemberMessage;
    if (said.kind === 'ready') return ready.resolve(said.capacity);
    if (said.kind === 'done') finished = true;
    hear(said);
  });
  child.on('error', (error) => ready.reject(error));
  child.on('exit', (code, signal) => {
    const why = `${name} ended with ${signal ?? code}`;
    ready.reject(new Error(why));
    if (!finished) lost(why);
  });
  return {
    name,
    capacity: await ready.promise,
    processes: 1,
    tell(told) {
      if (child.connected) child.send(told satisfies MemberCommand);
    },
    onSaid(run) {
      hear = run;
    },
    onLost(run) {
      lost = run;
    },
    [Symbol.dispose]() {
      finished = true;
      if (child.connected) child.disconnect();
    },
  };
}

/** The other side: carries out the parent process's order until it is done or the parent is gone. */
export async function serveParent(): Promise<void> {
  const say = (said: MemberMessage): void => {
    process.send?.(said);
  };
  const end = Promise.withResolvers<void>();
  let share: ProcessShare | undefined;
  // Ctrl+C reaches the whole group; the leader says when to stop, so that nothing counted is lost.
  process.on('SIGINT', () => {});
  process.on('message', (message) => {
    const told = message as MemberCommand;
    if (told.kind === 'stop') share?.stop();
    else
      share ??= openShare(
        systemClock,
        told.order,
        (second) => say({ kind: 'second', second }),
        () => say({ kind: 'done' }),
      );
  });
  process.on('disconnect', () => end.resolve());
  say({ kind: 'ready', capacity: capacityOfProcess(), processes: 1 });
  await end.promise;
  share?.[Symbol.dispose]();
}
