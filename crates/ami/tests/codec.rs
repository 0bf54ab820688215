//! The codec as its users see it: splits, limits, framings, text that is not UTF-8, and every recording.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod support;

use frontdesk_ami::{Action, ActionId, Decoder, Frame, Limits, ListPart, recording};
use proptest::prelude::*;
use support::{Seen, all, seen};

const LOGIN: &[u8] = b"Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nActionID: 1\r\nMessage: Authentication accepted\r\n\r\n\
Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 3\r\nLastReload: 3\r\nStatus: Fully Booted\r\n\r\n";

#[test]
fn a_session_begins_with_its_banner() {
    let mut decoder = Decoder::new(Limits::default());
    decoder.feed(LOGIN);
    assert!(matches!(decoder.next(), Some(Frame::Banner("Asterisk Call Manager/11.0.0"))));
    let Some(Frame::Message(response)) = decoder.next() else { panic!() };
    assert_eq!((response.response(), response.event(), response.action_id()), (Some("Success"), None, "1"));
    let Some(Frame::Message(event)) = decoder.next() else { panic!() };
    assert_eq!(
        (event.event(), event.field("uptime"), event.find("Nothing")),
        (Some("FullyBooted"), "3", None)
    );
    assert!(decoder.next().is_none() && decoder.next().is_none());
}

#[test]
fn what_was_found_can_be_looked_at_again_until_the_next() {
    let mut decoder = Decoder::new(Limits::default());
    decoder.feed(LOGIN);
    assert!(decoder.current().is_none());
    assert!(decoder.advance() && decoder.current().is_some() && decoder.current().is_some());
    assert!(decoder.advance() && decoder.advance() && !decoder.advance());
    assert!(decoder.current().is_none());
}

#[test]
fn a_bare_line_feed_ends_a_line_as_well() {
    let plain = all(b"Event: A\nKey: v\n\nEvent: B\n\n", Limits::default());
    assert_eq!(plain, all(b"Event: A\r\nKey: v\r\n\r\n\r\nEvent: B\r\n\r\n", Limits::default()));
    assert_eq!(plain.len(), 2);
}

#[test]
fn values_keep_their_colons_and_blanks_and_may_be_empty() {
    let seen = all(b"Event: A\r\nURI: sip:1001@127.0.0.1:5061\r\nEmpty: \r\nNone:\r\nTight:x\r\nIndented:   y \r\nbare\r\n\r\n", Limits::default());
    let want = [
        ("Event", "A"),
        ("URI", "sip:1001@127.0.0.1:5061"),
        ("Empty", ""),
        ("None", ""),
        ("Tight", "x"),
        ("Indented", "  y "),
        ("bare", ""),
    ];
    assert_eq!(seen[0].fields, want.map(|(key, value)| (key.to_owned(), value.to_owned())));
}

#[test]
fn the_output_of_a_command_is_the_same_in_both_framings() {
    let new = b"Response: Success\r\nActionID: 7\r\nMessage: Command output follows\r\nOutput: one\r\nOutput: two: 2\r\nOutput: \r\nOutput: three\r\n\r\n";
    let old = b"Response: Follows\r\nPrivilege: Command\r\nActionID: 7\r\none\ntwo: 2\n\nthree\n--END COMMAND--\r\n\r\n";
    let glued = b"Response: Follows\r\nPrivilege: Command\r\nActionID: 7\r\none\ntwo: 2\n\nthree--END COMMAND--\r\n\r\n";
    for bytes in [&new[..], old, glued] {
        let mut decoder = Decoder::without_banner(Limits::default());
        decoder.feed(bytes);
        decoder.feed(b"Event: Next\r\n\r\n");
        let Some(Frame::Message(message)) = decoder.next() else { panic!() };
        assert_eq!(message.output().collect::<Vec<_>>(), ["one", "two: 2", "", "three"]);
        assert_eq!(message.action_id(), "7");
        let Some(Frame::Message(next)) = decoder.next() else { panic!() };
        assert_eq!(next.event(), Some("Next"));
    }
}

#[test]
fn text_that_is_not_utf8_survives_and_is_readable() {
    let bytes = b"Event: Newchannel\r\nCallerIDName: J\xfcrgen M\xc3\xbcller\r\nUniqueid: 1.1\r\n\r\n";
    let mut decoder = Decoder::without_banner(Limits::default());
    decoder.feed(bytes);
    let Some(Frame::Message(message)) = decoder.next() else { panic!() };
    assert_eq!((message.field("CallerIDName"), message.field("Uniqueid")), ("Jürgen Müller", "1.1"));
    assert_eq!(message.bytes(), &bytes[..bytes.len() - 2]);
    assert!(!message.is_cut());
}

