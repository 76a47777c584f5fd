/** The first bytes of a connection, as a door reads them itself: streams, small files, beacons. */
import { readBeaconHead } from '../../src/door/audience/beacon-head.ts';
import { LIMITS } from '../../src/door/limits.ts';
import { openClients } from '../../src/door/network/trusted-proxies.ts';
import { forwardedForIn, readFileHead } from '../../src/door/request/file-head.ts';
import { readFirstHead, wholeLength } from '../../src/door/request/first-head.ts';
import { listeningOn } from '../../src/door/request/listening.ts';
import { readStreamRequest, streamFields } from '../../src/door/request/stream-query.ts';
import { target } from './engine/target.ts';

const clients = openClients(['127.0.0.1']);
const socket = { remoteAddress: '127.0.0.1' } as Parameters<typeof listeningOn>[1]['socket'];
const BROWSER =
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0\r\nSec-CH-UA: "Chromium";v="140"\r\nAccept-Encoding: gzip, br;q=0.5\r\n';

export default target({
  covers: ['src/door/request/', 'src/door/audience/beacon-head.ts', 'src/door/network/trusted-proxies.ts'],
  run(bytes) {
    const head = readFirstHead(bytes, LIMITS);
    const file = readFileHead(bytes, LIMITS);
    if (file.kind === 'file') readFileHead(bytes, LIMITS, { fields: file.fields, gzip: file.gzip });
    wholeLength(bytes, LIMITS);
    const text = bytes.toString('latin1');
    readBeaconHead(text.split('\r\n\r\n')[0] ?? '', { headers: LIMITS.headers, most: 512 });
    forwardedForIn(text);
    if (head.kind !== 'stream') return;
    listeningOn(clients, { socket }, text);
    const request = readStreamRequest(head.target, head.titles);
    if (request) streamFields(request, undefined);
  },
  seeds: [
    `GET /r/hall/stream?codec=aac&rate=64&after=12&margin=300&back=a.b&session=new&ticket=q1.x HTTP/1.1\r\nHost: x\r\n${BROWSER}\r\n`,
    'HEAD /r/hall/radio.mp3 HTTP/1.0\r\nIcy-MetaData: 1\r\nX-Forwarded-For: 203.0.113.9, 10.0.0.1\r\n\r\n',
    `GET /r/hall/live/opus64.m3u8?_HLS_msn=7&_HLS_part=1 HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n${BROWSER}\r\n`,
    'POST /r/hall/beacon HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 170\r\n\r\n{}',
    'POST /r/hall/whip HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n4\r\nabcd\r\n0\r\n\r\n',
    'GET http://other/r/hall HTTP/1.1\r\nHost: y\r\nVia: 1.1 proxy\r\nForwarded: for=1.2.3.4\r\nDNT: 1\r\nSec-Purpose: prefetch\r\n\r\n',
  ],
  words: [
    '\r\n\r\n',
    'Host: x\r\n',
    'Content-Length: 0\r\n',
    'Transfer-Encoding: chunked\r\n',
    ' HTTP/1.1\r\n',
    '/r/',
    '/live/',
  ],
  mostBytes: 10_000,
});
