import { createReadStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { EarshotError } from '../base/errors.ts';
import {
  besideOthers,
  type CheckOptions,
  type ClaimFacts,
  type ClaimUnchecked,
  type ClaimVerdict,
  checkCard,
  checkClaim,
  claimWords,
  factsOfBundle,
  isZone,
  MOST_BUNDLE,
  readTime,
  type SaidLanguage,
  uncheckedText,
  verdictText,
} from '../claims/index.ts';
import { fromProcess } from '../config/index.ts';
import { oneOf, readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { givenAddress, serverAddress } from './local-server.ts';

const HELP = `earshot claim "1.4 million listeners" --room SLUG      asks a server whether a number that was said is right
earshot claim "1.4 million listeners" --bundle FILE    the same from a room's bundle, without a server
earshot claim --card FILE                             checks that a card (SVG or JSON) is as it was signed, and says by whom

The number is held against every figure of the room: it matches one, or it is another figure's number under a wrong
name, or a sum of unlike things, or no figure at all. A bundle is not verified by this: earshot verify does that.
  --with FILE      the bundle of another room or account, whose figures somebody may have added; several times
  --at TIME        the time that it was said of, such as 20:40 or 2024-08-13T00:40:00Z
  --zone ZONE      the time zone of times of day, such as Europe/Paris (UTC)
  --language en|fr how numbers are written: 1,400 million, un billion (default: as the sentence seems to be)
  --url URL        the server (default: this machine, at the configured port)
  --data DIR       the data folder, if it is not the configured one
  --json           print the answer as JSON

Exit code: 0 it matches, 1 it does not, 2 it could not be checked.`;

const WAIT_MS = 30_000;
/** A server that is just starting, or busy, is asked again after what it says, or this. */
const AGAIN_S = 2;

/** `earshot claim TEXT`. */
export const command: Command = async (args) => {
  const { values, positionals } = readArguments(
    'claim',
    args,
    {
      room: { type: 'string' },
      bundle: { type: 'string' },
      with: { type: 'string', multiple: true },
      at: { type: 'string' },
      zone: { type: 'string' },
      language: { type: 'string' },
      url: { type: 'string' },
      data: { type: 'string' },
      card: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    1,
  );
  const [text] = positionals;
  if (values.card !== undefined) return card(values.card, values.json);
  if (values.help || text === undefined) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  if ((values.room === undefined) === (values.bundle === undefined))
    throw new EarshotError('unprocessable', 'earshot claim needs either --room SLUG or --bundle FILE');
  const language =
    values.language === undefined
      ? undefined
      : (oneOf(values.language, 'language', ['en', 'fr']) as SaidLanguage);
  const { zone, at } = values;
  if (zone !== undefined && !isZone(zone))
    throw new EarshotError('unprocessable', `--zone = ${zone}: use a name such as Europe/Paris or UTC`);
  const time = at === undefined ? undefined : readTime(at);
  if (at !== undefined && !time)
    throw new EarshotError('unprocessable', `--at = ${at}: use a time such as 20:40 or 2024-08-13T00:40:00Z`);
  const options: CheckOptions = {
    ...(language ? { language } : {}),
    ...(zone ? { zone } : {}),
    ...(time ? { at: time } : {}),
  };
  const tell = (
    found: { readonly verdict: ClaimVerdict } | (ClaimUnchecked & { readonly detail?: string }),
  ): number => {
    const words = claimWords(language ?? 'en');
    if ('why' in found) {
      const detail = found.detail ?? uncheckedText(found, words);
      if (values.json) console.log(JSON.stringify({ ...found, detail }));
      else console.error(`earshot: ${detail}`);
      return 2;
    }
    const { verdict } = found;
    if (values.json) console.log(JSON.stringify(verdict));
    else {
      const { heading, sentence, list, notes } = verdictText(verdict, words);
      console.log(
        [heading, sentence, ...list.map((line) => `  ${line}`), ...notes].filter(Boolean).join('\n'),
      );
    }
    return verdict.verdict === 'matches' ? 0 : 1;
  };
  if (values.bundle !== undefined) {
    const bundles: ClaimFacts[] = [];
    for (const path of [values.bundle, ...(values.with ?? [])]) {
      const bundle = factsOfBundle(await readBundle(path));
      if ('why' in bundle) return tell({ why: 'no-figures', detail: `${path}: ${bundle.why}` });
      bundles.push(bundle.facts);
    }
    const [own, ...others] = bundles;
    return own ? tell(checkClaim(text, besideOthers(own, others), options)) : 2;
  }
  if (values.with) throw new EarshotError('unprocessable', '--with needs --bundle');
  const config = fromProcess(values.data ? ['--data', values.data] : []);
  const base = givenAddress(values.url) ?? serverAddress(config);
  return tell(await ask(base, { text, room: values.room, ...(at ? { at } : {}), zone, language }));
};

/** Tells whether a card is as it was signed. */
async function card(path: string, json: boolean): Promise<number> {
  const checked = checkCard(await readBundle(path, 'card'));
  if (!checked.good) {
    if (json) console.log(JSON.stringify({ ok: false, why: checked.why }));
    else console.error(`earshot: the card does not hold: ${checked.why}`);
    return 1;
  }
  const { signature: _, ...body } = checked.body;
  if (json) console.log(JSON.stringify({ ok: true, key: checked.key, card: body }));
  else
    console.log(
      `The card is as it was signed, at ${new Date(body.checked).toISOString()}: “${body.said}”: ${body.verdict}\nThe key is ${checked.key}: compare it with one that you know.`,
    );
  return 0;
}

/** The text of a bundle; never more of it than is read. */
async function readBundle(path: string, option = 'bundle'): Promise<string> {
  try {
    let text = '';
    for await (const part of createReadStream(path, 'utf8')) {
      text += part as string;
      if (text.length > MOST_BUNDLE) break;
    }
    return text;
  } catch (error) {
    throw new EarshotError(
      'unprocessable',
      `--${option} = ${path}: it cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
    );
  }
}

/** Asks a server; while it says that it cannot answer yet, again. */
async function ask(
  base: string,
  question: object,
): Promise<{ verdict: ClaimVerdict } | (ClaimUnchecked & { detail?: string })> {
  const end = performance.now() + WAIT_MS;
  const once = (): Promise<Response> =>
    fetch(`${base}/api/claims/check`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(question),
      signal: AbortSignal.timeout(WAIT_MS),
    }).catch((error: unknown) => {
      throw new EarshotError('site-away', `${base} does not answer (${(error as Error).message})`, {
        cause: error,
      });
    });
  let answer = await once();
  while (answer.status === 503) {
    const wait = Math.max(100, Number(answer.headers.get('retry-after') ?? AGAIN_S) * 1000);
    if (!(performance.now() + wait < end)) break;
    await sleep(wait);
    answer = await once();
  }
  const said = (await answer.json().catch(() => ({}))) as ClaimVerdict & { detail?: string; title?: string };
  if (answer.ok) return { verdict: said };
  return { why: 'no-figures', detail: said.detail ?? said.title ?? `${base} answered ${answer.status}` };
}
