/** One line of a head: its name, and its value with white space behind it. Spec: RFC 9112, 5. */
export const FIELD_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/;
