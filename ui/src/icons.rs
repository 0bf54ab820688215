//! The icons, drawn for this project as strokes on a 16 by 16 grid. Each stands beside a word and is hidden from readers.

use frontdesk_protocol::{Direction, Status};
use yew::{Html, html};

/// An icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// A ring: free.
    Free,
    /// A dash: offline.
    Offline,
    /// Two bars: on hold.
    Hold,
    /// A bell: ringing.
    Bell,
    /// Handset and arrow out: outside call.
    Outside,
    /// Handset and two arrows: inside call.
    Inside,
    /// Handset and lines: queue call.
    Queue,
    /// A question mark.
    Unknown,
    /// Arrow down to the left.
    Incoming,
    /// Arrow up to the right.
    Outgoing,
    /// Arrows both ways.
    Internal,
    /// Two reels: voicemail.
    Voicemail,
    /// A phone that rings out: a further number.
    Mobile,
    /// A desk phone.
    Desk,
    /// An arrow into a door: transfer.
    Transfer,
    /// A handset lying.
    HangUp,
    /// A bell struck out.
    Ignore,
    /// A lens.
    Search,
    /// Sliders.
    Settings,
    /// A cross.
    Close,
    /// A tick.
    Done,
    /// A triangle.
    Warning,
    /// An arrow that turns back.
    Back,
    /// A clock.
    Waiting,
}

/// The icon of a status.
pub fn of_status(status: Status) -> Icon {
    match status {
        Status::Free => Icon::Free,
        Status::Offline => Icon::Offline,
        Status::Held => Icon::Hold,
        Status::Ringing => Icon::Bell,
        Status::Outside => Icon::Outside,
        Status::Inside => Icon::Inside,
        Status::Queue => Icon::Queue,
        Status::Unknown => Icon::Unknown,
    }
}

/// The icon of a direction.
pub fn of_direction(direction: Direction) -> Icon {
    match direction {
        Direction::Inbound => Icon::Incoming,
        Direction::Outbound => Icon::Outgoing,
        Direction::Internal => Icon::Internal,
    }
}

/// Draws an icon in the colour of the text around it.
pub fn icon(icon: Icon) -> Html {
    html! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
            <path d={path(icon)} fill="none" stroke="currentColor" stroke-width="1.6"
                stroke-linecap="round" stroke-linejoin="round" />
        </svg>
    }
}

fn path(icon: Icon) -> &'static str {
    match icon {
        Icon::Free => "M8 3.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9",
        Icon::Offline => "M3.5 8h9",
        Icon::Hold => "M5.5 3.5v9M10.5 3.5v9",
        Icon::Bell => "M3 11.5h10l-1.3-2V7a3.7 3.7 0 0 0-7.4 0v2.5zM6.8 13.8h2.4",
        Icon::Outside => {
            "M3 5.5c0 4 3.500 7.500 7.500 7.500l1.500-2-2.200-1.400-1.300 1c-1.200-.6-2.100-1.500-2.700-2.700l1-1.300L5.400 4.400zM9.500 6.500L13.500 2.500M10.500 2.500h3v3"
        }
        Icon::Inside => {
            "M2.500 6.500c0 4 3 7 7 7l1.300-1.800-2-1.300-1.200.9c-1.100-.5-2-1.400-2.500-2.500l.9-1.200-1.300-2zM8.500 5.500h5M12 4l1.500 1.500L12 7M13.500 2.500h-5M10 1L8.500 2.500L10 4"
        }
        Icon::Queue => {
            "M2.500 6.500c0 4 3 7 7 7l1.300-1.800-2-1.300-1.200.9c-1.100-.5-2-1.400-2.500-2.500l.9-1.200-1.300-2zM9 2.500h4.500M9 5h4.500M10.500 7.500h3"
        }
        Icon::Unknown => "M5.500 6a2.500 2.500 0 1 1 3.600 2.200c-.8.400-1.100.900-1.100 1.800M8 12.800v.1",
        Icon::Incoming => "M12.500 3.500l-8 8M4.500 5.500v6h6",
        Icon::Outgoing => "M3.500 12.500l8-8M5.500 4.500h6v6",
        Icon::Internal => "M2.500 5.500h10M10 3l2.500 2.500L10 8M13.500 10.500h-10M6 8l-2.500 2.500L6 13",
        Icon::Voicemail => {
            "M4.500 5.500a2.500 2.500 0 1 1 0 5a2.500 2.500 0 1 1 0-5M11.500 5.500a2.500 2.500 0 1 1 0 5a2.500 2.500 0 1 1 0-5M4.500 10.500h7"
        }
        Icon::Mobile => "M5 2h6v12H5zM7.500 11.800h1",
        Icon::Desk => {
            "M2.500 6.500c0-4 11-4 11 0v1.300H10.300V6.200H5.700v1.600H2.500zM4.500 8.800L3 13.500h10l-1.500-4.700M8 9.700v1.800M7.100 10.600h1.800"
        }
        Icon::Transfer => "M2 8h8M7.500 5l3 3-3 3M10 2.500h3.500v11H10",
        Icon::HangUp => "M2 10.500c-.6-5 12.600-5 12 0l-3.300.3v-2.300c-1.500-.5-3.900-.5-5.400 0v2.300z",
        Icon::Ignore => "M3 11.500h10l-1.300-2V7a3.700 3.700 0 0 0-7.400 0v2.500zM2.500 2.500l11 11",
        Icon::Search => "M7 2.500a4.500 4.500 0 1 1 0 9a4.500 4.500 0 1 1 0-9M10.300 10.300l3.200 3.200",
        Icon::Settings => "M2 4.500h7M12 4.500h2M2 11.500h2M7 11.500h7M10.500 3v3M5.500 10v3",
        Icon::Close => "M4 4l8 8M12 4l-8 8",
        Icon::Done => "M3 8.500l3.500 3.500L13 4.500",
        Icon::Back => "M6 3L2.500 6.500L6 10M2.500 6.500h7.500a3.500 3.500 0 0 1 0 7H6.500",
        Icon::Waiting => "M8 2.500a5.500 5.500 0 1 1 0 11a5.500 5.500 0 1 1 0-11M8 5v3.300l2.200 1.300",
        Icon::Warning => "M8 2.500l6 11H2zM8 6.500v3.300M8 11.700v.1",
    }
}
