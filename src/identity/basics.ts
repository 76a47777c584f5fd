/** The shortest and the longest password, in characters. Spec: NIST SP 800-63B-4, 3.1.1.2. */
export const PASSWORD_LENGTH = { least: 10, most: 128 } as const;

/** The cookie of a session, by the origin. Spec: RFC 6265bis, 4.1.3.2. */
export const signInCookieOf = (origin: string): string =>
  origin.startsWith('https:') ? '__Host-earshot-session' : 'earshot-session';
