//! The command line as a person at the terminal meets it: what it prints, and every sentence of refusal.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

#[path = "cli/program.rs"]
mod program;

use frontdesk_lab::planted;
use program::{DEADLINE, Program};
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// The server's program in `folder`.
fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk-server"));
    command.args(arguments).current_dir(folder).env_remove("FRONTDESK_CONFIG");
    command
}

/// Runs the program in `folder`; the answer is whether it succeeded, and what it wrote.
fn run(folder: &Path, arguments: &[&str], input: &str) -> (bool, String) {
    let mut program = Program::start(&mut command(folder, arguments));
    program.hears(input);
    program.ends()
}

fn office(config: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("frontdesk.toml"), config).unwrap();
    folder
}

#[test]
fn users_are_added_listed_and_closed() {
    let folder = office("[pbx]\nsecret = \"s\"\n");
    let run = |arguments: &[&str], input: &str| run(folder.path(), arguments, input);
    let add = [
        "user",
        "add",
        "anna",
        "--role",
        "receptionist",
        "--extension",
        "1001",
        "--extension",
        "1101",
        "--password-stdin",
        "--config",
        "frontdesk.toml",
    ];
    assert_eq!(run(&add, "correct horse\n"), (true, "anna can log in now.\n".into()));
    let twice = "there already is a user anna. Use `user password` or another name\n";
    assert_eq!(run(&add, "correct horse\n"), (false, twice.into()));
    assert_eq!(run(&["user", "list"], ""), (true, "anna  receptionist  1001 1101\n".into()));
    let (done, text) = run(&["user", "disable", "anna"], "");
    assert_eq!((done, &*text), (true, "anna can no longer log in, and the sessions have ended.\n"));
    assert_eq!(run(&["user", "list"], "").1, "anna  receptionist  1001 1101  disabled\n");
    assert_eq!(run(&["user", "enable", "anna"], "").1, "anna can log in again.\n");
    let (done, text) = run(&["user", "password", "anna", "--password-stdin"], "better horse\n");
    assert_eq!((done, &*text), (true, "anna has a new password; the sessions of the old one have ended.\n"));
    let (done, text) = run(&["user", "disable", "bob"], "");
    assert_eq!((done, &*text), (false, "there is no user bob. `user list` shows all of them\n"));
}

#[test]
fn sessions_are_listed_and_ended_by_name_by_user_and_all() {
    let folder = office("[pbx]\nsecret = \"s\"\n");
    let run = |arguments: &[&str], input: &str| run(folder.path(), arguments, input);
    let add =
        |name| run(&["user", "add", name, "--role", "colleague", "--password-stdin"], "correct horse\n");
    assert!(add("anna").0 && add("bob").0);
    assert_eq!(run(&["sessions", "list"], ""), (true, String::new()));
    let database = rusqlite::Connection::open(folder.path().join("frontdesk.db")).unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    let now = i64::try_from(now).unwrap();
    let open = |byte: u8, user: &str| {
        let values = (vec![byte; 32], user, now - 3 * 3_600_000, now - 5 * 60_000);
        database.execute("INSERT INTO sessions VALUES (?1, ?2, ?3, ?4)", values).unwrap();
    };
    for (byte, user) in [(0xaa, "anna"), (0xab, "anna"), (0xcc, "bob")] {
        open(byte, user);
    }
    let anna = "aaaaaaaaaaaa  anna  logged in 3 h ago  used 5 min ago\n\
                abababababab  anna  logged in 3 h ago  used 5 min ago\n";
    let bob = "cccccccccccc  bob  logged in 3 h ago  used 5 min ago\n";
    assert_eq!(run(&["sessions", "list"], ""), (true, format!("{anna}{bob}")));
    assert_eq!(run(&["sessions", "list", "--user", "bob"], "").1, bob);
    let refused = |name: &str| {
        let (done, text) = run(&["sessions", "revoke", name], "");
        assert!(!done);
        text
    };
    assert_eq!(
        refused("dddddddddddd"),
        "there is no session dddddddddddd. `sessions list` shows all of them\n"
    );
    let no_name = "is not the name of a session. `sessions list` shows them, as twelve digits and letters\n";
    for name in ["a", "a%", "%%%%", "____", "'or 1=1"] {
        assert_eq!(refused(name), format!("`{name}` {no_name}"));
    }
    let (done, text) = run(&["sessions", "revoke", "aaaaaaaaaaaa"], "");
    assert_eq!((done, &*text), (true, "The session aaaaaaaaaaaa of anna has ended.\n"));
    assert_eq!(run(&["sessions", "revoke", "--user", "anna"], "").1, "1 session of anna has ended.\n");
    let nobody = run(&["sessions", "revoke", "--user", "nobody"], "");
    assert_eq!(nobody, (false, "there is no user nobody. `user list` shows all of them\n".into()));
    open(0xdd, "anna");
    assert_eq!(run(&["sessions", "revoke", "--all"], "").1, "2 sessions have ended.\n");
    assert_eq!(run(&["sessions", "list"], ""), (true, String::new()));
    assert!(!run(&["sessions", "revoke"], "").0, "all sessions end only when that was asked for");
}