#[test]
fn debug_shows_no_name_and_no_number() {
    let mut decoder = Decoder::without_banner(Limits::default());
    decoder.feed(b"Event: Newchannel\r\nCallerIDNum: 5557001\r\nCallerIDName: Maria\r\n\r\n");
    let text = format!("{:?}", decoder.next());
    assert!(text.contains("Newchannel") && !text.contains("5557001") && !text.contains("Maria"), "{text}");
}

#[test]
fn a_long_line_is_cut_within_its_limit_and_the_rest_of_the_message_is_whole() {
    let limits = Limits { line: 100, message: 10_000, lines: 50 };
    // The cut would fall into the middle of a character.
    let text = format!("Event: A\r\nLong: {}\r\nBehind: x\r\n\r\nEvent: B\r\n\r\n", "ü".repeat(500));
    let seen = all(text.as_bytes(), limits);
    assert_eq!(seen.len(), 2);
    assert!(seen[0].cut && !seen[1].cut);
    assert_eq!(seen[0].fields[1].1, "ü".repeat(47));
    assert_eq!(seen[0].fields[2], ("Behind".to_owned(), "x".to_owned()));
}

#[test]
fn too_many_lines_are_left_out() {
    let limits = Limits { line: 100, message: 100_000, lines: 10 };
    let text = format!("Event: A\r\n{}\r\nEvent: B\r\n\r\n", "Key: v\r\n".repeat(1_000));
    let seen = all(text.as_bytes(), limits);
    assert_eq!((seen.len(), seen[0].fields.len(), seen[0].cut), (2, 10, true));
}

/// Feeds `piece` again and again, `total` bytes in all, and gives the most that the decoder held.
fn most_held(decoder: &mut Decoder, piece: &[u8], total: usize) -> usize {
    let mut most = 0;
    for _ in 0..total / piece.len() {
        decoder.feed(piece);
        assert!(!decoder.advance(), "the message has no end");
        most = most.max(decoder.held());
    }
    most
}

#[test]
fn a_message_without_end_costs_its_limit_and_no_more() {
    let limits = Limits { line: 4_096, message: 65_536, lines: 500 };
    let junk = vec![b'x'; 10_007];
    let headers = "Some-Header: some value\r\n".repeat(400);
    for (head, piece, end) in [
        (&b"Event: A\r\nKey: "[..], &junk[..], &b"\r\n\r\n"[..]),
        (b"Event: A\r\n", headers.as_bytes(), b"\r\n"),
        (b"Response: Follows\r\nActionID: 3\r\n", b"a line of output\n\n", b"--END COMMAND--\r\n\r\n"),
        (b"Response: Follows\r\nActionID: 3\r\n", &junk[..], b"--END COMMAND--\r\n\r\n"),
    ] {
        let mut decoder = Decoder::without_banner(limits);
        decoder.feed(head);
        let held = most_held(&mut decoder, piece, 8 * 1024 * 1024);
        assert!(held < 4 * limits.message, "{held}");
        decoder.feed(end);
        decoder.feed(b"Event: Next\r\nKey: v\r\n\r\n");
        let Some(Frame::Message(cut)) = decoder.next() else { panic!("the long one is told as well") };
        assert!(cut.is_cut() && (cut.event() == Some("A") || cut.action_id() == "3"));
        let Some(Frame::Message(next)) = decoder.next() else { panic!("the stream goes on") };
        assert_eq!((next.event(), next.field("Key"), next.is_cut()), (Some("Next"), "v", false));
    }
}

#[test]
fn an_endless_banner_is_handed_out_as_it_is() {
    let mut decoder = Decoder::new(Limits::default());
    let mut most = 0;
    let banner = loop {
        decoder.feed(&[b'x'; 1_000]);
        most = most.max(decoder.held());
        if decoder.advance() {
            break matches!(decoder.current(), Some(Frame::Banner(banner)) if banner.len() > 10_000);
        }
    };
    assert!(banner && most < 200_000, "{most}");
}

#[test]
fn empty_lines_for_ever_are_nothing() {
    let mut decoder = Decoder::without_banner(Limits::default());
    assert!(most_held(&mut decoder, &b"\r\n".repeat(5_000), 8 * 1024 * 1024) < 200_000);
}

fn texts() -> Vec<(String, Vec<u8>)> {
    let mut texts = Vec::new();
    for folder in ["", "/lab"] {
        let path = format!("{}/../../tests/recordings{folder}", env!("CARGO_MANIFEST_DIR"));
        for entry in std::fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "txt") && !path.ends_with("README.txt") {
                let text = std::fs::read(&path).unwrap();
                texts.push((path.display().to_string(), recording::stream(&String::from_utf8_lossy(&text))));
            }
        }
    }
    assert!(texts.len() > 40, "{}", texts.len());
    texts
}

