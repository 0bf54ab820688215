// Loads the view. What goes wrong in it is shown as text instead of an empty window, and told to the desktop program.
const report = (what) => {
  globalThis.__TAURI__?.core.invoke('report_error', { text: String(what) }).catch(() => {});
  let line = document.querySelector('#boot-error');
  if (!line) {
    line = document.createElement('pre');
    line.id = 'boot-error';
    line.setAttribute('role', 'alert');
    document.body.append(line);
  }
  line.textContent = `The view of Frontdesk stopped: ${what}\nYour calls are not touched. Reload the window; if it happens again, report this text.`;
};
addEventListener('error', (event) => {
  // A picture or a style that does not load has no message and does not stop the view.
  if (event.message) report(event.message);
});
addEventListener('unhandledrejection', (event) => report(event.reason));
import('./frontdesk-ui.js')
  .then((view) => view.default({ module_or_path: new URL('./frontdesk-ui_bg.wasm', import.meta.url) }))
  .catch(report);
