/** CPU seconds per second of program for 1, 5 and 12 speakers who all talk at once, and for hold music alone. */
import type { SpeakerId } from '../src/base/ids.ts';
import { holdMusic } from '../src/mixer/index.ts';
import { carried, noMusic, openBench, spoken } from '../test/mixing.ts';
import { speechLike } from '../test/sound.ts';

const SECONDS = 20;

const rows: { speakers: number; loss: string; 'CPU s/s': string; 'slowest block, ms': string }[] = [];
const voices = await Promise.all(
  Array.from({ length: 12 }, (_, index) =>
    spoken(speechLike(SECONDS, index + 1), { fec: true, complexity: 3 }),
  ),
);
for (const loss of [0, 0.1])
  for (const speakers of loss ? [12] : [0, 1, 5, 12]) {
    await using bench = await openBench({
      music: speakers ? noMusic : holdMusic(),
      live: speakers > 0,
      keep: false,
    });
    const ids = Array.from({ length: speakers }, (_, index) => `s${index}` as SpeakerId);
    await bench.join(...ids);
    const packets = ids
      .flatMap((id, index) => carried(id, voices[index] ?? [], 0, { jitter: 40, loss, seed: index + 1 }))
      .sort((a, b) => a.arrival - b.arrival);
    bench.pass(
      1000,
      packets.filter((packet) => packet.arrival < 1000),
    );
    const rest = packets.filter((packet) => packet.arrival >= 1000);
    const before = process.cpuUsage();
    let slowest = 0;
    let next = 0;
    for (let until = 1020; until <= SECONDS * 1000; until += 20) {
      const from = next;
      while ((rest[next]?.arrival ?? Number.POSITIVE_INFINITY) <= until) next += 1;
      const start = performance.now();
      bench.pass(until - bench.clock.now(), rest.slice(from, next));
      slowest = Math.max(slowest, performance.now() - start);
    }
    const { user, system } = process.cpuUsage(before);
    rows.push({
      speakers,
      loss: `${loss * 100} %`,
      'CPU s/s': ((user + system) / 1e6 / (SECONDS - 1)).toFixed(4),
      'slowest block, ms': slowest.toFixed(1),
    });
  }
console.table(rows);
