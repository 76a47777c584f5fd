/** The programs a configuration can be written for; `cdn` is a table of rules for people. */
export const EDGES = ['nginx', 'varnish', 'haproxy', 'cdn'] as const;
/** A program that a configuration can be written for; see `EDGES`. */
export type EdgeProgram = (typeof EDGES)[number];

/** Where a cache stands. */
export interface EdgeOptions {
  /** Host and port of Earshot, or of the cache before it; an IPv6 address in brackets. */
  readonly origin: { readonly host: string; readonly port: number };
  /** Address and port to listen on, as the program writes it: `80`, `127.0.0.1:8081`. */
  readonly listen: string;
  /** Folder for cached objects (nginx). */
  readonly folder: string;
  /** Memory or disk for cached objects, MB. A rendition takes 29 MB an hour at 64 kbit/s. */
  readonly megabytes: number;
}

/** Defaults of the options. */
export const DEFAULTS: EdgeOptions = {
  origin: { host: '127.0.0.1', port: 8080 },
  listen: '80',
  folder: '/var/cache/earshot-nginx',
  megabytes: 1024,
};
