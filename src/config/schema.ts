import { z } from 'zod';
import { accountSettings } from './account-settings.ts';
import { cellSettings } from './cell-settings.ts';
import { defenceSettings } from './defence-settings.ts';
import { iceServers } from './ice-servers.ts';
import { keepingSettings } from './keeping-settings.ts';
import { pageSettings } from './page-settings.ts';
import { pressSettings } from './press-settings.ts';
import { rehearsal } from './rehearsal.ts';
import { reminderSettings } from './reminder-settings.ts';
import { sendingSettings } from './sending-settings.ts';
import {
  countOrAuto,
  database,
  duration,
  networks,
  oneOf,
  origin,
  setting,
  text,
  whole,
  yesNo,
} from './setting.ts';
import { tlsSettings } from './tls-settings.ts';
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
  ...tlsSettings,
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
  ...pageSettings,
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
  ...reminderSettings,
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
  ...sendingSettings,
  ...keepingSettings,
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
  ...pressSettings,
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
