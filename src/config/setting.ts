import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { DATABASE, DATABASE_FORMS } from '../base/database.ts';
import { type Ms, ms } from '../base/time.ts';

/** The manual's text about one key, beside its name and values. */
export interface About {
  /** Unit of the value: `ms`, `bytes`, `TCP port`, … */
  readonly unit: string;
  /** Reasons to change it, and the cost of a larger or smaller value. */
  readonly reason: string;
  /** When a change takes effect. */
  readonly change: 'restart' | 'live';
  /** In the form in which it is written; empty when there is none. */
  readonly default: string;
  /** True for a value that is masked wherever the configuration is shown. */
  readonly secret?: true;
}

/** The manual entries of all settings. */
export const manual = z.registry<About>();

/** A setting. Every value arrives as text; an empty one means the default. */
export function setting<Out>(about: About, value: z.ZodType<Out, string>) {
  const schema = z
    .string()
    .optional()
    .transform((text) => text?.trim() || about.default)
    .pipe(value);
  manual.add(schema, about);
  return schema;
}

const refuse = (context: z.core.$RefinementCtx<string>, message: string): never => {
  context.issues.push({ code: 'custom', message, input: context.value });
  return z.NEVER;
};

/** A whole number from `least` to `most`. */
export const whole = (least: number, most: number) =>
  z.string().transform((text, context) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    return refuse(context, `use a whole number from ${least} to ${most}`);
  });

const MS = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration such as `200ms`, `6s`, `15min`, `2h`, `3d`, as milliseconds from `least` to `most`. */
export const duration = (least: string, most: string) =>
  z.string().transform((text, context): Ms => {
    const value = amount(text, MS);
    if (value >= amount(least, MS) && value <= amount(most, MS)) return ms(value);
    return refuse(context, `use a duration from ${least} to ${most}, such as 200ms, 6s, 15min or 2h`);
  });

const BYTES = { B: 1, kB: 1000, MB: 1_000_000, GB: 1_000_000_000 } as const;

/** A size such as `64kB` or `20GB` (powers of ten), as bytes from `least` to `most`. */
export const size = (least: string, most: string) =>
  z.string().transform((text, context) => {
    const value = amount(text, BYTES);
    if (value >= amount(least, BYTES) && value <= amount(most, BYTES)) return value;
    return refuse(context, `use a size from ${least} to ${most}, such as 64kB or 2MB`);
  });

/** A duration or size read by `inner`, or undefined for the given word. */
export const wordOr = <T>(word: string, inner: z.ZodType<T, string>) =>
  z.union([z.literal(word).transform((): T | undefined => undefined), inner]);

const BITS = { 'Mbit/s': 125_000, 'Gbit/s': 125_000_000 } as const;

/** A rate such as `900Mbit/s` or `2.5Gbit/s` as bytes per second, from `least` to `most`; undefined for `auto`. */
export const rateOrAuto = (least: string, most: string) =>
  z.string().transform((text, context) => {
    if (text === 'auto') return undefined;
    const value = amount(text, BITS);
    if (value >= amount(least, BITS) && value <= amount(most, BITS)) return value;
    return refuse(context, `use auto or a rate from ${least} to ${most}, such as 900Mbit/s or 2.5Gbit/s`);
  });

function amount(text: string, units: Record<string, number>): number {
  const match = /^(\d+(?:\.\d+)?)\s*([a-zA-Z/]+)$/.exec(text);
  return Number(match?.[1]) * (units[match?.[2] ?? ''] ?? Number.NaN);
}

/** `yes` or `no` (also true/false, 1/0, on/off). */
export const yesNo = z.string().transform((text, context) => {
  if (/^(yes|true|1|on)$/i.test(text)) return true;
  if (/^(no|false|0|off)$/i.test(text)) return false;
  return refuse(context, 'use yes or no');
});

/** One of the given words. */
export const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.string().pipe(z.enum(words, `use one of: ${words.join(', ')}`));

/** The URL of a database; undefined when it is empty. */
export const database = z.string().transform((value, context): string | undefined => {
  if (value === '' || DATABASE.test(value)) return value || undefined;
  return refuse(context, DATABASE_FORMS);
});

/** Any text, or undefined when it is empty. */
export const text = z.string().transform((value) => value || undefined);

