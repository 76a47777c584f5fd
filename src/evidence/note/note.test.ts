import { expect, test } from 'vitest';
import { keyFromSeed } from '../log-keys.ts';
import { checkpointText, parseCheckpoint } from './checkpoint.ts';
import {
  COSIGNATURE,
  cosign,
  cosignedBy,
  ED25519,
  noteOf,
  parseNote,
  parseVerifier,
  signedBy,
  signerOf,
  signNote,
} from './note.ts';

/** The example of C2SP signed-note. */
const FOREIGN_KEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const FOREIGN_NOTE = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;
/** The example of C2SP tlog-checkpoint. */
const FOREIGN_CHECKPOINT = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
`;

const log = signerOf('rooms.example.org/evidence', ED25519, keyFromSeed(Buffer.alloc(32, 1)));
const witness = signerOf('witness.example.net', COSIGNATURE, keyFromSeed(Buffer.alloc(32, 2)));
const key = (written: string) => {
  const found = parseVerifier(written);
  if (!found) throw new Error('no key');
  return found;
};
const parsed = (raw: string) => {
  const found = parseNote(raw);
  if (!found) throw new Error('no note');
  return found;
};

test('the example of the specification is verified, and a changed one is not', () => {
  const verifier = key(FOREIGN_KEY);
  expect(verifier.name).toBe('example.com/foo');
  expect(signedBy(parsed(FOREIGN_NOTE), verifier)).toBe('yes');
  expect(signedBy(parsed(FOREIGN_NOTE.replace('an example', 'no example')), verifier)).toBe('bad');
  expect(signedBy(parsed(FOREIGN_NOTE), key(log.written))).toBe('no');
});

test('the example of a checkpoint is read and written', () => {
  const head = parseCheckpoint(FOREIGN_CHECKPOINT);
  expect(head).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20_852_163 });
  expect(head && checkpointText(head)).toBe(FOREIGN_CHECKPOINT);
});

test('what is no checkpoint is none', () => {
  const [origin = '', size = '', root = ''] = FOREIGN_CHECKPOINT.split('\n');
  for (const text of [
    ...['', '\n', origin, `${origin}\n`, `${origin}\n${size}\n`, `${origin}\n${size}\n${root}`],
    ...[`\n${size}\n${root}\n`, `${origin}\n0${size}\n${root}\n`, `${origin}\n-1\n${root}\n`],
    ...[
      `${origin}\n1e3\n${root}\n`,
      `${origin}\n${size}\n${root.slice(4)}\n`,
      `${origin}\n${size}\n${root}=\n`,
    ],
    ...[`${origin}\n${size}\n${root}\n\n`, `${origin}\n99999999999999999999\n${root}\n`],
  ])
    expect([text, parseCheckpoint(text)]).toEqual([text, undefined]);
  expect(parseCheckpoint(`${origin}\n${size}\n${root}\nextension\n`)?.size).toBe(20_852_163);
});

test('a key is written in one way', () => {
  for (const { written, type } of [log, witness]) expect(key(written)).toMatchObject({ written, type });
  const [name, id, base64] = log.written.split('+');
  for (const written of [
    ...['', '+', '++', `${name}+${id}`, `${name}+${id}+`, `${name}+00000000+${base64}`, ` ${log.written}`],
    ...[
      `${log.written} `,
      `other+${id}+${base64}`,
      `${name}+${id?.toUpperCase()}A+${base64}`,
      `${log.written}=`,
    ],
    // Another type of signature: ECDSA.
    `${name}+${id}+${Buffer.alloc(33, 2).toString('base64')}`,
  ])
    expect([written, parseVerifier(written)]).toEqual([written, undefined]);
  expect(() => signerOf('has space', ED25519, keyFromSeed(Buffer.alloc(32, 1)))).toThrow(RangeError);
  expect(() => signerOf('has+plus', ED25519, keyFromSeed(Buffer.alloc(32, 1)))).toThrow(RangeError);
});

test('a note with empty lines in its text is separated at the last one', () => {
  const text = 'first\n\nsecond\n';
  const note = parsed(noteOf(text, [signNote(text, log)]));
  expect(note.text).toBe(text);
  expect(signedBy(note, log)).toBe('yes');
});

test('malformed notes are refused', () => {
  const line = signNote('x\n', log);
  const good = noteOf('x\n', [line]);
  expect(parseNote(good)).toBeDefined();
  for (const raw of [
    ...['', '\n\n', 'x\n', 'x\n\n', good.slice(0, -1), `${good}\n`, good.replace('\u2014', '-')],
    ...[good.replace('x\n', 'x\t\n'), good.replace('x\n', 'x\u0000\n'), good.replace('x\n', '\ud800\n')],
    ...[`${good}— name\n`, `${good}— na me AAAAAAAA\n`, `${good}— name AAAA\n`, `${good}— name AAAAAAB=\n`],
    ...[`${good}${`${line}\n`.repeat(64)}`, `${'x'.repeat(70_000)}\n\n${line}\n`],
  ])
    expect([raw.slice(0, 60), parseNote(raw)]).toEqual([raw.slice(0, 60), undefined]);
});

test('a signature that claims to be of a known key must hold, and be there once', () => {
  const text = 'x\n';
  const line = signNote(text, log);
  const forged = signNote('y\n', log);
  expect(signedBy(parsed(noteOf(text, [forged])), log)).toBe('bad');
  expect(signedBy(parsed(noteOf(text, [line, line])), log)).toBe('bad');
  expect(signedBy(parsed(noteOf(text, [cosign(text, witness, 5), line])), log)).toBe('yes');
});

test('a cosignature holds for its checkpoint, its time and its key alone', () => {
  const text = FOREIGN_CHECKPOINT;
  const line = cosign(text, witness, 1_679_315_147);
  const note = parsed(noteOf(text, [line]));
  expect(cosignedBy(note, witness)).toEqual({ line, seconds: 1_679_315_147 });
  expect(cosignedBy(parsed(noteOf(text.replace('163', '164'), [line])), witness)).toBeUndefined();
  const other = signerOf(witness.name, COSIGNATURE, keyFromSeed(Buffer.alloc(32, 3)));
  expect(cosignedBy(note, other)).toBeUndefined();
  // The same key as a log's: another id, so that one never counts as the other.
  const asLog = signerOf(witness.name, ED25519, witness.privateKey);
  expect(asLog.id).not.toBe(witness.id);
  expect(signedBy(note, asLog)).toBe('no');
  const bytes = Buffer.from(line.split(' ')[2] ?? '', 'base64');
  bytes.writeUInt8((bytes[11] ?? 0) + 1, 11);
  const moved = `— ${witness.name} ${bytes.toString('base64')}`;
  expect(cosignedBy(parsed(noteOf(text, [moved])), witness)).toBeUndefined();
});
