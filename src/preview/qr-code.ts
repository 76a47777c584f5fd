import { encode } from 'uqr';
import { escapeHtml } from '../base/plain-text.ts';

/** Modules of empty space around the code. Spec: ISO/IEC 18004, 9.1. */
const QUIET = 4;

/**
 * A QR code of a text as an SVG image: dark on white whatever is behind it, with enough space around it to be read from a
 * screen or from paper. `says`: what it is, for whoever does not see it.
 */
export function qrCode(text: string, says: string): string {
  const { size, data } = encode(text, { ecc: 'M', border: 0 });
  const rows: string[] = [];
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      if (!data[y]?.[x]) continue;
      const from = x;
      while (data[y]?.[x + 1]) x += 1;
      rows.push(`M${from + QUIET} ${y + QUIET}h${x - from + 1}v1h-${x - from + 1}z`);
    }
  const whole = size + 2 * QUIET;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${whole} ${whole}" width="${whole * 8}" height="${whole * 8}" role="img" shape-rendering="crispEdges"><title>${escapeHtml(says)}</title><rect width="${whole}" height="${whole}" fill="#fff"/><path d="${rows.join('')}" fill="#000"/></svg>
`;
}
