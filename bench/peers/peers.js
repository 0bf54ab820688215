// One published Node client per name: logs in, counts every event that reaches its callback, and says how much
// processor time that took. `node peers.js NAME HOST PORT`; prints `events=… cpu=…`.
'use strict';

const END = 'BenchEnd';
const QUIET = 10000;
const [name, host, port] = process.argv.slice(2);
const begun = process.cpuUsage();
let events = 0;
let seen = -1;
let since = Date.now();
let at = begun;

function end(usage) {
  const cpu = (usage.user + usage.system - begun.user - begun.system) / 1e6;
  process.stdout.write(`events=${events} cpu=${cpu}\n`, () => process.exit(0));
}

function event(kind) {
  events += 1;
  if (kind === END) end(process.cpuUsage());
}

// Where the last event was lost, the stream has ended when nothing came for a while.
setInterval(() => {
  if (events !== seen) {
    seen = events;
    since = Date.now();
    at = process.cpuUsage();
  } else if (Date.now() - since > QUIET) {
    end(at);
  }
}, 500);

const clients = {
  'asterisk-manager': () => {
    const ami = new (require('asterisk-manager'))(port, host, 'bench', 'bench', true);
    ami.on('managerevent', (message) => event(message.event));
  },
  'ami-io': () => {
    const AmiIo = require('ami-io');
    const client = new AmiIo.Client({ host, port, login: 'bench', password: 'bench', logger: new AmiIo.SilentLogger() });
    client.on('event', (message) => event(message.event));
    client.connect();
  },
};
clients[name]();
