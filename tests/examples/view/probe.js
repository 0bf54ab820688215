// Measures what the view costs: runs in the page or the window before somebody logs in. It changes nothing that is seen.
const now = () => performance.now();
const probe = { gaps: [], long: [], scripts: [], painted: null, since: 0, running: false };
globalThis.probe = probe;

// What a message costs: its listener, and the drawing that follows in the same task.
const timed = (run, data) => {
  const begun = now();
  const snapshot = typeof data === 'string' && data.length > 20_000 && data.includes('"snapshot"');
  run();
  queueMicrotask(() => queueMicrotask(() => {
    if (probe.running) probe.scripts.push(now() - begun);
    if (!snapshot || probe.painted) return;
    const script = now() - begun;
    const seen = () => {
      if (!document.querySelector('[data-person]')) return requestAnimationFrame(seen);
      const channel = new MessageChannel();
      // After the frame that shows it was painted.
      channel.port1.onmessage = () => { probe.painted = { script, all: now() - begun }; };
      channel.port2.postMessage(0);
    };
    requestAnimationFrame(seen);
  }));
};
// In the window the messages come from the desktop program by a way that no script can listen in on.
const listen = WebSocket.prototype.addEventListener;
if (!globalThis.__TAURI__) {
  WebSocket.prototype.addEventListener = function (what, listener, options) {
    const hear = what === 'message' ? (event) => timed(() => listener.call(this, event), event.data) : listener;
    return listen.call(this, what, hear, options);
  };
}

if (PerformanceObserver.supportedEntryTypes.includes('longtask')) {
  probe.observed = true;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (probe.running) probe.long.push(entry.duration);
  }).observe({ entryTypes: ['longtask'] });
}
let last = now();
const frame = (at) => {
  if (probe.running) probe.gaps.push(at - last);
  last = at;
  requestAnimationFrame(frame);
};
requestAnimationFrame(frame);
// Where the browser does not tell of long tasks: how late a timer is.
let beat = now();
setInterval(() => {
  const at = now();
  if (probe.running && !probe.observed && at - beat > 54) probe.long.push(at - beat - 4);
  beat = at;
}, 4);

probe.begin = () => { probe.gaps = []; probe.long = []; probe.scripts = []; probe.running = true; };
probe.end = () => { probe.running = false; return { gaps: probe.gaps, long: probe.long, scripts: probe.scripts, tiles: document.querySelectorAll('[data-person]').length, elements: document.querySelectorAll('*').length }; };
