/**
 * Copies a text; false where nothing can be copied. A page without TLS on another machine than its server has no
 * clipboard of its own, but the older way works there. Spec: Clipboard API, 6 (secure contexts); HTML, 8.9 (execCommand).
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // Not allowed, or the page was not in front: the other way may be.
  }
  const before = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.style.cssText = 'position:fixed;opacity:0';
  // Beside what has the focus: while a dialog is open nothing outside it can be selected.
  (before?.closest('dialog') ?? document.body).append(field);
  field.select();
  const copied = document.execCommand?.('copy') ?? false;
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return copied;
}
