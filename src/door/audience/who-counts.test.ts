import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addressOf, networkOf } from '../network/client-address.ts';
import { agentExclusion } from './agents.ts';
import { listenerKey, openSalts } from './listener-key.ts';
import { MOST_KEYS, NetworkCounts } from './network-counts.ts';
import { networksIn, openNetworkList } from './network-list.ts';

const DAY = 86_400_000;
const TODAY = Date.UTC(2026, 11, 1);

test('players and browsers count, radios too; programs and browsers without a window do not, each with its reason', () => {
  const counted = [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1',
    ...['Lavf/60.16.100', 'VLC/3.0.20 LibVLC/3.0.20', 'mpv 0.38.0', 'ExoPlayerLib/2.19.1', 'WinampMPEG/5.9'],
    'AppleCoreMedia/1.0.0.21A5248v (iPhone; U; CPU OS 17_0 like Mac OS X; en_us)',
    'GStreamer souphttpsrc 1.24 libsoup/3.4',
  ];
  for (const agent of counted) expect([agent, agentExclusion(agent)]).toEqual([agent, 'none']);
  const others: Record<string, string> = {
    '': 'no-agent',
    '   ': 'no-agent',
    'curl/8.5.0': 'bot-library',
    'python-requests/2.31': 'bot-library',
    node: 'bot-library',
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)': 'bot',
    'facebookexternalhit/1.1': 'preview',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0.0.0 Safari/537.36': 'headless',
    'earshot-crowd': 'rehearsal',
  };
  for (const [agent, why] of Object.entries(others))
    expect([agent, agentExclusion(agent)]).toEqual([agent, why]);
  expect(agentExclusion(undefined)).toBe('no-agent');
  expect(agentExclusion(counted[0], '"HeadlessChrome";v="140"')).toBe('headless');
});

test('robots that the list does not know yet, and servers that pass the sound on, are told by what they call themselves', () => {
  const others: Record<string, string> = {
    'Mozilla/5.0 (compatible; NewVoiceBot/0.1; +https://voice.example/bot)': 'bot',
    'Mozilla/5.0 (compatible; Gatherer/1.0; +https://gather.example)': 'bot',
    'AudioFetcher/1.0': 'bot',
    'speech-transcriber/2': 'bot',
    'Overcast/1.0 Podcast Sync (+http://overcast.fm/)': 'bot',
    'kube-probe/1.27': 'bot',
    'atc/1.0 watchOS/7.1 model/Watch4,2': 'bot',
    'Icecast 2.4.4': 'bot-library',
    'Liquidsoap/2.2.4 (Unix; OCaml 4.14.1)': 'bot-library',
    'libcurl/7.65.1': 'bot-library',
    'Discordbot/2.0': 'preview',
  };
  for (const [agent, why] of Object.entries(others))
    expect([agent, agentExclusion(agent)]).toEqual([agent, why]);
});

test('people are no robots because of the name of their telephone or their player', () => {
  for (const agent of [
    'Mozilla/5.0 (Linux; Android 8.0.0; CUBOT_P20) AppleWebKit/537.36 Chrome/70.0.3538.110 Mobile Safari/537.36',
    'Mozilla/5.0 (Linux; Android 6.0; CUBOT NOTE S) AppleWebKit/537.36 Chrome/70.0.3538.80 Mobile Safari/537.36',
    'Mozilla/5.0 (Linux; Android 12; CUBOT) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36',
    'Mozilla/5.0 (compatible; MSIE 10.0; Windows Phone 8.0; Trident/6.0; IEMobile/10.0; ARM; Touch)',
    'Dalvik/2.1.0 (Linux; U; Android 13; SM-G991B Build/TP1A.220624.014)',
    'stagefright/1.2 (Linux;Android 9)',
    'Overcast/3.0 (+http://overcast.fm/; iOS podcast app)',
    'Podimo/1.11.3 build 91/Android 28',
    'KaiOS Downloader',
    'Linux UPnP/1.0 Sonos/79.1-53290 (ZPS12)',
  ])
    expect([agent, agentExclusion(agent)]).toEqual([agent, 'none']);
});

