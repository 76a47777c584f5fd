import { expect, test } from 'vitest';
import { header, ResponseReader } from './response-reader.ts';

function read(bytes: Buffer, piece: number) {
  const found = { status: 0, head: '', body: '', done: 0, broken: 0 };
  const reader = new ResponseReader({
    head: (status, head) => Object.assign(found, { status, head }),
    body: (chunk, at, end) => (found.body += chunk.toString('latin1', at, end)),
    done: () => (found.done += 1),
    broken: () => (found.broken += 1),
  });
  for (let at = 0; at < bytes.length; at += piece) {
    const part = Buffer.from(bytes.subarray(at, at + piece));
    reader.push(part, 0, part.length);
  }
  return { ...found, whole: reader.whole };
}
const PIECES = [1, 2, 3, 5, 8, 1000];

test.each(PIECES)(
  'a response without a length continues to the end of the connection (%i bytes at a time)',
  (piece) => {
    const found = read(
      Buffer.from('HTTP/1.1 200 OK\r\nEarshot-Period: 640\r\n\r\nsound\r\n\r\nsound'),
      piece,
    );
    expect(found).toMatchObject({ status: 200, body: 'sound\r\n\r\nsound', done: 0, broken: 0, whole: true });
    expect(header(found.head, 'earshot-period')).toBe('640');
    expect(header(found.head, 'earshot-next')).toBeUndefined();
  },
);

test.each(PIECES)('an answer with a length ends there (%i bytes at a time)', (piece) => {
  const head = 'HTTP/1.1 404 Not Found\r\ncontent-length: 5\r\n\r\n';
  expect(read(Buffer.from(`${head}hellomore`), piece)).toMatchObject({ status: 404, body: 'hello', done: 1 });
  expect(read(Buffer.from(`${head}hell`), piece)).toMatchObject({ body: 'hell', done: 0, whole: false });
});

test.each(PIECES)('chunks are taken out of their frames (%i bytes at a time)', (piece) => {
  const text =
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;ext=1\r\n, chunks\r\n\r\n0\r\nTrailer: x\r\n\r\n';
  expect(read(Buffer.from(text), piece)).toMatchObject({ body: 'hello, chunks\r\n', done: 1, broken: 0 });
});

test('anything but a response, and a head without an end, are refused', () => {
  expect(read(Buffer.from('SSH-2.0-OpenSSH\r\n\r\n'), 100).broken).toBe(1);
  expect(read(Buffer.from(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(5000)}`), 1000).broken).toBe(1);
});

test.each(['0.3', '-1', '1e3', 'x', '', '99999999999999999999'])(
  'an answer whose length is "%s" is none: a part of a byte was waited for without end',
  (length) => {
    const text = `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\nhello`;
    expect(read(Buffer.from(text), 1000)).toMatchObject({ body: '', done: 0, broken: 1 });
  },
);

test('the end of a head is found wherever it is cut', () => {
  for (let cut = 1; cut < 4; cut += 1)
    expect(read(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab'), 37 - cut)).toMatchObject({
      ...{ status: 200, body: 'ab', done: 1 },
    });
});
