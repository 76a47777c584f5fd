/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * JSON in canonical form, as it is signed: no white space, keys in the order of their UTF-16 units, numbers and
 * strings as ECMAScript writes them; undefined members are left out. Spec: RFC 8785.
 * @throws RangeError on numbers that JSON cannot represent.
 */
export function canonical(value: Json): string {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new RangeError(`${value} is not a JSON number`);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonical(item)).join(',')}]`;
  const record = value as Readonly<Record<string, Json>>;
  const members = Object.keys(record)
    .filter((key) => record[key] !== undefined)
    // The default order compares UTF-16 units, as wanted.
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(record[key] as Json)}`);
  return `{${members.join(',')}}`;
}
