// Loads the view. What a view shows that has stopped is old, so the page is loaded again at once; where that does not
// help, a text covers it. The desktop program is told what went wrong.

// When the view stopped last, and that the page was loaded again for it.
const STOPPED = 'frontdesk.stopped';
const RESTARTED = 'frontdesk.restarted';
// A view that stops again so soon would go on stopping.
const AGAIN_MS = 20_000;
// How long the page waits until the desktop program has heard of it.
const TELL_MS = 500;

const cover = (what) => {
  const alert = document.createElement('div');
  alert.id = 'boot-error';
  alert.setAttribute('role', 'alert');
  const text = document.createElement('p');
  text.textContent = `The view of Frontdesk stopped: ${what}\nYour calls are not touched. Load it again; if it happens again, report this text.`;
  const again = document.createElement('button');
  again.textContent = 'Load again';
  again.addEventListener('click', () => location.reload());
  alert.append(text, again);
  document.body.append(alert);
  again.focus();
};

const tell = (text) => globalThis.__TAURI_INTERNALS__?.invoke('report_error', { text }).catch(() => {});

// Whether the page may be loaded again by itself. Without a store nobody would know that it happens over and over.
const mayLoadAgain = () => {
  try {
    const last = Number(sessionStorage.getItem(STOPPED));
    sessionStorage.setItem(STOPPED, Date.now());
    if (last && Math.abs(Date.now() - last) < AGAIN_MS) return false;
    sessionStorage.setItem(RESTARTED, 'true');
    return true;
  } catch {
    return false;
  }
};

let over = false;
const stopped = async (error) => {
  if (over) return;
  over = true;
  // A panic leaves its own words; the error is only that the program stopped.
  const what = globalThis.frontdeskPanic ?? String(error);
  const heard = tell([what, error?.stack].filter(Boolean).join('\n'));
  await Promise.race([heard, new Promise((done) => setTimeout(done, TELL_MS))]);
  if (mayLoadAgain()) location.reload();
  else cover(what);
};

addEventListener('error', (event) => {
  // Without an error it is a picture that does not load, or the browser's own remark: the view goes on.
  if (event.error) stopped(event.error);
  else if (event.message) tell(event.message);
});
addEventListener('unhandledrejection', ({ reason }) => {
  if (reason instanceof WebAssembly.RuntimeError) stopped(reason);
  else tell(String(reason));
});
try {
  if (sessionStorage.getItem(RESTARTED)) document.documentElement.dataset.restarted = 'true';
  sessionStorage.removeItem(RESTARTED);
} catch {
  // Then nobody is told that the page was loaded again.
}
// Each of these takes a while to come, so none of them waits for another.
globalThis.frontdeskSettings = globalThis.__TAURI_INTERNALS__?.invoke('load_settings');
const program = fetch(new URL('./frontdesk-ui_bg.wasm', import.meta.url));
Promise.all([import('./frontdesk-ui.js'), program])
  .then(([view, program]) => view.default({ module_or_path: program }))
  .catch(stopped);