#[test]
fn every_recording_decodes_to_the_fields_that_its_lines_say() {
    let mut messages = 0;
    for (name, bytes) in texts() {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let blocks: Vec<&str> = text.split("\r\n\r\n").filter(|block| !block.is_empty()).collect();
        let seen = all(&bytes, Limits::default());
        // The decoder of a session in the middle takes the banner of `session-tests-1` for a line of a message.
        if name.contains("session-tests") {
            continue;
        }
        assert_eq!(seen.len(), blocks.len(), "{name}");
        for (message, block) in seen.iter().zip(blocks) {
            let lines: Vec<(String, String)> = block
                .split("\r\n")
                .map(|line| line.split_once(':').map_or((line, ""), |(key, value)| (key, value.trim_start())))
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect();
            let trimmed: Vec<(String, String)> = message
                .fields
                .iter()
                .map(|(key, value)| (key.clone(), value.trim_start().to_owned()))
                .collect();
            assert_eq!(trimmed, lines, "{name}");
            assert!(!message.cut);
            messages += 1;
        }
    }
    assert!(messages > 3_000, "{messages}");
}

#[test]
fn every_recorded_session_begins_with_its_banner_and_an_answer_to_the_login() {
    let path = format!("{}/../../tests/recordings/session-tests-1.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let (mut sessions, mut accepted, mut refused) = (0, 0, 0);
    for session in text.split("===== ").filter_map(|part| part.split_once('\n')).map(|(_, said)| said) {
        if !session.starts_with("Asterisk Call Manager/") {
            continue;
        }
        sessions += 1;
        let mut decoder = Decoder::new(Limits::default());
        decoder.feed(session.as_bytes());
        decoder.feed(b"\n");
        assert!(matches!(decoder.next(), Some(Frame::Banner("Asterisk Call Manager/11.0.0"))));
        while let Some(Frame::Message(message)) = decoder.next() {
            assert!(!message.is_cut());
            match message.field("Message") {
                "Authentication accepted" => accepted += usize::from(message.response() == Some("Success")),
                "Authentication failed" => refused += usize::from(message.response() == Some("Error")),
                _ => {}
            }
        }
    }
    assert!(sessions > 2 && accepted > 0 && refused > 0, "{sessions} {accepted} {refused}");
}

#[test]
fn every_list_of_a_real_asterisk_has_a_start_items_and_an_end() {
    let path = format!("{}/../../tests/recordings/z_snapshots.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let mut asked: Vec<(String, String, Vec<ListPart>)> = Vec::new();
    for entry in recording::entries(&text) {
        match entry {
            recording::Entry::Sent(fields) => {
                let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, v)| v.clone());
                if let (Some(action), Some(id)) = (field("Action"), field("ActionID")) {
                    asked.push((action, id, Vec::new()));
                }
            }
            recording::Entry::Came { bytes, .. } => {
                let mut decoder = Decoder::without_banner(Limits::default());
                decoder.feed(&bytes);
                let Some(Frame::Message(message)) = decoder.next() else { continue };
                let asked = asked.iter_mut().find(|(_, id, _)| id == message.action_id());
                if let Some((action, _, parts)) = asked {
                    parts.push(ListPart::of(&message, action));
                }
            }
        }
    }
    let lists: Vec<_> = asked.iter().filter(|(_, _, parts)| parts.len() > 1).collect();
    assert!(lists.len() >= 10, "{asked:?}");
    for (action, _, parts) in lists {
        let (first, rest) = parts.split_first().unwrap();
        let (last, items) = rest.split_last().unwrap();
        assert_eq!((*first, *last), (ListPart::Start, ListPart::End), "{action}");
        assert!(items.iter().all(|part| *part == ListPart::Item), "{action}");
    }
}

#[test]
fn a_list_of_a_version_that_does_not_say_so_is_known_by_its_end() {
    let part = |text: &str, action: &str| {
        let mut decoder = Decoder::without_banner(Limits::default());
        decoder.feed(text.as_bytes());
        let Some(Frame::Message(message)) = decoder.next() else { panic!() };
        ListPart::of(&message, action)
    };
    assert_eq!(
        part("Response: Success\nMessage: Queue status will follow\n\n", "QueueStatus"),
        ListPart::Start
    );
    let none = "Response: Success\nMessage: There are no voicemail users currently defined.\n\n";
    assert_eq!(part(none, "VoicemailUsersList"), ListPart::Whole);
    assert_eq!(part("Event: QueueMember\n\n", "QueueStatus"), ListPart::Item);
    assert_eq!(part("Event: QueueStatusComplete\n\n", "QueueStatus"), ListPart::End);
    assert_eq!(part("Response: Error\nMessage: No such queue\n\n", "QueueStatus"), ListPart::Whole);
    assert_eq!(part("Response: Success\nMessage: Redirect successful\n\n", "Redirect"), ListPart::Whole);
    // Its success is about the order; what became of it is an event that may come much later.
    assert_eq!(
        part("Response: Success\nMessage: Originate successfully queued\n\n", "Originate"),
        ListPart::Whole
    );
}

