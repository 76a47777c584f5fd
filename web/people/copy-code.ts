/** Puts a button that copies below each code for other sites. Without scripts people copy it themselves. */
for (const code of document.querySelectorAll<HTMLTextAreaElement>('textarea[data-copy]')) {
  const button = document.createElement('button');
  const { copy = '', copied = '' } = code.dataset;
  button.type = 'button';
  button.className = 'button quiet';
  button.textContent = copy;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(code.value);
      button.textContent = copied;
      setTimeout(() => {
        button.textContent = copy;
      }, 2_000);
    } catch {
      // Where a browser lets nobody write to the clipboard, the code is selected to be copied by hand.
      code.focus();
      code.select();
    }
  });
  code.after(button);
}

export {};
