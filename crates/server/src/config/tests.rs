//! Every sentence that a mistake in the configuration or the people file gives.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use frontdesk_protocol::Person;

fn mistake(text: &str) -> String {
    Config::parse(text, Path::new("frontdesk.toml"), Path::new("")).unwrap_err().to_string()
}

#[test]
fn an_empty_file_is_nearly_enough() {
    let config = Config::parse("", Path::new("frontdesk.toml"), Path::new("")).unwrap();
    assert_eq!(config.pbx.port(), 5038);
    assert!(config.listen.address.ip().is_loopback());
    assert_eq!(
        config.secret().unwrap_err().to_string(),
        "[pbx]: the secret of the manager account is missing. Write secret_file = \"FILE\" (a file that holds the \
         secret alone) or secret_env = \"VARIABLE\"."
    );
}

#[test]
fn each_mistake_has_its_line_and_says_what_to_write() {
    let cases = [
        ("[pbx]\nhots = \"x\"", "frontdesk.toml, line 2: there is no setting `hots`. Did you mean `host`?"),
        ("\n\n[listne]\n", "frontdesk.toml, line 3: there is no setting `listne`. Did you mean `listen`?"),
        (
            "[history]\nxyzzyxyzzy = 3",
            "frontdesk.toml, line 2: there is no setting `xyzzyxyzzy`. Known here: keep_days.",
        ),
        (
            "[pbx]\nkind = \"freebpx\"",
            "frontdesk.toml, line 2: there is no setting `freebpx`. Did you mean `freepbx`?",
        ),
        ("[pbx]\n\nport = \"many\"", "frontdesk.toml, line 3: invalid type: string \"many\", expected u16."),
        (
            "[listen]\ntls_cert = \"a.pem\"",
            "frontdesk.toml, line 2: [listen] has only one of tls_cert and tls_key. TLS needs both, each a PEM file.",
        ),
        (
            "[listen]\norigins = [\"desk.example.org/x\"]",
            "frontdesk.toml, line 2: [listen] origins holds `desk.example.org/x`, which is not an origin. Write scheme and \
             host only, in small letters and without the usual port, for example `https://desk.example.org`.",
        ),
        (
            "[pbx]\nsecret = \"a\"\nsecret_env = \"B\"",
            "frontdesk.toml, line 2: [pbx] has more than one of secret, secret_file and secret_env. Keep one of them.",
        ),
        (
            "[history]\nkeep_days = 3\n[pbx]\nhost = \"x\"\nring_seconds = 300",
            "frontdesk.toml, line 5: [pbx] ring_seconds is the time in which a phone is picked up: write 5 to 40.",
        ),
        (
            "[pbx]\nreturn_seconds = 0",
            "frontdesk.toml, line 2: [pbx] return_seconds is the time after which a caller comes back: write 1 to 300.",
        ),
        (
            "[pbx]\nhost = \" \"",
            "frontdesk.toml, line 2: [pbx] host is empty. Write the name or address of the phone system.",
        ),
        (
            "[pbx]\nvoicemail_exten = \"*98\"",
            "frontdesk.toml, line 2: [pbx] voicemail_exten has no {box} in it. Write for example `*{box}`.",
        ),
        (
            "[pbx]\noutside_prefix = \"nine\"",
            "frontdesk.toml, line 2: [pbx] outside_prefix may hold digits, *, # and + only.",
        ),
        (
            "# My PBX\npbx = { secret = \"s\", host = \"\" }",
            "frontdesk.toml, line 2: [pbx] host is empty. Write the name or address of the phone system.",
        ),
        (
            "pbx.secret = \"s\"\npbx.\"host\" = \"\"",
            "frontdesk.toml, line 2: [pbx] host is empty. Write the name or address of the phone system.",
        ),
        (
            "[pbx]\ncontext = \"a b\"",
            "frontdesk.toml, line 2: [pbx] context is not the name of a dialplan context: letters, digits, - and _ only.",
        ),
    ];
    for (text, sentence) in cases {
        assert_eq!(mistake(text), sentence, "{text}");
    }
}

