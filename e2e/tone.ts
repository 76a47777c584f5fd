/**
 * A program of one pure tone, cut into fragments: the continuity of the decoded sound can be measured sample by sample.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BoxReader, type Cut } from '../web/player/boxes.ts';

/** Init segment and fragments of 320 ms; fragment k fits any slot after patching. */
export interface Tone {
  readonly init: Uint8Array;
  readonly fragments: readonly Uint8Array[];
}

const TONE_HZ = 440;
const FRAGMENT_SECONDS = 0.32;

/** Encodes `seconds` of a 440 Hz sine with ffmpeg, Opus or AAC, on a grid that starts at its own beginning. */
export async function encodeTone(codec: 'opus' | 'aac', seconds: number): Promise<Tone> {
  const how =
    codec === 'opus'
      ? ['-c:a', 'libopus', '-b:a', '64k', '-application', 'lowdelay', '-frame_duration', '20']
      : ['-c:a', 'aac', '-b:a', '96k'];
  const { stdout } = await promisify(execFile)(
    'ffmpeg',
    [
      '-loglevel',
      'error',
      '-f',
      'lavfi',
      '-i',
      `sine=frequency=${TONE_HZ}:sample_rate=48000:duration=${seconds}`,
    ]
      .concat(how)
      .concat('-f', 'mp4', '-movflags', 'empty_moov+default_base_moof', '-use_editlist', '0')
      .concat('-frag_duration', '320000', 'pipe:1'),
    { encoding: 'buffer', maxBuffer: 64 << 20 },
  );
  const cuts: Cut[] = new BoxReader().push(stdout);
  const init = cuts.find((cut) => cut.kind === 'init');
  if (!init) throw new Error('ffmpeg wrote no moov');
  return {
    init: init.bytes,
    // The encoder's last frames are no whole fragment and would be a gap where the tone starts again.
    fragments: cuts
      .filter((cut) => cut.kind === 'fragment')
      .map((cut) => cut.bytes)
      .slice(0, Math.floor(seconds / FRAGMENT_SECONDS)),
  };
}

/** The fragment moved to slot `seq`: `mfhd` sequence and `tfdt` patched in a copy. */
export function patched(fragment: Uint8Array, seq: number): Uint8Array {
  const copy = Buffer.from(fragment);
  const mfhd = copy.indexOf('mfhd');
  copy.writeUInt32BE(seq >>> 0, mfhd + 8);
  const tfdt = copy.indexOf('tfdt');
  const at = BigInt(seq) * 15_360n;
  if (copy[tfdt + 4] === 1) copy.writeBigUInt64BE(at, tfdt + 8);
  else copy.writeUInt32BE(Number(at), tfdt + 8);
  return copy;
}
