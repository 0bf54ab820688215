//! Inputs to begin with: what the project has of recordings, examples and test data, in pieces that an engine can
//! work with; and the words that it cannot guess. Not the corpus, which holds what an engine found out from these.

use frontdesk_ami::{Decoder, Event, Frame, Limits, recording};
use std::collections::BTreeMap;
use std::path::PathBuf;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_default()
}

/// The longest piece of a recording, in bytes.
const PIECE: usize = 6 * 1024;

/// One of every kind of message, and every recording in pieces without what no switchboard looks at.
pub fn ami() -> Vec<Vec<u8>> {
    let mut kinds: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut all = Vec::new();
    for text in recordings() {
        let mut decoder = Decoder::without_banner(Limits::default());
        decoder.feed(&recording::stream(&text));
        let mut piece = Vec::new();
        while let Some(frame) = decoder.next() {
            let Frame::Message(message) = frame else { continue };
            let mut bytes = message.bytes().to_vec();
            bytes.extend_from_slice(b"\r\n");
            let kind = message.event().or(message.response()).unwrap_or_default();
            kinds.entry(kind.to_owned()).or_insert_with(|| bytes.clone());
            if matches!(Event::of(&message), Some(Event::Other(_)) | None) {
                continue;
            }
            if piece.len() + bytes.len() > PIECE {
                all.push(std::mem::take(&mut piece));
            }
            piece.append(&mut bytes);
        }
        all.push(piece);
    }
    all.extend(kinds.into_values());
    all.push(b"Asterisk Call Manager/11.0.0\r\nEvent: FullyBooted\r\nUptime: 1\r\n\r\n".to_vec());
    all.push(b"Response: Follows\r\nPrivilege: Command\r\none\n\ntwo\n--END COMMAND--\r\n\r\n".to_vec());
    all.push(b"Event: Newchannel\nCallerIDName: J\xfcrgen\nUniqueid: 1.1\n\n".to_vec());
    all
}

fn recordings() -> Vec<String> {
    let folders = ["tests/recordings", "tests/recordings/lab"].map(|folder| root().join(folder));
    let files = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let mut paths: Vec<PathBuf> = files.map(|file| file.path()).collect();
    paths.sort();
    let texts = paths.into_iter().filter(|path| path.extension().is_some_and(|end| end == "txt"));
    texts.filter_map(|path| std::fs::read_to_string(path).ok()).collect()
}

/// Scripts of no meaning: each kind of step, alone and before others.
pub fn office() -> Vec<Vec<u8>> {
    let script = |first: u8| (0..160_u8).map(|at| at.wrapping_mul(first | 1).wrapping_add(first)).collect();
    (0..40).map(script).collect()
}

/// The examples of one direction in the protocol's paper.
fn examples(direction: &str) -> Vec<Vec<u8>> {
    let page = read("docs/protocol.md");
    let fence = format!("```json {direction}\n");
    let blocks = page.split(&fence).skip(1).filter_map(|block| block.split("```").next());
    blocks.map(|block| block.trim().as_bytes().to_vec()).collect()
}

/// What a client says.
pub fn hearing() -> Vec<Vec<u8>> {
    examples("client")
}

/// What a server says: each alone, and all of them as a session.
pub fn replica() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = examples("server");
    let mut session = Vec::new();
    for line in &all {
        session.extend(line.iter().map(|byte| if *byte == b'\n' { b' ' } else { *byte }));
        session.push(b'\n');
    }
    all.push(session);
    all
}

/// Links.
pub fn tel() -> Vec<Vec<u8>> {
    let links = [
        "tel:+1-201-555-0123",
        "TEL:+49(30)1234.567",
        "tel:863-1234;phone-context=+1-914-555",
        "tel:7042;phone-context=example.com",
        "tel:+358-555-1234567;isub=1411;ext=12-34;postd=pp22;phone",
        "tel:*21*0900123%23",
        "tel:+49%0d%0aAction:%20Originate",
        "tel:%2b49%2D30",
        "tel:",
    ];
    links.map(|link| link.as_bytes().to_vec()).into()
}

/// The examples in the papers, and one with every key.
pub fn config() -> Vec<Vec<u8>> {
    let pages = ["README.md", "docs/asterisk.md", "docs/operations.md", "docs/security.md"];
    let mut all = Vec::new();
    for page in pages.map(read) {
        let blocks = page.split("```toml\n").skip(1).filter_map(|block| block.split("```").next());
        all.extend(blocks.map(|block| block.as_bytes().to_vec()));
    }
    all.push(EVERY_KEY.as_bytes().to_vec());
    all.push(b"pbx = { host = \"\", secret = \"s\" }\n".to_vec());
    all.push(b"pbx.host = \"\"\n".to_vec());
    all
}

