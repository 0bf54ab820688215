//! temp
use crate::api::Output;
use crate::orders::Order;
impl Order {
    pub(crate) fn act(self, id: &str) -> Output {
        Output::Act(crate::frontdesk_ami::ActionId(id.into()), crate::frontdesk_ami::Action(self))
    }
}
