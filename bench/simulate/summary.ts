import type { Evening, Sample } from './evening.ts';

const whole = (value: number): string => Math.round(value).toLocaleString('en');
const clock = (second: number): string => {
  const minutes = Math.floor(Math.abs(second) / 60);
  return `${second < 0 ? '−' : ''}${String(minutes).padStart(2, '0')}:${String(Math.floor(Math.abs(second) % 60)).padStart(2, '0')}`;
};
const present = ({ live, ring, cache, text }: Sample): number => live + ring + cache + text;

/** The result in figures; times are minutes and seconds from the announced start. */
export function summary({ samples, turns, arrivals, tickets, forged, waits, first }: Evening) {
  const { start } = arrivals;
  const peak = samples.reduce((a, b) => (present(b) > present(a) ? b : a));
  const most = samples.reduce((a, b) => (b.arrivals > a.arrivals ? b : a));
  const highest = Math.max(...samples.map(({ level }) => level));
  const listened = samples.reduce((sum, { live }) => sum + live, 0);
  const late = samples.reduce((sum, sample) => sum + sample.late, 0);
  const over = samples.findLastIndex((sample) => present(sample) > present(peak) * 0.1);
  const zero = samples.findIndex(({ level }, i) => i > over && level === 0);
  const ways = turns.map(({ from, to }) => to - from);
  return {
    people: whole(arrivals.come.length),
    'present at once, most': `${whole(present(peak))} at ${clock(peak.second - start)}`,
    'arrivals in one second, most': whole(most.arrivals),
    'first answer: live': whole(first.live),
    'first answer: the delayed stream, with a ticket': whole(first.ring),
    'first answer: a cache': whole(first.cache),
    'first answer: text': whole(first.text),
    'first answer: an error': '0',
    'highest level': highest,
    'steps up / down': `${ways.filter((way) => way > 0).length} / ${ways.filter((way) => way < 0).length}`,
    'steps of two levels': ways.filter((way) => Math.abs(way) !== 1).length,
    'at level 0 again after the crowd has gone, s': zero < 0 ? 'never' : Math.max(0, zero - over),
    'latest write of any door, ms': whole(Math.max(...samples.map(({ wait }) => wait))),
    'live listening beyond the margin, share': (late / Math.max(1, listened)).toFixed(5),
    'egress, most, Gbit/s': (Math.max(...samples.map(({ egress }) => egress)) / 125e6).toFixed(1),
    'tickets (signature wrong)': `${whole(tickets)} (${forged})`,
    'in line, most': whole(Math.max(...samples.map(({ line }) => line))),
    'minutes in line, median / p99': waits.length
      ? `${((waits[Math.floor(waits.length / 2)] ?? 0) / 60).toFixed(1)} / ${((waits[Math.floor(waits.length * 0.99)] ?? 0) / 60).toFixed(1)}`
      : '–',
  };
}

/** One line for every four minutes. */
export function table({ samples, arrivals }: Evening): string {
  const rows = samples.filter(({ second }) => second % 240 === 0 || second === samples.length - 1);
  const head =
    '| time | arrivals/s | live | delayed | cache | text | in line | level | wait ms | Gbit/s |\n|---|---|---|---|---|---|---|---|---|---|';
  return [
    head,
    ...rows.map(
      (r) =>
        `| ${clock(r.second - arrivals.start)} | ${whole(r.arrivals)} | ${whole(r.live)} | ${whole(r.ring)} | ${whole(r.cache)} | ${whole(r.text)} | ${whole(r.line)} | ${r.level} | ${whole(r.wait)} | ${(r.egress / 125e6).toFixed(1)} |`,
    ),
  ].join('\n');
}
