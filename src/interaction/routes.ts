import { isUtf8 } from 'node:buffer';
import { type Context, Hono } from 'hono';
import { networkOf } from '../base/allowance.ts';
import type { Clock } from '../base/clock.ts';
import type { ErrorCode } from '../base/errors.ts';
import { etagOf, languageOf, matches } from '../base/negotiation.ts';
import { problem } from '../base/reply.ts';
import { isForeign, mediaTypeOf, openPace, type RequestPace, readBody, tellPaces } from '../http/index.ts';
import { deviceOf } from '../keys/device-hash.ts';
import { bearer, type Tokens } from '../keys/token.ts';
import { questionRefusal } from '../wire/interaction/refusal-words.ts';
import { notAccepted } from '../wire/moderation/block-words.ts';
import { bodyFacts, type RefusalFacts } from '../wire/refusal-facts.ts';
import { formFields, jsonFields, readAct, readAsk, readVote } from './bodies.ts';
import { PAGE_HEADERS, questionsPage } from './page.ts';
import { questionWords } from './page-words.ts';
import { type KeptQuestion, shownOf } from './question-list.ts';
import type { InteractionRefusal, InteractionRoom } from './room.ts';

const MAX_BODY_BYTES = 4_096;
const FORM = 'application/x-www-form-urlencoded';

/** Dependencies of the routes. */
export interface InteractionRoutesDeps {
  readonly rooms: (slug: string) => InteractionRoom | undefined;
  readonly tokens: Pick<Tokens, 'check'>;
  readonly clock: Clock;
  /** The name of the rule that a text breaks in a room; absent: there are no rules. */
  brokenRule?(slug: string, text: string): string | undefined;
}

/** Who asks or votes: their device, or their network where the page has no scripts. */
interface Sender {
  readonly device: string;
  readonly network: string;
  /** A form of a page without scripts. */
  readonly form: boolean;
}

/** The routes by which listeners ask and vote, and hosts answer, hide and pin. */
export function routes({ rooms, tokens, clock, brokenRule }: InteractionRoutesDeps): Hono {
  const app = new Hono({ strict: false });
  app.use(tellPaces);
  // A token bucket each: how many at once, and one more after so many ms.
  const pace = {
    ask: openPace(clock, 'questions-of-device', 3, 20_000),
    askNetwork: openPace(clock, 'questions-of-network', 30, 500),
    own: openPace(clock, 'own-questions-of-network', 60, 200),
    vote: openPace(clock, 'votes-of-device', 30, 1_000),
    voteNetwork: openPace(clock, 'votes-of-network', 300, 20),
    host: openPace(clock, 'requests-of-host', 60, 100),
  };

  app.get('/r/:slug/questions', (context) => {
    const room = rooms(context.req.param('slug'));
    if (!room) return refuse({ refused: 'room-not-open' });
    const words = questionWords(languageOf(context.req.header('accept-language')));
    const done = context.req.query('done');
    const said = done === 'asked' ? words.asked : done === 'voted' ? words.voted : undefined;
    const { device } = senderOf(room.slug, undefined, fromOf(context, true));
    const page = questionsPage({ list: room.list(), words, said, withdrawn: room.allOwn(device) });
    return new Response(page, { headers: PAGE_HEADERS });
  });

  app.post('/r/:slug/questions', (context) =>
    taken(context, rooms, (room, fields, sent) => {
      const body = readAsk(fields);
      if (typeof body === 'string') return unfit(body);
      for (const field of ['text', 'name'] as const) {
        const rule = brokenRule?.(room.slug, body[field] ?? '');
        if (rule !== undefined) return unfit(notAccepted(field, rule), rule);
      }
      const sender = senderOf(room.slug, body.device, sent);
      return (
        slow(pace.askNetwork, context, `${room.slug} ${sender.network}`, 'questions of one network') ??
        slow(pace.ask, context, `${room.slug} ${sender.device}`, 'questions of one device') ??
        room.ask({ text: body.text, name: body.name, ...sender })
      );
    }),
  );

  app.post('/r/:slug/questions/:id/vote', (context) =>
    taken(context, rooms, (room, fields, sent) => {
      const body = readVote(fields);
      if (typeof body === 'string') return unfit(body);
      const sender = senderOf(room.slug, body.device, sent);
      return (
        slow(pace.voteNetwork, context, `${room.slug} ${sender.network}`, 'votes of one network') ??
        slow(pace.vote, context, `${room.slug} ${sender.device}`, 'votes of one device') ??
        room.vote(context.req.param('id'), sender.device, sender.network)
      );
    }),
  );

  app.post('/r/:slug/questions/:id/own', async (context) => {
    const room = rooms(context.req.param('slug'));
    if (!room) return refuse({ refused: 'room-not-open' });
    const fields = await fieldsOf(context, false);
    if (fields instanceof Response) return fields;
    const body = readVote(fields);
    if (typeof body === 'string') return refuse(unfit(body));
    const { device, network } = senderOf(room.slug, body.device, fromOf(context, false));
    const own =
      slow(pace.own, context, `${room.slug} ${network}`, 'looks of one network') ??
      room.own(context.req.param('id'), device);
    return 'refused' in own ? refuse(own) : json(own, 200);
  });

  /** The room of a request with a host's link. */
  const hosted = async (context: Context): Promise<InteractionRoom | Response> => {
    const slug = context.req.param('slug') ?? '';
    const grant = await tokens.check(bearer(context.req.header('authorization')), slug);
    if (typeof grant === 'string') return refuse({ refused: grant });
    const room = rooms(slug);
    if (!room) return refuse({ refused: 'room-not-open' });
    const why =
      slow(pace.host, context, `${slug} ${grant.speaker}`, 'requests of one host') ?? room.refusal(grant);
    return why ? refuse(why) : room;
  };
  app.get('/r/:slug/interaction', async (context) => {
    const room = await hosted(context);
    if (room instanceof Response) return room;
    const body = JSON.stringify(room.hostList());
    const headers = { ...JSON_HEAD, etag: etagOf(Buffer.from(body)) };
    return matches(context.req.header('if-none-match'), headers.etag)
      ? new Response(null, { status: 304, headers })
      : new Response(body, { headers });
  });
  app.post('/r/:slug/interaction', async (context) => {
    const room = await hosted(context);
    if (room instanceof Response) return room;
    const fields = await fieldsOf(context, false, 'application/json');
    if (fields instanceof Response) return fields;
    const act = readAct(fields);
    if (typeof act === 'string') return refuse(unfit(act));
    const why = room.act(act);
    return why ? refuse(why) : new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } });
  });

  app.all('/r/:slug/questions', () => refuse({ refused: 'method-not-allowed' }, { allow: 'GET, POST' }));
  app.all('/r/:slug/questions/:id/vote', () => refuse({ refused: 'method-not-allowed' }, { allow: 'POST' }));
  app.all('/r/:slug/questions/:id/own', () => refuse({ refused: 'method-not-allowed' }, { allow: 'POST' }));
  app.all('/r/:slug/interaction', () => refuse({ refused: 'method-not-allowed' }, { allow: 'GET, POST' }));
  app.notFound(() => refuse({ refused: 'not-found' }));
  return app;
}

