//! The scenarios: what an operator's day holds. The names that the lab's recordings also have mean the same there.

use super::Order::{self, BlindTransfer, Bridge, Originate, Park, PickUp, Redirect};
use super::Scenario;
use super::Step::{
    self, Answer, Behave, CallIn, Dial, HangUp, Hold, Join, LeaveMessage, Pass, Refer, Resume, SwitchOff,
    SwitchOn,
};
use crate::setup::Policy;

/// How long a phone rings in the lab and here.
const RING_MS: u64 = crate::setup::LAB_RING_MS;

const fn jane(did: &'static str) -> Step {
    CallIn { number: "5550123", name: "Jane Roe", did }
}

const fn order(order: Order) -> Step {
    Step::Order(order)
}

/// All of them.
pub const SCENARIOS: [Scenario; 23] = [
    Scenario {
        name: "internal",
        title: "1001 calls 1002, who answers and hangs up",
        steps: &[Dial { from: "1001", exten: "1002" }, Answer("1002"), HangUp("1002")],
    },
    Scenario {
        name: "hold",
        title: "trunk -> 1001, held, taken back, held, and the caller gives up",
        steps: &[
            jane("5551001"),
            Answer("1001"),
            Hold("1001"),
            Resume("1001"),
            Hold("1001"),
            HangUp("trunk"),
        ],
    },
    Scenario {
        name: "redirect",
        title: "trunk -> 1001, who is talking; the caller is sent to 1002 (Redirect)",
        steps: &[
            jane("5551001"),
            Answer("1001"),
            order(Redirect { of: "trunk", exten: "1002" }),
            Answer("1002"),
            HangUp("1002"),
        ],
    },
    Scenario {
        name: "redirect_voicemail",
        title: "trunk -> 1001, held; the caller is sent to the mailbox of 1003 (Redirect) and leaves a message",
        steps: &[
            jane("5551001"),
            Answer("1001"),
            Hold("1001"),
            order(Redirect { of: "trunk", exten: "*1003" }),
            LeaveMessage { mailbox: "1003" },
        ],
    },
    Scenario {
        name: "blind_transfer",
        title: "1002 -> 1001; 1001 is asked to send 1002 to 1003 (BlindTransfer), who is busy: voicemail",
        steps: &[
            Behave { at: "1003", policy: Policy::Busy },
            Dial { from: "1002", exten: "1001" },
            Answer("1001"),
            order(BlindTransfer { of: "1001", exten: "1003" }),
            HangUp("1002"),
        ],
    },
    Scenario {
        name: "originate",
        title: "click to call: 1001 rings, answers, 1002 rings and answers (Originate)",
        steps: &[
            order(Originate { from: "1001", exten: "1002" }),
            Answer("1001"),
            Answer("1002"),
            HangUp("1001"),
        ],
    },
    Scenario {
        name: "originate_declined",
        title: "click to call, declined at 1001 (Originate)",
        steps: &[
            Behave { at: "1001", policy: Policy::Decline },
            order(Originate { from: "1001", exten: "1002" }),
        ],
    },
    Scenario {
        name: "hang_up_ringing",
        title: "trunk -> 1001 rings and is hung up (Hangup of the caller), then another is answered and hung up",
        steps: &[
            jane("5551001"),
            order(Order::HangUp("trunk")),
            jane("5551001"),
            Answer("1001"),
            order(Order::HangUp("trunk")),
        ],
    },
    Scenario {
        name: "caller_gives_up",
        title: "trunk -> 1001 rings, the caller gives up",
        steps: &[jane("5551001"), HangUp("trunk")],
    },
    Scenario {
        name: "attended_refer",
        title: "trunk -> 1001, held; 1001 asks 1002 and joins them from the phone",
        steps: &[
            jane("5551001"),
            Answer("1001"),
            Hold("1001"),
            Dial { from: "1001", exten: "1002" },
            Answer("1002"),
            Join("1001"),
            HangUp("trunk"),
        ],
    },
    Scenario {
        name: "attended_bridge",
        title: "trunk -> 1001, held; Originate 1001 -> 1003, then Bridge of the trunk and 1003",
        steps: &[
            jane("5551001"),
            Answer("1001"),
            Hold("1001"),
            order(Originate { from: "1001", exten: "1003" }),
            Answer("1001"),
            Answer("1003"),
            order(Bridge { one: "trunk", other: "1003" }),
            HangUp("trunk"),
        ],
    },
    Scenario {
        name: "blind_refer",
        title: "trunk -> 1001, who sends the caller to 1002 from the phone",
        steps: &[
            jane("5551001"),
            Answer("1001"),
            Refer { at: "1001", exten: "1002" },
            Answer("1002"),
            HangUp("trunk"),
        ],
    },
    Scenario {
        name: "pickup",
        title: "trunk -> 1001 rings, 1002 picks it up (Originate PickupChan)",
        steps: &[jane("5551001"), order(PickUp { by: "1002", of: "1001" }), Answer("1002"), HangUp("trunk")],
    },
    Scenario {
        name: "several_calls",
        title: "three callers at 1001: the first is held for the second, the third gives up",
        steps: &[
            jane("5551001"),
            Answer("1001"),
            CallIn { number: "5550124", name: "John Doe", did: "5551001" },
            Hold("1001"),
            Answer("1001"),
            CallIn { number: "5550125", name: "", did: "5551001" },
            HangUp("trunk"),
            HangUp("1001"),
            Resume("1001"),
            HangUp("trunk"),
        ],
    },
    Scenario {
        name: "trunk_busy",
        title: "1001 -> outside, busy; again, declined",
        steps: &[
            Behave { at: "trunk", policy: Policy::Busy },
            Dial { from: "1001", exten: "95550199" },
            Behave { at: "trunk", policy: Policy::Decline },
            Dial { from: "1001", exten: "95550199" },
        ],
    },
    Scenario {
        name: "queue_no_answer",
        title: "trunk -> queue; the first member does not answer, the second does",
        steps: &[jane("5551600"), Pass(RING_MS + 1_500), Answer("1004"), HangUp("trunk")],
    },
    Scenario {
        name: "queue_gives_up",
        title: "trunk -> queue; the caller gives up while a member rings",
        steps: &[jane("5551600"), HangUp("trunk")],
    },
    Scenario {
        name: "redirect_ringing",
        title: "trunk -> 1001 rings and is sent to 1002 while it rings (Redirect)",
        steps: &[
            jane("5551001"),
            order(Redirect { of: "trunk", exten: "1002" }),
            Answer("1002"),
            HangUp("trunk"),
        ],
    },
    Scenario {
        name: "transfer_placed",
        title: "1001 -> outside, answered; the outside party is sent to 1003 (Redirect)",
        steps: &[
            Dial { from: "1001", exten: "95550177" },
            Answer("trunk"),
            order(Redirect { of: "trunk", exten: "1003" }),
            Answer("1003"),
            HangUp("trunk"),
        ],
    },
    Scenario {
        name: "ring_group",
        title: "trunk -> ring group, all three ring, 1002 answers",
        steps: &[jane("5551602"), Answer("1002"), HangUp("trunk")],
    },
    Scenario {
        name: "unregistered",
        title: "1001 -> 1006, whose phone is switched off: voicemail at once",
        steps: &[SwitchOff("1006"), Dial { from: "1001", exten: "1006" }, HangUp("1001"), SwitchOn("1006")],
    },
    Scenario {
        name: "park_timeout",
        title: "trunk -> 1001, parked, nobody takes it, it comes back to 1001",
        steps: &[
            jane("5551001"),
            Answer("1001"),
            order(Park { of: "trunk", by: "1001", timeout_ms: 6_000 }),
            Pass(3_000),
            Pass(4_000),
            Answer("1001"),
            HangUp("trunk"),
        ],
    },
    Scenario {
        name: "no_answer_voicemail",
        title: "trunk -> 1002, no answer, the caller leaves a message",
        steps: &[jane("5551002"), Pass(RING_MS + 1_000), LeaveMessage { mailbox: "1002" }],
    },
];
