import { z } from 'zod';
import { hsts } from './hsts.ts';
import { domains, portOrOff, setting, text, yesNo } from './setting.ts';

/** The settings of certificates, of one’s own and from an authority; in the manual they stand together. */
export const tlsSettings = {
  tlsCert: setting(
    {
      unit: 'file (PEM)',
      default: '',
      change: 'live',
      reason:
        'The certificate with its chain. With this and tlsKey the public port speaks TLS. A changed file is picked up within 5 s, without interruption.',
    },
    text,
  ),
  tlsKey: setting(
    {
      unit: 'file (PEM)',
      default: '',
      change: 'live',
      reason: 'The private key of tlsCert; readable by this user alone.',
    },
    text,
  ),
  hsts,
  httpPort: setting(
    {
      unit: 'TCP port, or off',
      default: 'off',
      change: 'restart',
      reason:
        'With TLS: a second port that speaks plain HTTP. It redirects people to https, and answers the certificate authority when that checks whether the name is yours. Use 80 on a public server.',
    },
    portOrOff,
  ),
  acmeDomains: setting(
    {
      unit: 'list of names',
      default: '',
      change: 'restart',
      reason:
        'Earshot obtains and renews one certificate for these names by itself (ACME, HTTP-01). Each name must lead to this machine: the authority asks on port 80, which must reach httpPort. Names with letters outside ASCII can be written as they are. Wildcards need another program and tlsCert.',
    },
    domains,
  ),
  acmeAgree: setting(
    {
      unit: 'yes or no',
      default: 'no',
      change: 'restart',
      reason:
        'yes says that you agree to the terms of the certificate authority (for Let’s Encrypt: letsencrypt.org/repository). acmeDomains needs it.',
    },
    yesNo,
  ),
  acmeEmail: setting(
    {
      unit: 'e-mail address',
      default: '',
      change: 'restart',
      reason: 'Where the certificate authority writes if something is wrong. Optional.',
    },
    text.pipe(z.union([z.undefined(), z.email('use an e-mail address')], 'use an e-mail address')),
  ),
  acmeDirectory: setting(
    {
      unit: 'URL',
      default: 'https://acme-v02.api.letsencrypt.org/directory',
      change: 'restart',
      reason: 'The certificate authority. Let’s Encrypt has a staging directory for trying things out.',
    },
    z.string().pipe(z.url({ protocol: /^https$/, error: 'use an https URL' })),
  ),
};
