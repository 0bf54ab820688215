//! The process of one Asterisk, which never outlives the process that started it.
//!
//! A shell holds the read end of a pipe from us and kills Asterisk when the pipe closes, so it ends with us however
//! we end. It is deliberately not `PR_SET_PDEATHSIG`: that fires when the *thread* that spawned ends, and needs
//! unsafe code.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::{LabError, io};

/// A word on the pipe says that we still live and look after the folder; without one it goes with us.
const KEEPER: &str = r#"exec 3<&0
run=$1
shift
"$@" </dev/null 3<&- &
p=$!
{ read -r word; kill -KILL $p; [ -n "$word" ] || rm -rf "$run"; } <&3 >/dev/null 2>&1 &
watch=$!
exec 3<&-
wait $p
kill $watch 2>/dev/null"#;

#[derive(Debug)]
pub(super) struct Process {
    keeper: Child,
}

impl Process {
    pub fn spawn(prefix: &Path, run: &Path) -> Result<Self, LabError> {
        use std::os::unix::process::CommandExt as _;
        let log = File::create(run.join("log/stdout")).map_err(io("The lab's log could not be made"))?;
        let errors = log.try_clone().map_err(io("The lab's log could not be made"))?;
        let keeper = Command::new("/bin/sh")
            .args(["-c", KEEPER, "lab"])
            .arg(run)
            .arg(prefix.join("asterisk"))
            .arg("-f")
            .arg("-C")
            .arg(run.join("etc/asterisk.conf"))
            .stdin(Stdio::piped())
            .stdout(log)
            .stderr(errors)
            .process_group(0)
            .spawn()
            .map_err(io("Asterisk could not be started"))?;
        Ok(Self { keeper })
    }

    pub fn has_ended(&mut self) -> bool {
        !matches!(self.keeper.try_wait(), Ok(None))
    }

    pub async fn ended(mut self) -> Result<(), LabError> {
        let wait = async {
            let mut ticks = tokio::time::interval(Duration::from_millis(20));
            while !self.has_ended() {
                ticks.tick().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(15), wait).await.map_err(|_| LabError::Cli {
            command: "core stop now".to_owned(),
            answer: "the process is still there after 15 seconds".to_owned(),
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Closing the pipe is the order to kill; `wait` then takes milliseconds.
        if let Some(mut pipe) = self.keeper.stdin.take() {
            let _ = pipe.write_all(b"keep\n");
        }
        let _ = self.keeper.wait();
    }
}

/// The last lines that Asterisk wrote.
pub(super) fn tail(run: &Path) -> String {
    let text = std::fs::read(run.join("log/stdout")).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
