/**
 * Returns freed memory that the C library keeps, which after some threads may be more than the process uses. It works
 * with glibc only and does nothing elsewhere. Spec: malloc_trim(3).
 */
export async function trimMalloc(): Promise<void> {
  if (process.platform !== 'linux') return;
  try {
    const { default: koffi } = await import('koffi');
    koffi.load('libc.so.6').func('int malloc_trim(size_t)')(0);
  } catch {
    // Another C library, or one that cannot be called.
  }
}
