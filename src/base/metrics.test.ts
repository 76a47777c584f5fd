import { expect, test } from 'vitest';
import { exposition, mergeExpositions } from './metrics.ts';

test('metrics are written with HELP, TYPE and escaped labels; unknown values are left out', () => {
  expect(
    exposition([
      { name: 'earshot_disk_free_bytes', kind: 'gauge', help: 'Free\nbytes', value: 12 },
      {
        name: 'earshot_x_total',
        kind: 'counter',
        help: 'Xs',
        value: [
          [{ room: 'a"\\\n' }, 1],
          [{ room: 'b' }, Number.NaN],
        ],
      },
    ]),
  ).toBe(
    '# HELP earshot_disk_free_bytes Free\\nbytes\n# TYPE earshot_disk_free_bytes gauge\nearshot_disk_free_bytes 12\n' +
      '# HELP earshot_x_total Xs\n# TYPE earshot_x_total counter\nearshot_x_total{room="a\\"\\\\\\n"} 1\n',
  );
});

test.each([
  ['earshot_wait_milliseconds', 'gauge'],
  ['earshot_size_kilobytes', 'gauge'],
  ['earshot_sent', 'counter'],
  ['earshot_sent_total', 'gauge'],
  ['other_thing', 'gauge'],
  ['earshot_Upper', 'gauge'],
] as const)('%s is not a name for a %s', (name, kind) => {
  expect(() => exposition([{ name, kind, help: 'x', value: 1 }])).toThrow(RangeError);
});

test('the metrics of several processes are merged, each metric once, each sample with its process', () => {
  const door = (n: number): string =>
    exposition([
      { name: 'earshot_a_total', kind: 'counter', help: 'A', value: n },
      { name: 'earshot_b', kind: 'gauge', help: 'B', value: [[{ room: 'x,y="1"' }, n]] },
    ]);
  expect(
    mergeExpositions([
      { labels: { process: 'door-0' }, text: door(1) },
      { labels: { process: 'door-1' }, text: door(2) },
      { labels: {}, text: exposition([{ name: 'earshot_c', kind: 'gauge', help: 'C', value: 3 }]) },
    ]),
  ).toBe(
    '# HELP earshot_a_total A\n# TYPE earshot_a_total counter\nearshot_a_total{process="door-0"} 1\nearshot_a_total{process="door-1"} 2\n' +
      '# HELP earshot_b B\n# TYPE earshot_b gauge\nearshot_b{room="x,y=\\"1\\"",process="door-0"} 1\nearshot_b{room="x,y=\\"1\\"",process="door-1"} 2\n' +
      '# HELP earshot_c C\n# TYPE earshot_c gauge\nearshot_c 3\n',
  );
});
