import { expect, test } from 'vitest';
import { DEFENCE } from './thresholds.ts';
import { passIn, WaitPasses, withPass } from './wait-pass.ts';

test('a pass is good once its holder has waited, for a time, and in its network alone', () => {
  let now = 1_800_000_000_000;
  const passes = new WaitPasses(new Uint8Array(32).fill(7), () => now);
  const pass = passes.give('192.0.2');
  expect(passes.worth(pass, '192.0.2')).toBe('early');
  now += DEFENCE.waitSeconds * 1_000;
  expect(passes.worth(pass, '192.0.2')).toEqual({ id: expect.any(Number) });
  expect(passes.worth(pass, '192.0.3')).toBeUndefined();
  for (const [i, letter] of [...pass].entries()) {
    const other = `${pass.slice(0, i)}${letter === 'a' ? 'b' : 'a'}${pass.slice(i + 1)}`;
    // The last letter of each part holds bits that mean nothing.
    if (other.endsWith(pass.slice(-1)) && i !== pass.lastIndexOf('.') - 1)
      expect(passes.worth(other, '192.0.2'), other).toBeUndefined();
  }
  expect(new WaitPasses(new Uint8Array(32), () => now).worth(pass, '192.0.2')).toBeUndefined();
  now += DEFENCE.passSeconds * 1_000;
  expect(passes.worth(pass, '192.0.2')).toBeUndefined();
});

test('a pass travels in the address of the page, and in the Referer of what the page loads', () => {
  expect(withPass('/r/hall', 'x.y.z')).toBe('/r/hall?wait=x.y.z');
  expect(withPass('/r/hall?a=1&wait=old', 'x.y.z')).toBe('/r/hall?a=1&wait=x.y.z');
  expect(withPass('/', 'x.y.z')).toBe('/?wait=x.y.z');
  expect(passIn('/r/hall?a=1&wait=x.y.z')).toBe('x.y.z');
  expect(passIn('https://live.example/r/hall?wait=x.y.z')).toBe('x.y.z');
  expect([passIn('/r/hall'), passIn(undefined)]).toEqual([undefined, undefined]);
});

test('a page with a pass is always one of this server', () => {
  for (const target of [
    '//evil.example/x',
    '/\\evil.example/x',
    '\\\\evil.example/x',
    '///\\/evil.example/x',
    'x:y',
  ]) {
    const there = new URL(withPass(target, 'x.y.z'), 'https://live.example/r/hall');
    expect(there.host, target).toBe('live.example');
    expect(there.protocol, target).toBe('https:');
  }
  expect(withPass('//evil.example/x?a=1', 'x.y.z')).toBe('/evil.example/x?a=1&wait=x.y.z');
});

test('letters of a path are no pass', () => {
  expect(passIn('/r/hall&wait=old?wait=x.y.z')).toBe('x.y.z');
  expect(passIn('/r/hall&wait=old')).toBeUndefined();
  expect(passIn('/r/hall?a=1#&wait=old')).toBeUndefined();
});
