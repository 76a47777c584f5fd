import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join as joinPath, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import project from '../../package.json' with { type: 'json' };
import { systemClock } from '../base/clock.ts';
import { EarshotError } from '../base/errors.ts';
import { openLineWriter } from '../base/line-writer.ts';
import { fromProcess } from '../config/index.ts';
import {
  type Curve,
  capacityOfProcess,
  certificateText,
  certify,
  checkCertificate,
  connectionsOf,
  join,
  type Member,
  newSigningKey,
  type Outcome,
  open,
  openGathering,
  openLocalMember,
  readCurve,
  reportPage,
  type TimelineRow,
} from '../rehearsal/index.ts';
import { paths } from '../role/paths.ts';
import { rehearsalKey } from '../role/rehearsal.ts';
import { type Arguments, decimal, milliseconds, oneOf, readArguments, wholeNumber } from './arguments.ts';
import type { Command } from './command.ts';

const HELP = `earshot crowd URL --listeners N      a rehearsal: N real connections, an honest report

  URL                  a room, such as http://localhost:8080/r/town-hall, of a server that consents (start --rehearsal N)
  --ramp 30s           arrive evenly over this time (default 30s)
  --curve SHAPE        step, ramp, announcement (log-normal, 95 % within --ramp), or a FILE of second,arrivals
  --hold 60s           everybody stays this long after the last arrival (default 60s)
  --codec opus|aac     default opus;  --rate K  kbit/s asked for
  --pages 0.2          this share loads the room's page first;  --hls 0.1  this share uses HLS
  --as-page 0.2        this share reads state.json as our page does, takes a place in line while on the delayed stream,
                       and moves up when called
  --processes N        default: from the number of listeners and the limit of open files
  --from RANGE         source addresses, such as 127.0.0.0/8 or 10.0.0.5,10.0.0.6
  --key K              the server's key (earshot crowd --show-key there); default: from the data folder here
  --data DIR           that data folder, if it is not the configured one
  --listen HOST:PORT --machines M   wait for M other machines before beginning
  -o DIR               where report.html, certificate.json and report.json go
  --sign FILE          the Ed25519 key (PEM) that signs; default: the one in the data folder, made if missing
  --json               print only the outcome, as JSON, at the end

earshot crowd --join HOST:PORT --key K    take part in a rehearsal that another machine leads
earshot crowd --check certificate.json    was it changed since it was signed, and by which key?
earshot crowd --show-key                  the key of this server's data folder, for other machines`;

