import { parentPort } from 'node:worker_threads';
import { holdMusic } from '../mixer/index.ts';
import { packageLoop } from '../packager/index.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import type { CodedLoops } from './standby-loops.ts';

/** 66 fragments: 21.12 s of hold music; a multiple of 3, so that whole MP3 frames fill it. */
const LOOP_FRAGMENTS = 66;

const music = holdMusic();
const packaged = await packageLoop({
  renditions: RENDITIONS,
  fragments: LOOP_FRAGMENTS,
  render: (n, out) => music.render(n, out),
});
const coded: CodedLoops = [...packaged];
parentPort?.postMessage(coded);
