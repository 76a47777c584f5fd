import { expect, test } from 'vitest';
import { ERRORS } from '../../base/errors.ts';
import { type ApiDescription, codesOf, operationsOf, sampleOf } from './api-description.ts';
import { apiMain } from './api-page.ts';

const problem = { description: 'not-host: Only the host. too-often: Later. Not: a code' };
const DESCRIPTION: ApiDescription = {
  paths: {
    '/api/rooms/{slug}': {
      parameters: [{ name: 'slug', in: 'path', required: true, schema: { type: 'string' } }],
      get: { summary: 'One <room>', responses: { 200: { description: 'The room' }, 403: problem } },
      patch: {
        summary: 'Changes it',
        security: [{ link: [] }],
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['title'],
                properties: { title: { type: 'string' }, cap: { type: 'integer', minimum: 1 } },
              },
            },
          },
        },
        responses: { 204: { description: 'Done' } },
      },
    },
  },
  components: { schemas: { Room: { type: 'object', properties: { slug: { type: 'string' } } } } },
};

test('each operation has an anchor, its fields, its refusals and a command that can be sent', () => {
  const html = apiMain(DESCRIPTION, 'en', 'https://rooms.example');
  expect(html).toContain('id="get-api-rooms-slug"');
  expect(html).toContain('href="#patch-api-rooms-slug"');
  expect(html).toContain('One &lt;room&gt;.');
  expect(html).toContain('<a href="/errors#not-host">not-host</a>');
  expect(html).toContain(
    'curl -X PATCH -H &#39;Authorization: Bearer TOKEN&#39; -H &#39;Content-Type: application/json&#39; -d &#39;{&quot;title&quot;:&quot;Town hall&quot;}&#39; &#39;https://rooms.example/api/rooms/town-hall&#39;',
  );
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const links = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  expect(links.filter((id) => !ids.includes(id))).toEqual([]);
});

test('headings are French for who reads French, and what is English says so', () => {
  const html = apiMain(DESCRIPTION, 'fr', 'https://rooms.example');
  expect(html).toContain('<h1>L’API de ce serveur</h1>');
  expect(html).toContain('<p lang="en">One &lt;room&gt;.</p>');
});

test('codes are read from descriptions, and only those that exist', () => {
  expect(codesOf(problem)).toEqual(['not-host', 'too-often']);
  const all = Object.entries(ERRORS).map(([code, { title }]) => `${code}: ${title}`);
  expect(codesOf({ description: all.join('. ') })).toEqual(Object.keys(ERRORS));
});

test('a sample has what is required, and one field where nothing is', () => {
  const [, patch] = operationsOf(DESCRIPTION);
  expect(sampleOf(patch?.requestBody?.content['application/json']?.schema ?? {})).toEqual({
    title: 'Town hall',
  });
  expect(sampleOf({ type: 'object', properties: { a: { type: 'boolean' }, b: {} } })).toEqual({ a: true });
  expect(sampleOf({ type: 'array', minItems: 2, items: { type: 'integer' } })).toEqual([1, 1]);
  expect(sampleOf({ type: 'object', example: { last: 30 } })).toEqual({ last: 30 });
});