const OPTIONS = {
  listeners: { type: 'string' },
  ramp: { type: 'string', default: '30s' },
  curve: { type: 'string', default: 'ramp' },
  hold: { type: 'string', default: '60s' },
  codec: { type: 'string', default: 'opus' },
  rate: { type: 'string' },
  pages: { type: 'string', default: '0' },
  hls: { type: 'string', default: '0' },
  'as-page': { type: 'string', default: '0' },
  processes: { type: 'string', default: 'auto' },
  from: { type: 'string' },
  key: { type: 'string' },
  data: { type: 'string' },
  listen: { type: 'string' },
  machines: { type: 'string', default: '1' },
  join: { type: 'string' },
  check: { type: 'string' },
  'show-key': { type: 'boolean', default: false },
  out: { type: 'string', short: 'o' },
  sign: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

type Values = Arguments<typeof OPTIONS>['values'];

const ENTRY = fileURLToPath(new URL('./index.ts', import.meta.url));
/** This many listeners are easy for one process. */
const EASY = 4_000;

/** `earshot crowd …`. Exits 1 when anybody was hurt, 3 when the generator was the limit. */
export const command: Command = async (args) => {
  const { values, positionals } = readArguments('crowd', args, OPTIONS, 1);
  const [url] = positionals;
  if (values.check !== undefined) return check(values.check, values.json);
  if (values['show-key']) {
    console.log(keyOf(values));
    return 0;
  }
  if (values.join !== undefined) return takePart(values, values.join);
  if (!values.help && url && !values.listeners)
    throw new EarshotError('unprocessable', 'a rehearsal needs --listeners N; see earshot crowd --help');
  if (values.help || !url || !values.listeners) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  return lead(values, url, wholeNumber(values.listeners, 'listeners', 1, 10_000_000));
};

async function lead(values: Values, url: string, listeners: number): Promise<number> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new EarshotError(
      'unprocessable',
      `"${url}" is not a room such as http://localhost:8080/r/town-hall`,
    );
  // A terminal that is stopped (Ctrl+S) must not stop the rehearsal: it would be taken for a slow server.
  const running = openLineWriter(
    1,
    (count) => `(${count} lines were left out because nothing was reading them)\n`,
  );
  const say = (line: string): void => {
    if (!values.json) running.write(`${line}\n`);
  };
  const key = keyOf(values);
  const out = resolve(
    values.out ?? `rehearsal-${new Date().toISOString().slice(0, 19).replace(/[:T]/g, '-')}`,
  );
  const pem = signingKey(values);
  const asPage = decimal(values['as-page'], 'as-page', 0, 1, 'share');
  await using stack = new AsyncDisposableStack();
  await using rehearsal = await open({
    clock: systemClock,
    url,
    key,
    listeners,
    curve: curveOf(values),
    hold: milliseconds(values.hold, 'hold'),
    codec: oneOf(values.codec, 'codec', ['opus', 'aac']),
    ...(values.rate === undefined ? {} : { rate: wholeNumber(values.rate, 'rate', 1, 10_000) }),
    pages: decimal(values.pages, 'pages', 0, 1, 'share'),
    hls: decimal(values.hls, 'hls', 0, 1, 'share'),
    asPage,
    ...(values.from === undefined ? {} : { from: values.from }),
    version: project.version,
    note: say,
    onSecond: (row) => say(progress(row, listeners)),
    members: async () => {
      const others = values.listen === undefined ? [] : await gather(values, key, stack, say);
      const elsewhere = others.reduce((sum, { capacity }) => sum + capacity, 0);
      return [
        ...others,
        ...(await localMembers(values, Math.max(1, connectionsOf(listeners, asPage) - elsewhere))),
      ];
    },
  });
  const onInterrupt = (): void => rehearsal.stop();
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  const result = await rehearsal.result;
  const certificate = certify(result.outcome, pem);
  mkdirSync(out, { recursive: true });
  writeFileSync(joinPath(out, 'report.html'), reportPage(result));
  writeFileSync(joinPath(out, 'certificate.json'), certificateText(certificate));
  writeFileSync(joinPath(out, 'report.json'), `${JSON.stringify(result)}\n`);
  console.log(values.json ? JSON.stringify({ ...certificate, report: out }) : summary(result.outcome, out));
  if (result.outcome.clean) return 0;
  return result.outcome.generator.bottleneck ? 3 : 1;
}

async function takePart(values: Values, at: string): Promise<number> {
  const members = await localMembers(values, Number.POSITIVE_INFINITY);
  const why = await join({
    clock: systemClock,
    leader: hostAndPort(at, 'join'),
    key: keyOf(values),
    members,
    note: (line) => console.log(line),
  });
  console.log(why === 'done' ? 'The rehearsal is over.' : `The rehearsal is over: ${why}`);
  return why === 'done' ? 0 : 1;
}

async function gather(
  values: Values,
  key: string,
  stack: AsyncDisposableStack,
  say: (line: string) => void,
): Promise<Member[]> {
  const at = hostAndPort(values.listen ?? '', 'listen');
  const gathering = stack.use(await openGathering(systemClock, at, key, say));
  say(
    `Waiting for ${values.machines} machine(s) at port ${gathering.port}: earshot crowd --join HOST:${gathering.port} --key KEY`,
  );
  return gathering.members(wholeNumber(values.machines, 'machines', 1, 64));
}

/** As many processes as `--processes` says, or as the listeners need. */
async function localMembers(values: Values, listeners: number): Promise<Member[]> {
  const each = capacityOfProcess();
  const cores = availableParallelism();
  const needed = Math.max(Math.ceil(listeners / each), Math.min(cores, Math.ceil(listeners / EASY)));
  const count =
    values.processes === 'auto'
      ? Number.isFinite(needed)
        ? needed
        : cores
      : wholeNumber(values.processes, 'processes', 1, 1024);
  return Promise.all(
    Array.from({ length: count }, (_, i) => openLocalMember(ENTRY, ['crowd-process'], `process ${i + 1}`)),
  );
}

function keyOf(values: Values): string {
  if (values.key !== undefined) return values.key;
  const { secret } = paths(fromProcess(values.data ? ['--data', values.data] : []).data);
  if (!existsSync(secret))
    throw new EarshotError(
      'operator-only',
      'give --key, or --data with the data folder of the server under test',
    );
  return rehearsalKey(readFileSync(secret));
}