/** A list of http or https URLs, separated by commas, without a slash at the end; empty means none. */
export const urls = z.string().transform((value, context): string[] => {
  const list = value
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '');
  const fine = (url: string): boolean =>
    /^https?:\/\//.test(url) && URL.canParse(url) && !/[?#@]/.test(url) && list.length <= 32;
  if (list.every(fine)) return list.map((url) => url.replace(/\/+$/, ''));
  return refuse(context, 'use up to 32 URLs like https://cache.example.org, separated by commas');
});

/** The origin of an http or https URL, without a path; undefined when it is empty. */
export const origin = z.string().transform((value, context) => {
  if (value === '') return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (
    url &&
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    !url.search &&
    !url.hash &&
    !url.username
  ) {
    return url.origin;
  }
  return refuse(context, 'use a URL like https://rooms.example.org, without a path');
});

/** One origin, or all below a name. Spec: CSP 3, 2.3.1 (host-source). */
const FRAMING = /^https?:\/\/(?:\*\.)?[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,9}(?::\d{1,5})?$/;

/**
 * Who may show something in a frame, as a policy has it: `everybody`, `nobody`, or origins with commas between them
 * (`https://*.example.org`: every name below it). Spec: CSP 3, 6.4.2.
 */
export const framing = z.string().transform((value, context): string => {
  if (value === 'everybody') return '*';
  if (value === 'nobody') return "'none'";
  const list = listed(value).map((one) => one.toLowerCase().replace(/\/$/, ''));
  const wrong = list.find((one) => !FRAMING.test(one));
  if (list.length > 0 && list.length <= 64 && wrong === undefined) return list.join(' ');
  return refuse(
    context,
    `${wrong === undefined ? '' : `“${wrong.slice(0, 100)}” is no origin: one begins with https:// or http:// and has no path; `}use everybody, nobody, or up to 64 origins like https://paper.example or https://*.example.org, separated by commas`,
  );
});

const listed = (value: string): string[] =>
  value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** A list of IP addresses and networks (`10.0.0.0/8`, `fd00::/8`), separated by commas; empty means none. */
export const networks = z.string().transform((value, context): string[] => {
  const fine = (entry: string): boolean => {
    const [address = '', bits, ...more] = entry.split('/');
    const version = isIP(address);
    if (version === 0 || more.length > 0) return false;
    return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
  };
  const list = listed(value);
  if (list.every(fine) && list.length <= 256) return list;
  return refuse(context, 'use up to 256 addresses or networks like 10.0.0.0/8, separated by commas');
});

const DOMAIN = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z][a-z\d-]{0,61}[a-z\d]$/;

/**
 * A list of domain names, separated by commas; empty means none. Names in other scripts are converted to their ASCII
 * form (`xn--…`), and a dot at the end is removed. Spec: RFC 1123, 2.1; RFC 5891; RFC 8555, 7.1.3 (wildcards need
 * DNS-01).
 */
export const domains = z.string().transform((value, context): string[] => {
  const typed = listed(value);
  if (typed.length > 100) return refuse(context, 'use at most 100 names');
  const list: string[] = [];
  for (const name of typed) {
    const ascii = domainToASCII(name).replace(/\.$/, '');
    const fault = domainFault(name, ascii);
    if (fault !== undefined) return refuse(context, fault);
    if (!list.includes(ascii)) list.push(ascii);
  }
  return list;
});

/** Why a name cannot get a certificate, and what to write instead. */
function domainFault(name: string, ascii: string): string | undefined {
  if (name.startsWith('*'))
    return `${name}: a wildcard cannot be had by HTTP-01, the proof that Earshot gives. List each name, or obtain a certificate by DNS with another program and set tlsCert and tlsKey`;
  if (/[/:]/.test(name) && isIP(name) === 0)
    return `${name}: use the name alone, such as rooms.example.org, without https://, port or path`;
  if (isIP(name) !== 0)
    return `${name}: a certificate is obtained for names, not for IP addresses; use names like rooms.example.org`;
  if (name.includes('_')) return `${name}: certificates are not issued for names with _`;
  if (!name.includes('.')) return `${name}: use the whole name, such as rooms.example.org`;
  if (ascii.length <= 253 && DOMAIN.test(ascii)) return undefined;
  return `${name}: use names like rooms.example.org, with commas between them`;
}

/** A port, or undefined for `off`. */
export const portOrOff = z.string().transform((value, context): number | undefined => {
  if (value === 'off') return undefined;
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
  return refuse(context, 'use off or a port from 0 to 65535');
});

/** `auto` or a whole number from 1 to `most`; `auto` is 0. */
export const countOrAuto = (most: number) =>
  z
    .string()
    .transform((value) => (value === 'auto' ? '0' : value))
    .pipe(whole(0, most));
