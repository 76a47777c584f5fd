/** Attributes and `on…` listeners of a new element. */
export type Props = Record<string, string | number | boolean | undefined | ((event: Event) => void)>;

const SVG = 'http://www.w3.org/2000/svg';

const fill = <T extends Element>(
  node: T,
  props: Props,
  children: readonly (Node | string | undefined)[],
): T => {
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, '');
    else if (value !== undefined && value !== false) node.setAttribute(name, String(value));
  }
  for (const child of children) if (child !== undefined) node.append(child);
  return node;
};

/** Makes an HTML element; text is always text, never markup. */
export const element = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly (Node | string | undefined)[]
): HTMLElementTagNameMap[K] => fill(document.createElement(tag), props, children);

/** Makes an SVG element. */
export const drawing = <K extends keyof SVGElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly (Node | string | undefined)[]
): SVGElementTagNameMap[K] =>
  fill(document.createElementNS(SVG, tag) as SVGElementTagNameMap[K], props, children);

/** The text we wrote last. A translator or an extension may have changed what the page shows. */
const said = new WeakMap<Element, string>();

/** The text of an element as we wrote it. */
export const written = (node: Element): string => said.get(node) ?? node.textContent ?? '';

/** Sets a text only if it changed, so that screen readers do not repeat it and translators are not asked again. */
export const write = (node: Element, text: string): void => {
  const same = written(node) === text;
  said.set(node, text);
  if (!same) node.textContent = text;
};
