/**
 * What a refusal says beside its code, for a page that tells its reader in their own language; `detail` is the same in
 * English, for programs. Spec: RFC 9457, 3.2.
 */
export interface RefusalFacts {
  /** The field that is not taken as it is. */
  readonly field?: string | undefined;
  /** The name of the rule on words that it breaks. */
  readonly rule?: string | undefined;
  /** Whose limit is reached. */
  readonly limit?: string | undefined;
  /** The limit. */
  readonly most?: number | undefined;
  /** Seconds after which another try makes sense. */
  readonly seconds?: number | undefined;
}

/** A refusal as a page reads it; the code is empty where nobody answered. */
export interface ToldRefusal extends RefusalFacts {
  readonly code: string;
}

/** The facts of a refused body: its `detail` begins with the name of the field. */
export function bodyFacts(detail: string, rule?: string): RefusalFacts {
  const field = /^(\w+): /.exec(detail)?.[1];
  return { ...(field === undefined ? {} : { field }), ...(rule === undefined ? {} : { rule }) };
}
