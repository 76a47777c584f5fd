/**
 * A speaker on a bad link: Chromium in its own network namespace loses packets in both directions; the mixer's counters
 * show how much it had to conceal. Needs root. `npm run bench -- loss [seconds]`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBrowser } from '../e2e/rig/browser.ts';
import { lossyLink } from '../e2e/rig/netns.ts';
import { goLive, joinStage } from '../e2e/rig/people.ts';
import { startServer } from '../e2e/rig/server.ts';
import { writeSpeech } from '../e2e/rig/sound.ts';

const SECONDS = Number(process.argv[2] ?? 60);
const SPEECH =
  'A voice crosses a bad network. One packet in ten is lost on its way there, and one in ten on its way back. What is lost is asked for again, or rebuilt from its neighbours, and only what is left after that has to be invented.';
const FRAMES_PER_SECOND = 50;

const dir = mkdtempSync(join(tmpdir(), 'earshot-loss-'));
const microphone = join(dir, 'speech.wav');
writeSpeech(microphone, SPEECH);
using link = lossyLink();
await using server = await startServer(
  { EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' },
  link.serverPrefix,
  link.serverAddress,
);
const origin = `http://${link.serverAddress}:${server.port}`;
await using browser = await startBrowser({
  microphone,
  executable: link.chromium,
  flags: [`--unsafely-treat-insecure-origin-as-secure=${origin}`],
});

const counters = async (): Promise<Map<string, number>> =>
  new Map(
    (await server.metrics()).split('\n').flatMap((line) => {
      const [, name, value] = /^earshot_mixer_(\w+)\{.*\} ([\d.e+-]+)$/.exec(line) ?? [];
      return name && value ? [[name, Number(value)] as const] : [];
    }),
  );

const room = await server.room('A bad link');
const path = new URL(room.studio);
const page = await browser.page(`${origin}${path.pathname}${path.hash}`);
await joinStage(page);
await goLive(page);
console.log(
  '\n| loss each way | packets received | rebuilt (FEC) | concealed | concealed, % of program frames |\n|---|---|---|---|---|',
);
for (const share of [0, 0.05, 0.1, 0.2]) {
  link.lose(share);
  await new Promise((resolve) => setTimeout(resolve, 8000));
  const before = await counters();
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
  const after = await counters();
  const grown = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  const concealed = grown('concealed_frames_total');
  console.log(
    `| ${share * 100} % | ${grown('received_packets_total')} | ${grown('fec_frames_total')} | ${concealed} | ${((concealed / (SECONDS * FRAMES_PER_SECOND)) * 100).toFixed(2)} % |`,
  );
}
rmSync(dir, { recursive: true, force: true });
