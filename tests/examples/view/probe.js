// Measures what the view costs: runs in the page or the window before somebody logs in. It changes nothing that is seen.
const now = () => performance.now();
const probe = { gaps: [], long: [], scripts: [], painted: null, since: 0, running: false };
globalThis.probe = probe;

// Whether a message is the whole office, or holds it: it is one of the first then.
const whole = (data) => typeof data === 'string' && data.length > 20_000 && data.slice(0, 4_000).includes('"snapshot"');
// When what a listener began is over: what it promised has come to its own listeners, a few steps further.
const after = (steps, then) => steps ? queueMicrotask(() => after(steps - 1, then)) : then();
// What the script of a frame costs: the drawing, and the listeners of the messages that come until the next one.
const frames = globalThis.requestAnimationFrame.bind(globalThis);
let [spent, office] = [0, null];
const cost = (run, then) => {
  const begun = now();
  run();
  after(8, () => {
    const script = now() - begun;
    spent += script;
    then?.(begun, script);
    if (office && !office.seen && document.querySelector('[data-person]')) seen();
  });
};
// The office came, whole.
const timed = (run, data) => cost(run, (begun, script) => {
  if (!office && whole(data)) office = { begun, script };
});
globalThis.requestAnimationFrame = (draw) => frames((at) => cost(() => draw(at), (_, script) => { if (office && !office.seen) office.script += script; }));
const seen = () => {
  office.seen = true;
  frames(() => {
    const channel = new MessageChannel();
    // After the frame that shows it was painted.
    channel.port1.onmessage = () => { probe.painted = { script: office.script, all: now() - office.begun }; };
    channel.port2.postMessage(0);
  });
};
if (globalThis.__TAURI_INTERNALS__) {
  // The desktop program's core calls the page.
  const hear = globalThis.frontdeskHear;
  globalThis.frontdeskHear = (lines) => timed(() => hear(lines), lines);
} else {
  const listen = WebSocket.prototype.addEventListener;
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
  if (probe.running && spent > 0) probe.scripts.push(spent);
  spent = 0;
  frames(frame);
};
frames(frame);
// Where the browser does not tell of long tasks: how late a timer is.
let beat = now();
setInterval(() => {
  const at = now();
  if (probe.running && !probe.observed && at - beat > 54) probe.long.push(at - beat - 4);
  beat = at;
}, 4);

probe.begin = () => { probe.gaps = []; probe.long = []; probe.scripts = []; probe.running = true; };
probe.end = () => { probe.running = false; return { gaps: probe.gaps, long: probe.long, scripts: probe.scripts, tiles: document.querySelectorAll('[data-person]').length, elements: document.querySelectorAll('*').length }; };
