/** The URL of a database; `file` is set for SQLite. The rest after the scheme is checked when it is opened. */
export const DATABASE = /^sqlite:(?<file>.+)$|^postgres(?:ql)?:\/\/./;

/** Advice for every other value. */
export const DATABASE_FORMS = 'use sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/NAME';
