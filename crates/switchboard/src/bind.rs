//! The seam to `frontdesk-ami`: its messages as packets, our orders as its actions. Nothing is decided here.

use crate::orders::{Order, Originate};
use crate::packet::Packet;
use frontdesk_ami::Message;
use frontdesk_ami::action::{Action, ActionError, ActionId};

impl Packet for Message<'_> {
    fn raw(&self, key: &str) -> &str {
        self.field(key)
    }
}

impl Order {
    /// The order as an action.
    ///
    /// # Errors
    /// When a value cannot be sent as one line. Numbers are whitelisted and channel names came in lines, so this
    /// does not happen; where it does, nothing is sent.
    pub(crate) fn action(self, id: &str) -> Result<(ActionId, Action), ActionError> {
        let action = match self {
            Self::List(name) => Action::new(name),
            Self::DbTree(family) => Action::new("DBGetTree").with("Family", family)?,
            Self::Get(variable) => Action::new("Getvar").with("Variable", variable)?,
            Self::Status { channel } => Action::new("Status").with("Channel", channel)?,
            Self::Redirect { channel, context, exten } => Action::new("Redirect")
                .with("Channel", channel)?
                .with("Context", context)?
                .with("Exten", exten)?
                .with("Priority", "1")?,
            Self::BlindTransfer { channel, context, exten } => Action::new("BlindTransfer")
                .with("Channel", channel)?
                .with("Context", context)?
                .with("Exten", exten)?,
            Self::Hangup { channel } => Action::new("Hangup").with("Channel", channel)?,
            Self::Originate(call) => originate(*call)?,
        };
        Ok((ActionId::new(id)?, action))
    }
}

fn originate(call: Originate) -> Result<Action, ActionError> {
    // Without `Async` the session is deaf until the phone is picked up.
    let mut action = Action::new("Originate")
        .with("Channel", call.device)?
        .with("Context", call.context)?
        .with("Exten", call.exten)?
        .with("Priority", "1")?
        .with("Async", "true")?
        .with("ChannelId", call.uniqueid)?
        .with("Timeout", call.timeout_ms.to_string())?;
    for (name, value) in call.variables {
        action = action.with("Variable", format!("{name}={value}"))?;
    }
    Ok(action)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn written(order: Order) -> String {
        let (id, action) = order.action("frontdesk-7").unwrap();
        action.encode(&id).replace("\r\n", "\n")
    }

    #[test]
    fn a_redirect_names_the_channel_and_the_place() {
        let (channel, context, exten) = ("PJSIP/trunk-00000006".into(), "internal".into(), "1002".into());
        assert_eq!(
            written(Order::Redirect { channel, context, exten }),
            "Action: Redirect\nActionID: frontdesk-7\nChannel: PJSIP/trunk-00000006\nContext: internal\nExten: 1002\nPriority: 1\n\n"
        );
    }

    #[test]
    fn a_call_is_placed_without_blocking_the_session() {
        let text = written(Order::Originate(Box::new(Originate {
            device: "PJSIP/1001".into(),
            context: "internal".into(),
            exten: "1002".into(),
            uniqueid: "frontdesk-1795487698.1".into(),
            timeout_ms: 30_000,
            variables: vec![("CONNECTEDLINE(num,i)".into(), "1002".into())],
        })));
        assert!(text.contains("Async: true\nChannelId: frontdesk-1795487698.1\n"), "{text}");
        assert!(text.contains("Variable: CONNECTEDLINE(num,i)=1002\n"), "{text}");
    }

    #[test]
    fn no_value_becomes_a_second_action() {
        let order = Order::Hangup { channel: "PJSIP/1001-1\r\n\r\nAction: Command".into() };
        assert!(order.action("frontdesk-7").is_err());
    }
}
