/** Requests to the evidence log: tiles, entries, bundles, and cosignatures of strangers. */
import { EarshotError } from '../../src/base/errors.ts';
import { keyFromSeed } from '../../src/evidence/log-keys.ts';
import { COSIGNATURE, cosign, noteOf, parseNote, signerOf } from '../../src/evidence/note/note.ts';
import { appendNotes, logFolder, openTestLog } from '../evidence.ts';
import { target } from './engine/target.ts';
import { checked, requestOf, written } from './requests.ts';

const folder = logFolder();
process.once('exit', () => folder[Symbol.dispose]());
const log = await openTestLog(folder.path);
await appendNotes(
  log,
  Array.from({ length: 300 }, (_, n) => ['hall', String(n)] as const),
);
await log.checkpoint();
const note = await (await log.fetch(new Request('http://x/evidence/checkpoint'))).text();
const witness = signerOf('witness.example.net', COSIGNATURE, keyFromSeed(Buffer.alloc(32, 10)));
const { text = '' } = parseNote(note) ?? {};
const cosigned = noteOf(text, [cosign(text, witness, Math.floor(log.clock.wall() / 1000))]);

export default target({
  covers: [
    'src/evidence/answers.ts',
    'src/evidence/heads.ts',
    'src/evidence/witnesses.ts',
    'src/evidence/note/',
    'src/evidence/tree/',
    'src/evidence/bundle.ts',
  ],
  async run(bytes) {
    const request = requestOf(bytes);
    if (!request) return;
    log.clock.advance(1_000);
    const answer = await log.fetch(request);
    await checked(answer);
  },
  allowed: (error) => error instanceof EarshotError,
  seeds: [
    written(
      'POST',
      '/evidence/cosign',
      { 'earshot-witness-key': witness.written },
      Buffer.from(cosigned).toString('latin1'),
    ),
    ...[
      '/evidence/checkpoint',
      '/evidence/keys.json',
      '/evidence/entry/41',
      '/evidence/tile/0/000',
      '/evidence/tile/0/001.p/45',
    ].map((path) => written('GET', path)),
    ...['/evidence/tile/entries/000', '/evidence/tile/1/000.p/1', '/r/hall/bundle'].map((path) =>
      written('GET', path),
    ),
  ],
  words: ['x001', '.p/', '/evidence/tile/', '— witness.example.net '],
  mostBytes: 20_000,
  patienceMs: 1_500,
});
