import type { PageLanguage } from '../../base/negotiation.ts';
import { escapeHtml } from '../../base/plain-text.ts';
import { type Load, type Manifest, openShell } from '../page-shell.ts';
import { plainWords } from '../plain-words.ts';
import {
  type ApiDescription,
  type ApiOperation,
  codesOf,
  type JsonSchema,
  operationsOf,
  sampleOf,
} from './api-description.ts';
import { type ApiGroup, type ApiWords, apiWords } from './api-words.ts';

const REFERENCE: Load = { sources: ['web/kit/style.css', 'web/kit/reference.css'], scripted: false };

const GROUPS: readonly (readonly [ApiGroup, RegExp])[] = [
  ['incidents', /\/incidents/],
  ['posts', /\/(?:posts|profiles?|feeds|search)\b/],
  ['claims', /\/claims|\/notes$/],
  ['hands', /\/(?:hand|react|questions|interaction|pins)\b/],
  ['replay', /\/(?:replay|chapters|clips|trims|original|recording)\b/],
  ['listening', /\/(?:rooms\.json|state\.json|numbers\.json|queue\.json|session$|beacon$|events$)/],
  ['moderation', /\/(?:moderation|reports|decisions|words)\b/],
  ['account', /\/(?:account|sign-in|sign-up|reset|verify-email|adopt|own-link)\b/],
  ['stage', /\/(?:whip|whep|backstage|invites|links|people|members|invitations|music)\b/],
  ['rooms', /rooms|start|event\.ics/],
];
const groupOf = ({ path }: ApiOperation): ApiGroup =>
  GROUPS.find(([, pattern]) => pattern.test(path))?.[0] ?? 'others';

/** The anchor of an operation: `post-api-rooms-slug-invites`. */
const anchorOf = ({ method, path }: ApiOperation): string =>
  `${method}${path}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/-$/, '');
const code = (text: string): string => `<code>${escapeHtml(text)}</code>`;
/** A path that may be broken after each slash. */
const breakable = (path: string): string => escapeHtml(path).replaceAll('/', '/<wbr>');

/** What a value is, in a few words. */
function typeOf(schema: JsonSchema): string {
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return `<a href="#schema-${escapeHtml(name)}">${escapeHtml(name)}</a>`;
  }
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum) {
    const values = schema.enum.slice(0, 12).map((value) => code(String(value)));
    return values.join(', ') + (schema.enum.length > values.length ? ', …' : '');
  }
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' | ');
  if (schema.items) return `[ ${typeOf(schema.items)} ]`;
  const named = [schema.type ?? 'any'].flat().join(' | ');
  const { format, minimum, maximum, minLength, maxLength } = schema;
  const bounds = [minimum ?? minLength, maximum ?? maxLength];
  const whole = Number.MAX_SAFE_INTEGER;
  const [least, most] = bounds.map((bound) => (Math.abs(bound ?? whole) >= whole ? undefined : bound));
  const range = least === undefined && most === undefined ? '' : ` ${least ?? '…'}–${most ?? '…'}`;
  return `${escapeHtml(named)}${format ? ` (${escapeHtml(format)})` : ''}${range}`;
}

function fieldRows(schema: JsonSchema, words: ApiWords, before = ''): string[] {
  // One of several bodies: the fields of each.
  if (schema.anyOf && !schema.properties) return schema.anyOf.flatMap((one) => fieldRows(one, words, before));
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const need = schema.required?.includes(name) ? words.required : words.optional;
    const about = field.description ? ` <span lang="en">${escapeHtml(field.description)}</span>` : '';
    const row = `<div><dt>${code(before + name)}</dt><dd><span class="ash">${typeOf(field)} · ${need}</span>${about}</dd></div>`;
    return [row, ...fieldRows(field.items ?? field, words, `${before}${name}${field.items ? '[]' : ''}.`)];
  });
}
const fieldList = (schema: JsonSchema | undefined, words: ApiWords): string => {
  const rows = schema ? fieldRows(schema, words) : [];
  return rows.length > 0 ? `<dl>${rows.join('')}</dl>` : '';
};

/** The command that makes a request as an example. */
function exampleOf({ method, path, security, requestBody }: ApiOperation, base: string): string {
  const [[type, body] = []] = Object.entries(requestBody?.content ?? {});
  const where =
    base + path.replace('{slug}', 'town-hall').replace(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase());
  const sent = !type
    ? []
    : type === 'application/json'
      ? [
          `-H 'Content-Type: ${type}'`,
          `-d '${JSON.stringify(sampleOf(body?.schema ?? {})).replaceAll("'", '’')}'`,
        ]
      : [`-H 'Content-Type: ${type}'`, '--data-binary @sound'];
  const way = method === 'GET' || (method === 'POST' && sent.length > 0) ? [] : [`-X ${method}`];
  const token = security ? ["-H 'Authorization: Bearer TOKEN'"] : [];
  return ['curl', ...way, ...token, ...sent, `'${where}'`].join(' ');
}