#[test]
fn the_fingerprint_of_the_own_certificate_is_told_and_stays() {
    let folder = office("[pbx]\nsecret = \"s\"\n[listen]\naddress = \"0.0.0.0:8090\"\n");
    let (done, first) = run(folder.path(), &["fingerprint"], "");
    assert!(done, "{first}");
    assert_eq!(first.trim().split(':').count(), 32, "{first}");
    assert_eq!(run(folder.path(), &["fingerprint"], ""), (true, first));
    let local = office("[pbx]\nsecret = \"s\"\n");
    let (done, text) = run(local.path(), &["fingerprint"], "");
    assert!(!done);
    assert!(text.starts_with("desks connect without encryption, so there is no certificate."), "{text}");
}

#[test]
fn what_is_done_on_the_command_line_is_in_the_audit() {
    let folder = office("[pbx]\nsecret = \"s\"\n");
    let run = |arguments: &[&str], input: &str| run(folder.path(), arguments, input);
    let (done, text) = run(&["audit"], "");
    assert!(!done && text.starts_with("there is no database frontdesk.db. Check [store] path"), "{text}");
    let add = ["user", "add", "anna", "--role", "colleague", "--extension", "1001", "--password-stdin"];
    assert!(run(&add, "correct horse\n").0);
    assert!(run(&["user", "password", "anna", "--password-stdin"], "better horse\n").0);
    assert!(run(&["user", "disable", "anna"], "").0);
    assert!(run(&["user", "enable", "anna"], "").0);
    assert!(run(&["sessions", "revoke", "--user", "anna"], "").0);
    assert!(!run(&["user", "disable", "bob"], "").0);
    let (done, text) = run(&["audit", "--user", "anna", "--since", "1h", "--format", "csv"], "");
    let acts: Vec<_> = text.lines().map(|line| line.split(',').nth(2).unwrap()).collect();
    let all = ["act", "putUser", "changePassword", "disableUser", "enableUser", "endSessions"];
    assert!(done && acts == all, "{text}");
    assert!(!text.contains("horse"), "{text}");
    let (_, text) = run(&["audit", "--format", "json", "--limit", "1"], "");
    assert!(text.contains(r#""act":"endSessions""#) && text.contains(r#""target":"anna""#), "{text}");
    let (_, text) = run(&["audit"], "");
    assert!(
        text.starts_with("time ") && text.lines().count() == 6 && text.contains("command line"),
        "{text}"
    );
    let (done, text) = run(&["audit", "--since", "soon"], "");
    assert!(!done && text.starts_with("this is no time: soon."), "{text}");
}

#[test]
fn bad_users_are_refused_with_a_sentence() {
    let folder = office("[pbx]\nsecret = \"s\"\n");
    let add = |more: &[&str], input: &str| {
        let arguments = [&["user", "add", "anna", "--role", "receptionist"], more].concat();
        let (done, text) = run(folder.path(), &arguments, input);
        assert!(!done);
        text
    };
    assert_eq!(
        add(&["--password-stdin"], "short\n"),
        "the password is too short. Take at least 8 characters\n"
    );
    assert_eq!(
        add(&["--password-stdin"], ""),
        "the password is empty. Write it to the standard input, in one line\n"
    );
    assert_eq!(
        add(&[], "correct horse\n"),
        "a password is needed: give --password-stdin and write it to the standard input\n"
    );
    let letters = add(&["--extension", "10a1", "--password-stdin"], "correct horse\n");
    assert!(
        letters.contains(
            "this is not an extension: it holds the character 'a', which is not allowed here. Use digits, *, # and + \
             only, for example 1001"
        ),
        "{letters}"
    );
}

#[test]
fn the_configuration_is_checked_with_its_files() {
    let folder = office("[pbx]\nhots = \"pbx\"\n");
    let check = |config: &str| {
        std::fs::write(folder.path().join("frontdesk.toml"), config).unwrap();
        run(folder.path(), &["check-config"], "")
    };
    assert_eq!(
        check("[pbx]\nhots = \"pbx\"\n"),
        (false, "frontdesk.toml, line 2: there is no setting `hots`. Did you mean `host`?\n".into())
    );
    assert_eq!(check("[pbx]\nsecret = \"s\"\n"), (true, "frontdesk.toml is right.\n".into()));
    let people = "[pbx]\nsecret = \"s\"\n[people]\nfile = \"people.csv\"\n";
    assert_eq!(check(people), (false, "people.csv: there is no such file. Check the path.\n".into()));
    std::fs::write(folder.path().join("people.csv"), "name,extension\nAnna,1001\n").unwrap();
    assert_eq!(check(people), (true, "people.csv: 1 people\nfrontdesk.toml is right.\n".into()));
    let (done, text) = check(
        "[pbx]\nsecret = \"s\"\n[listen]\naddress = \"0.0.0.0:1\"\ntls_cert = \"c.pem\"\ntls_key = \"k.pem\"\n",
    );
    assert!(
        !done && text.starts_with("[listen] tls_cert: c.pem holds no readable PEM certificate"),
        "{text}"
    );
}

#[test]
fn the_way_to_the_pbx_is_checked_as_well() {
    let folder = office("");
    let check = |more: &str| {
        let config = format!("[pbx]\nsecret = \"s\"\ntls = true\n{more}");
        std::fs::write(folder.path().join("frontdesk.toml"), config).unwrap();
        let (right, said) = run(folder.path(), &["check-config"], "");
        assert!(!right, "{said}");
        said
    };
    let name = check("tls_name = \"not a name\"\n");
    assert!(name.starts_with("[pbx] tls_name: `not a name` cannot stand on a certificate"), "{name}");
    let none = check("tls_ca = \"ca.pem\"\n");
    assert!(
        none.contains("[pbx] tls_ca:") && none.contains("ca.pem holds no readable PEM certificate"),
        "{none}"
    );
    std::fs::write(folder.path().join("ca.pem"), "hello\n").unwrap();
    let empty = check("tls_ca = \"ca.pem\"\n");
    assert!(empty.contains("ca.pem holds no readable PEM certificate"), "{empty}");
}

/// With a terminal of its own (`script`), as a person has one.
#[cfg(target_os = "linux")]
#[test]
fn a_password_that_is_typed_is_not_shown() {
    let folder = office("[pbx]\nsecret = \"s\"\n");
    let program = env!("CARGO_BIN_EXE_frontdesk-server");
    let add = format!("tty; exec {program} user add anna --role receptionist --config frontdesk.toml");
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &add, "/dev/null"]).current_dir(folder.path());
    let mut script = Program::start(&mut script);
    let terminal =
        script.until("the terminal", |line| line.starts_with("/dev/").then(|| line.trim().to_owned()));
    let until = Instant::now() + DEADLINE;
    loop {
        let modes = Command::new("stty").args(["-a", "-F", &terminal]).output().unwrap();
        if String::from_utf8_lossy(&modes.stdout).contains("-echo ") {
            break;
        }
        assert!(Instant::now() < until, "the terminal still shows what is typed");
        std::thread::yield_now();
    }
    script.hears("correct horse\n");
    let (done, said) = script.ends();
    assert!(done, "{said}");
    assert!(said.contains("anna can log in now."), "{said}");
    assert!(!said.contains("correct horse"), "{said}");
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let folder = office("[pbx]\nsecret = \"s\"\n");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let config = format!("[pbx]\nsecret = \"s\"\n[listen]\naddress = \"{}\"\n", taken.local_addr().unwrap());
    std::fs::write(folder.path().join("frontdesk.toml"), config).unwrap();
    let (done, text) = run(folder.path(), &["serve"], "");
    assert!(!done);
    assert!(
        text.contains(
            "cannot be opened for desks. Another program may use it; choose another [listen] address"
        ),
        "{text}"
    );
    let (done, text) = run(folder.path(), &["serve", "--config", "none.toml"], "");
    assert_eq!((done, &*text), (false, "none.toml: there is no such file. Check the path.\n"));
}