function signingKey(values: Values): string {
  const { root } = paths(fromProcess(values.data ? ['--data', values.data] : []).data);
  const path = values.sign ?? joinPath(root, 'rehearsal-key.pem');
  if (existsSync(path)) return readFileSync(path, 'utf8');
  if (values.sign !== undefined)
    throw new EarshotError('unprocessable', `--sign = ${path}: there is no such file`);
  const pem = newSigningKey();
  // Without a data folder here, the key is for this one certificate.
  if (existsSync(root)) writeFileSync(path, pem, { mode: 0o600, flag: 'wx' });
  return pem;
}

function check(path: string, json: boolean): number {
  if (!existsSync(path)) throw new EarshotError('unprocessable', `--check = ${path}: there is no such file`);
  const checked = checkCertificate(readFileSync(path, 'utf8'));
  if (json) console.log(JSON.stringify(checked));
  else if (checked.good) {
    const { target, began, held, asked } = checked.body;
    console.log(`Unchanged since it was signed by the key ${checked.key}.
${target.origin}/r/${target.room}, ${began}: held ${held} of ${asked.listeners}. ${checked.body.firstToBreak}
Only its owner can say whose key this is.`);
  } else console.log(`Not valid: ${checked.why}.`);
  return checked.good ? 0 : 1;
}

function curveOf(values: Values): Curve {
  const seconds = milliseconds(values.ramp, 'ramp') / 1000;
  const { curve } = values;
  if (curve === 'step') return { kind: 'step' };
  if (curve === 'ramp' || curve === 'announcement') return { kind: curve, seconds };
  if (!existsSync(curve))
    throw new EarshotError(
      'unprocessable',
      `--curve = ${curve}: use step, ramp, announcement or a file of second,arrivals`,
    );
  return readCurve(readFileSync(curve, 'utf8'));
}

function progress({ at, counts, errors, gauges, max }: TimelineRow, listeners: number): string {
  const failed = Object.entries(errors).map(([cause, times]) => `${cause} ${times}`);
  return [
    `${String(at).padStart(4)} s`,
    `+${counts.arrived} came`,
    `+${counts.joined} joined`,
    `${gauges.hearing + gauges.ring}/${listeners} hearing`,
    `stalls ${counts.stalls}`,
    ...(counts.gaps + counts.repeats > 0 ? [`gaps ${counts.gaps}, repeats ${counts.repeats}`] : []),
    `errors ${failed.length > 0 ? failed.join(', ') : 0}`,
    ...((max.lateness ?? 0) > 100 ? [`generator ${Math.round(max.lateness ?? 0)} ms late`] : []),
  ].join('  ');
}

function summary(outcome: Outcome, out: string): string {
  const { joinMs, delayMs, earMs, generator, shares, line } = outcome;
  const errors = Object.entries(outcome.errors).map(([cause, times]) => `${cause} ${times}`);
  return `
${outcome.firstToBreak}

  Came ${outcome.arrived}, heard it ${outcome.joined}, held ${outcome.held}, at most ${outcome.peak} at once
  ${shares ? `Of those who had come: ${percent(shares.live)} live, ${percent(shares.ring)} on the delayed stream, ${percent(shares.line)} in line without sound; at least ${percent(shares.least)} had one of these` : 'No hold'}${line.tickets > 0 ? `; ${line.tickets} places in line taken, ${line.rose} moved up with them` : ''}
  First sound: p50 ${joinMs?.p50 ?? '–'} ms, p99 ${joinMs?.p99 ?? '–'} ms; sound late by: p50 ${delayMs?.p50 ?? '–'} ms, p99 ${delayMs?.p99 ?? '–'} ms; ear behind the stage: p50 ${earMs?.p50 ?? '–'} ms
  Stalls ${outcome.stalls} (${outcome.doubtfulStalls} doubtful), gaps ${outcome.gaps}, repeats ${outcome.repeats}, reconnects ${outcome.reconnects}, errors ${errors.join(', ') || 0}
  The generator itself: p99 ${generator.latenessMs?.p99 ?? '–'} ms late, at most ${generator.latenessMs?.max ?? '–'} ms${generator.bottleneck ? ': IT WAS THE LIMIT' : ''}

  Report ${joinPath(out, 'report.html')}`;
}

const percent = (share: number): string => `${Math.floor(share * 1000) / 10} %`;

function hostAndPort(text: string, name: string): { host: string; port: number } {
  const [, host, port] = /^(?:\[?([^\]]+?)\]?:)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535)
    throw new EarshotError(
      'unprocessable',
      `--${name} = ${text}: use a host and a port from 0 to 65535, such as 10.0.0.5:7800`,
    );
  return { host: host ?? '127.0.0.1', port: Number(port) };
}
