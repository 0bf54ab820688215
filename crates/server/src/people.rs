//! The people file while the server runs: read again when it changes or when somebody asks. A file with a mistake
//! changes nothing. Not its format; that is `config`.

use crate::config::{ConfigError, read_people};
use crate::stop::Stop;
use crate::watched::{Because, Files, Looks};
use frontdesk_protocol::Person;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};

/// A people file as it was last read.
#[derive(Debug)]
pub struct PeopleFile {
    path: PathBuf,
    files: Files,
}

impl PeopleFile {
    /// Reads it for the first time.
    ///
    /// # Errors
    /// A sentence with the file, the line and what to write instead.
    pub fn open(path: PathBuf) -> Result<(Self, Vec<Person>), ConfigError> {
        let files = Files::new([path.as_path()]);
        let file = Self { path, files };
        let people = read_people(&file.path)?;
        Ok((file, people))
    }

    /// Sends the people whenever the file has changed, which is looked at `every` so often, and whenever `again` says
    /// so; until the server stops.
    pub async fn follow(
        mut self,
        every: Duration,
        again: Arc<Notify>,
        people: mpsc::Sender<Vec<Person>>,
        stop: Stop,
    ) {
        let mut looks = Looks::new(every, again, stop);
        while let Some(because) = looks.next().await {
            let looked = tokio::task::spawn_blocking(move || {
                let found =
                    (self.files.changed() || because == Because::Asked).then(|| read_people(&self.path));
                (self, found)
            });
            let Ok((file, found)) = looked.await else { return };
            self = file;
            match found {
                None => {}
                Some(Ok(found)) => {
                    tracing::info!(people = found.len(), "the people file is read again");
                    if people.send(found).await.is_err() {
                        return;
                    }
                }
                Some(Err(error)) => {
                    // Only where it is: the sentence itself quotes names and numbers.
                    let (file, line) = (error.file.display(), error.line);
                    tracing::warn!(
                        %file,
                        line,
                        "the people file has a mistake, which `check-config` explains; the people stay as they were"
                    );
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use tokio::sync::watch;
    use tokio::time::timeout;

    const DEADLINE: Duration = Duration::from_secs(20);

    struct Followed {
        path: PathBuf,
        again: Arc<Notify>,
        people: mpsc::Receiver<Vec<Person>>,
        _stop: watch::Sender<Option<String>>,
        _folder: tempfile::TempDir,
    }

    fn follow(every: Duration) -> Followed {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.csv");
        std::fs::write(&path, "name,extensions\nAnna,1001\n").unwrap();
        let (file, people) = PeopleFile::open(path.clone()).unwrap();
        assert_eq!(people.len(), 1);
        let again = Arc::new(Notify::new());
        let (send, people) = mpsc::channel(1);
        let (_stop, stopped) = watch::channel(None);
        tokio::spawn(file.follow(every, Arc::clone(&again), send, stopped));
        Followed { path, again, people, _stop, _folder: folder }
    }

    impl Followed {
        async fn names(&mut self) -> Vec<String> {
            let people = timeout(DEADLINE, self.people.recv()).await.expect("in time").unwrap();
            people.into_iter().map(|person| person.name).collect()
        }
    }

    #[tokio::test]
    async fn a_changed_file_is_read_again_and_a_mistake_in_it_changes_nothing() {
        let mut followed = follow(Duration::from_millis(5));
        std::fs::write(&followed.path, "name,extensions\nAnna,1001\nBob,10x2\n").unwrap();
        std::fs::write(&followed.path, "name,extensions\nAnna,1001\nRobert,1002\n").unwrap();
        // Whether the broken one was seen in between or not: nothing comes of it.
        assert_eq!(followed.names().await, ["Anna", "Robert"]);
        std::fs::remove_file(&followed.path).unwrap();
        std::fs::write(&followed.path, "name,extensions\nCleo,1003\n").unwrap();
        assert_eq!(followed.names().await, ["Cleo"]);
    }

    #[tokio::test]
    async fn who_asks_gets_the_file_as_it_is_now() {
        let mut followed = follow(Duration::from_secs(86_400));
        followed.again.notify_one();
        assert_eq!(followed.names().await, ["Anna"], "though nothing has changed");
        std::fs::write(&followed.path, "name,extensions\nBob,10x2\n").unwrap();
        followed.again.notify_one();
        std::fs::write(&followed.path, "name,extensions\nBob,1002\n").unwrap();
        followed.again.notify_one();
        assert_eq!(followed.names().await, ["Bob"]);
    }
}
