//! Where the list that answers an action begins and ends. Not what stands in the lists.
//!
//! Newer versions say `EventList: start` and `EventList: Complete`; some lists of older ones do not, so the name of
//! the event that ends each list is kept here as well.

use crate::message::Message;

/// What a message with the id of an action is to that action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListPart {
    /// The whole answer: no list follows.
    Whole,
    /// The answer, and a list follows.
    Start,
    /// An item of the list.
    Item,
    /// The end of the list.
    End,
}

/// Actions that are answered by a list, and the event that ends it (Asterisk 22; tried, or from its documentation).
const LISTS: [(&str, &str); 22] = [
    ("BridgeInfo", "BridgeInfoComplete"),
    ("BridgeList", "BridgeListComplete"),
    ("ConfbridgeList", "ConfbridgeListComplete"),
    ("ConfbridgeListRooms", "ConfbridgeListRoomsComplete"),
    ("CoreShowChannelMap", "CoreShowChannelMapComplete"),
    ("CoreShowChannels", "CoreShowChannelsComplete"),
    ("DBGet", "DBGetComplete"),
    ("DBGetTree", "DBGetTreeComplete"),
    ("DeviceStateList", "DeviceStateListComplete"),
    ("ExtensionStateList", "ExtensionStateListComplete"),
    ("ParkedCalls", "ParkedCallsComplete"),
    ("Parkinglots", "ParkinglotsComplete"),
    ("PJSIPShowAors", "AorListComplete"),
    ("PJSIPShowContacts", "ContactListComplete"),
    ("PJSIPShowEndpoint", "EndpointDetailComplete"),
    ("PJSIPShowEndpoints", "EndpointListComplete"),
    ("QueueStatus", "QueueStatusComplete"),
    ("QueueSummary", "QueueSummaryComplete"),
    ("ShowDialPlan", "ShowDialPlanComplete"),
    ("Status", "StatusComplete"),
    ("VoicemailUserStatus", "VoicemailUserDetailComplete"),
    ("VoicemailUsersList", "VoicemailUserEntryComplete"),
];

/// The event that ends the list of this action; `None` where it is answered by one message.
pub fn end_of_list(action: &str) -> Option<&'static str> {
    LISTS.iter().find(|(name, _)| name.eq_ignore_ascii_case(action)).map(|(_, end)| *end)
}

impl ListPart {
    /// What `message`, which carries the id of an `action`, is to it.
    pub fn of(message: &Message<'_>, action: &str) -> Self {
        let list = message.field("EventList");
        let Some(event) = message.event() else {
            // A list without items is a plain answer in some versions: "There are no …".
            let follows = message.field("Message").contains("follow") && end_of_list(action).is_some();
            let starts =
                list.eq_ignore_ascii_case("start") || (follows && message.response() == Some("Success"));
            return if starts { Self::Start } else { Self::Whole };
        };
        let ends = list.eq_ignore_ascii_case("Complete") || end_of_list(action) == Some(event);
        if ends || list.eq_ignore_ascii_case("Cancelled") { Self::End } else { Self::Item }
    }
}
