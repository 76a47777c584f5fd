/** Everything that XML 1.0 may not hold, not even as a reference; half a surrogate pair among it. Spec: XML 1.0, 2.2 (Char). */
const NO_CHAR = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  // `]]>` may not stand in a text.
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  // Readers make a blank of these in an attribute, and a line end of the last one anywhere. Spec: XML 1.0, 2.11, 3.3.3.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** People's text as it can stand in XML: what XML has no form for is left out. */
export const xmlChars = (text: string): string => text.replace(NO_CHAR, '');

/** The same between tags. */
export const xmlText = (text: string): string =>
  xmlChars(text).replace(/[&<>"'\r]/g, (letter) => ESCAPES[letter] ?? letter);

/** The same in a quoted attribute. */
export const xmlValue = (text: string): string =>
  xmlChars(text).replace(/[&<>"'\t\n\r]/g, (letter) => ESCAPES[letter] ?? letter);

/** What a tag says beside its content; undefined: nothing. */
export type XmlAttributes = Readonly<Record<string, string | number | undefined>>;

const opening = (name: string, attributes: XmlAttributes): string =>
  `<${name}${Object.entries(attributes)
    .flatMap(([key, value]) => (value === undefined ? [] : ` ${key}="${xmlValue(String(value))}"`))
    .join('')}`;

/** An element around a text. */
export const textElement = (name: string, text: string, attributes: XmlAttributes = {}): string =>
  `${opening(name, attributes)}>${xmlText(text)}</${name}>`;

/** An element without content. */
export const emptyElement = (name: string, attributes: XmlAttributes): string =>
  `${opening(name, attributes)}/>`;

/** An element around others, which are XML already, each on a line of its own. */
export const elementOf = (name: string, attributes: XmlAttributes, inside: readonly string[]): string =>
  `${opening(name, attributes)}>\n${inside.join('\n')}\n</${name}>`;

/** A text that says something: a title is never empty. */
export const saying = (text: string, otherwise: string): string =>
  /[^\s\p{C}]/u.test(xmlChars(text)) ? text : otherwise;
