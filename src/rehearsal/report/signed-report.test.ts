import { expect, test } from 'vitest';
import { canonical } from '../../journal/canonical-json.ts';
import { certificateText, certify, checkCertificate, newSigningKey } from './signed-report.ts';
import { sumUp } from './summary.ts';
import { Timeline } from './timeline.ts';

const outcome = sumUp(new Timeline(), {
  software: { tool: 'earshot 0', server: 'Earshot 0' },
  target: { origin: 'http://localhost:1', room: 'hall' },
  began: 0,
  ended: 1000,
  stopped: 'complete',
  listeners: 5,
  curve: { kind: 'step' },
  hold: 1000,
  codec: 'opus',
  rate: undefined,
  pages: 0,
  hls: 0,
  asPage: 0,
  machines: 1,
  processes: 1,
  lost: [],
  glances: [],
});

test('the canonical form is that of RFC 8785', () => {
  // The example of its section 3.2.3, and numbers of its appendix B.
  const sorted = {
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew Letter Dalet With Dagesh',
    '1': 'One',
    '\u{1f600}': 'Emoji: Grinning Face',
    '\u0080': 'Control',
    '\u00f6': 'Latin Small Letter O With Diaeresis',
  };
  expect([...canonical(sorted).matchAll(/:"([^"]+)"/g)].map(([, value]) => value)).toEqual([
    'Carriage Return',
    'One',
    'Control',
    'Latin Small Letter O With Diaeresis',
    'Euro Sign',
    'Emoji: Grinning Face',
    'Hebrew Letter Dalet With Dagesh',
  ]);
  expect(canonical([333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, -0])).toBe(
    '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
  );
  expect(() => canonical(Number.NaN)).toThrow(RangeError);
});

test('a certificate is good as it was signed, and names its key', () => {
  const pem = newSigningKey();
  const certificate = certify(outcome, pem);
  const checked = checkCertificate(certificateText(certificate));
  expect(checked).toMatchObject({ good: true, key: certificate.signature.publicKey });
  expect(checkCertificate(certificateText(certify(outcome, pem)))).toEqual(checked);
});

test('any flipped byte of it is found', () => {
  const bytes = Buffer.from(certificateText(certify(outcome, newSigningKey())).trim());
  const signed = bytes.indexOf('"signature"');
  // Every byte of the signature and each fifth of the rest: each takes a verification.
  for (let at = 0; at < bytes.length; at += at < signed ? 5 : 1) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1 << (at % 7);
    expect(
      checkCertificate(changed.toString()).good,
      `byte ${at}: ${changed.toString('utf8', at - 5, at + 5)}`,
    ).toBe(false);
  }
});

test('a member that is added, removed or repeated is found; so is another key', () => {
  const certificate = certify(outcome, newSigningKey());
  const text = certificateText(certificate);
  expect(checkCertificate(text.replace('{', '{"held":1000000,'))).toMatchObject({ good: false });
  expect(checkCertificate(text.replace(/"gaps":0,/, ''))).toMatchObject({ good: false });
  expect(checkCertificate(JSON.stringify(certificate, null, 2))).toMatchObject({ good: false });
  const other = certify(outcome, newSigningKey());
  const mixed = {
    ...certificate,
    signature: { ...certificate.signature, publicKey: other.signature.publicKey },
  };
  expect(checkCertificate(certificateText(mixed))).toMatchObject({ good: false });
  expect(checkCertificate('null')).toMatchObject({ good: false });
});
