const PATHS = {
  mic: 'M12 3a3 3 0 0 1 3 3v6a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3ZM6 11v1a6 6 0 0 0 12 0v-1M12 18v3',
  'mic-off':
    'M12 3a3 3 0 0 1 3 3v6a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3ZM6 11v1a6 6 0 0 0 12 0v-1M12 18v3M4 3l16 18',
  note: 'M9 18V6l10-2v12M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0ZM19 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0Z',
  stage: 'M3 18a9 9 0 0 1 18 0M7.5 18a4.5 4.5 0 0 1 9 0M12 18h.01',
  sound:
    'M4 8h9M17 8h3M4 16h3M11 16h9M15 5.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5ZM9 13.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5Z',
  leave: 'M14 4h5v16h-5M15 12H4M8 8l-4 4 4 4',
  light:
    'M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M5 19l1.4-1.4M17.6 6.4 19 5',
} as const;

/** An icon beside a text; hidden from screen readers, which read the text. */
export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** Our logo: an arc over a point. */
export function Sign() {
  return (
    <svg class="sign" viewBox="0 0 32 24" aria-hidden="true">
      <path d="M3 21a13 13 0 0 1 26 0M9 21a7 7 0 0 1 14 0" />
      <circle cx="16" cy="20.5" r="2.5" />
    </svg>
  );
}
