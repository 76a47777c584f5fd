/** Watches the invariants while a schedule runs. */
import { outside } from '../../e2e/rig/server.ts';
import { verifyBundle } from './checks.ts';
import { residentMegabytes } from './installation.ts';
import type { Absence, Judge } from './judge.ts';
import { instant } from './listeners/listener.ts';
import { carried, type Stage } from './staging.ts';

const LOOK_MS = 500;
/** What happened is judged when the machine's own seconds of that time are known. */
const JUDGED_LATER_MS = 2_500;
/** Every so many looks. */
const MEMORY_EVERY = 10;
const VOICE_EVERY = 4;
const PAGES_EVERY = 2;
const PAGES_PATIENCE_MS = 2_000;
const VERIFY_EVERY_MS = 30_000;

/** What was seen at an instant, and is judged later. */
interface Seen {
  readonly at: number;
  readonly away: readonly Absence[];
  readonly voiceless: readonly Absence[];
}

/** Says what is wrong with the bundle of each room that a door gives. */
export async function verifyAll(
  { installation, rooms }: Stage,
  folder: string,
  judge: Judge,
): Promise<number> {
  let given = 0;
  for (const { slug } of rooms) {
    const found = await verifyBundle(installation.server.url, slug, folder, outside());
    if (found === undefined) continue;
    given += 1;
    if (found.ok) continue;
    judge.found('log', instant(), `the bundle of ${slug} does not verify: ${JSON.stringify(found.findings)}`);
  }
  return given;
}

/** Watches until `isOver`, or until an invariant is broken. */
export async function watch(
  stage: Stage,
  judge: Judge,
  folder: string,
  isOver: () => boolean,
): Promise<void> {
  const { installation, heard, rooms } = stage;
  const seen: Seen[] = [];
  const silentSince = new Map<string, number>();
  const judgeUntil = (until: number): void => {
    while (heard[0] && heard[0].at <= until) {
      judge.listeners(heard[0]);
      heard.shift();
    }
    while (seen[0] && seen[0].at <= until) {
      judge.absences(seen[0].away, seen[0].at);
      judge.voices(seen[0].voiceless, seen[0].at);
      seen.shift();
    }
  };
  const lookAtVoices = async (): Promise<void> => {
    const { url } = installation.server;
    const at = instant();
    const carries = await Promise.all(rooms.map(({ slug }) => carried(url, slug)));
    for (const [i, { slug }] of rooms.entries())
      if (carries[i] === 'stage') silentSince.delete(slug);
      else silentSince.set(slug, silentSince.get(slug) ?? at);
  };
  let unread: number | undefined;
  let reading = false;
  /** What is written about incidents must be there whatever else is dead: a door has it, or the press. */
  const lookAtPages = async (): Promise<void> => {
    if (reading) return;
    reading = true;
    const at = instant();
    const asked = { signal: AbortSignal.timeout(PAGES_PATIENCE_MS), headers: { connection: 'close' } };
    const ok = await fetch(`${installation.server.url}/incidents`, asked).then(
      async (answer) => answer.ok && /<html/.test(await answer.text()),
      () => false,
    );
    unread = ok ? undefined : (unread ?? at);
    reading = false;
  };
  const lookAtMemory = (): void => {
    for (const member of installation.members) {
      const pid = installation.pidOf(member);
      const megabytes = pid === undefined ? undefined : residentMegabytes(pid);
      if (megabytes === undefined) continue;
      judge.memory(member.role, `${member.role}-${member.index}`, megabytes, instant());
    }
  };
  let verifiedAt = instant();
  let verifying: Promise<void> | undefined;
  for (let turn = 0; !isOver() && judge.broken.length === 0; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const away = [...(await installation.away())];
    if (unread !== undefined) away.push({ process: 'the pages about incidents', since: unread });
    if (turn % PAGES_EVERY === 0) void lookAtPages();
    if (turn % VOICE_EVERY === 0) await lookAtVoices();
    const voiceless = [...silentSince].map(([process, since]) => ({ process, since }));
    seen.push({ away, voiceless, at: instant() });
    if (turn % MEMORY_EVERY === 0) lookAtMemory();
    if (!verifying && instant() - verifiedAt > VERIFY_EVERY_MS)
      verifying = verifyAll(stage, folder, judge).then(() => {
        [verifiedAt, verifying] = [instant(), undefined];
      });
    judgeUntil(instant() - JUDGED_LATER_MS);
  }
  await verifying;
  if (judge.broken.length > 0) return;
  await new Promise((resolve) => setTimeout(resolve, JUDGED_LATER_MS));
  judgeUntil(instant());
}
