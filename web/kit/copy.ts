/**
 * Copies a text; false where nothing can be copied. A page without TLS on another machine than its server has no
 * clipboard of its own, but the older way works there. Spec: Clipboard API, 6 (secure contexts); HTML, 8.9
 * (execCommand).
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // Refused, or the page was in the background: the older way may still work.
  }
  const before = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.style.cssText = 'position:fixed;opacity:0';
  // Placed beside the focused element: while a dialog is open, nothing outside of it can be selected.
  (before?.closest('dialog') ?? document.body).append(field);
  field.select();
  const copied = document.execCommand?.('copy') ?? false;
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return copied;
}