function section(operation: ApiOperation, words: ApiWords, base: string): string {
  const { method, path, summary, description, security, parameters, requestBody, responses } = operation;
  const anchor = anchorOf(operation);
  const need = !security ? words.open : JSON.stringify(security).includes('{}') ? words.perhaps : words.link;
  const [sent] = Object.values(requestBody?.content ?? {});
  const rows = parameters.map(
    ({ name, in: place, required, schema = {}, description: about }) =>
      `<div><dt>${code(name)}</dt><dd><span class="ash">${place} · ${typeOf(schema)} · ${required ? words.required : words.optional}</span>${about ? ` <span lang="en">${escapeHtml(about)}</span>` : ''}</dd></div>`,
  );
  const answers = Object.entries(responses).filter(([status]) => Number(status) < 400);
  const codes = Object.entries(responses).flatMap(([status, answer]) =>
    codesOf(answer).map((one) => `<a href="/errors#${one}">${one}</a> <span class="ash">${status}</span>`),
  );
  const answered = answers.map(([status, { description: about, content, headers }]) => {
    const [[type, { schema = undefined } = {}] = []] = Object.entries(content ?? {});
    const named = schema?.$ref ? ` · ${typeOf(schema)}` : '';
    const carries = headers ? ` · ${Object.keys(headers).map(code).join(', ')}` : '';
    return `<div><dt>${status}</dt><dd><span lang="en">${escapeHtml(about)}</span>${type ? ` <span class="ash">${code(type)}${named}${carries}</span>` : ''}${fieldList(schema, words)}</dd></div>`;
  });
  return `<section class="operation" id="${anchor}" aria-labelledby="${anchor}-title">
<h3 id="${anchor}-title"><a href="#${anchor}"><span class="method">${method}</span> <code>${breakable(path)}</code></a></h3>
<p lang="en">${escapeHtml(summary)}.${description ? ` ${escapeHtml(description)}` : ''}</p>
<p class="ash small">${need}</p>
${rows.length > 0 ? `<h4>${words.parameters}</h4><dl>${rows.join('')}</dl>` : ''}
${requestBody ? `<h4>${words.body}</h4>${requestBody.description ? `<p lang="en">${escapeHtml(requestBody.description)}</p>` : ''}${fieldList(sent?.schema, words)}` : ''}
<h4>${words.answer}</h4><dl>${answered.join('')}</dl>
${codes.length > 0 ? `<h4>${words.refusals}</h4><p class="codes">${codes.join(', ')}</p>` : ''}
<h4>${words.example}</h4><pre class="card" tabindex="0" role="region" aria-label="${words.example}, ${method} ${escapeHtml(path)}"><code>${escapeHtml(exampleOf(operation, base))}</code></pre>
</section>`;
}

/** The main part of the page about the API. `base`: the address of this server, for the examples. */
export function apiMain(description: ApiDescription, language: PageLanguage, base: string): string {
  const words = apiWords(language);
  const byGroup = Map.groupBy(operationsOf(description), groupOf);
  const groups = (Object.keys(words.groups) as ApiGroup[]).filter((group) => byGroup.has(group));
  const contents = groups.map(
    (group) =>
      `<li><a href="#${group}">${words.groups[group]}</a><ul>${(byGroup.get(group) ?? [])
        .map(
          (one) =>
            `<li><a href="#${anchorOf(one)}"><span class="method">${one.method}</span> <code>${breakable(one.path)}</code></a> <span lang="en" class="ash small">${escapeHtml(one.summary)}</span></li>`,
        )
        .join('')}</ul></li>`,
  );
  const body = groups.map(
    (group) =>
      `<h2 id="${group}">${words.groups[group]}</h2>\n${(byGroup.get(group) ?? []).map((one) => section(one, words, base)).join('\n')}`,
  );
  const schemas = Object.entries(description.components.schemas).map(
    ([name, schema]) =>
      `<section class="operation" id="schema-${name}"><h3><code>${name}</code></h3>${fieldList(schema, words)}</section>`,
  );
  return `<main class="page reference"><h1>${words.title}</h1>
<p>${words.lead}</p>
<ul class="alike">${words.alike.map((one) => `<li>${one}</li>`).join('')}</ul>
<nav aria-labelledby="contents"><h2 id="contents">${words.contents}</h2><ul>${contents.join('')}</ul></nav>
${body.join('\n')}
<h2 id="schemas">${words.schemas}</h2>
${schemas.join('\n')}
</main>`;
}

/** The page about the API, in the frame of all pages. */
export function apiPage(manifest: Manifest) {
  const shell = openShell(manifest, '');
  return (description: ApiDescription, language: PageLanguage, base: string): string => {
    const { title, about } = apiWords(language);
    return shell(
      plainWords(language),
      { title, about, path: '/api' },
      REFERENCE,
      apiMain(description, language, base),
    );
  };
}
