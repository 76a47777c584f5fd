/** What the operator's page is made of: metrics and readiness of all processes, and `/operate.json` itself. */

import { openPages } from '../../src/pages/pages.ts';
import { OperationsDesk } from '../../src/role/site/operations.ts';
import type { Operations } from '../../src/wire/operations/operations.ts';
import { target } from './engine/target.ts';

const METRICS = `# HELP earshot_process_resident_memory_bytes x
earshot_process_resident_memory_bytes{process="door-0"} 120000000
earshot_process_cpu_seconds_total{process="door-0"} 12.5
earshot_room_listeners{room="hall"} 400
earshot_room_live{room="hall"} 1
earshot_room_busy_seconds_total{room="hall"} 2.5
earshot_door_open_connections 12
earshot_door_defence_acts{scope="client",step="wait"} 3
earshot_disk_free_bytes 5e9
earshot_disk_size_bytes 1e10
`;
const READY = 'ready\ndatabase ok\nstudio-0 failed no answer\n';
const child = (name: string) => ({
  name,
  pid: 7,
  restarts: 1,
  ready: true,
  asleep: false,
  startedAt: 0,
  memory: 3e8,
});
const CHILDREN = ['door-0', 'studio-0', 'site', 'tally'].map(child);
const pages = openPages({ manifest: {}, publicUrl: 'https://e.example/' });
const MARK = '\n\n';

export default target({
  covers: ['src/role/site/operations.ts', 'src/pages/operate-page.ts'],
  run(bytes) {
    const text = bytes.toString('utf8');
    const cut = text.indexOf(MARK);
    const [readiness, metrics] = cut < 0 ? [READY, text] : [text.slice(0, cut), text.slice(cut + 2)];
    const desk = new OperationsDesk();
    let told: Operations | undefined;
    for (const now of [1_000, 6_000])
      told = desk.gather({
        ...{ now, wall: now, version: '1', children: CHILDREN, readiness },
        metrics: [
          { labels: { process: 'door-0' }, text: metrics },
          { labels: { process: 'studio-0' }, text: metrics },
        ],
      });
    // Drawing takes a hundred times as long as reading.
    if (!told || bytes.length % 8 !== 0) return;
    const page = pages.operate(JSON.parse(JSON.stringify(told)) as Operations, 'en');
    if (/<(?:script(?! src| type="module" src)|img|iframe)/i.test(page))
      throw new Error('markup of a stranger in a page');
  },
  seeds: [METRICS, `${READY}${MARK}${METRICS}`],
  words: [
    'earshot_room_',
    'earshot_door_',
    'earshot_process_',
    '{room="',
    'NaN',
    '+Inf',
    'ok',
    'failed',
    '<b>',
  ],
});
