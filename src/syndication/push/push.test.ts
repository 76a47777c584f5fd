import { createECDH, createPublicKey, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { browserKeys, decryptPush } from '../../../test/push-receiver.ts';
import { encryptPush, isPushKeys, MOST_PAYLOAD } from './encryption.ts';
import { retryAfter } from './push-way.ts';
import { openVapid } from './vapid.ts';

const NOW = Date.UTC(2026, 11, 1);

test('a message is encrypted to the byte as the example of RFC 8291, 5 and appendix A', () => {
  const sender = createECDH('prime256v1');
  sender.setPrivateKey(Buffer.from('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw', 'base64url'));
  const to = {
    endpoint: 'https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV',
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  };
  const salt = Buffer.from('DGv6ra1nlYgDCS1FRnbzlw', 'base64url');
  const body = encryptPush(Buffer.from('When I grow up, I want to be a watermelon'), to, { sender, salt });
  expect(body.toString('base64url')).toBe(
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  );
});

test('the receiver reads it, with keys that were never used before; what is too long is refused', () => {
  const browser = browserKeys();
  const to = { endpoint: 'https://push.example/1', ...browser.keys };
  const texts = ['', 'a', 'é'.repeat(1_000), 'x'.repeat(MOST_PAYLOAD)];
  const sealed = texts.map((text) => encryptPush(Buffer.from(text), to));
  expect(sealed.map((body) => decryptPush(body, browser).toString())).toEqual(texts);
  for (const body of sealed) expect(body.length).toBeLessThanOrEqual(4_096);
  expect(new Set(sealed.map((body) => body.subarray(21, 86).toString('hex'))).size).toBe(4);
  expect(() => encryptPush(Buffer.alloc(MOST_PAYLOAD + 1), to)).toThrow(RangeError);
});

test('keys with which nothing can be encrypted are known', () => {
  const { keys } = browserKeys();
  expect(isPushKeys(keys)).toBe(true);
  const point = Buffer.from(keys.p256dh, 'base64url');
  const off = Buffer.from(point);
  off[40] = (off[40] ?? 0) ^ 1;
  for (const p256dh of [off, point.subarray(1), Buffer.alloc(65), Buffer.alloc(0)])
    expect(isPushKeys({ ...keys, p256dh: p256dh.toString('base64url') })).toBe(false);
  expect(isPushKeys({ ...keys, auth: 'AAAA' })).toBe(false);
});

test('who sends is signed for one push service, for half a day, with a key that follows from the secret', () => {
  const vapid = openVapid(new Uint8Array(32).fill(7), 'https://rooms.example');
  const header = vapid.authorization('https://push.example:8443/a/b', NOW);
  const [, head = '', claims = '', signature = '', k = ''] =
    /^vapid t=([^.]+)\.([^.]+)\.([^,]+), k=(\S+)$/.exec(header) ?? [];
  expect(k).toBe(vapid.publicKey);
  const point = Buffer.from(k, 'base64url');
  const jwk = {
    ...{ kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url') },
    y: point.subarray(33).toString('base64url'),
  };
  const key = createPublicKey({ format: 'jwk', key: jwk });
  const good = (text: string): boolean =>
    verify(
      'sha256',
      Buffer.from(text),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
  expect([good(`${head}.${claims}`), good(`${head}.${claims}x`)]).toEqual([true, false]);
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({
    ...{ aud: 'https://push.example:8443', exp: NOW / 1_000 + 43_200, sub: 'https://rooms.example' },
  });
  expect(vapid.authorization('https://push.example:8443/c', NOW + 5 * 3_600_000)).toBe(header);
  expect(vapid.authorization('https://push.example:8443/c', NOW + 7 * 3_600_000)).not.toBe(header);
  expect(vapid.authorization('https://push.example:8443/c', NOW - 3_600_000)).not.toBe(header);
  expect(openVapid(new Uint8Array(32).fill(7), 'x').publicKey).toBe(vapid.publicKey);
  // Bytes that are no private key of the curve.
  expect(openVapid(new Uint8Array(32).fill(255), 'x').publicKey).toHaveLength(87);
});

test('the pause that a push service asks for is read, and is never for ever', () => {
  expect(retryAfter('7', NOW)).toBe(7_000);
  expect(retryAfter(new Date(NOW + 60_000).toUTCString(), NOW)).toBe(60_000);
  expect(retryAfter('99999999', NOW)).toBe(900_000);
  for (const none of [undefined, '', 'soon', '-3', '0']) expect(retryAfter(none, NOW)).toBe(30_000);
});
