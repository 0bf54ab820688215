//! A disk for the server's database that can be filled up and emptied, as an ordinary user: a small file system in a
//! name space of the server's own where the system allows one, and a limit to the size of its files elsewhere.

use anyhow::{Context, Result, ensure};
use frontdesk_tests::stage::Stage;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Mounts a small file system beside the disk's folder, takes over what is in that, and puts it in its place.
const SMALL: &str = r#"mount -t tmpfs -o size=1536k,mode=0755 tmpfs "$1" && cp -a "$2"/. "$1"/ && mount --move "$1" "$2" &&
shift 2 && exec "$@""#;
/// A write beyond the limit is an error then, and not the end of the program.
const DEAF: &str = r#"trap "" XFSZ; exec "$@""#;
/// With the limit a file may not grow beyond this.
const LIMIT: u64 = 64 * 1024;

/// The disk.
#[derive(Debug)]
pub struct Room {
    way: Way,
    disk: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// With a name space of users as well, which an ordinary user needs; or without.
    Small(&'static [&'static str]),
    Limit,
}

impl Room {
    /// Has the stage's server keep its database on such a disk.
    ///
    /// # Errors
    /// When its configuration cannot be written.
    pub fn give(stage: &mut Stage) -> Result<Self> {
        let (disk, beside) = (stage.folder().join("disk"), stage.folder().join("beside"));
        fs::create_dir(&disk)?;
        fs::create_dir(&beside)?;
        let mut configuration = fs::OpenOptions::new().append(true).open(stage.configuration())?;
        configuration.write_all(b"\n[store]\npath = \"disk/frontdesk.db\"\n")?;
        let ways: [&[&str]; 2] = [&["--user", "--map-root-user", "--mount"], &["--mount"]];
        let works = |flags: &&&[&str]| {
            let mut trial = Command::new("unshare");
            trial.args(**flags).args(["sh", "-c", SMALL, "sh"]).args([&beside, &disk]).arg("true");
            trial.output().is_ok_and(|done| done.status.success())
        };
        let way = ways.iter().find(works).map_or(Way::Limit, |flags| Way::Small(flags));
        let shell = |script: &str| ["sh", "-c", script, "sh"].map(OsString::from);
        stage.launch_through(match way {
            Way::Small(flags) => {
                let mut words = vec![OsString::from("unshare")];
                words.extend(flags.iter().map(OsString::from));
                words.extend(shell(SMALL));
                words.extend([beside.into(), disk.clone().into()]);
                words
            }
            Way::Limit => shell(DEAF).to_vec(),
        });
        Ok(Self { way, disk })
    }

    /// In words.
    pub fn describe(&self) -> &'static str {
        match self.way {
            Way::Small(_) => "a file system of 1.5 MiB, filled up",
            Way::Limit => "its files may not grow",
        }
    }

    /// Copies the database as it lies on the disk now, which must be at rest, to where it can be opened: SQLite follows
    /// the way into the server's name space only half.
    ///
    /// # Errors
    /// When there is none.
    pub fn copy(&self, server: u32, to: &Path) -> Result<PathBuf> {
        for name in ["frontdesk.db", "frontdesk.db-wal"] {
            fs::copy(self.inside(server).join(name), to.join(name))
                .with_context(|| format!("{name} on the disk"))?;
        }
        Ok(to.join("frontdesk.db"))
    }

    /// Leaves no room.
    ///
    /// # Errors
    /// When that cannot be done.
    pub fn fill_up(&self, server: u32) -> Result<()> {
        if self.way == Way::Limit {
            return limit(server, &LIMIT.to_string());
        }
        let mut filler = fs::File::create(self.filler(server)).context("a file on the small disk")?;
        for size in [4_096, 1] {
            while filler.write_all(&vec![0; size]).is_ok() {}
        }
        Ok(())
    }

    /// Makes room again.
    ///
    /// # Errors
    /// When that cannot be done.
    pub fn make_room(&self, server: u32) -> Result<()> {
        match self.way {
            Way::Limit => limit(server, "unlimited"),
            Way::Small(_) => Ok(fs::remove_file(self.filler(server))?),
        }
    }

    fn filler(&self, server: u32) -> PathBuf {
        self.inside(server).join("filler")
    }

    /// The disk as the server sees it.
    fn inside(&self, server: u32) -> PathBuf {
        match self.way {
            Way::Limit => self.disk.clone(),
            Way::Small(_) => {
                let root = PathBuf::from(format!("/proc/{server}/root"));
                root.join(self.disk.strip_prefix(Path::new("/")).unwrap_or(&self.disk))
            }
        }
    }
}

fn limit(process: u32, size: &str) -> Result<()> {
    let (process, size) = (process.to_string(), format!("--fsize={size}:unlimited"));
    let done = Command::new("prlimit").args(["--pid", &process, &size]).output().context("prlimit")?;
    ensure!(done.status.success(), "prlimit: {}", String::from_utf8_lossy(&done.stderr));
    Ok(())
}