/// Without a PBX, which a server waits for.
#[cfg(unix)]
#[test]
fn the_signal_to_hang_up_reads_the_people_file_again() {
    let config =
        "[pbx]\nsecret = \"s\"\nport = 1\n[listen]\naddress = \"127.0.0.1:0\"\n[people]\nfile = \"p.csv\"\n";
    let folder = office(config);
    std::fs::write(folder.path().join("p.csv"), "name,extensions\nAnna,1001\n").unwrap();
    let mut server = Program::serve(
        "server",
        command(folder.path(), &["serve", "--config", "frontdesk.toml"]).env("FRONTDESK_LOG", "info"),
    );
    server.says("The console is at");
    server.signal("-HUP");
    // Though nothing has changed.
    server.says("the people file is read again");
    std::fs::write(folder.path().join("p.csv"), "name,extensions\nAnna,1001\nBob,10x2\n").unwrap();
    server.signal("-HUP");
    server.says("the people file has a mistake, which `check-config` explains; the people stay as they were");
    server.signal("-TERM");
    server.says("frontdesk-server has stopped");
    let (done, said) = server.ends();
    assert!(done, "{said}");
}

#[test]
fn every_configuration_in_the_papers_and_in_the_lab_is_right() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |name: &str| std::fs::read_to_string(root.join(name)).unwrap();
    let mut configurations = vec![read("xtask/lab.toml")];
    for paper in ["README.md", "docs/asterisk.md", "docs/operations.md"] {
        let text = read(paper);
        let blocks: Vec<&str> =
            text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
        assert!(!blocks.is_empty(), "{paper} shows no configuration any more");
        configurations.extend(blocks.into_iter().map(str::to_owned));
    }
    for text in configurations {
        let with_people = "[pbx]\nsecret = \"s\"\n[people]\nfile = \"people.toml\"\n";
        let people = text.contains("[[person]]");
        let folder = office(if people { with_people } else { &text });
        std::fs::write(folder.path().join("people.toml"), if people { &text } else { "" }).unwrap();
        std::fs::write(folder.path().join("ami-secret"), "s\n").unwrap();
        let (right, said) = run(folder.path(), &["check-config"], "");
        assert!(right, "{said}\n{text}");
    }
}