const EVERY_KEY: &str = "[pbx]\nkind = \"freepbx\"\nhost = \"pbx\"\nport = 5039\ntls = true\ntls_ca = \"ca.pem\"\ntls_name = \"n\"\n\
    username = \"u\"\nsecret_file = \"s\"\ncontext = \"internal\"\noutside_prefix = \"9\"\noutside_context = \"out\"\n\
    outside_plus = \"00\"\noutside_replace = [[\"0049\", \"0\"]]\nvoicemail_context = \"vm\"\nvoicemail_exten = \"*{box}\"\n\
    trunks = [\"trunk*\"]\nauto_answer = true\nring_seconds = 30\nreturn_seconds = 20\n[listen]\naddress = \"127.0.0.1:8090\"\n\
    tls_cert = \"c\"\ntls_key = \"k\"\ninsecure_plaintext = false\norigins = [\"https://desk.example.org\"]\nui = \"ui\"\n\
    [store]\npath = \"frontdesk.db\"\n[people]\nfile = \"people.csv\"\n[history]\nkeep_days = 730\n[metrics]\n\
    allow = [\"192.0.2.7\"]\ntoken_file = \"t\"\n[sessions]\nidle_days = 14\nabsolute_days = 60\n[privacy]\nothers = \"names\"\n";

/// People files.
pub fn people() -> Vec<Vec<u8>> {
    let files = [
        "name,extensions,mailbox,group,Mobile\nAnna,1001 1101,1001,Sales,+49 170 / 12-34\n",
        "Name;Extensions;Mailbox;Group;Mobile\nAnna;1001 1101;1001@default;Sales;+49 170 1234\n",
        "\u{feff}id,name,extension\na,\"Anna, the \"\"first\"\"\",1001\nb,Bob,1002\n",
        "name,Mobile\n\u{202e}Anna\u{7},0170abc\n",
        "name\nAnna\nAnna\n",
        "[[person]]\nname = \"Anna\"\nextensions = [\"1001\"]\nmailbox = \"1001\"\ngroup = \"Sales\"\n\
         numbers = [{ label = \"Mobile\", number = \"+49 170\" }]\n",
        "[[person]]\nid = \"a\"\nname = \"\\u202eAnna\\u0007\"\n",
    ];
    files.map(|file| file.as_bytes().to_vec()).into()
}

/// What AMI is made of.
pub const AMI: &[&str] = &[
    "Event: Newchannel\r\n",
    "Event: Newstate\r\n",
    "Event: DialBegin\r\n",
    "Event: DialEnd\r\n",
    "Event: BridgeEnter\r\n",
    "Event: BridgeLeave\r\n",
    "Event: Hangup\r\n",
    "Event: CoreShowChannel\r\n",
    "Event: QueueCallerJoin\r\n",
    "Event: ParkedCall\r\n",
    "Event: Rename\r\n",
    "Event: LocalBridge\r\n",
    "Response: Follows\r\n",
    "Response: Success\r\n",
    "--END COMMAND--",
    "Uniqueid: ",
    "Linkedid: ",
    "DestUniqueid: ",
    "DestChannel: PJSIP/1002-00000002\r\n",
    "Channel: PJSIP/1001-00000001\r\n",
    "Channel: PJSIP/trunk-00000003\r\n",
    "ChannelState: 6\r\n",
    "BridgeUniqueid: b\r\n",
    "ActionID: frontdesk-1\r\n",
    "\r\n\r\n",
];

/// What a client's messages are made of.
pub const HEARING: &[&str] = &[
    "{\"type\":\"command\",\"id\":\"a\",\"command\":{",
    "\"do\":\"transfer\"",
    "\"do\":\"originate\"",
    "\"do\":\"hangUp\"",
    "\"do\":\"ignore\"",
    "\"do\":\"pullBack\"",
    "\"to\":{\"to\":\"extension\",\"extension\":\"1002\"}",
    "\"mode\":\"safe\"",
    "\"type\":\"history\"",
    "\"type\":\"resync\"",
    "\"type\":\"beat\"",
    "\"query\":{\"limit\":50}",
    "\\u0000",
    "\\u202e",
    "\\ud800",
];

/// What a server's messages are made of.
pub const REPLICA: &[&str] = &[
    "{\"type\":\"delta\",\"seq\":42,\"changes\":[",
    "{\"type\":\"snapshot\"",
    "{\"type\":\"beat\",\"now\":1,\"seq\":42}\n",
    "{\"change\":\"person\",\"value\":",
    "{\"change\":\"call\",\"value\":",
    "{\"change\":\"callGone\",\"value\":\"",
    "{\"change\":\"extension\",\"value\":",
    "{\"change\":\"handed\",\"value\":",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "\\u202e",
    "\\u0007",
];

/// What a configuration is made of.
pub const CONFIG: &[&str] = &[
    "[pbx]\n",
    "[listen]\n",
    "[store]\n",
    "[people]\n",
    "[history]\n",
    "[sessions]\n",
    "[metrics]\n",
    "[privacy]\n",
    "pbx.",
    "host = ",
    "secret = ",
    "origins = [",
    "voicemail_exten = ",
    "ring_seconds = ",
    "outside_replace = [[",
    "\"\"\"",
    "'''",
    "\\u0007",
    "\\U0010FFFF",
];

/// What a people file is made of.
pub const PEOPLE: &[&str] = &[
    "name,extensions,mailbox,group,id\n",
    "[[person]]\n",
    "name = ",
    "numbers = [{ label = ",
    "number = ",
    "\u{202e}",
    "\"\"",
    "\r\n",
    ";",
];
