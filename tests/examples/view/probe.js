// Measures what the view costs: runs in the page or the window before somebody logs in. It changes nothing that is seen.
const now = () => performance.now();
const probe = { gaps: [], long: [], scripts: [], painted: null, since: 0, running: false };
globalThis.probe = probe;

// Whether a message is the whole office: a text, or the bytes of several, of which it is one of the first.
const whole = (data) => {
  if (data instanceof ArrayBuffer) return data.byteLength > 20_000 && new TextDecoder().decode(new Uint8Array(data, 0, 4_000)).includes('"snapshot"');
  return typeof data === 'string' && data.length > 20_000 && data.includes('"snapshot"');
};
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
// The office came: `asked` is when its first bytes did; where it does not come in parts, it is there when it comes.
const timed = (run, data, asked) => cost(run, (begun, script) => {
  if (!office && whole(data)) office = { begun, asked: asked ?? begun, script };
});
globalThis.requestAnimationFrame = (draw) => frames((at) => cost(() => draw(at), (_, script) => { if (office && !office.seen) office.script += script; }));
const seen = () => {
  office.seen = true;
  frames(() => {
    const channel = new MessageChannel();
    // After the frame that shows it was painted.
    channel.port1.onmessage = () => { probe.painted = { script: office.script, fetched: office.begun - office.asked, all: now() - office.asked }; };
    channel.port2.postMessage(0);
  });
};
const internals = globalThis.__TAURI_INTERNALS__;
if (internals) {
  // The desktop program's messages are answers to a question of the page; they come to a callback in this table.
  const set = internals.callbacks.set.bind(internals.callbacks);
  internals.callbacks.set = (id, hear) => set(id, (data) => timed(() => hear(data), data, probe.answered));
  for (const [id, hear] of internals.callbacks) internals.callbacks.set(id, hear);
  const fetches = globalThis.fetch;
  globalThis.fetch = (...what) => fetches(...what).then((answer) => {
    if (String(what[0]).endsWith('/hear')) probe.answered = now();
    return answer;
  });
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
