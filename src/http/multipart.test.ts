import { expect, test } from 'vitest';
import { boundaryOf, readMultipart } from './multipart.ts';

const LIMITS = { parts: 4, fields: 100 };
const part = (head: string, body: string): string =>
  `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`;
async function* pieces(text: string, length: number): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}
/** Fields and files of a form, or what is wrong with it. */
async function read(text: string, length = 7, limits = LIMITS): Promise<[fields: string, files: string[]]> {
  const files: string[] = [];
  const fields = await readMultipart(pieces(text, length), 'b', limits, async (name, bytes) => {
    const parts: Uint8Array[] = [];
    for await (const one of bytes) parts.push(one);
    files.push(`${name}=${Buffer.concat(parts).toString('latin1')}`);
  });
  return [`${fields}`, files];
}

test('fields and files are read however the form is cut into pieces', async () => {
  const form = `${part('name="text"', 'a\r\n--c')}${part('name="file"; filename="x.png"', '\r\n--\r\n-')}${part('name="file"; filename=""', '')}--b--\r\n`;
  for (let length = 1; length < form.length; length += 1)
    expect(await read(form, length), `${length}`).toEqual(['text=a%0D%0A--c', ['file=\r\n--\r\n-', 'file=']]);
});

test('a file that nobody reads to its end is passed over', async () => {
  const form = `${part('name="file"; filename="x"', 'y'.repeat(10_000))}${part('name="text"', 'after')}--b--`;
  const fields = await readMultipart(pieces(form, 500), 'b', LIMITS, async (_, bytes) => {
    for await (const __ of bytes) break;
  });
  expect(`${fields}`).toBe('text=after');
});

test('a form that breaks off, is none, or has too much in it is refused', async () => {
  const whole = `${part('name="text"', 'a')}--b--`;
  expect((await read(whole.slice(0, -4)))[0]).toBe('broken');
  expect((await read('nothing'))[0]).toBe('broken');
  expect((await read(part('filename="x"', 'a')))[0]).toBe('broken');
  expect((await read(`${part('name="text"', 'a'.repeat(101))}--b--`))[0]).toBe('too-large');
  expect((await read(`${part('name="t"', 'a'.repeat(51)).repeat(2)}--b--`))[0]).toBe('too-large');
  expect((await read(`${part('name="t"', '').repeat(6)}--b--`))[0]).toBe('too-large');
  expect((await read(`--b\r\n${'x'.repeat(5_000)}\r\n\r\n--b--`))[0]).toBe('too-large');
});

test('the boundary is where the content type says', () => {
  expect(boundaryOf('multipart/form-data; boundary=abc')).toBe('abc');
  expect(boundaryOf('Multipart/Form-Data; charset=utf-8; boundary="a b"')).toBe('a b');
  for (const other of [
    null,
    '',
    'multipart/form-data',
    'application/json; boundary=a',
    `multipart/form-data; boundary=${'a'.repeat(71)};`,
  ])
    expect(boundaryOf(other)).toBeUndefined();
});
