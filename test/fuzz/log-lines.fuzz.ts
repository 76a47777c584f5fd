/** Access logs of any server, and the verdict on what was read. */
import { emptyRequest, openVerdict, recogniseFormat, verdictPage } from '../../src/verdict/index.ts';
import { target } from './engine/target.ts';

const TIME = '30/Nov/2026:20:00:01 +0000';
const COMBINED = `203.0.113.9 - - [${TIME}] "GET /r/hall/live/aac96.m3u8?_HLS_msn=7 HTTP/1.1" 200 512 "https://x/" "Mozilla/5.0 (X11)"`;

export default target({
  covers: ['src/verdict/lines/', 'src/verdict/clients/', 'src/verdict/judge/counts.ts'],
  run(bytes) {
    const lines = bytes.toString('utf8').split('\n');
    const format = recogniseFormat(lines);
    if (!format) return;
    const verdict = openVerdict();
    const request = emptyRequest();
    let unread = 0;
    for (const line of lines) {
      if (format.kind === 'counts') {
        const row = format.row(line);
        if (row) verdict.count(row);
      } else if (format.parse(line, request)) verdict.add(request);
      else unread += 1;
    }
    // Judging takes a hundred times as long as reading.
    if (bytes.length % 16 !== 0) return;
    const found = verdict.finish({
      files: [],
      unread,
      durations: format.kind === 'requests' && format.durations,
    });
    JSON.stringify(found);
    verdictPage(found);
  },
  seeds: [
    [
      COMBINED,
      COMBINED.replace('203.0.113.9', '2001:db8::1').replace('200 512', '503 0'),
      COMBINED.replace('GET', 'POST'),
    ].join('\n'),
    `www.x.example:443 ${COMBINED} 0.012`,
    `<14>Nov 30 20:00:01 host haproxy[7]: 203.0.113.9:5000 [30/Nov/2026:20:00:01.123] http-in~ back/server1 0/0/1/20/21 200 512 - - ---- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`,
    JSON.stringify({
      ts: 1_796_000_000.5,
      request: { remote_ip: '203.0.113.9', method: 'GET', uri: '/x', headers: { 'User-Agent': ['curl/8'] } },
      status: 200,
      size: 5,
      duration: 0.01,
    }),
    JSON.stringify({
      time_iso8601: '2026-11-30T20:00:01+00:00',
      remote_addr: '203.0.113.9',
      request: 'GET /x HTTP/1.1',
      status: '200',
      body_bytes_sent: '7',
      request_time: '0.01',
      http_user_agent: 'curl',
    }),
    'time,requests,errors\n2026-11-30T20:00:00Z,100,0\n2026-11-30T20:00:10Z,9000,800\n2026-11-30T20:00:20Z,9000,8000',
  ],
  mostBytes: 4_096,
  patienceMs: 1_000,
});
