import { z } from 'zod';
import { ms } from '../base/time.ts';
import { ARCHIVED } from '../wire/renditions.ts';
import { accountSettings } from './account-settings.ts';
import { cellSettings } from './cell-settings.ts';
import { defenceSettings } from './defence-settings.ts';
import { hsts } from './hsts.ts';
import { iceServers } from './ice-servers.ts';
import { mirror, webhooks } from './press-settings.ts';
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
import { verifierKeys } from './verifier-keys.ts';

/** All settings of Earshot: the one list behind the code, the manual and the sample file. */
export const schema = z.strictObject({
  port: setting(
    {
      unit: 'TCP port, 0 to 65535',
      default: '8080',
      change: 'restart',
      reason: 'The one public port. 0 picks a free one and prints it.',
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
        'The address people use, for links. If empty, links use the first of acmeDomains, or the Host header of the request. Set it behind a TLS proxy: browsers give a microphone only to https pages (or localhost).',
    },
    origin,
  ),
  tlsCert: setting(
    {
      unit: 'file (PEM)',
      default: '',
      change: 'live',
      reason:
        'The certificate with its chain. With this and tlsKey the public port speaks TLS. A changed file is picked up within 5 s, without interruption.',
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
  hsts,
  httpPort: setting(
    {
      unit: 'TCP port, or off',
      default: 'off',
      change: 'restart',
      reason:
        'With TLS: a second port that speaks plain HTTP. It redirects people to https, and answers the certificate authority when that checks whether the name is yours. Use 80 on a public server.',
    },
    portOrOff,
  ),
  acmeDomains: setting(
    {
      unit: 'list of names',
      default: '',
      change: 'restart',
      reason:
        'Earshot obtains and renews one certificate for these names by itself (ACME, HTTP-01). Each name must lead to this machine: the authority asks on port 80, which must reach httpPort. Names with letters outside ASCII can be written as they are. Wildcards need another program and tlsCert.',
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
      reason: 'Where the certificate authority writes if something is wrong. Optional.',
    },
    text.pipe(z.union([z.undefined(), z.email('use an e-mail address')], 'use an e-mail address')),
  ),
  acmeDirectory: setting(
    {
      unit: 'URL',
      default: 'https://acme-v02.api.letsencrypt.org/directory',
      change: 'restart',
      reason: 'The certificate authority. Let’s Encrypt has a staging directory for trying things out.',
    },
    z.string().pipe(z.url({ protocol: /^https$/, error: 'use an https URL' })),
  ),
  trustedProxies: setting(
    {
      unit: 'list of IP addresses and networks',
      default: '',
      change: 'restart',
      reason:
        'Proxies in front whose X-Forwarded-For, -Proto and -Host are trusted. If empty, everyone behind a proxy counts as one network, and behind a proxy on this machine nobody is limited at all.',
    },
    networks,
  ),
  excludedNetworks: setting(
    {
      unit: 'file',
      default: '',
      change: 'restart',
      reason:
        'A list of networks whose listeners do not count, one a line (198.51.100.0/24; what follows # is a remark): those of data centres, for instance. They hear as everybody does; how many they were is told as “data-centre”.',
    },
    text,
  ),
  sharedNetworks: setting(
    {
      unit: 'list of IP addresses and networks',
      default: '',
      change: 'restart',
      reason:
        'Networks in which many people may listen at once: a university, a company, a carrier that gives one address to many. In any other, listeners are not counted while more than twenty different ones are in one /24 (IPv6: /64); how many they were is told as “dense-ip”.',
    },
    networks,
  ),
  ...defenceSettings,
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
        'Where rooms are stored. If empty, an SQLite file in the data folder, which is enough for one machine.',
    },
    database,
  ),
  doors: setting(
    {
      unit: 'processes, or auto',
      default: 'auto',
      change: 'restart',
      reason:
        'Processes that serve listeners. auto is one less than the number of processor cores, and at least 1.',
    },
    countOrAuto(256),
  ),
  ...cellSettings,
  ...accountSettings,
  udpPort: setting(
    {
      unit: 'UDP port, 0 to 65000',
      default: '7700',
      change: 'restart',
      reason:
        'Where speakers send their voice. The second studio process uses the next port, and so on, and the quarantine cell the one after the last; open that range in the firewall. 0 picks free ports.',
    },
    whole(0, 65_000),
  ),
  publicAddress: setting(
    {
      unit: 'IP address',
      default: '',
      change: 'restart',
      reason:
        'The address at which speakers reach this machine when it is behind 1:1 NAT (most clouds); offered in addition to its own.',
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
        'TURN and STUN servers for speakers in closed networks. Listeners need none. With "secret" (coturn’s static-auth-secret) each session gets credentials that expire after 12 hours.',
    },
    iceServers,
  ),
  maxSpeakers: setting(
    {
      unit: 'people in one room, 1 to 40',
      default: '24',
      change: 'restart',
      reason:
        'How many microphones the stage of a room takes; hosts come on top. Each one costs its studio process time for decoding, mixing and forwarding.',
    },
    // The mixer takes fifty speakers; nobody would hear any further ones.
    whole(1, 40),
  ),
  roomsCreate: setting(
    {
      unit: 'local, hosts, operator or anyone',
      default: 'local',
      change: 'restart',
      reason:
        "Who may start a room. local: anyone who opens the page on this machine itself, at http://localhost and as the user who runs the server (on Linux), accounts with the role host or operator, and anyone who has the operator's link (`earshot operator link`). If publicUrl or trustedProxies is set, local means hosts, because requests from this machine may then be anybody's. hosts: those accounts and that link. operator: only operators, by account, by that link, or with operatorKey. anyone: strangers too, who can then take all the rooms this server has.",
    },
    oneOf(['local', 'hosts', 'operator', 'anyone']),
  ),
  operatorKey: setting(
    {
      unit: '16 or more letters, digits or . _ ~ + / -',
      default: '',
      change: 'restart',
      secret: true,
      reason:
        "A Bearer token with which programs start rooms and act as host in every room, as the operator's link does; for example the output of `openssl rand -hex 16`. Keep it off command lines: use the file or the environment.",
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
      reason: 'Runs a room that plays a short talk and music, so that there is something to hear at once.',
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
        'Writes to many listeners in one call to the kernel (Linux io_uring) where that is available: a tenth to a seventh less CPU. With `no`, or on a system without it, each write is a call of its own.',
    },
    yesNo,
  ),
  lightTls: setting(
    {
      unit: 'yes or no',
      default: 'yes',
      change: 'restart',
      reason:
        "Once a stream over TLS 1.3 is running, keeps its key instead of OpenSSL's whole connection: half the memory per listener, and less CPU. With `no`, or with a Node that does not expose its OpenSSL, the whole connection is kept.",
    },
    yesNo,
  ),
  backlogLimit: setting(
    {
      unit: 'size, 64kB to 64MB',
      default: '512kB',
      change: 'restart',
      reason:
        'How much sound a listener may leave unread before the connection is closed (players come back by themselves). More forgives longer stalls but costs memory per stalled listener.',
    },
    size('64kB', '64MB'),
  ),
  writePeriod: setting(
    {
      unit: '320ms, 640ms, 1280ms or 2560ms',
      default: '320ms',
      change: 'restart',
      reason:
        'How often a door writes to each listener. A longer period costs less per listener, and everyone hears the room that much later.',
    },
    oneOf(['320ms', '640ms', '1280ms', '2560ms']).transform((text) => ms(Number.parseInt(text, 10))),
  ),
  egressLimit: setting(
    {
      unit: '1Mbit/s to 1000Gbit/s, or auto',
      default: 'auto',
      change: 'restart',
      reason:
        'What this machine may send to listeners, all doors together; at 90 % of it the ladder goes up a level. Set it where the network carries less than the network card could, or where you pay for the peak. auto learns it from connections that fill up.',
    },
    rateOrAuto('1Mbit/s', '1000Gbit/s'),
  ),
  caches: setting(
    {
      unit: 'list of http or https URLs',
      default: '',
      change: 'restart',
      reason:
        'HTTP caches in front that fetch segments from this server. From level 2 of the ladder on, new listeners are sent to them.',
    },
    urls,
  ),
  archive: setting(
    {
      unit: 'list of renditions, or none',
      default: ARCHIVED.join(','),
      change: 'restart',
      reason:
        'What is recorded to disk for the replay. Each rendition takes space by its bitrate: 64 kbit/s is 29 MB an hour.',
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
        'How much space all recordings together may take. Above it, the recordings of the rooms that ended first are removed; from 80 % of it on, the hosts concerned are told and a line is written to the log.',
    },
    wordOr('none', size('100MB', '100000GB')),
  ),
  audienceKeep: setting(
    {
      unit: 'duration, 1d to 3650d',
      default: '30d',
      change: 'restart',
      reason:
        'How long the raw records of sessions are kept, from which figures can be counted again. They hold no addresses, and keys of listeners that nobody can trace after a day.',
    },
    duration('1d', '3650d'),
  ),
  audienceQuota: setting(
    {
      unit: 'size, 100MB to 100000GB',
      default: '10GB',
      change: 'restart',
      reason:
        'How much space the raw records of sessions may take; above it the oldest are removed. A thousand listeners write 12 MB an hour.',
    },
    size('100MB', '100000GB'),
  ),
  provingSessions: setting(
    {
      unit: 'sessions, 10 to 100000000',
      default: '50000',
      change: 'restart',
      reason:
        'How many players of a room at least send proofs of what they hear. With twice as many listeners half of the players do, with four times as many a quarter, and so on to one in 64; the figures are then estimates with a printed error. Fewer: less work for doors in a crowd, and a larger error. The published definitions say 50,000; another number is another definition, and the evidence log says so.',
    },
    whole(10, 100_000_000),
  ),
  pressPort: setting(
    {
      unit: 'TCP port, or off',
      default: 'off',
      change: 'restart',
      reason:
        'A second public port, in plain HTTP, on which a process of its own answers /incidents and nothing else: those pages are there even while nothing else of this server answers. Doors answer them on the public port in any case.',
    },
    portOrOff,
  ),
  incidentMirror: setting(
    {
      unit: 'folder, rsync:TARGET or git:REPOSITORY',
      default: '',
      change: 'restart',
      secret: true,
      reason:
        'Where the pages about incidents are copied after each change, so that they are elsewhere too when this machine is not: a folder that another server shows, a target of rsync (rsync:host:/srv/www/incidents), or a repository of git (git:git@host:me/incidents.git, branch incidents). A copy that fails is tried again and delays nothing. rsync and git have to be installed, and must not ask for a password.',
    },
    mirror,
  ),
  incidentWebhooks: setting(
    {
      unit: 'list of http or https URLs',
      default: '',
      change: 'restart',
      secret: true,
      reason:
        'Who is told by a signed POST when an incident begins or is over, and when a person writes about one (docs/incidents.md). A name of a private network is refused; write an address, or localhost, if that is what you mean.',
    },
    webhooks,
  ),
  metricsPort: setting(
    {
      unit: 'TCP port, 0 to 65000',
      default: '9464',
      change: 'restart',
      reason: 'Metrics and readiness of all processes, on metricsHost only. 0 picks a free port.',
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
  evidenceWitnesses: setting(
    {
      unit: 'verifier keys, separated by commas',
      default: '',
      change: 'restart',
      reason:
        'Witnesses of the evidence log that always have a place beside the sixteen strangers: what `earshot witness` prints first, such as witness.example.net+a1b2c3d4+BExample…',
    },
    verifierKeys,
  ),
  rehearsal: setting(
    {
      unit: 'no, or LISTENERS[,DURATION or end][,room+room]',
      default: 'no',
      change: 'restart',
      reason:
        'Lets `earshot crowd` bring that many listeners: 10000, for example, or 50000,6h,town-hall. Published at /.well-known/earshot-rehearsal.json, for 2h from the start of a door unless you say otherwise; only someone with the key from this data folder can run it.',
    },
    rehearsal,
  ),
  logLevel: setting(
    {
      unit: 'debug, info, warn, error or silent',
      default: 'info',
      change: 'restart',
      reason: 'The lowest level of line that is written to standard error.',
    },
    oneOf(['debug', 'info', 'warn', 'error', 'silent']),
  ),
  shutdownGrace: setting(
    {
      unit: 'duration, 0s to 60s',
      default: '6s',
      change: 'restart',
      reason:
        'How long an orderly stop may take, in which listeners get the end of the current segment. A shorter time cuts them off sooner.',
    },
    duration('0s', '60s'),
  ),
});
