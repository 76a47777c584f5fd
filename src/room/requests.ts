import { z } from 'zod';
import { pageQuery } from '../api/index.ts';
import { asSlug } from '../base/ids.ts';
import { personName, plainText } from '../base/plain-text.ts';
import { INVITED_ROLES } from '../wire/account.ts';
import { zoneNamed } from '../wire/zones/time-zone.ts';

/** Longest titles and names, in characters as people count them (code points). */
const TITLE_LENGTH = 140;
const NAME_LENGTH = 60;
const REASON_LENGTH = 200;
const ABOUT_LENGTH = 280;
/** How far ahead a room may be announced. */
const FURTHEST_START_MS = 366 * 86_400_000;

const words = (most: number, what: string) =>
  z
    .string(`use 1 to ${most} characters`)
    .transform((text, context) => {
      const tidy = plainText(text, most);
      if (tidy !== undefined) return tidy;
      context.issues.push({ code: 'custom', message: `use 1 to ${most} characters`, input: text });
      return z.NEVER;
    })
    .meta({ description: what, minLength: 1, maxLength: most });
/** A name of a person. */
const called = (what: string) =>
  z
    .string(`use 1 to ${NAME_LENGTH} characters`)
    .transform((text, context) => {
      const read = personName(text, NAME_LENGTH);
      if ('name' in read) return read.name;
      context.issues.push({ code: 'custom', message: read.fault, input: text });
      return z.NEVER;
    })
    .meta({ description: what, minLength: 1, maxLength: NAME_LENGTH });

const title = words(TITLE_LENGTH, 'What the room is about');
const name = called('A name as others see it');
const reason = words(REASON_LENGTH, 'Why; everybody reads it on the page of the room');

const start = (now: () => number) =>
  z.iso
    .datetime({ offset: true, message: 'use a time with its offset, such as 2026-12-01T20:00:00+01:00' })
    .transform((text) => Date.parse(text))
    .refine(
      (at) => at > now() && at - now() <= FURTHEST_START_MS,
      'use a time between now and a year from now',
    )
    .meta({ description: 'The announced start; without it the room opens at once' });

const ZONE = 'use the name of a time zone, such as Europe/Paris, America/Sao_Paulo or UTC';
const zone = z
  .string(ZONE)
  .transform((text, context) => {
    const known = zoneNamed(text.trim());
    if (known) return known;
    context.issues.push({ code: 'custom', message: ZONE, input: text });
    return z.NEVER;
  })
  .meta({
    description:
      'The time zone of the hosts by its IANA name, in which pages, mails and calendars tell the start; other names of the same zone are taken. Absent: UTC',
  });

const SLUG = 'use 3 to 64 of a-z, 0-9 and -';
const slug = z
  .string(SLUG)
  .transform((text, context) => {
    const known = asSlug(text);
    if (known) return known;
    context.issues.push({ code: 'custom', message: SLUG, input: text });
    return z.NEVER;
  })
  .meta({ description: 'The wanted address', pattern: '^[a-z0-9][a-z0-9-]{1,62}[a-z0-9]$' });

/** A higher cap would hold nobody back. */
const MOST_LIVE = 10_000_000;
const cap = z
  .int(`use a whole number from 1 to ${MOST_LIVE}, or null for no cap`)
  .min(1, 'use at least 1, or null for no cap')
  .max(MOST_LIVE, `use at most ${MOST_LIVE}, or null for no cap`)
  .nullable()
  .meta({
    description:
      'Listeners at the live edge at once; everyone above this hears the room 30 seconds late and moves up when there is room. null: no limit',
  });

/** A stage of more people than that is no conversation; the server's own limit is lower as a rule. */
const MOST_SPEAKERS = 100;
const rules = z
  .strictObject(
    {
      invitedOnly: z
        .boolean('invitedOnly: use true or false')
        .optional()
        .meta({ description: 'Only people with a link may speak: no hands' }),
      speakers: z
        .int(`speakers: use a whole number from 1 to ${MOST_SPEAKERS}, or null for the server’s limit`)
        .min(1, 'speakers: use at least 1')
        .max(MOST_SPEAKERS, `speakers: use at most ${MOST_SPEAKERS}`)
        .nullable()
        .optional()
        .meta({ description: 'Speakers at once beside the hosts; null: the server’s limit' }),
      check: z
        .boolean('check: use true or false')
        .optional()
        .meta({ description: 'Hosts hear whoever comes on stage before the audience does' }),
      reactions: z
        .boolean('reactions: use true or false')
        .optional()
        .meta({ description: 'Listeners may react' }),
      questions: z
        .boolean('questions: use true or false')
        .optional()
        .meta({ description: 'Listeners may ask in text' }),
    },
    'use invitedOnly, speakers, check, reactions, questions',
  )
  .meta({ description: 'How people come on stage' });
