import { fileURLToPath } from 'node:url';
import type { Clock } from '../../base/clock.ts';
import { sharesPorts } from '../../base/port.ts';
import type { Config } from '../../config/index.ts';
import {
  type DoorDeps,
  LIMITS,
  loadAssets,
  loadManifest,
  loadVerifyFiles,
  memoryPossible,
  openPages,
  withinMemory,
} from '../../door/index.ts';
import { imageReply } from '../../image/image-files.ts';
import { openRoomKeys } from '../../keys/room-key.ts';
import { keyFor } from '../../keys/signing-keys.ts';
import { askTicketKeys } from '../../keys/ticket-keys.ts';
import { openTokenCheck } from '../../keys/token.ts';
import { pressReply } from '../../press/index.ts';
import { certificateOf, challengeAnswer } from '../certificate-files.ts';
import type { Paths } from '../paths.ts';
import { consentOf } from '../rehearsal.ts';

const BUILD = fileURLToPath(new URL('../../../dist', import.meta.url));
/** Holds a flash crowd of one second while the process is busy; the kernel caps it at net.core.somaxconn. */
const ACCEPT_QUEUE = 4096;

/** The settings of a door that follow from the configuration and the installation's files. */
export async function doorSettings(config: Config, at: Paths, clock: Clock, secret: Uint8Array) {
  const { publicUrl, httpPort } = config;
  const consent = consentOf(config, clock.wall());
  const certificate = certificateOf(config);
  const manifest = await loadManifest(BUILD);
  return {
    ...{ port: config.port, host: config.host, backlog: ACCEPT_QUEUE },
    // Always where it can be: the supervisor shares the port while no door is up.
    reusePort: sharesPorts || config.doors > 1,
    site: { socketPath: at.siteHttp },
    tally: { socketPath: at.tallyHttp },
    press: {
      socketPath: at.pressHttp,
      read: (path, headers) =>
        pressReply(at.press, {
          ...{ path, language: headers['accept-language'] },
          ifNoneMatch: headers['if-none-match'],
        }),
    },
    images: (path, headers) => imageReply(at.images, path, headers),
    cell: (cell: number) => ({ socketPath: at.cellHttp(cell) }),
    assets: await loadAssets(BUILD),
    pages: openPages({
      manifest,
      verify: await loadVerifyFiles(BUILD, manifest),
      ...(publicUrl ? { publicUrl } : {}),
      asksForLink: config.roomsCreate !== 'anyone',
      installable: config.offlinePage,
    }),
    limits: withinMemory(
      { ...LIMITS, backlog: config.backlogLimit, loopbackCounts: config.limitLoopback },
      memoryPossible(),
      config.doors,
    ),
    returnKey: keyFor(secret, 'listeners who come back'),
    feedSeed: Buffer.from(keyFor(secret, 'feeds')).toString('hex'),
    knowsToken: openTokenCheck(secret),
    opensRoom: openRoomKeys(secret).opens,
    ...{ trustedProxies: config.trustedProxies, caches: config.caches, framedBy: config.framedBy },
    ...(certificate
      ? { tls: { ...certificate, ticketKeys: await askTicketKeys(clock, process), plainLocal: true } }
      : {}),
    ...(httpPort === undefined
      ? {}
      : {
          plain: {
            port: httpPort,
            challenge: (token: string) => challengeAnswer(at.challenges, token),
          },
        }),
    ...(publicUrl ? { publicUrl } : {}),
    hsts: config.hsts,
    ...(consent ? { consent: JSON.stringify(consent) } : {}),
  } satisfies Partial<DoorDeps>;
}
