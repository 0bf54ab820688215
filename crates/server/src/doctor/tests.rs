//! The doctor's sentences, on a PBX that is played by the test.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::patient::Fields;
use super::*;

/// A PBX that knows some dialplan and refuses some actions.
struct Played {
    dialplan: &'static [&'static str],
    denied: &'static [&'static str],
    empty: bool,
    deaf: bool,
}

impl Ask for Played {
    async fn ask(&mut self, question: Question) -> Option<Reply> {
        if self.denied.contains(&question.action) {
            return Some(Reply::new(&[("Response", "Error"), ("Message", "Permission denied")], &[]));
        }
        let variable = question.fields.first().map_or("", |(_, value)| value).to_owned();
        let exists = self.dialplan.iter().any(|place| variable == format!("DIALPLAN_EXISTS({place},1)"));
        let item = |fields: &[(&str, &str)]| if self.empty { vec![] } else { vec![Fields::new(fields)] };
        Some(match question.action {
            "Getvar" => {
                Reply::new(&[("Response", "Success"), ("Value", if exists { "1" } else { "0" })], &[])
            }
            "CoreSettings" => Reply::new(&[("Response", "Success"), ("AsteriskVersion", "22.10.1")], &[]),
            "ExtensionStateList" => {
                let hints =
                    [("701", "park:701@parkedcalls"), ("800", "confbridge:800"), ("*99", "Custom:DND/1")];
                let mut all: Vec<Fields> = hints
                    .iter()
                    .map(|(exten, hint)| Fields::new(&[("Exten", *exten), ("Hint", *hint)]))
                    .collect();
                all.extend(item(&[("Exten", "1001"), ("Hint", "Custom:DND1001&PJSIP/1001")]));
                Reply::new(&[("Response", "Success")], &all)
            }
            "QueueStatus" => Reply::new(&[("Response", "Success")], &item(&[("Queue", "support")])),
            "VoicemailUsersList" => Reply::new(
                &[("Response", "Success")],
                &item(&[("VoicemailBox", "1001"), ("VMContext", "default")]),
            ),
            "Parkinglots" => Reply::new(&[("Response", "Success")], &item(&[("Name", "default")])),
            _ => Reply::new(&[("Response", "Error"), ("Message", "Channel not specified")], &[]),
        })
    }

    async fn hears(&mut self, question: Question, kind: &'static str) -> Option<bool> {
        assert_eq!((question.action, kind), ("Originate", "OriginateResponse"));
        let places = |key: &str| question.fields.iter().any(|(name, _)| *name == key);
        assert!(!places("Exten") && !places("Context"), "nothing is dialled: {question:?}");
        (!self.denied.contains(&question.action)).then_some(!self.deaf)
    }
}

async fn report(mut pbx: Played) -> Vec<String> {
    look(&mut pbx, &Config::default()).await.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_pbx_that_is_set_up_well_has_only_good_lines() {
    let lines = report(Played {
        dialplan: &["internal,1001", "internal,*1001", "internal,90301234567"],
        denied: &["PJSIPShowEndpoints", "Command"],
        empty: false,
        deaf: false,
    })
    .await;
    assert_eq!(
        lines,
        [
            "ok    version: Asterisk 22.10.1",
            "ok    rights: write class `reporting`: the calls that are up when the server starts",
            "ok    rights: write class `call`: transfers and hanging up",
            "ok    rights: write class `originate`: click to call",
            "ok    rights: write class `agent`: pauses in queues",
            "ok    rights: read class `call`: calls and lamps",
            "note  rights: whether the account has read class `agent` shows only when a queue is called; see that it \
             stands in `read =`.",
            "ok    hints: 1 extensions have one",
            "ok    extensions: 1001 can be dialled in `internal`",
            "ok    voicemail: 1001@default is reached at *1001 in `internal`",
            "ok    parking: 1 parking lots",
            "ok    outside line: 0301234567 is dialled as 90301234567 in `internal`",
        ]
    );
}

#[tokio::test]
async fn every_lack_is_named_with_its_remedy() {
    let lines =
        report(Played { dialplan: &[], denied: &["Originate", "VoicemailMove"], empty: false, deaf: false })
            .await;
    let has = |text: &str| assert!(lines.iter().any(|line| line.contains(text)), "{text}: {lines:#?}");
    has(
        "FAIL  rights: the account lacks write class `originate`: click to call will not work. Add it to `write =`.",
    );
    has("warn  rights: the account has write class `system`, with which programs can be run on the PBX.");
    has("warn  rights: the account has write class `command`");
    has("warn  rights: the account lacks write class `user`");
    has("FAIL  extensions: 1001 cannot be dialled in `internal`, so that nobody can be transferred there.");
    has("warn  voicemail: 1001@default would be reached at *1001 in `internal`, which does not exist");
    has("warn  outside line: 0301234567 would be dialled as 90301234567 in `internal`, which does not exist");
    let lines = report(Played { dialplan: &[], denied: &[], empty: true, deaf: true }).await;
    let has = |text: &str| assert!(lines.iter().any(|line| line.contains(text)), "{text}: {lines:#?}");
    has("warn  hints: the dialplan has no hints");
    has(
        "FAIL  rights: the account lacks read class `call`: no call and no lamp will be seen. Add it to `read =`.",
    );
    assert!(!lines.iter().any(|line| line.contains("`agent` shows")), "no queue, no note: {lines:#?}");
    has("warn  voicemail: there are no mailboxes");
    has("warn  parking: there is no parking lot");
}

#[test]
fn superfluous_events_are_named() {
    let line = noise(&["Newexten".into(), "VarSet".into()]).to_string();
    assert!(
        line.starts_with("warn  event filter: the PBX sends Newexten, VarSet, which Frontdesk does not use"),
        "{line}"
    );
    assert!(!noise(&[]).is_failure());
}

#[test]
fn the_certificate_is_named_by_what_desks_show_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("frontdesk.toml");
    std::fs::write(folder.path().join("secret"), "x").unwrap();
    let said = |listen: &str| {
        let text = format!("[pbx]\nsecret_file = \"secret\"\n[listen]\n{listen}\n");
        std::fs::write(&file, text).unwrap();
        certificate(&Config::read(&file).unwrap()).to_string()
    };
    assert_eq!(
        said("address = \"127.0.0.1:8090\""),
        "note  certificate: desks connect without encryption, so there is none"
    );
    let open = "address = \"0.0.0.0:8090\"";
    let before = said(open);
    assert!(before.starts_with("note  certificate: the server makes "), "{before}");
    let own = folder.path().join("frontdesk.tls.pem");
    assert!(!own.exists(), "the doctor has made it");
    let print = Certificate::open(Source::SelfMade { file: own.clone() }).unwrap().fingerprint();
    assert_eq!(said(open), format!("ok    certificate: SHA-256 fingerprint {print}"));
    std::fs::write(&own, "no certificate").unwrap();
    assert!(said(open).starts_with("FAIL  certificate: the server's own certificate: "), "{}", said(open));
}
