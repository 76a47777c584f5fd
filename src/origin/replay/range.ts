/**
 * The bytes that a Range header asks of `total`, end exclusive; undefined when it asks for all, is malformed or asks
 * for several ranges, which may be answered whole. Spec: RFC 9110, 14.2.
 */
export function readRange(
  header: string | undefined,
  total: number,
): [number, number] | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  if (match[1] === '') {
    const length = Math.min(Number(match[2]), total);
    return length === 0 ? 'unsatisfiable' : [total - length, total];
  }
  const from = Number(match[1]);
  const to = match[2] === '' ? total : Math.min(Number(match[2]) + 1, total);
  if (match[2] !== '' && Number(match[2]) < from) return undefined;
  return from >= total ? 'unsatisfiable' : [from, to];
}
