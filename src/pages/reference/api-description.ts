import { ERRORS, type ErrorCode } from '../../base/errors.ts';

/** A JSON Schema, as far as the description of the API uses it. Spec: JSON Schema 2020-12. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly example?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** Named bodies of one media type each. */
type Content = Readonly<Record<string, { readonly schema?: JsonSchema }>>;

/** A parameter in a path, a query or the headers. */
export interface ApiParameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: JsonSchema;
}

/** One answer to an operation. */
export interface ApiAnswer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, object>>;
  readonly content?: Content;
}

/** One operation. Spec: OpenAPI 3.1, 4.8.10. */
export interface ApiOperation {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly security?: readonly object[];
  readonly parameters: readonly ApiParameter[];
  readonly requestBody?: { readonly description?: string; readonly content: Content };
  readonly responses: Readonly<Record<string, ApiAnswer>>;
}

/** The description of the API, as `/openapi.json` has it. */
export interface ApiDescription {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** All operations in the order of the description. */
export const operationsOf = ({ paths }: ApiDescription): ApiOperation[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => {
      const own = item[method] as Omit<ApiOperation, 'method' | 'path' | 'parameters'> &
        Partial<ApiOperation>;
      const shared = (item.parameters ?? []) as readonly ApiParameter[];
      const parameters = [...shared, ...(own.parameters ?? [])];
      return { ...own, method: method.toUpperCase(), path, parameters };
    }),
  );

const isCode = (text: string): text is ErrorCode => Object.hasOwn(ERRORS, text);

/** The codes of the refusals that an answer describes. */
export const codesOf = ({ description }: ApiAnswer): ErrorCode[] =>
  [...description.matchAll(/(?:^|\. )([a-z-]+): /g)].map(([, code = '']) => code).filter(isCode);

const SAMPLES: Readonly<Record<string, unknown>> = {
  ...{ title: 'Town hall', host: 'Ana', name: 'Ana', slug: 'town-hall', room: 'town-hall' },
  ...{ text: '1,000 people listened', reason: 'To look at it', topic: 'One question' },
  ...{ device: '3f8a1c52e97b4d60', secret: 'SECRET', metric: 'join_attempts' },
  ...{
    id: 'ID',
    role: 'speaker',
    from: '2026-12-01T20:14:00+01:00',
    to: '2026-12-01T20:14:30+01:00',
    source: 'https://news.example/1',
  },
};

/** A value that a schema allows: what is required of it, and one field where nothing is. */
export function sampleOf(schema: JsonSchema, name = ''): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.const !== undefined) return schema.const;
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  // One of several bodies.
  if (schema.anyOf?.[0] && type === 'object') return sampleOf(schema.anyOf[0], name);
  if (type === 'object' || schema.properties) {
    const fields = Object.entries(schema.properties ?? {});
    const needed = fields.filter(([key]) => schema.required?.includes(key));
    const shown = needed.length > 0 ? needed : fields.slice(0, 1);
    return Object.fromEntries(shown.map(([key, value]) => [key, sampleOf(value, key)]));
  }
  if (type === 'array')
    return Array.from({ length: schema.minItems ?? 1 }, () => sampleOf(schema.items ?? {}, name));
  if (schema.enum) return schema.enum[0];
  if (name in SAMPLES) return SAMPLES[name];
  if (schema.anyOf?.[0]) return sampleOf(schema.anyOf[0], name);
  if (type === 'boolean') return true;
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1;
  return 'text';
}
