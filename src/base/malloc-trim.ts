/**
 * Gives back what the C library keeps of memory that was freed, which after some threads is more than the process uses.
 * Only where it is glibc; elsewhere nothing happens. Spec: malloc_trim(3).
 */
export async function trimMalloc(): Promise<void> {
  if (process.platform !== 'linux') return;
  try {
    const { default: koffi } = await import('koffi');
    koffi.load('libc.so.6').func('int malloc_trim(size_t)')(0);
  } catch {
    // Another C library, or none that can be called.
  }
}
