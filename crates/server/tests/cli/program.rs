//! A program beside the test: what it is told and what it says. Each wait has a deadline, after which the test fails with
//! all that was said. Not what it should say.

use frontdesk_lab::planted;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

/// How long a program may take for all that a test wants of it.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// A running program, which is killed when it is dropped.
pub struct Program {
    child: Child,
    lines: Receiver<(Pipe, String)>,
    said: Vec<(Pipe, String)>,
    deadline: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pipe {
    Output,
    Errors,
}

impl Program {
    /// Starts it, and begins to read what it says.
    pub fn start(command: &mut Command) -> Self {
        Self::logging_to(None, command)
    }

    /// The same of a server; with `cargo xtask test` it says everything, which is searched afterwards for what
    /// `frontdesk_lab::planted` has noted. `form` is `server`, or another word where its log is not text.
    pub fn serve(form: &str, command: &mut Command) -> Self {
        let Some(folder) = planted::folder() else { return Self::start(command) };
        std::fs::create_dir_all(&folder).unwrap();
        let test = std::thread::current().name().unwrap().replace("::", "-");
        let log = File::create(folder.join(format!("{test}-{form}.log"))).unwrap();
        Self::logging_to(Some(log), command.env("FRONTDESK_LOG", "trace"))
    }

    fn logging_to(log: Option<File>, command: &mut Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (sender, lines) = mpsc::channel();
        read(Pipe::Output, child.stdout.take().unwrap(), None, sender.clone());
        read(Pipe::Errors, child.stderr.take().unwrap(), log, sender);
        Self { child, lines, said: Vec::new(), deadline: Instant::now() + DEADLINE }
    }

    /// Tells it something, after which there is no more.
    pub fn hears(&mut self, input: &str) {
        planted::secret(input);
        // A program that refuses at once does not read it.
        let _ = self.child.stdin.take().unwrap().write_all(input.as_bytes());
    }

    /// Sends a signal.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for a line with this text.
    pub fn says(&mut self, text: &str) {
        self.until(text, |line| line.contains(text).then_some(()));
    }

    /// Waits for a line in which something is found.
    pub fn until<T>(&mut self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        while let Some(line) = self.line(what) {
            if let Some(found) = find(&line) {
                return found;
            }
        }
        panic!("it ended and never said: {what}\n{}", self.text());
    }

    /// Waits for its end: whether it succeeded, and all that it wrote, what it wrote about errors last.
    pub fn ends(mut self) -> (bool, String) {
        while self.line("the end").is_some() {}
        // Whoever lets go of both pipes is about to end.
        (self.child.wait().unwrap().success(), self.text())
    }

    fn line(&mut self, what: &str) -> Option<String> {
        match self.lines.recv_timeout(self.deadline.saturating_duration_since(Instant::now())) {
            Ok((pipe, line)) => {
                self.said.push((pipe, line.clone()));
                Some(line)
            }
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("not within {DEADLINE:?}: {what}\n{}", self.text()),
        }
    }

    fn text(&self) -> String {
        let of = |pipe| self.said.iter().filter(move |(from, _)| *from == pipe).map(|(_, line)| &**line);
        of(Pipe::Output).chain(of(Pipe::Errors)).collect()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // One that has ended already is what we want.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads until the end, in a thread of its own; each line with what ends it.
fn read(pipe: Pipe, from: impl Read + Send + 'static, mut log: Option<File>, lines: Sender<(Pipe, String)>) {
    std::thread::spawn(move || {
        let mut from = BufReader::new(from);
        loop {
            let mut line = String::new();
            if from.read_line(&mut line).unwrap() == 0 {
                return;
            }
            if let Some(log) = &mut log {
                log.write_all(line.as_bytes()).unwrap();
            }
            // Nobody may wait for it any more.
            if lines.send((pipe, line)).is_err() {
                return;
            }
        }
    });
}
