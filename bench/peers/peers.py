"""One published Python client per name: logs in, counts every event that reaches its callback, and says how much
processor time that took. `peers.py NAME HOST PORT`; prints `events=… cpu=…`."""

import os
import sys
import threading
import time

END = "BenchEnd"
QUIET = 10.0


class Count:
    """Counts events and ends the process at the last one, or when nothing has come for a while."""

    def __init__(self):
        self.events = 0
        self.begun = time.process_time()
        self.last = time.monotonic()
        self.cpu = self.begun
        threading.Thread(target=self.watch, daemon=True).start()

    def event(self, kind):
        self.events += 1
        if kind == END:
            self.end(time.process_time())

    def watch(self):
        seen, since = -1, time.monotonic()
        while True:
            time.sleep(0.5)
            if self.events != seen:
                seen, since, self.cpu = self.events, time.monotonic(), time.process_time()
            elif time.monotonic() - since > QUIET:
                self.end(self.cpu)

    def end(self, cpu):
        print(f"events={self.events} cpu={cpu - self.begun}", flush=True)
        os._exit(0)


def panoramisk(host, port):
    import asyncio

    from panoramisk import Manager

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    count = Count()
    manager = Manager(loop=loop, host=host, port=port, username="bench", secret="bench", ping_delay=3600, ping_interval=3600)
    manager.register_event("*", lambda _, event: count.event(event.event))
    manager.connect()
    loop.run_forever()


def pyst2(host, port):
    from asterisk.manager import Manager

    count = Count()
    manager = Manager()
    manager.connect(host, port)
    manager.register_event("*", lambda event, _: count.event(event.name))
    manager.login("bench", "bench")
    threading.Event().wait()


if __name__ == "__main__":
    name, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    {"panoramisk": panoramisk, "pyst2": pyst2}[name](host, port)
