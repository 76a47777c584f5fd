import { closeSync, openSync, writeSync } from 'node:fs';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { EarshotError } from '../base/errors.ts';
import { openLineWriter } from '../base/line-writer.ts';
import { canonical, find } from '../http/index.ts';
import type { RoomCard } from '../wire/room.ts';
import { pause } from './pause.ts';
import { type HeardSilence, StreamCheck } from './sound/heard.ts';
import { createWav } from './sound/wav-file.ts';

/** How to listen. */
export interface ListenOptions {
  /** `.wav` is decoded; anything else is the MP4 as received. */
  readonly out?: string;
  /** Stops after this many seconds; default: at the end of the room. */
  readonly seconds?: number;
  /** One JSON object at the end instead of a line a second. */
  readonly json?: boolean;
  readonly signal?: AbortSignal;
  /** Where the lines go; default: standard output. */
  readonly print?: (line: string) => void;
}

/**
 * What a listener without a browser found. Delays in ms from the end of a slot to its arrival here; null when not
 * known.
 */
export interface ListenResult {
  readonly url: string;
  readonly seconds: number;
  readonly fragments: number;
  readonly bytes: number;
  readonly gaps: number;
  readonly repeats: number;
  readonly reconnects: number;
  readonly delay: { readonly median: number; readonly p99: number; readonly max: number } | null;
  /** Null when the codec is one that we do not decode. */
  readonly deadAir: readonly HeardSilence[] | null;
  /** Why it stopped: `ended`, `time`, `stopped`, or what the server answered. */
  readonly stopped: string;
}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 8000;
/** A connection on which nothing arrived for this long is dead, although nobody said so. */
const WATCHDOG_MS = 5000;
/** Answers after which reconnecting makes no sense. */
const FINAL = [400, 404, 405, 410];

/** Listens to a room (`http://host/r/slug`) or a stream until it ends, the time is up or `signal` aborts. */
export async function listen(url: string, options: ListenOptions = {}): Promise<ListenResult> {
  const address = streamAddress(url);
  const print = options.print ?? ((line: string) => console.log(line));
  // What is heard is measured by the clock: a terminal that is stopped (Ctrl+S) must not stop the listening.
  const running = options.print ?? writeRunning();
  const { wav, file } = openOut(options.out);
  const zero = await zeroOf(address).catch(() => undefined);
  const listener = new StreamCheck({
    ...(zero === undefined ? {} : { zero }),
    ...(wav ? { pcm: (samples: Float32Array) => wav.write(samples) } : {}),
    ...(file === undefined ? {} : { raw: (bytes: Buffer) => void writeSync(file, bytes) }),
  });
  const { heard } = listener;
  const began = performance.now();
  const elapsed = (): number => (performance.now() - began) / 1000;
  const stop = AbortSignal.any([
    ...(options.signal ? [options.signal] : []),
    ...(options.seconds === undefined ? [] : [AbortSignal.timeout(options.seconds * 1000)]),
  ]);
  let trouble = '';
  const lines = options.json
    ? undefined
    : setInterval(() => running(line(listener, elapsed(), trouble)), 1000);
  let connections = 0;
  let stopped = '';
  let retry = FIRST_RETRY_MS;
  try {
    while (!stop.aborted && stopped === '') {
      if (heard.last !== undefined) address.searchParams.set('after', String(heard.last));
      connections++;
      const before = heard.fragments;
      const answer = await hear(address, listener, stop, () => {
        trouble = '';
      }).catch((error: Error) => error);
      if (answer instanceof Error) {
        if (!stop.aborted) trouble = answer.message;
        if (answer instanceof RangeError) stopped = answer.message;
      } else {
        trouble = answer.status === 200 ? '' : `HTTP ${answer.status} ${answer.code}`;
        if (answer.status !== 200 && FINAL.includes(answer.status))
          stopped = answer.status === 410 ? 'ended' : `HTTP ${answer.status} ${answer.code}`;
      }
      if (heard.fragments > before) retry = FIRST_RETRY_MS;
      if (stopped === '' && !stop.aborted) await pause(retry * (0.5 + Math.random() / 2), stop);
      retry = Math.min(LAST_RETRY_MS, retry * 2);
    }
  } finally {
    clearInterval(lines);
    listener.close();
    wav?.close();
    if (file !== undefined) closeSync(file);
  }
  const result: ListenResult = {
    url: address.href,
    seconds: Math.round(elapsed() * 1000) / 1000,
    fragments: heard.fragments,
    bytes: heard.bytes,
    gaps: heard.gaps,
    repeats: heard.repeats,
    reconnects: connections - 1,
    delay: delayOf(heard.delays),
    deadAir: listener.decodes ? heard.deadAir : null,
    stopped:
      stopped || (options.signal?.aborted ? 'stopped' : heard.fragments === 0 && trouble ? trouble : 'time'),
  };
  print(options.json ? JSON.stringify(result) : summary(result));
  return result;
}

