// Loads the view. What goes wrong before the view is there is shown as text instead of an empty window.
const report = (what) => {
  const line = document.createElement('pre');
  line.setAttribute('role', 'alert');
  line.textContent = `Frontdesk could not start its view: ${what}\nReload the window; if it happens again, report this text.`;
  document.body.append(line);
};
import('./frontdesk-ui.js')
  .then((view) => view.default({ module_or_path: new URL('./frontdesk-ui_bg.wasm', import.meta.url) }))
  .catch((error) => report(String(error)));
