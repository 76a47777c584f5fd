import { z } from 'zod';
import { ms } from '../base/time.ts';
import { ARCHIVED } from '../wire/renditions.ts';
import { iceServers } from './ice-servers.ts';
import { rehearsal } from './rehearsal.ts';
import { renditions } from './rendition-list.ts';
import {
  countOrAuto,
  database,
  domains,
  duration,
  networks,
  oneOf,
  origin,
  portOrOff,
  rateOrAuto,
  setting,
  size,
  text,
  urls,
  whole,
  wordOr,
  yesNo,
} from './setting.ts';

/** Every setting of Earshot: the one list that code, manual and sample file come from. */
export const schema = z.strictObject({
  port: setting(
    {
      unit: 'TCP port, 0 to 65535',
      default: '8080',
      change: 'restart',
      reason: 'The one public port. 0 takes a free one and prints it.',
    },
    whole(0, 65_535),
  ),
  host: setting(
    {
      unit: 'IP address',
      default: '0.0.0.0',
      change: 'restart',
      reason:
        'Where the public port listens. 127.0.0.1 behind a proxy on the same machine; :: for IPv6 and IPv4.',
    },
    z.string().pipe(z.union([z.ipv4(), z.ipv6()], 'use an IP address')),
  ),
  publicUrl: setting(
    {
      unit: 'http or https URL',
      default: '',
      change: 'restart',
      reason:
        'The address people use, for links. Without it links follow the first of acmeDomains, or the Host header of the request. Set it behind a TLS proxy: browsers give a microphone only to https (or localhost).',
    },
    origin,
  ),
  tlsCert: setting(
    {
      unit: 'file (PEM)',
      default: '',
      change: 'live',
      reason:
        'Certificate with its chain. With it and tlsKey the public port speaks TLS. A changed file is taken up within 5 s, without a break.',
    },
    text,
  ),
  tlsKey: setting(
    {
      unit: 'file (PEM)',
      default: '',
      change: 'live',
      reason: 'The private key of tlsCert; readable by this user alone.',
    },
    text,
  ),
  httpPort: setting(
    {
      unit: 'TCP port, or off',
      default: 'off',
      change: 'restart',
      reason:
        'With TLS: a second port without it. It sends people to https, and answers the certificate authority that checks whether the name is yours. 80 in public.',
    },
    portOrOff,
  ),
  acmeDomains: setting(
    {
      unit: 'list of names',
      default: '',
      change: 'restart',
      reason:
        'Obtains and renews one certificate for these names by itself (ACME, HTTP-01). Each must lead to this machine: the authority asks at port 80, which has to be its httpPort. Names with letters outside ASCII are taken as they are. Wildcards need another program and tlsCert.',
    },
    domains,
  ),
  acmeAgree: setting(
    {
      unit: 'yes or no',
      default: 'no',
      change: 'restart',
      reason:
        'yes says that you agree to the terms of the certificate authority (for Let’s Encrypt: letsencrypt.org/repository). acmeDomains needs it.',
    },
    yesNo,
  ),
  acmeEmail: setting(
    {
      unit: 'e-mail address',
      default: '',
      change: 'restart',
      reason: 'Where the certificate authority writes when something is wrong. It may be empty.',
    },
    text.pipe(z.union([z.undefined(), z.email('use an e-mail address')], 'use an e-mail address')),
  ),
  acmeDirectory: setting(
    {
      unit: 'URL',
      default: 'https://acme-v02.api.letsencrypt.org/directory',
      change: 'restart',
      reason: 'The certificate authority. Let’s Encrypt has a staging one for trials.',
    },
    z.string().pipe(z.url({ protocol: /^https$/, error: 'use an https URL' })),
  ),
  trustedProxies: setting(
    {
      unit: 'list of IP addresses and networks',
      default: '',
      change: 'restart',
      reason:
        'Proxies in front whose X-Forwarded-For, -Proto and -Host are believed. Without it everyone behind a proxy counts as one network; behind one on this machine nobody is limited at all.',
    },
    networks,
  ),
  data: setting(
    {
      unit: 'folder',
      default: './data',
      change: 'restart',
      reason:
        'Database, recordings, signing secret and sockets. Back up this folder. Relative to the working folder.',
    },
    z.string(),
  ),
  database: setting(
    {
      unit: 'sqlite:PATH or postgres:// URL',
      default: '',
      change: 'restart',
      secret: true,
      reason:
        'Where rooms are kept. Without it an SQLite file in the data folder, which is enough for one machine.',
    },
    database,
  ),
  doors: setting(
    {
      unit: 'processes, or auto',
      default: 'auto',
      change: 'restart',
      reason:
        'Processes that serve listeners. auto is one less than there are processor cores, and at least 1.',
    },
    countOrAuto(256),
  ),
  cells: setting(
    {
      unit: 'processes, or auto',
      default: 'auto',
      change: 'restart',
      reason: 'Studio processes; each room lives in one. auto is 2 on 4 or more cores, else 1.',
    },
    countOrAuto(64),
  ),
  roomsPerCell: setting(
    {
      unit: 'rooms',
      default: '8',
      change: 'restart',
      reason:
        'Open rooms one studio process takes before further ones are refused, so that those on air keep their sound.',
    },
    whole(1, 1000),
  ),
  udpPort: setting(
    {
      unit: 'UDP port, 0 to 65000',
      default: '7700',
      change: 'restart',
      reason:
        'Where speakers send their voice. The second studio process uses the next port, and so on; open that range in the firewall. 0 takes free ports.',
    },
    whole(0, 65_000),
  ),
  publicAddress: setting(
    {
      unit: 'IP address',
      default: '',
      change: 'restart',
      reason:
        'The address speakers reach when this machine is behind 1:1 NAT (most clouds); offered beside its own.',
    },
    text.pipe(z.union([z.undefined(), z.ipv4(), z.ipv6()], 'use an IP address')),
  ),
  iceServers: setting(
    {
      unit: 'JSON list',
      default: '[]',
      change: 'restart',
      secret: true,
      reason:
        'TURN and STUN servers for speakers in closed networks. Listeners need none. With "secret" (static-auth-secret of coturn) each session gets credentials that end after 12 hours.',
    },
    iceServers,
  ),
  maxSpeakers: setting(
    {
      unit: 'people in one room, 1 to 40',
      default: '24',
      change: 'restart',
      reason:
        'Microphones the stage of a room takes; hosts come in on top. Each one costs its studio process time for decoding, mixing and forwarding.',
    },
    // The mixer hears fifty: whoever is let in beyond would talk to nobody.
    whole(1, 40),
  ),
  roomsCreate: setting(
    {
      unit: 'local, operator or anyone',
      default: 'local',
      change: 'restart',
      reason:
        "Who may start a room. local: whoever opens the page on this machine itself, at http://localhost and as the user who runs the server (on Linux), and whoever has the operator's link (`earshot operator link`). Where publicUrl or trustedProxies is set, local means operator, since requests from this machine may then be anybody's. operator: only with that link, or operatorKey. anyone: also strangers, who can fill all places.",
    },
    oneOf(['local', 'operator', 'anyone']),
  ),
  operatorKey: setting(
    {
      unit: '16 or more letters, digits or . _ ~ + / -',
      default: '',
      change: 'restart',
      secret: true,
      reason:
        "A Bearer token for programs that starts rooms and acts as host in each, as the operator's link does, such as `openssl rand -hex 16` gives. Keep it off command lines: use the file or the environment.",
    },
    text.pipe(
      z
        .string()
        .regex(/^[\w.~+/-]{16,}=*$/, 'use 16 or more letters, digits or . _ ~ + / -')
        .optional(),
    ),
  ),
  welcome: setting(
    {
      unit: 'yes or no',
      default: 'yes',
      change: 'restart',
      reason: 'Keeps a room that plays a short talk and music, so that something can be heard at once.',
    },
    yesNo,
  ),
  openLead: setting(
    {
      unit: 'duration, 0s to 24h',
      default: '15min',
      change: 'restart',
      reason:
        'How long before its announced start a room opens by itself. Music plays until the host goes live.',
    },
    duration('0s', '24h'),
  ),
  idleEnd: setting(
    {
      unit: 'duration, 1min to 30d',
      default: '2h',
      change: 'restart',
      reason: 'A room with nobody on stage for this long after its start ends by itself and frees its place.',
    },
    duration('1min', '30d'),
  ),
  ioUring: setting(
    {
      unit: 'yes or no',
      default: 'yes',
      change: 'restart',
      reason:
        'Write to many listeners in one call to the kernel (Linux io_uring), where it can be had: a tenth to a seventh less CPU. `no`, or a system without it: one call each.',
    },
    yesNo,
  ),
  lightTls: setting(
    {
      unit: 'yes or no',
      default: 'yes',
      change: 'restart',
      reason:
        "Once a stream over TLS 1.3 runs, keep its key instead of OpenSSL's whole connection: half the memory for each listener, and less CPU. `no`, or a Node that does not offer its OpenSSL: the whole connection stays.",
    },
    yesNo,
  ),
  backlogLimit: setting(
    {
      unit: 'size, 64kB to 64MB',
      default: '512kB',
      change: 'restart',
      reason:
        'Sound a listener may leave unread before the connection is closed (players come back by themselves). More forgives longer stalls and costs memory per stalled listener.',
    },
    size('64kB', '64MB'),
  ),
  writePeriod: setting(
    {
      unit: '320ms, 640ms, 1280ms or 2560ms',
      default: '320ms',
      change: 'restart',
      reason:
        'How often a door writes to each listener. Longer costs less per listener and lets everyone hear that much later.',
    },
    oneOf(['320ms', '640ms', '1280ms', '2560ms']).transform((text) => ms(Number.parseInt(text, 10))),
  ),
  egressLimit: setting(
    {
      unit: '1Mbit/s to 1000Gbit/s, or auto',
      default: 'auto',
      change: 'restart',
      reason:
        'What this machine may send to listeners, all doors together; at 90 % of it the ladder takes a step. Set it where the network carries less than the network card could, or where its peak is what you pay for. auto learns it from connections that fill up.',
    },
    rateOrAuto('1Mbit/s', '1000Gbit/s'),
  ),
  caches: setting(
    {
      unit: 'list of http or https URLs',
      default: '',
      change: 'restart',
      reason:
        'HTTP caches in front that fetch segments from here. From level 2 of the ladder on, new listeners are sent there.',
    },
    urls,
  ),
  archive: setting(
    {
      unit: 'list of renditions, or none',
      default: ARCHIVED.join(','),
      change: 'restart',
      reason:
        'What is written to disk for the replay. Each takes space by its bitrate: 64 kbit/s is 29 MB an hour.',
    },
    renditions,
  ),
  recordingsKeep: setting(
    {
      unit: 'forever, or a duration, 1h to 3650d',
      default: 'forever',
      change: 'restart',
      reason:
        "How long after the end of its room a recording is kept. The host's page says when it will be removed; a room that is still open loses nothing.",
    },
    wordOr('forever', duration('1h', '3650d')),
  ),
  recordingsQuota: setting(
    {
      unit: 'none, or a size, 100MB to 100000GB',
      default: 'none',
      change: 'restart',
      reason:
        'What all recordings together may take. Beyond it the recordings of the rooms that ended first are removed; from 80 % of it on the hosts concerned are told, and a line is written to the log.',
    },
    wordOr('none', size('100MB', '100000GB')),
  ),
  metricsPort: setting(
    {
      unit: 'TCP port, 0 to 65000',
      default: '9464',
      change: 'restart',
      reason: 'Metrics and readiness of all processes, on metricsHost only. 0 takes a free one.',
    },
    whole(0, 65_000),
  ),
  metricsHost: setting(
    {
      unit: 'IP address',
      default: '127.0.0.1',
      change: 'restart',
      reason: 'Address on which metrics are served. They are not protected: keep them inside your network.',
    },
    z.string().pipe(z.union([z.ipv4(), z.ipv6()], 'use an IP address')),
  ),
  rehearsal: setting(
    {
      unit: 'no, or LISTENERS[,DURATION or end][,room+room]',
      default: 'no',
      change: 'restart',
      reason:
        'Lets `earshot crowd` bring that many listeners: 10000, for example, or 50000,6h,town-hall. Published at /.well-known/earshot-rehearsal.json, for 2h from the start of a door unless said otherwise; only whoever has the key of this data folder may come.',
    },
    rehearsal,
  ),
  logLevel: setting(
    {
      unit: 'debug, info, warn, error or silent',
      default: 'info',
      change: 'restart',
      reason: 'The least important line that is written to standard error.',
    },
    oneOf(['debug', 'info', 'warn', 'error', 'silent']),
  ),
  shutdownGrace: setting(
    {
      unit: 'duration, 0s to 60s',
      default: '6s',
      change: 'restart',
      reason:
        'How long an orderly stop may take: listeners get the end of the running segment. A shorter time cuts them off sooner.',
    },
    duration('0s', '60s'),
  ),
});
