import { oneOf, setting } from './setting.ts';

/** The setting about HTTP Strict Transport Security. */
export const hsts = setting(
  {
    unit: 'off, name or subdomains',
    default: 'name',
    change: 'restart',
    reason:
      'What browsers are told to remember for a year, where the public port speaks TLS and publicUrl (or the first of acmeDomains) is https. name: to use nothing but https for this name. subdomains: for all names below it as well, which locks out whatever there has no https. off: to forget it. Behind a TLS proxy, that is for the proxy to say.',
  },
  oneOf(['off', 'name', 'subdomains']),
);