/// Without a PBX, which a server waits for.
#[cfg(unix)]
#[test]
fn a_running_server_is_backed_up_and_restored_once_it_is_stopped() {
    let folder = office("[pbx]\nsecret = \"s\"\nport = 1\n[listen]\naddress = \"127.0.0.1:0\"\n");
    let run = |arguments: &[&str]| run(folder.path(), arguments, "correct horse\n");
    assert!(run(&["user", "add", "anna", "--role", "colleague", "--password-stdin"]).0);
    let mut server =
        Program::serve("server", &mut command(folder.path(), &["serve", "--config", "frontdesk.toml"]));
    server.says("The console is at");
    let (done, text) = run(&["backup", "copy.db"]);
    assert!(done, "{text}");
    assert_eq!(
        text,
        "copy.db holds 1 users, 0 rows of the history and 1 entries of the audit. Whoever can read it can read the \
         history: keep it safe.\n"
    );
    assert!(run(&["user", "add", "bob", "--role", "colleague", "--password-stdin"]).0);
    let (done, text) = run(&["restore", "copy.db"]);
    assert!(!done && text.contains("another frontdesk-server already serves from frontdesk.db"), "{text}");
    server.signal("-TERM");
    let (done, text) = server.ends();
    assert!(done, "{text}");
    let (done, text) = run(&["restore", "copy.db"]);
    assert!(done && text.contains("Everybody has to log in again."), "{text}");
    assert!(text.contains("What was there before is kept as frontdesk.db.before-restore-"), "{text}");
    assert_eq!(run(&["user", "list"]), (true, "anna  colleague  \n".into()));
    let (_, text) = run(&["audit"]);
    assert!(text.lines().last().unwrap().contains("restore"), "{text}");
}

/// A server on which a refused login waits to be saved, because another program holds the database.
#[cfg(unix)]
#[test]
fn a_server_that_cannot_save_ends_all_the_same_and_says_what_is_lost() {
    let folder = office("[pbx]\nsecret = \"s\"\nport = 1\n[listen]\naddress = \"127.0.0.1:0\"\n");
    let json = ["serve", "--log-format", "json", "--config", "frontdesk.toml"];
    let mut server = Program::serve("server-json", &mut command(folder.path(), &json));
    let address = server.until("its address", |line| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        line["address"].as_str().map(str::to_owned)
    });
    let lock = rusqlite::Connection::open(folder.path().join("frontdesk.db")).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    planted::secret("a planted guess");
    let body = r#"{"user":"root","password":"a planted guess"}"#;
    let mut stream = std::net::TcpStream::connect(&address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    write!(
        stream,
        "POST /api/login HTTP/1.1\r\nHost: desk\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    server.signal("-TERM");
    let (done, said) = server.ends();
    assert!(done, "{said}");
    let lost = "entries of the audit and sessions are lost with the server's end";
    let line = said.lines().find(|line| line.contains(lost)).unwrap_or_else(|| panic!("{said}"));
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!((&line["level"], &line["entries"]), (&"ERROR".into(), &1.into()), "{line}");
    assert!(!said.contains("planted"), "{said}");
}
