//! Who sits in the office and how it is laid out. Not what they do.

/// What a phone does when a call comes, where no person is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Policy {
    /// It rings.
    #[default]
    Ring,
    /// It is busy at once (486).
    Busy,
    /// It declines at once (603).
    Decline,
}

/// How long a phone of the lab rings, in milliseconds, when scenarios are played there.
pub const LAB_RING_MS: u64 = 5_000;

/// What happens by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traffic {
    /// Nothing: every call is scripted.
    Scripted,
    /// Calls come by themselves and people answer, hold, talk and hang up.
    Calm,
}

/// Who answers at the reception.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reception {
    /// Nobody; a real person must.
    Waits,
    /// The phone answers by itself after about six seconds, and rarely holds a call for another one: for trying
    /// without a phone.
    AnswersItself,
}

/// A person with a phone and a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The extension, also the name of the endpoint and of the mailbox.
    pub number: String,
    /// The person's name, as the phone's caller id says it.
    pub name: String,
    /// Whether the phone is switched on.
    pub online: bool,
}

/// A queue with its members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QueueSetup {
    pub number: &'static str,
    pub name: &'static str,
    pub members: Vec<String>,
}

/// The layout of an office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// Who sits where.
    pub seats: Vec<Seat>,
    /// The extension at which outside callers arrive.
    pub reception: String,
    /// Who answers there.
    pub reception_answers: Reception,
    /// What happens by itself.
    pub traffic: Traffic,
    /// How long a phone rings before the mailbox answers, in milliseconds.
    pub ring_ms: u64,
    pub(crate) queues: Vec<QueueSetup>,
}

impl Setup {
    /// About forty people, with calls that come by themselves.
    pub fn office() -> Self {
        let seats = PEOPLE
            .iter()
            .zip(1001_u32..)
            .map(|(name, number)| Seat {
                number: number.to_string(),
                name: (*name).to_owned(),
                online: !matches!(number, 1013 | 1022 | 1031 | 1038),
            })
            .collect();
        let members = |numbers: std::ops::RangeInclusive<u32>| numbers.map(|n| n.to_string()).collect();
        Self {
            seats,
            reception: "1001".to_owned(),
            reception_answers: Reception::AnswersItself,
            traffic: Traffic::Calm,
            ring_ms: 20_000,
            queues: vec![
                QueueSetup { number: "600", name: "support", members: members(1005..=1009) },
                QueueSetup { number: "610", name: "sales", members: members(1010..=1012) },
                QueueSetup { number: "620", name: "reception", members: members(1001..=1001) },
            ],
        }
    }

    /// The six phones of the lab in which the scenarios are recorded, where nothing happens by itself.
    pub fn lab() -> Self {
        let names = ["Alice", "Bob", "Carol", "Dave", "Erin", "Frank"];
        let seats = names
            .iter()
            .zip(1001_u32..)
            .map(|(name, number)| Seat { number: number.to_string(), name: (*name).to_owned(), online: true })
            .collect();
        Self {
            seats,
            reception: "1001".to_owned(),
            reception_answers: Reception::Waits,
            traffic: Traffic::Scripted,
            ring_ms: LAB_RING_MS,
            queues: vec![QueueSetup {
                number: "600",
                name: "support",
                members: vec!["1003".to_owned(), "1004".to_owned()],
            }],
        }
    }
}

const PEOPLE: [&str; 40] = [
    "Front Desk",
    "Amara Okafor",
    "Jonas Lindqvist",
    "Priya Raghunathan",
    "Mateo Fernández",
    "Aoife O'Sullivan",
    "Kenji Watanabe",
    "Zofia Żółkiewska",
    "Samuel Adeyemi",
    "Léa Dubois",
    "Thomas Müller",
    "Fatima al-Hassan",
    "Nguyễn Thị Hoa",
    "Grace Mwangi",
    "Luca Bianchi",
    "Ingrid Sørensen",
    "Omar Haddad",
    "Chloe Bennett",
    "Rajesh Subramanian",
    "Elif Yılmaz",
    "Dimitris Papadopoulos",
    "Hannah Cohen",
    "Tyrone Jackson",
    "Siobhán Ní Bhriain",
    "Pavel Novák",
    "Yuki Tanaka",
    "Beatriz Gonçalves",
    "Willem van der Berg",
    "Anya Kowalczyk",
    "Marcus Reid",
    "Leilani Kealoha",
    "Björn Guðmundsson",
    "Carmen Ortiz",
    "David Mbeki",
    "Mei-Ling Chen",
    "Noah Fischer",
    "Roza Petrova",
    "Isabella Rossi",
    "Kwame Boateng",
    "Maximiliane von Hohenstein-Lichtenberg",
];

/// Who calls from outside: number and name, as a trunk shows them.
pub(crate) const CALLERS: [(&str, &str); 20] = [
    ("5550142", "Harriet Vance"),
    ("5550177", ""),
    ("anonymous", "Anonymous"),
    ("004930555012", "Bäckerei Grünwald"),
    ("5550119", "Northgate Dental Practice"),
    ("5550163", "Dr. Imani Osei"),
    ("5550108", "Courier"),
    ("0033155501", "Société Lemaître"),
    ("5550190", ""),
    ("5550131", "Ridgeway Property Management and Lettings Ltd"),
    ("5550155", "María José Núñez"),
    ("5550102", "5550102"),
    ("004670555018", "Åsa Öberg"),
    ("5550147", "City Library"),
    ("5550186", "Owen Pritchard"),
    ("00481255501", "Łukasz Wiśniewski"),
    ("5550174", "Blue Door Café"),
    ("5550126", "Tax Office"),
    ("anonymous", ""),
    ("5550199", "Jane Roe"),
];
