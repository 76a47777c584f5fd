/** What a machine of a rehearsal hears from another: orders, curves, and answers of a server. */
import { EarshotError } from '../../src/base/errors.ts';
import { readOrder } from '../../src/rehearsal/machines/received-order.ts';
import { readCurve } from '../../src/rehearsal/order/curve.ts';
import { ResponseReader } from '../../src/rehearsal/people/response-reader.ts';
import { target } from './engine/target.ts';

const ORDER = {
  ...{ address: { name: 'x.example:8080', tls: true }, slug: 'hall', codec: 'opus', rate: 64, listeners: 10 },
  ...{
    curve: { kind: 'ramp', seconds: 5 },
    hold: 1_000,
    pages: 0.5,
    hls: 0.1,
    asPage: 0,
    from: ['127.0.0.2'],
  },
  ...{ zero: 1, startsIn: 5, clockOffset: -1, seed: 1 },
};
const ARRIVALS = {
  kind: 'file',
  arrivals: [
    [0, 1],
    [5, 20],
  ],
};

export default target({
  covers: [
    'src/rehearsal/machines/received-order.ts',
    'src/rehearsal/order/curve.ts',
    'src/rehearsal/people/response-reader.ts',
  ],
  run(bytes) {
    const text = bytes.toString('utf8');
    let said: unknown;
    try {
      said = JSON.parse(text);
    } catch {}
    readOrder(said);
    try {
      readCurve(text);
    } catch (error) {
      // A file that is no curve is refused by an error with a code.
      if (!(error instanceof EarshotError)) throw error;
    }
    const cut = bytes[0] ?? 0;
    let got = 0;
    const reader = new ResponseReader({
      head: (status) => {
        if (!(status >= 200 && status <= 999)) throw new Error(`status ${status}`);
      },
      body: (_, at, end) => {
        if (at < 0 || end < at || end > bytes.length) throw new Error(`a body from ${at} to ${end}`);
        got += end - at;
      },
      done: () => {},
      broken: () => {},
    });
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(bytes.length, at + 1 + cut);
      reader.push(bytes, at, end);
      at = end;
    }
    if (got > bytes.length) throw new Error('more than there is');
  },
  seeds: [
    JSON.stringify(ORDER),
    JSON.stringify({ ...ORDER, curve: ARRIVALS }),
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: "a"\r\n\r\nhello',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nx: y\r\n\r\n',
    'HTTP/1.0 503 Busy\r\nRetry-After: 5\r\n\r\nsorry',
    'second,arrivals\n0,5\n10;20\n',
    '[[0,5],{"second":10,"arrivals":7}]',
  ],
});