/// Pieces that together are a stream with everything that the codec knows.
fn any_stream() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"Event: A\r\nKey: value\r\n\r\n".to_vec()),
        Just(b"Response: Success\r\nActionID: x\r\nOutput: y\r\n\r\n".to_vec()),
        Just(b"Response: Follows\r\nPrivilege: Command\r\nout\n\nput\n--END COMMAND--\r\n\r\n".to_vec()),
        Just(b"Event: B\nName: J\xfcrgen \xff\n\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"Event: C\r\nLong: ".to_vec()),
        Just(b"\n".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..40),
        "[ -~]{0,200}".prop_map(String::into_bytes),
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

fn in_pieces(bytes: &[u8], cuts: &[usize], limits: Limits) -> Vec<Seen> {
    let mut decoder = Decoder::without_banner(limits);
    let mut frames = Vec::new();
    let (mut rest, mut cuts) = (bytes, cuts.iter().cycle());
    while !rest.is_empty() {
        let (now, later) = rest.split_at(cuts.next().map_or(1, |cut| cut % 64 + 1).min(rest.len()));
        decoder.feed(now);
        rest = later;
        frames.extend(seen(&mut decoder));
    }
    frames
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn any_split_of_the_bytes_gives_the_same_messages(bytes in any_stream(), cuts in proptest::collection::vec(any::<usize>(), 1..20)) {
        prop_assert_eq!(in_pieces(&bytes, &cuts, Limits::default()), all(&bytes, Limits::default()));
        let limits = Limits { line: 30, message: 100, lines: 5 };
        prop_assert_eq!(in_pieces(&bytes, &cuts, limits), all(&bytes, limits));
    }

    #[test]
    fn a_split_stream_of_long_messages_is_cut_into_as_many_messages(count in 1_usize..5, cuts in proptest::collection::vec(any::<usize>(), 1..20)) {
        let limits = Limits { line: 50, message: 200, lines: 20 };
        let long = format!("Event: Long\r\n{}\r\nEvent: Short\r\n\r\n", "Header: some value\r\n".repeat(40)).repeat(count);
        let seen = in_pieces(long.as_bytes(), &cuts, limits);
        prop_assert_eq!(&seen, &all(long.as_bytes(), limits));
        prop_assert_eq!(seen.len(), 2 * count);
        prop_assert!(seen.iter().step_by(2).all(|message| message.cut && message.fields[0].1 == "Long"));
        prop_assert!(seen.iter().skip(1).step_by(2).all(|message| !message.cut && message.fields[0].1 == "Short"));
    }

    #[test]
    fn what_is_encoded_is_decoded_as_it_was(values in proptest::collection::vec("[^\r\n\0]{0,100}", 0..20)) {
        let mut action = Action::new("Originate");
        for value in &values {
            // The codec takes one blank off a value and Asterisk all of them, so none is sent in front.
            action = action.with("Variable", value.trim_start()).unwrap();
        }
        let text = action.encode(&ActionId::new("a-1").unwrap());
        let seen = all(text.as_bytes(), Limits::default());
        prop_assert_eq!(seen.len(), 1);
        let mut want = vec![("Action".to_owned(), "Originate".to_owned()), ("ActionID".to_owned(), "a-1".to_owned())];
        want.extend(values.iter().map(|value| ("Variable".to_owned(), value.trim_start().to_owned())));
        prop_assert_eq!(&seen[0].fields, &want);
    }

    #[test]
    fn no_value_ever_becomes_a_second_line(value in any::<String>(), key in prop_oneof![Just("Channel"), Just("Exten"), Just("Variable")]) {
        let Ok(action) = Action::new("Redirect").with(key, value.clone()) else {
            let pattern = key == "Channel" && value.trim_start().starts_with('/');
            let broken = value.contains(['\r', '\n', '\0']);
            let long = value.len() + key.len() + 2 > 1_022;
            prop_assert!(pattern || broken || long);
            return Ok(());
        };
        let text = action.encode(&ActionId::new("a-1").unwrap());
        prop_assert_eq!(text.matches('\n').count(), 4);
        prop_assert_eq!(text.matches("\r\n").count(), 4);
        prop_assert!(text.ends_with("\r\n\r\n") && !text.contains('\0'));
        prop_assert!(text.lines().all(|line| line.len() <= 1_022));
    }
}
