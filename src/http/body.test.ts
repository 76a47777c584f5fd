import { expect, test } from 'vitest';
import { mediaTypeOf, readBody } from './body.ts';

async function* chunks(...sizes: number[]): AsyncGenerator<Uint8Array> {
  for (const size of sizes) {
    if (size < 0) throw new Error('the client has gone');
    yield new Uint8Array(size).fill(65);
  }
}

test('a body is read whole up to its limit, and not a byte beyond', async () => {
  expect(String(await readBody(chunks(2, 3), undefined, 5))).toBe('AAAAA');
  expect(await readBody(chunks(2, 4), undefined, 5)).toBe('too-large');
  expect(String(await readBody(null, null, 5))).toBe('');
});

test('a body that declares too much is not read at all, and a lower declaration is not believed', async () => {
  let read = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    read += 1;
    yield new Uint8Array(6);
  }
  expect(await readBody(counted(), '6', 5)).toBe('too-large');
  expect(read).toBe(0);
  expect(await readBody(counted(), '1', 5)).toBe('too-large');
});

test('a body that breaks off is none', async () => {
  expect(await readBody(chunks(2, -1), undefined, 5)).toBe('broken-off');
});

test('a media type is read without parameters and in lower case', () => {
  expect(mediaTypeOf('Application/JSON ; charset=utf-8')).toBe('application/json');
  expect([mediaTypeOf(undefined), mediaTypeOf(null), mediaTypeOf('')]).toEqual(['', '', '']);
});
