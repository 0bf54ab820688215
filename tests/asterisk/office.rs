//! R9: the office is found by itself: people, names, mailboxes, queues, parking lots, from the PBX and the people file.

use crate::scene;
use anyhow::{Context, Result};
use frontdesk_lab::planted;
use frontdesk_protocol::{Registration, Role, Status};
use frontdesk_tests::stage::Stage;
use frontdesk_tests::until::until;

#[tokio::test]
async fn everybody_is_there_with_name_extensions_numbers_and_mailbox() -> Result<()> {
    let (_stage, mut desk) = scene::anna().await?;
    desk.until("six extensions and the door", |office| (office.extensions.len() == 7).then_some(())).await?;
    let office = &desk.office;
    let shown = office.people.values().map(|person| {
        let extensions: Vec<_> = person.extensions.iter().map(|extension| extension.as_str()).collect();
        let mailbox = person.mailbox.as_ref().map(|mailbox| mailbox.as_str());
        (person.name.as_str(), extensions, mailbox)
    });
    let mut shown: Vec<_> = shown.collect();
    shown.sort();
    let wanted = [
        ("Alice", vec!["1001"], Some("1001@default")),
        ("Bob Brown", vec!["1002"], Some("1002@default")),
        ("Carol", vec!["1003"], Some("1003@default")),
        ("Dave", vec!["1004"], Some("1004@default")),
        ("Erin East", vec!["1005", "1006"], Some("1005@default")),
        ("Front door", vec!["1010"], None),
    ];
    assert_eq!(shown, wanted);
    let bob = office.people.get("bob").context("Bob")?;
    let numbers: Vec<_> = bob.numbers.iter().map(|n| (n.label.as_str(), n.number.as_str())).collect();
    assert_eq!(numbers, [("Mobile", "+491701234567"), ("Home", "5550188")]);
    assert_eq!(bob.group, "Sales");

    let queue = office.queues.get("support").context("the queue")?;
    let members: Vec<_> = queue
        .members
        .iter()
        .map(|member| (member.name.as_str(), member.extension.as_ref().map(|e| e.as_str()), member.paused))
        .collect();
    assert_eq!(members, [("Carol", Some("1003"), false), ("Dave", Some("1004"), false)]);
    assert!(office.queues.contains_key("supportlocal") && office.lots.contains_key("default"));
    assert_eq!(office.mailboxes.len(), 6);
    let door = office.extensions.get("1010").context("the door")?;
    assert_eq!((door.registration, door.status), (Registration::Unknown, Status::Unknown));

    assert_eq!(desk.viewer.role, Role::Receptionist);
    let mine: Vec<_> = desk.viewer.extensions.iter().map(|extension| extension.as_str()).collect();
    assert_eq!(mine, ["1001", "1003"]);
    Ok(())
}

#[tokio::test]
async fn the_doctor_finds_nothing_to_mend_and_the_configuration_is_right() -> Result<()> {
    let stage = Stage::open().await?;
    let said = stage.command(&["check-config"], "").await?;
    assert!(said.contains("3 people") && said.trim_end().ends_with("is right."), "{said}");
    let said = stage.command(&["doctor"], "").await?;
    assert!(said.lines().count() >= 5, "{said}");
    assert!(said.contains("certificate: desks connect without encryption"), "{said}");
    stage.user("anna", "receptionist", &["1001"]).await?;
    let said = stage.command(&["user", "list"], "").await?;
    assert!(said.contains("anna") && said.contains("receptionist") && said.contains("1001"), "{said}");
    Ok(())
}

#[tokio::test]
async fn a_mistake_in_the_people_file_is_told_by_its_line_and_without_the_number() -> Result<()> {
    const NUMBER: &str = "+49 170 765x4321";
    let stage = Stage::open().await?;
    planted::name("Ida Mistake");
    planted::number(NUMBER);
    let wrong = format!(
        "[[person]]\nid = \"ida\"\nname = \"Ida Mistake\"\nnumbers = [{{ label = \"Mobile\", number = \"{NUMBER}\" }}]\n"
    );
    std::fs::write(stage.folder().join("people.toml"), wrong)?;
    until("the server has seen it", async || {
        Ok(stage.server_log().contains("the people file has a mistake").then_some(()))
    })
    .await?;
    let log = stage.server_log();
    assert!(log.contains("people.toml line=1") && !log.contains("765x4321"), "{log}");
    let explained =
        stage.command(&["check-config"], "").await.err().context("it finds no mistake")?.to_string();
    assert!(explained.contains(&format!("`{NUMBER}` (Mobile) cannot be dialled")), "{explained}");
    Ok(())
}
