//! What cannot be done is refused with a sentence, and the caller stays where they were.

use crate::scene::{self, Case, extension, number, refused, to_extension, to_mailbox, to_number};
use anyhow::{Context, Result, ensure};
use frontdesk_lab::{LabOptions, Policy};
use frontdesk_protocol::{Command, Destination, LegState, Reason, TransferMode};
use frontdesk_tests::desk::Desk;
use frontdesk_tests::stage::Stage;
use serde_json::json;

/// Orders it and checks that the caller has noticed nothing.
async fn nothing_happens(
    stage: &Stage,
    desk: &mut Desk,
    scene: &scene::Scene,
    to: Destination,
    reason: Reason,
) -> Result<String> {
    let order = Command::Transfer { leg: scene.leg.clone(), to: to.clone(), mode: TransferMode::Blind };
    let text = refused(desk.order(order).await?, reason).with_context(|| format!("{to:?}"))?;
    match scene.case {
        Case::Ringing | Case::QueueRinging => {
            let rings = |channels: &[frontdesk_tests::pbx::Channel]| {
                channels.iter().any(|c| c.endpoint() == scene.case.me() && c.state == "Ringing").then_some(())
            };
            stage.pbx().until("my phone still rings", rings).await?;
        }
        _ => {
            stage.pbx().talks(&[&[scene.case.me(), "trunk"]]).await?;
            if scene.case != Case::Held {
                scene.outside.wait_sound(5).await?;
            }
        }
    }
    assert!(desk.office.leg(&scene.leg).is_some(), "the card is still there");
    Ok(text)
}

#[tokio::test]
async fn a_target_that_does_not_exist_leaves_the_caller_where_they_were() -> Result<()> {
    let (stage, _) = scene::anna().await?;
    for case in Case::ALL {
        let (stage, desk) = (&stage, &mut stage.desk_of("anna").await?);
        let scene = case.set(stage, desk).await?;
        let unknown = Reason::NoSuchDestination;
        let text = nothing_happens(stage, desk, &scene, to_extension("4711"), unknown).await?;
        assert_eq!(text, "The phone system does not know 4711. The caller is still with you.");
        // The door has an extension, but neither phone nor mailbox.
        let text = nothing_happens(stage, desk, &scene, to_mailbox("1010@default"), unknown).await?;
        assert_eq!(
            text,
            "The phone system does not know the mailbox of Front door (1010). The caller is still with you."
        );
        nothing_happens(stage, desk, &scene, to_number("bob", "5550000"), unknown).await?;
        nothing_happens(stage, desk, &scene, to_number("nobody", "5550188"), unknown).await?;
        scene.end(stage, desk).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_call_that_has_ended_meanwhile_is_said_to_be_over() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    let scene = Case::Talking.set(&stage, &mut desk).await?;
    let rung = stage.office.phone("1002").requests("INVITE");
    scene.end(&stage, &mut desk).await?;
    let leg = scene.leg.clone();
    for order in [
        Command::Transfer { leg: leg.clone(), to: to_extension("1002"), mode: TransferMode::Blind },
        Command::HangUp { leg: leg.clone(), grace: false },
        Command::Ignore { leg },
    ] {
        let text = refused(desk.order(order).await?, Reason::Gone)?;
        assert!(text.ends_with("Nothing was done."), "{text}");
    }
    assert_eq!(stage.office.phone("1002").requests("INVITE"), rung);
    Ok(())
}

#[tokio::test]
async fn what_does_not_fit_the_call_is_refused() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    stage.office.provider.policy(Policy::Ring);
    let mine = stage.office.phone("1001").call("95550177").await?;
    stage.office.provider.incoming().await?;
    let (_, leg) = desk.leg("1001", |leg| leg.state == LegState::Calling).await?;
    let order =
        Command::Transfer { leg: leg.id.clone(), to: to_mailbox("1002@default"), mode: TransferMode::Blind };
    let text = refused(desk.order(order).await?, Reason::Invalid)?;
    assert!(text.starts_with("The other side has not answered yet"), "{text}");
    refused(desk.order(Command::Ignore { leg: leg.id }).await?, Reason::Invalid)?;
    mine.hang_up();
    scene::quiet(&stage, &mut desk).await?;

    let scene = Case::Talking.set(&stage, &mut desk).await?;
    let text = nothing_happens(&stage, &mut desk, &scene, to_extension("1001"), Reason::Invalid).await?;
    assert_eq!(text, "The caller is already talking to this extension. Nothing was done.");
    scene.end(&stage, &mut desk).await
}