#[test]
fn what_a_mistake_quotes_stays_in_its_line() {
    let said = mistake("[pbx]\n\"\\u001b[2J\\u202e\\nxyzzyxyzzy\" = 1");
    assert!(said.starts_with("frontdesk.toml, line 2: there is no setting `"), "{said}");
    assert!(!said.contains(['\u{1b}', '\u{202e}', '\n']), "{said:?}");
    let long = format!("[pbx]\nkind = \"{}\"", "x".repeat(10_000));
    assert!(mistake(&long).chars().count() < 600);
    let csv = format!("name,extension\nAnna,\u{202e}{}\n", "\u{1b}[2J".repeat(1_000));
    let said = people::from_csv(&csv, Path::new("p.csv")).unwrap_err().to_string();
    assert!(said.chars().count() < 600 && !said.contains(['\u{1b}', '\u{202e}']), "{said:?}");
}

#[test]
fn names_in_the_people_file_are_one_line() {
    let long = "x".repeat(10_000);
    let csv = format!(
        "name,extensions,group,\"Mo\nbile\"\n\u{202e}Anna\u{7},1001,\"Sa\tles\u{2066}\",123\n{long},1002,,\n"
    );
    let toml = "[[person]]\nname = \"\\u202eAnna\\u0007\"\nextensions = [\"1001\"]\ngroup = \"Sa\\tles\\u2066\"\n\
                numbers = [{ label = \"Mo\\nbile\", number = \"123\" }]\n";
    let csv = people::from_csv(&csv, Path::new("p.csv")).unwrap();
    let toml = people::from_toml(toml, Path::new("p.toml")).unwrap();
    for person in [&csv[0], &toml[0]] {
        let Person { name, group, numbers, .. } = person;
        assert_eq!((name.as_str(), group.as_str(), numbers[0].label.as_str()), ("Anna", "Sa les", "Mo bile"));
    }
    assert_eq!(csv[1].name.chars().count(), 121);
    let nameless = people::from_csv("name,extension\n\u{202e}\u{7},1001\n", Path::new("p.csv"));
    assert!(nameless.unwrap_err().to_string().contains("has no name"));
}

#[test]
fn a_missing_file_is_named() {
    let error = Config::read(Path::new("no/such/frontdesk.toml")).unwrap_err();
    assert_eq!(error.to_string(), "no/such/frontdesk.toml: there is no such file. Check the path.");
}

#[test]
fn a_secret_comes_from_its_file_and_never_shows_itself() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s"), "hush\n").unwrap();
    let parse = |text: &str| Config::parse(text, Path::new("frontdesk.toml"), folder.path()).unwrap();
    let secret = parse("[pbx]\nsecret_file = \"s\"").secret().unwrap();
    assert_eq!(secret.reveal(), "hush");
    assert_eq!(format!("{secret:?}"), "Secret(…)");
    std::fs::write(folder.path().join("s"), "hush\nAction: Ping\n").unwrap();
    assert_eq!(
        parse("[pbx]\nsecret_file = \"s\"").secret().unwrap_err().to_string(),
        "[pbx]: the secret of the manager account has more than one line. The file must hold the secret alone."
    );
    std::fs::write(folder.path().join("s"), "\n").unwrap();
    assert_eq!(
        parse("[pbx]\nsecret_file = \"s\"").secret().unwrap_err().to_string(),
        "[pbx]: the secret of the manager account is empty."
    );
    assert_eq!(
        parse("[pbx]\nsecret_env = \"FRONTDESK_TEST_NOT_SET\"").secret().unwrap_err().to_string(),
        "[pbx] secret_env: the environment variable FRONTDESK_TEST_NOT_SET is not set. Set it to the manager secret."
    );
}

#[test]
fn people_come_from_toml_and_from_csv_alike() {
    let toml = people::from_toml(
        "[[person]]\nname = \"Anna\"\nextensions = [\"1001\", \"1101\"]\nmailbox = \"1001\"\ngroup = \"Sales\"\n\
         numbers = [{ label = \"Mobile\", number = \"+49 170 / 12-34\" }]\n",
        Path::new("people.toml"),
    )
    .unwrap();
    let csv = people::from_csv(
        "Name;Extensions;Mailbox;Group;Mobile\nAnna;1001 1101;1001@default;Sales;+49 170 1234\n",
        Path::new("people.csv"),
    )
    .unwrap();
    assert_eq!(toml, csv);
    assert_eq!(toml[0].numbers[0].number.as_str(), "+491701234");
    assert_eq!(toml[0].id.as_str(), "1001");
}

