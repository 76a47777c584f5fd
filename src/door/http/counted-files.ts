import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { find } from '../../http/index.ts';
import type { DoorAudience } from '../audience/audience.ts';
import { DOWNLOAD_BYTES_PER_S } from '../audience/downloads.ts';
import { soundFile } from '../audience/file-hearing.ts';
import type { Clients } from '../network/trusted-proxies.ts';
import { isProbe, listeningTo } from '../request/listening.ts';
import { connectionOf } from '../socket/connection.ts';
import { type NodeHearing, newFileHearing } from '../socket/hearing.ts';

/** Dependencies of counting files that Node's server answers. */
export interface CountedFilesDeps {
  readonly audience: Pick<DoorAudience, 'files' | 'downloads' | 'downloaded'>;
  readonly clients: Pick<Clients, 'clientOf' | 'trusts'>;
}

/** Asks for all of it in a way of its own, as ffmpeg and Chromium do. */
const WHOLE = /^(?:bytes=0-)?$/;

const FROM = /^bytes (\d+)-/;

/** What is heard on a connection, until it closes. */
function hearingOn(socket: Socket, { files }: CountedFilesDeps['audience']): NodeHearing {
  const connection = connectionOf(socket);
  if (connection.hears) return connection.hears;
  const one: NodeHearing = { pieces: newFileHearing(), recording: newFileHearing() };
  connection.hears = one;
  socket.once('close', () => {
    files.left(one.pieces);
    files.left(one.recording);
  });
  return one;
}

/**
 * Counts the sound in an answer: pieces of a recording or of live sound once all of it has been sent, and a recording in
 * one file as far as it was read, while it is. HEAD, 304 and requests for a few first bytes count nothing.
 */
export function countFile(
  { audience, clients }: CountedFilesDeps,
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
  query: string,
): void {
  const { range } = req.headers;
  if (req.method !== 'GET' || isProbe(range)) return;
  const download = find(path);
  if (download?.address.id === 'download') {
    const { socket } = req;
    // Read now: a connection that is closed has no address any more.
    const asked = listeningTo(clients, req);
    // A foreign cache asks for many, or for nobody.
    const isOne = !asked.relayed || clients.trusts(socket.remoteAddress);
    const before = socket.bytesWritten;
    // What still waits in this process was not taken.
    const bytes = (): number => socket.bytesWritten - socket.writableLength - before;
    let end: (() => void) | undefined;
    // Only now it is known whether there is such a recording.
    const begin = (): void => {
      if (end || (res.statusCode !== 200 && res.statusCode !== 206)) return;
      const { recording } = hearingOn(socket, audience);
      end = audience.downloads.begin(recording, download.room, asked, () => bytes() / DOWNLOAD_BYTES_PER_S);
    };
    res.once('pipe', begin);
    res.once('close', () => {
      begin();
      end?.();
      if (!isOne || (res.statusCode !== 200 && res.statusCode !== 206)) return;
      const from = Number(FROM.exec(String(res.getHeader('content-range') ?? ''))?.[1] ?? 0);
      audience.downloaded({ slug: download.room, from, to: from + bytes() }, asked);
    });
    return;
  }
  if (!WHOLE.test(range ?? '') || !soundFile(path)) return;
  const { pieces } = hearingOn(req.socket, audience);
  const asked = listeningTo(clients, req);
  res.once('finish', () => {
    if (res.statusCode !== 200 && res.statusCode !== 206) return;
    audience.files.asked(pieces, path, query, () => asked);
    audience.files.watch(pieces, req.socket);
  });
}
