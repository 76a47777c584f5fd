import { randomInt } from 'node:crypto';
import { asSlug, type Slug } from '../base/ids.ts';

const LONGEST = 40;
const SUFFIX_LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const SUFFIX_LENGTH = 4;

/** Letters that Unicode does not take apart by itself. */
const LETTERS: Record<string, string> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i' },
  ...{
    а: 'a',
    б: 'b',
    в: 'v',
    г: 'g',
    ґ: 'g',
    д: 'd',
    е: 'e',
    є: 'ye',
    ж: 'zh',
    з: 'z',
    и: 'i',
    і: 'i',
    к: 'k',
  },
  ...{
    л: 'l',
    м: 'm',
    н: 'n',
    о: 'o',
    п: 'p',
    р: 'r',
    с: 's',
    т: 't',
    у: 'u',
    ф: 'f',
    х: 'kh',
    ц: 'ts',
    ч: 'ch',
  },
  ...{ ш: 'sh', щ: 'shch', ъ: '', ы: 'y', ь: '', э: 'e', ю: 'yu', я: 'ya' },
  ...{
    α: 'a',
    β: 'v',
    γ: 'g',
    δ: 'd',
    ε: 'e',
    ζ: 'z',
    η: 'i',
    θ: 'th',
    ι: 'i',
    κ: 'k',
    λ: 'l',
    μ: 'm',
    ν: 'n',
  },
  ...{ ξ: 'x', ο: 'o', π: 'p', ρ: 'r', σ: 's', ς: 's', τ: 't', υ: 'y', φ: 'f', χ: 'ch', ψ: 'ps', ω: 'o' },
};

/**
 * A short address made from a title: `Été à Ὀλυμπία!` is `ete-a-olympia`. `room` when nothing of the title can be
 * used.
 */
export function slugFrom(title: string): Slug {
  const plain = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/\P{ASCII}/gu, (letter) => LETTERS[letter] ?? '-')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const cut = plain.length <= LONGEST ? plain : plain.slice(0, LONGEST + 1).replace(/-[^-]*$/, '');
  return asSlug(cut.slice(0, LONGEST).replace(/-+$/, '')) ?? ('room' as Slug);
}

const HIDDEN_LENGTH = 16;

/** An address that nobody guesses: 79 bits. */
export function hiddenSlug(): Slug {
  let slug = '';
  for (let i = 0; i < HIDDEN_LENGTH; i++) slug += SUFFIX_LETTERS[randomInt(SUFFIX_LETTERS.length)];
  return slug as Slug;
}

/** An address with a random ending, for one that is already taken. */
export function withSuffix(slug: Slug): Slug {
  let suffix = '';
  for (let i = 0; i < SUFFIX_LENGTH; i++) suffix += SUFFIX_LETTERS[randomInt(SUFFIX_LETTERS.length)];
  return `${slug.slice(0, 64 - SUFFIX_LENGTH - 1)}-${suffix}` as Slug;
}