const JSON_HEAD = { 'content-type': 'application/json', 'cache-control': 'no-store' } as const;

/** A body that is not taken. */
const unfit = (detail: string, rule?: string): InteractionRefusal => ({
  ...{ refused: 'unprocessable' as const, detail, facts: bodyFacts(detail, rule) },
});

function slow(pace: RequestPace, c: Context, key: string, whose: string): InteractionRefusal | undefined {
  const wait = pace.take(c, key);
  return wait === undefined
    ? undefined
    : {
        refused: 'too-often',
        detail: `The ${whose} come too fast: wait ${wait} s and send it again.`,
        facts: { seconds: wait },
        retryAfter: wait,
      };
}

const fromOf = (context: Context, form: boolean): Omit<Sender, 'device'> => ({
  ...{ network: networkOf(context.req.header('x-forwarded-for') ?? ''), form },
});

/** Who sends. Without a key of the device the network stands for it: nobody votes twice by leaving the key out. */
function senderOf(slug: string, key: string | undefined, { network, form }: Omit<Sender, 'device'>): Sender {
  return { device: deviceOf(slug, key ?? `network ${network}`), network, form };
}

/** Reads what a listener sends, does it, and answers in the way in which it was sent. */
async function taken(
  context: Context,
  rooms: InteractionRoutesDeps['rooms'],
  run: (
    room: InteractionRoom,
    fields: Readonly<Record<string, unknown>>,
    sent: Omit<Sender, 'device'>,
  ) => KeptQuestion | InteractionRefusal,
): Promise<Response> {
  const room = rooms(context.req.param('slug') ?? '');
  if (!room) return refuse({ refused: 'room-not-open' });
  const form = mediaTypeOf(context.req.header('content-type')) === FORM;
  const fields = await fieldsOf(context, form);
  if (fields instanceof Response) return fields;
  const done = run(room, fields, fromOf(context, form));
  if (!form) return 'refused' in done ? refuse(done) : json(shownOf(done), 201);
  const [what, up] = context.req.param('id') === undefined ? ['asked', ''] : ['voted', '../../'];
  if (!('refused' in done))
    return new Response(null, {
      status: 303,
      headers: { location: `${up}questions?done=${what}`, 'cache-control': 'no-store' },
    });
  const words = questionWords(languageOf(context.req.header('accept-language')));
  const { status, headers } = problem(done.refused);
  const why = questionRefusal(words.language, { code: done.refused, ...done.facts });
  const said = `${words.refused} ${why}`;
  return new Response(questionsPage({ list: room.list(), words, said, up }), {
    status,
    headers: { ...headers, ...PAGE_HEADERS },
  });
}

/** The fields of a body, or why it is refused. A form of another site is not taken: its reader did not mean it. */
async function fieldsOf(
  context: Context,
  form: boolean,
  takes = `application/json or ${FORM}`,
): Promise<Readonly<Record<string, unknown>> | Response> {
  const { raw } = context.req;
  const type = mediaTypeOf(context.req.header('content-type'));
  if (!form && type !== 'application/json')
    return refuse({ refused: 'unsupported-media-type', detail: `Send ${takes}` });
  if (form && isForeign(raw)) return refuse({ refused: 'foreign-page' });
  const body = await readBody(raw.body, raw.headers.get('content-length'), MAX_BODY_BYTES);
  if (body === 'too-large')
    return refuse({ refused: 'too-large', detail: `It may have at most ${MAX_BODY_BYTES} bytes` });
  const text = body === 'broken-off' || !isUtf8(body) ? '' : body.toString('utf8');
  const fields = form ? formFields(text) : jsonFields(text);
  return typeof fields === 'string' ? refuse(unfit(fields)) : fields;
}

const json = (body: object, status: number): Response =>
  new Response(JSON.stringify(body), { status, headers: JSON_HEAD });

function refuse(
  {
    refused,
    detail,
    facts,
    retryAfter,
  }: { refused: ErrorCode; detail?: string; facts?: RefusalFacts; retryAfter?: number },
  more: Record<string, string> = {},
): Response {
  const after = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  const { status, headers, body } = problem(refused, detail, { ...after, ...more }, facts);
  return new Response(String(body), { status, headers });
}