const MOST_PASSWORD = 200;
const LEAST_PASSWORD = 6;
const PASSWORD = `use ${LEAST_PASSWORD} to ${MOST_PASSWORD} characters`;
const password = z.string(PASSWORD).min(LEAST_PASSWORD, PASSWORD).max(MOST_PASSWORD, PASSWORD).meta({
  description: 'What people enter who have no link; private rooms only',
});
const access = z
  .enum(['public', 'unlisted', 'private'], 'use public, unlisted or private')
  .meta({ description: 'Who may come: everybody; whoever knows the address; whoever is let in' });
const about = words(ABOUT_LENGTH, 'What the room is about, in a few sentences of plain text');
const late = words(REASON_LENGTH, 'Why it begins late; everybody reads it on the page of the room');

const PASTE = 'paste the whole operator’s link';
const STATUSES = ['scheduled', 'open', 'live', 'ended', 'cancelled', 'stopped'] as const;
/** Rooms in one list. */
const MOST_LISTED = 200;

/** The complaint about a body that is not an object, or has unknown fields. */
const strange = (known: readonly string[]) => ({
  error: (issue: z.core.$ZodRawIssue): string =>
    issue.code === 'unrecognized_keys'
      ? `there is no field ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}; use ${known.join(', ')}`
      : `send an object with ${known.join(', ')}`,
});
/** A strict object whose complaint names the known fields. */
const fields = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, strange(Object.keys(shape)));

/** What each request may hold; `now` is the wall clock in ms. Unknown fields are refused. */
export function requests(now: () => number) {
  return {
    create: fields({
      title,
      start: start(now).optional(),
      zone: zone.optional(),
      host: name.optional(),
      slug: slug.optional(),
      about: about.optional(),
      access: access.optional(),
      password: password.optional(),
      draft: z.boolean('use true or false').meta({ description: 'Not announced yet' }).optional(),
    }),
    /** What a page without scripts sends: the operator's link is one more field. */
    createForm: fields({
      ...{ title, start: start(now).optional(), host: name.optional(), slug: slug.optional() },
      zone: zone.optional(),
      ...{ access: access.optional(), password: password.optional() },
      /** A ticked box of a form sends its value, an unticked one nothing. */
      draft: z
        .literal('yes', 'use yes, or leave it out')
        .transform((): boolean => true)
        .optional(),
      operator: z.string(PASTE).max(2_000, PASTE).optional(),
    }),
    edit: fields({
      ...{ title: title.optional(), start: start(now).optional(), cap: cap.optional() },
      zone: zone.nullable().optional(),
      rules: rules.optional(),
      late: late.nullable().optional(),
      about: about.nullable().optional(),
    }).refine(
      (change) => Object.keys(change).length > 0,
      'give a title, a start, a zone, a cap, rules, what it is about or a reason for being late',
    ),
    settings: fields({ access: access.optional(), password: password.nullable().optional() }).refine(
      (change) => Object.keys(change).length > 0,
      'give an access or a password',
    ),
    cancel: fields({ reason: reason.optional() }),
    enter: fields({
      password: z.string(PASSWORD).max(MOST_PASSWORD, PASSWORD).optional(),
      pass: z.string().max(2_000).optional(),
    }),
    continue: fields({
      by: slug.meta({ description: 'The address of the room that continues this one' }),
      link: z
        .string('link: paste the whole link of the other room’s studio')
        .max(2_000, 'link: paste the whole link of the other room’s studio')
        .optional()
        .meta({ description: 'The studio link of a host or co-host of the other room, or its token' }),
    }),
    stop: fields({ reason }),
    adopt: fields({
      link: z
        .string('link: paste the whole link of the studio')
        .max(2_000, 'link: paste the whole link of the studio')
        .meta({ description: 'The studio link of a host or co-host, or its token' }),
    }),
    invite: fields({
      name: name.optional(),
      role: z
        .enum(['speaker', 'co-host', 'guest', 'host'], 'use speaker, co-host or guest')
        .default('speaker'),
    }),
    inviteAccount: fields({
      who: words(254, 'The e-mail address of an account, or its name where only one has it'),
      role: z.enum(INVITED_ROLES, 'use guest, speaker or co-host').default('guest'),
    }),
    answer: fields({ answer: z.enum(['accept', 'decline'], 'use accept or decline') }),
    list: pageQuery(MOST_LISTED, 100).extend({
      status: z
        .string()
        .transform((text) => text.split(','))
        .pipe(z.array(z.enum(STATUSES, `use ${STATUSES.join(', ')}, with commas between them`)))
        .optional(),
    }),
  };
}