#[tokio::test]
async fn a_number_with_letters_or_worse_never_reaches_the_pbx() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    let scene = Case::Talking.set(&stage, &mut desk).await?;
    // A session may order ten times a second; these two do not come so far.
    let mut second = stage.desk_of("anna").await?;
    for text in ["12ab", "", "1002\r\nAction: Command", "1002&1003", "Local/1002", "/.*/"] {
        let originate = json!({ "do": "originate", "from": "1001", "to": text });
        refused(desk.order_unchecked(originate).await?, Reason::Invalid)
            .with_context(|| format!("{text:?}"))?;
        let to = json!({ "to": "extension", "extension": text });
        let transfer = json!({ "do": "transfer", "leg": scene.leg, "to": to });
        refused(second.order_unchecked(transfer).await?, Reason::Invalid)
            .with_context(|| format!("{text:?}"))?;
        stage.pbx().talks(&[&["1001", "trunk"]]).await?;
    }
    scene.end(&stage, &mut desk).await
}

#[tokio::test]
async fn a_call_of_somebody_else_is_not_mine_to_move_unless_i_am_the_admin() -> Result<()> {
    let (stage, mut anna) = scene::anna().await?;
    let mut bob = stage.desk("bob", "colleague", &["1002"]).await?;
    let mut root = stage.desk("root", "admin", &[]).await?;
    let scene = Case::Talking.set(&stage, &mut anna).await?;
    bob.leg("1001", |leg| leg.state == LegState::Talking).await?;
    let leg = scene.leg.clone();
    for order in [
        Command::Transfer { leg: leg.clone(), to: to_extension("1002"), mode: TransferMode::Blind },
        Command::HangUp { leg: leg.clone(), grace: false },
        Command::Ignore { leg: leg.clone() },
        Command::Originate { from: extension("1001"), to: number("1005") },
    ] {
        refused(bob.order(order).await?, Reason::NotPermitted)?;
    }
    stage.pbx().talks(&[&["1001", "trunk"]]).await?;
    root.leg("1001", |leg| leg.state == LegState::Talking).await?;
    scene::done(root.order(Command::HangUp { leg, grace: false }).await?)?;
    scene::quiet(&stage, &mut anna).await
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_are_told_in_the_same_words() -> Result<()> {
    let (stage, _) = scene::anna().await?;
    let (status, wrong) = stage.log_in("anna", "not the password").await?;
    assert_eq!((status.as_u16(), &wrong["code"]), (401, &json!("wrongPassword")));
    let (status, unknown) = stage.log_in("nobody", "not the password").await?;
    assert_eq!((status.as_u16(), &unknown), (401, &wrong));
    assert!(wrong["text"].as_str().is_some_and(|text| text.contains("Check both and try again")), "{wrong}");
    assert!(Desk::open(stage.address()?, "not-a-token").await.is_err());
    stage.command(&["user", "disable", "anna"], "").await?;
    let (status, closed) = stage.log_in("anna", frontdesk_tests::stage::PASSWORD).await?;
    assert_eq!((status.as_u16(), &closed), (401, &wrong));
    Ok(())
}

#[tokio::test]
async fn a_manager_account_without_the_rights_is_said_to_lack_them_and_nobody_is_moved() -> Result<()> {
    let mut stage = Stage::without_server(LabOptions::for_tests()).await?;
    let file = stage.office.lab.folder().join("etc/manager.conf");
    let full = std::fs::read_to_string(&file)?;
    let rights = "write=call,originate,reporting,agent,user";
    ensure!(full.contains(rights), "the rights of the lab's account are others: {full}");
    std::fs::write(&file, full.replace(rights, "write=reporting"))?;
    stage.office.lab.cli("manager reload").await?;
    stage.start_server().await?;
    let mut desk = stage.desk("anna", "receptionist", &["1001", "1003"]).await?;
    let scene = Case::Talking.set(&stage, &mut desk).await?;
    let text = nothing_happens(&stage, &mut desk, &scene, to_extension("1002"), Reason::Refused).await?;
    ensure!(text.contains("The caller is still with you"), "{text}");
    let originate = Command::Originate { from: extension("1001"), to: number("1005") };
    let text = refused(desk.order(originate).await?, Reason::Refused)?;
    ensure!(text.ends_with("Nobody was called."), "{text}");
    let text = refused(
        desk.order(Command::HangUp { leg: scene.leg.clone(), grace: false }).await?,
        Reason::Refused,
    )?;
    ensure!(text.ends_with("It is as it was."), "{text}");
    stage.pbx().talks(&[&["1001", "trunk"]]).await?;
    let said = stage.command(&["doctor"], "").await.unwrap_or_else(|error| error.to_string());
    ensure!(said.contains("write"), "the doctor says which rights are missing: {said}");
    scene.end(&stage, &mut desk).await
}
