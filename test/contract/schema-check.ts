import type { JsonSchema } from '../../src/pages/index.ts';

const kindOf = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'array'
      : Number.isInteger(value)
        ? 'integer'
        : typeof value;

/** Where a value differs from a schema, one line each; as much of JSON Schema 2020-12 as the description of the API uses. */
export function mismatches(
  value: unknown,
  schema: JsonSchema,
  named: Readonly<Record<string, JsonSchema>>,
  at = 'the answer',
): string[] {
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    const found = named[name];
    return found ? mismatches(value, found, named, at) : [`${at}: no schema is called ${name}`];
  }
  if (schema.anyOf)
    return schema.anyOf.some((one) => mismatches(value, one, named, at).length === 0)
      ? []
      : [`${at}: none of ${schema.anyOf.length} schemas`];
  if (schema.const !== undefined && value !== schema.const) return [`${at}: not ${schema.const}`];
  if (schema.enum && !schema.enum.includes(value))
    return [`${at}: ${value} is none of ${schema.enum.slice(0, 9)}`];
  const kind = kindOf(value);
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.includes(kind) && !(kind === 'integer' && types.includes('number')))
    return [`${at}: ${kind} instead of ${types.join(' | ')}`];
  if (Array.isArray(value) && schema.items) {
    const { items } = schema;
    return value.flatMap((one, i) => mismatches(one, items, named, `${at}[${i}]`));
  }
  if (kind !== 'object') return [];
  const fields = value as Record<string, unknown>;
  const missing = (schema.required ?? []).filter((name) => !(name in fields));
  return [
    ...missing.map((name) => `${at}: without ${name}`),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, one]) =>
      name in fields ? mismatches(fields[name], one, named, `${at}.${name}`) : [],
    ),
  ];
}