function writeRunning(): (line: string) => void {
  const out = openLineWriter(
    1,
    (count) => `(${count} lines were left out because nothing was reading them)\n`,
  );
  return (line) => out.write(`${line}\n`);
}

/** The file that `out` names. @throws EarshotError `unprocessable` when it cannot be written. */
function openOut(out: string | undefined): { wav?: ReturnType<typeof createWav>; file?: number } {
  if (!out) return {};
  try {
    return out.endsWith('.wav') ? { wav: createWav(out) } : { file: openSync(out, 'w') };
  } catch (cause) {
    throw new EarshotError('unprocessable', `${out} cannot be written: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** The stream of a room's page; any other address is used as it is. */
function streamAddress(url: string): URL {
  const address = new URL(url);
  const path = canonical(address.pathname) ?? address.pathname;
  if (find(path)?.address.id !== 'room') return address;
  address.pathname = `${path}/stream`;
  address.hash = '';
  if (!address.searchParams.has('codec')) address.searchParams.set('codec', 'opus');
  return address;
}

/** When the program began, as the server's list of rooms says. */
async function zeroOf(address: URL): Promise<number | undefined> {
  const slug = find(address.pathname)?.room;
  const response = await fetch(new URL('/rooms.json', address), { signal: AbortSignal.timeout(5000) });
  const { rooms } = (await response.json()) as { rooms: RoomCard[] };
  return rooms.find((room) => room.slug === slug)?.zero;
}

interface Answer {
  readonly status: number;
  readonly code: string;
}

/** One connection, to its end. Rejects when it breaks. */
async function hear(
  address: URL,
  listener: StreamCheck,
  stop: AbortSignal,
  sounds: () => void,
): Promise<Answer> {
  const cut = new AbortController();
  let newest = performance.now();
  const watchdog = setInterval(() => {
    if (performance.now() - newest > WATCHDOG_MS) cut.abort();
  }, 1000);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const get = address.protocol === 'https:' ? getHttps : getHttp;
      get(address, { agent: false, signal: AbortSignal.any([stop, cut.signal]) }, resolve).on(
        'error',
        reject,
      );
    });
    const status = response.statusCode ?? 0;
    listener.connected();
    if (status === 200) sounds();
    let text = '';
    for await (const chunk of response as AsyncIterable<Buffer>) {
      newest = performance.now();
      if (status === 200) await listener.take(chunk, Date.now());
      else text = (text + chunk.toString()).slice(0, 4096);
    }
    return { status, code: /"code":"([a-z-]+)"/.exec(text)?.[1] ?? '' };
  } finally {
    clearInterval(watchdog);
  }
}

function delayOf(delays: readonly number[]): ListenResult['delay'] {
  if (delays.length === 0) return null;
  const sorted = [...delays].sort((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  return { median: at(0.5), p99: at(0.99), max: at(1) };
}

function line(listener: StreamCheck, seconds: number, trouble: string): string {
  const { heard } = listener;
  const delay = heard.delays.at(-1);
  return [
    `${seconds.toFixed(0)} s`,
    `${heard.fragments} fragments`,
    delay === undefined ? 'delay unknown' : `delay ${Math.round(delay)} ms`,
    `gaps ${heard.gaps}`,
    `repeats ${heard.repeats}`,
    `dead air ${heard.deadAir.length}`,
    ...(trouble ? [trouble] : []),
  ].join(', ');
}

function summary(result: ListenResult): string {
  const { delay, deadAir } = result;
  const silent = deadAir?.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(1);
  return [
    `${result.seconds.toFixed(1)} s: ${result.fragments} fragments, ${result.bytes} bytes; stopped: ${result.stopped}`,
    `gaps ${result.gaps}, repeats ${result.repeats}, reconnects ${result.reconnects}`,
    delay ? `delay: median ${delay.median} ms, p99 ${delay.p99} ms, max ${delay.max} ms` : 'delay: not known',
    deadAir
      ? `dead air: ${deadAir.length} times, ${silent} s`
      : `dead air: not known${result.fragments > 0 ? ' (AAC is not decoded here)' : ''}`,
  ].join('\n');
}
