//! The audit: what was ordered at a desk stands there with the right call, its result, and who it was; also what was
//! refused.

use crate::scene::{self, CALLER, Case, done, refused, to_extension};
use anyhow::{Context, Result, ensure};
use frontdesk_protocol::{Command, Reason, TransferMode};
use frontdesk_tests::stage::Stage;
use serde_json::Value;

/// The entries of the audit with this `act`, oldest first.
async fn audited(stage: &Stage, act: &str) -> Result<Vec<Value>> {
    let said = stage.command(&["audit", "--format", "json", "--since", "1h"], "").await?;
    let entries = said.lines().map(|line| serde_json::from_str(line).with_context(|| line.to_owned()));
    let entries: Vec<Value> = entries.collect::<Result<_>>()?;
    Ok(entries.into_iter().filter(|entry| entry["act"] == act).collect())
}

/// The one entry of this order, once it is kept as concluded.
async fn concluded(stage: &Stage, act: &str, nth: usize) -> Result<Value> {
    frontdesk_tests::until::until("the order is in the audit", async || {
        let entries = audited(stage, act).await?;
        ensure!(entries.len() <= nth + 1, "more than was ordered: {entries:#?}");
        Ok(entries.get(nth).filter(|entry| entry["result"] != "unfinished").cloned())
    })
    .await
}

#[tokio::test]
async fn a_transfer_a_refusal_and_a_hang_up_are_in_the_audit_with_their_call() -> Result<()> {
    let (stage, mut anna) = scene::anna().await?;
    let mut bob = stage.desk("bob", "colleague", &["1002"]).await?;

    let scene = Case::Talking.set(&stage, &mut anna).await?;
    let order =
        |to| Command::Transfer { leg: scene.leg.clone(), to: to_extension(to), mode: TransferMode::Blind };
    bob.until("Bob sees it", |office| office.leg(&scene.leg).map(drop)).await?;
    refused(bob.order(order("1005")).await?, Reason::NotPermitted)?;
    let stolen = concluded(&stage, "transfer", 0).await?;
    ensure!(stolen["user"] == "bob" && stolen["result"] == "notPermitted", "{stolen:#}");
    ensure!(stolen["call"] == scene.call.as_str() && stolen["target"] == "1005", "{stolen:#}");

    refused(anna.order(order("4711")).await?, Reason::NoSuchDestination)?;
    let unknown = concluded(&stage, "transfer", 1).await?;
    ensure!(unknown["user"] == "anna" && unknown["result"] == "noSuchDestination", "{unknown:#}");

    let text = done(anna.order(order("1002")).await?)?;
    let sent = concluded(&stage, "transfer", 2).await?;
    ensure!(sent["user"] == "anna" && sent["result"] == "done" && sent["text"] == text, "{sent:#}");
    ensure!(sent["call"] == scene.call.as_str() && sent["extension"] == "1001", "{sent:#}");
    ensure!(sent["party"] == CALLER.1 && sent["target"] == "1002", "{sent:#}");
    ensure!(sent["origin"] == unknown["origin"] && sent["origin"] != stolen["origin"], "{sent:#}");
    stage.pbx().talks(&[&["1002", "trunk"]]).await?;
    scene.end(&stage, &mut anna).await?;

    let scene = Case::Talking.set(&stage, &mut anna).await?;
    done(anna.order(Command::HangUp { leg: scene.leg.clone(), grace: false }).await?)?;
    let ended = concluded(&stage, "hangUp", 0).await?;
    ensure!(ended["user"] == "anna" && ended["result"] == "done", "{ended:#}");
    ensure!(ended["call"] == scene.call.as_str() && ended["party"] == CALLER.1, "{ended:#}");
    scene::quiet(&stage, &mut anna).await?;

    let logins = audited(&stage, "logIn").await?;
    ensure!(
        logins.iter().filter(|it| it["user"] == "anna" && it["result"] == "done").count() == 1,
        "{logins:#?}"
    );
    ensure!(logins.iter().all(|it| it["origin"] == "127.0.0.1"), "{logins:#?}");
    Ok(())
}