#[test]
fn each_mistake_in_the_people_file_has_its_line() {
    let csv = |text: &str| people::from_csv(text, Path::new("p.csv")).unwrap_err().to_string();
    let toml = |text: &str| people::from_toml(text, Path::new("p.toml")).unwrap_err().to_string();
    assert_eq!(
        csv("name,extension\nAnna,10o1\n"),
        "p.csv, line 2: `10o1` is not an extension (it holds the character 'o', which is not allowed here). Digits, \
         *, # and + only."
    );
    assert_eq!(
        csv("name,Mobile\nAnna,0170abc\n"),
        "p.csv, line 2: the number `0170abc` (Mobile) cannot be dialled (it holds the character 'a', which is not \
         allowed here). Digits, *, # and + only."
    );
    assert_eq!(
        csv("Anna,1001\n"),
        "p.csv, line 1: the first line must name the columns, and one of them must be `name`; for example \
         `name,extensions,mailbox,group,Mobile`."
    );
    assert_eq!(
        csv("name,extension\nAnna,1001\nBob,1001\n"),
        "p.csv, line 3: there are two people with the id `1001`. Give one of them another id."
    );
    assert_eq!(
        csv("id,name,extension\na,Anna,1001\nb,Bob,1001\n"),
        "p.csv, line 3: extension 1001 already belongs to Anna. Keep it at one person."
    );
    assert!(csv("name,extension\nAnna\n").starts_with("p.csv, line 2: this line does not fit the heading"));
    assert_eq!(
        toml("[[person]]\nnmae = \"Anna\"\n"),
        "p.toml, line 2: there is no setting `nmae`. Did you mean `name`?"
    );
    assert_eq!(
        toml("\n[[person]]\nextensions = [\"1001\"]\n"),
        "p.toml, line 2: this person has no name. Write name = \"…\"."
    );
}

#[test]
fn an_origin_is_written_as_a_browser_writes_it() {
    let origins = |origin: &str| {
        let text = format!("[pbx]\nsecret = \"s\"\n[listen]\norigins = [\"{origin}\"]\n");
        Config::parse(&text, Path::new("frontdesk.toml"), Path::new("")).is_ok()
    };
    for good in ["https://desk.example.org", "http://10.0.0.5:8090", "https://[2001:db8::1]:8443"] {
        assert!(origins(good), "{good}");
    }
    for bad in [
        "*",
        "null",
        "https://*",
        "https://*.example.org",
        "desk.example.org",
        "https://Desk.example.org",
        "https://desk.example.org:443",
        "http://desk.example.org:80",
        "https://desk.example.org/",
        "https://a@desk.example.org",
        "file://desk",
        "https://",
    ] {
        assert!(!origins(bad), "{bad}");
    }
}

#[test]
fn what_colleagues_see_of_others_calls_is_a_setting() {
    let others =
        |text: &str| Config::parse(text, Path::new("frontdesk.toml"), Path::new("")).unwrap().privacy.others;
    assert_eq!(others(""), Others::Names);
    assert_eq!(others("[privacy]\nothers = \"numbers\""), Others::Numbers);
    assert_eq!(others("[privacy]\nothers = \"nothing\""), Others::Nothing);
    assert_eq!(
        mistake("[privacy]\nothers = \"nothin\""),
        "frontdesk.toml, line 2: there is no setting `nothin`. Did you mean `nothing`?"
    );
}

#[test]
fn the_token_of_the_monitor_is_read_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let text = "[metrics]\nallow = [\"192.0.2.7\"]\ntoken_file = \"token\"\n";
    let config = Config::parse(text, Path::new("frontdesk.toml"), folder.path()).unwrap();
    assert_eq!(config.metrics.allow, [std::net::IpAddr::from([192, 0, 2, 7])]);
    let token = || config.metrics_token().map_err(|error| error.to_string());
    assert!(token().unwrap_err().ends_with("there is no such file. Check the path."));
    std::fs::write(folder.path().join("token"), "short\n").unwrap();
    assert!(token().unwrap_err().contains("the token of the monitor is too short."));
    std::fs::write(folder.path().join("token"), "0123456789abcdef\n").unwrap();
    assert_eq!(token().unwrap(), Some(Secret::new("0123456789abcdef")));
    assert_eq!(Config::default().metrics_token().unwrap(), None);
}
