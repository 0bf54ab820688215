//! Writes the configuration of one lab from the templates in `conf/`.
//!
//! The templates hold the dialplan and everything that is the same in every lab; only addresses, folders and the
//! options are filled in here.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::address::Addresses;
use super::{LabError, LabOptions, PEOPLE, SIP_SECRET, io, prefix};

macro_rules! templates {
    ($($name:literal),* $(,)?) => { &[$(($name, include_str!(concat!("../../conf/", $name)))),*] };
}

const TEMPLATES: &[(&str, &str)] = templates![
    "acl.conf",
    "asterisk.conf",
    "ccss.conf",
    "cdr.conf",
    "cdr_manager.conf",
    "cel.conf",
    "confbridge.conf",
    "extensions.conf",
    "features.conf",
    "http.conf",
    "indications.conf",
    "logger.conf",
    "manager.conf",
    "modules.conf",
    "musiconhold.conf",
    "pjproject.conf",
    "pjsip.conf",
    "queuerules.conf",
    "queues.conf",
    "res_parking.conf",
    "rtp.conf",
    "stasis.conf",
    "udptl.conf",
    "voicemail.conf",
];

/// A new folder with a short path: the path of Asterisk's control socket must stay below 107 characters.
pub(super) fn run_folder() -> Result<PathBuf, LabError> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let wanted = std::env::var_os("XDG_RUNTIME_DIR")
        .map(PathBuf::from)
        .filter(|d| d.is_dir() && d.as_os_str().len() < 60);
    let base = wanted.unwrap_or_else(|| PathBuf::from("/tmp"));
    loop {
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = base.join(format!("frontdesk-lab-{}-{n}", std::process::id()));
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            // Left over by a process of the same number that was killed.
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(io(format!("The folder {} could not be made", folder.display()))(e)),
        }
    }
}

pub(super) fn write(
    run: &Path,
    prefix: &Path,
    at: &Addresses,
    secret: &str,
    options: &LabOptions,
) -> Result<(), LabError> {
    for folder in [
        "etc",
        "run",
        "log",
        "var/lib/agi-bin",
        "var/lib/keys",
        "var/cache",
        "var/spool/voicemail",
        "var/spool/outgoing",
        "var/spool/tmp",
        "var/spool/system",
    ] {
        fs::create_dir_all(run.join(folder)).map_err(io("The lab's folders could not be made"))?;
    }
    let values = [
        ("@RUN@", run.display().to_string()),
        ("@PREFIX@", prefix.display().to_string()),
        ("@TRIPLET@", prefix::machine()?.triplet.to_owned()),
        ("@SECRET@", secret.to_owned()),
        ("@HOST@", at.host.to_string()),
        ("@SIPPORT@", at.sip_port.to_string()),
        ("@AMIPORT@", at.ami_port.to_string()),
        ("@PROVIDERIP@", at.provider.to_string()),
        ("@PROVIDER@", format!("{}:{}", at.provider, at.sip_port)),
        ("@RING@", options.ring.as_secs().max(1).to_string()),
        ("@PARKING@", options.parking.as_secs().max(1).to_string()),
        ("@ENDPOINTS@", endpoints()),
        ("@MAILBOXES@", PEOPLE.map(|(number, name)| format!("{number} => 1111,{name}")).join("\n")),
        ("@QUALIFY@", options.qualify.as_secs().to_string()),
    ];
    for (name, template) in TEMPLATES {
        let mut text = (*template).to_owned();
        for (mark, value) in &values {
            text = text.replace(mark, value);
        }
        fs::write(run.join("etc").join(name), text).map_err(io(format!("{name} could not be written")))?;
    }
    Ok(())
}

fn endpoints() -> String {
    let one = |(number, name): (&str, &str)| {
        format!(
            "[{number}](ext)\nauth={number}-auth\naors={number}\ncallerid={name} <{number}>\nmailboxes={number}@default\n\
             [{number}-auth](ext-auth)\nusername={number}\npassword={SIP_SECRET}\n[{number}](ext-aor)\n"
        )
    };
    PEOPLE.map(one).join("\n")
}
