import type { IncomingMessage, ServerResponse } from 'node:http';
import { find } from '../../http/index.ts';
import { RENDITIONS } from '../../wire/renditions.ts';
import type { DoorAudience } from '../audience/audience.ts';
import { newFileHearing, soundFile } from '../audience/file-hearing.ts';
import type { Clients } from '../network/trusted-proxies.ts';
import { type Listening, listeningTo } from '../request/listening.ts';

/** Dependencies of counting files that Node's server answers. */
export interface CountedFilesDeps {
  readonly audience: Pick<DoorAudience, 'files' | 'downloaded'>;
  readonly clients: Pick<Clients, 'clientOf' | 'trusts'>;
}

/** Asks for the first bytes only, to see whether the file is there. */
const PROBE = /^bytes=0-[01]$/;
/** Asks for all of it in a way of its own, as ffmpeg and Chromium do. */
const WHOLE = /^(?:bytes=0-)?$/;

/** The rendition of the recording as one file. */
const DOWNLOAD_BYTES_PER_S = (RENDITIONS.find(({ id }) => id === 'aac96')?.bitrate ?? 96_000) / 8;

/**
 * Counts the sound in an answer once all of it has been sent: pieces of a recording or of live sound as a whole, and a
 * recording in one file as far as it was read. HEAD, 304 and requests for the first two bytes count nothing.
 */
export function countFile(
  { audience, clients }: CountedFilesDeps,
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
  query: string,
): void {
  const range = String(req.headers.range ?? '');
  if (req.method !== 'GET' || PROBE.test(range)) return;
  const download = find(path);
  const who = (): Listening => listeningTo(clients, req);
  if (download?.address.id === 'download') {
    const { socket } = req;
    const before = socket.bytesWritten;
    // Also when it ends in the middle: what still waits in this process was not taken.
    res.once('close', () => {
      if (res.statusCode !== 200 && res.statusCode !== 206) return;
      const bytes = socket.bytesWritten - socket.writableLength - before;
      audience.downloaded(download.room, bytes / DOWNLOAD_BYTES_PER_S, who());
    });
    return;
  }
  if (!WHOLE.test(range) || !soundFile(path)) return;
  const hearing = newFileHearing();
  const asked = who();
  res.once('finish', () => {
    if (res.statusCode !== 200 && res.statusCode !== 206) return;
    audience.files.asked(hearing, path, query, () => asked);
    audience.files.settle(hearing);
  });
}