test('networks of a list are found, of both families, and what is no network is told', () => {
  const wrong: string[] = [];
  const text =
    '192.0.2.0/24 # a rack\n\n198.51.100.7\n2001:db8::/32\n2001:db8:1::/48\nnonsense\n10.0.0.0/x\n';
  const list = openNetworkList(networksIn(text), (entry) => wrong.push(entry));
  const has = (address: string): boolean => {
    const found = addressOf(address);
    return found !== undefined && list.has(found);
  };
  for (const address of [
    '192.0.2.0',
    '192.0.2.255',
    '::ffff:192.0.2.9',
    '198.51.100.7',
    '2001:db8::1',
    '2001:db8:ffff:1::',
  ])
    expect([address, has(address)]).toEqual([address, true]);
  for (const address of ['192.0.1.255', '192.0.3.0', '198.51.100.8', '2001:db9::1', '::1'])
    expect([address, has(address)]).toEqual([address, false]);
  expect(wrong).toEqual(['nonsense', '10.0.0.0/x']);
  expect(list.size).toBe(3);
});

test('an address is read as it may be written, and its network is /24 or /64', () => {
  const same = ['2001:db8:0:1::7', '2001:0db8:0000:0001:0:0:0:9', '2001:db8:0:1:ffff::1.2.3.4'];
  expect(new Set(same.map((text) => networkOf(addressOf(text) ?? { family: 4, value: 0n }))).size).toBe(1);
  expect(addressOf('fe80::1%eth0')?.family).toBe(6);
  expect(networkOf(addressOf('203.0.113.9') ?? { family: 6, value: 0n })).toBe(
    networkOf(addressOf('::ffff:203.0.113.200') ?? { family: 6, value: 0n }),
  );
  for (const text of ['', 'unknown', '1.2.3', undefined]) expect(addressOf(text)).toBeUndefined();
});

test('doors of one machine make the same key on the same day; the next day the salt is deleted and keys are new', () => {
  const folder = mkdtempSync(join(tmpdir(), 'salts-'));
  try {
    const [one, two] = [openSalts(folder), openSalts(folder)];
    const who = addressOf('203.0.113.9') ?? { family: 4 as const, value: 0n };
    const key = listenerKey(one.at(TODAY), who, 'VLC');
    expect(listenerKey(two.at(TODAY + DAY - 1), who, 'VLC')).toEqual(key);
    expect(listenerKey(one.at(TODAY), who, 'mpv')).not.toEqual(key);
    expect(listenerKey(one.at(TODAY), addressOf('203.0.113.8') ?? who, 'VLC')).not.toEqual(key);
    const files = readdirSync(folder);
    expect(files).toEqual(['listener-salt-2026-12-01']);
    const salt = readFileSync(join(folder, files[0] ?? ''));
    expect(salt.includes('203.0.113')).toBe(false);
    expect(listenerKey(one.at(TODAY + DAY), who, 'VLC')).not.toEqual(key);
    expect(readdirSync(folder)).toEqual(['listener-salt-2026-12-02']);
    // A clock that is set back does not bring the old one back.
    expect(listenerKey(one.at(TODAY), who, 'VLC')).not.toEqual(key);
    expect(listenerKey(openSalts(folder).at(TODAY + DAY), who, 'VLC')).toEqual(
      listenerKey(one.at(TODAY + DAY), who, 'VLC'),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the salt of a day is deleted when the day is over, also where nobody listens any more', () => {
  const folder = mkdtempSync(join(tmpdir(), 'salts-'));
  try {
    const salts = openSalts(folder);
    salts.at(TODAY);
    salts.forget(TODAY + 1);
    expect(readdirSync(folder)).toEqual(['listener-salt-2026-12-01']);
    salts.forget(TODAY + DAY);
    expect(readdirSync(folder)).toEqual([]);
    // What a server left behind that was switched off is gone when one starts.
    writeFileSync(join(folder, 'listener-salt-2026-11-02'), 'x');
    openSalts(folder).forget(TODAY + 2 * DAY);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a network is dense beyond twenty keys, and no longer when they are gone', () => {
  const counts = new NetworkCounts();
  const rows = Array.from({ length: MOST_KEYS }, () => counts.add('4 1', () => 7));
  expect(counts.dense(rows[0] ?? -1)).toBe(false);
  const last = counts.add('4 1', () => 7);
  expect(counts.dense(last)).toBe(true);
  expect(counts.dense(counts.add('4 2', () => 7))).toBe(false);
  counts.remove(last);
  expect(counts.dense(last)).toBe(false);
  for (const row of rows) counts.remove(row);
  const again = counts.add('4 3', () => 7);
  expect(counts.dense(again)).toBe(false);
  expect(counts.dense(-1)).toBe(false);
});
