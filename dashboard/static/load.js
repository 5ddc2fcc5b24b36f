// Dropping a file onto the form, and a word while a file is being read.
(function () {
  'use strict';
  const drop = document.getElementById('drop');
  const input = document.getElementById('file');
  if (drop && input) {
    for (const name of ['dragenter', 'dragover']) {
      drop.addEventListener(name, (e) => { e.preventDefault(); drop.classList.add('over'); });
    }
    for (const name of ['dragleave', 'drop']) {
      drop.addEventListener(name, () => drop.classList.remove('over'));
    }
    drop.addEventListener('drop', (e) => {
      e.preventDefault();
      if (e.dataTransfer.files.length === 0) return;
      input.files = e.dataTransfer.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
      input.focus();
    });
  }
  for (const form of document.querySelectorAll('form[data-busy]')) {
    form.addEventListener('submit', () => {
      const button = form.querySelector('button[type=submit]');
      const busy = form.querySelector('.busy');
      if (busy) busy.textContent = form.dataset.busy;
      // After the form has been read, or the button's own press would be undone.
      setTimeout(() => { button.disabled = true; }, 0);
    });
  }
  // A page that comes back from the browser's memory has its buttons back.
  window.addEventListener('pageshow', () => {
    for (const button of document.querySelectorAll('form[data-busy] button')) button.disabled = false;
  });
})();
