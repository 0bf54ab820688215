//! Our orders as actions of `frontdesk-ami`. Nothing is decided here.

use crate::orders::Order;
use frontdesk_ami::action::{Action, ActionError, ActionId};

impl Order {
    /// The order as an action.
    ///
    /// # Errors
    /// When a value cannot be sent as one line. Numbers are whitelisted and channel names came in lines, so this
    /// does not happen; where it does, nothing is sent.
    pub(crate) fn action(self, id: &str) -> Result<(ActionId, Action), ActionError> {
        let action = match self {
            Self::List(name) => Action::new(name),
            Self::DbTree(family) => Action::db_tree(family)?,
            Self::Get(variable) => Action::getvar(&variable)?,
            Self::Status { channel } => Action::status(&channel)?,
            Self::Redirect { channel, context, exten } => Action::redirect(&channel, &context, &exten)?,
            Self::BlindTransfer { channel, context, exten } => {
                Action::blind_transfer(&channel, &context, &exten)?
            }
            Self::Park { channel, back_to, timeout_ms, lot } => {
                Action::park(&channel, &back_to, timeout_ms, &lot)?
            }
            Self::Hangup { channel } => Action::hangup(&channel)?,
            Self::Originate(call) => Action::originate(&call)?,
        };
        Ok((ActionId::new(id)?, action))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use frontdesk_ami::action::Originate;

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
