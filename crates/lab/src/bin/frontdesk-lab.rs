//! The lab for trying by hand: an Asterisk, six phones and an outside line, moved by lines that are typed.
//!
//! It says `ami ADDRESS:PORT SECRET` when it is ready; `cargo xtask lab` waits for that and connects a server and a
//! console. It keeps nothing, and knows nothing of the product.

use std::collections::BTreeMap;
use std::io::BufRead as _;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use frontdesk_lab::asterisk::PEOPLE;
use frontdesk_lab::{Call, LabOptions, Office, PhoneError, Policy, State};
use tokio::sync::mpsc;

const HELP: &str = "\
in DIALLED [NUMBER [NAME]]   somebody outside calls: in 5551001 +4930901820 Anna Berg
                             (5551001-5551006 the people, 5551600 the queue, 5550100 the front desk)
call FROM TO                 a phone dials: call 1003 1001, call 1002 95550199 (9 is the outside line)
answer EXT | hold EXT | resume EXT | hangup EXT
set EXT answer|ring|busy|decline      what the phone does when it is called
calls                        what each phone is doing
quit";

/// How long a colleague lets it ring before picking up.
const A_FEW_RINGS: Duration = Duration::from_secs(5);

/// The phone at the desk: it rings until somebody answers it.
const DESK: &str = "1001";

/// A line that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Order {
    In { dialled: String, number: String, name: String },
    Dial { from: String, to: String },
    Do { act: Act, extension: String },
    Set { extension: String, policy: Policy },
    Calls,
    Help,
    Quit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Answer,
    Hold,
    Resume,
    HangUp,
}

fn understand(line: &str) -> Result<Option<Order>, String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let order = match words.as_slice() {
        [] => return Ok(None),
        ["in", dialled] => Order::In {
            dialled: (*dialled).to_owned(),
            number: "+4930901820".to_owned(),
            name: "Outside Caller".to_owned(),
        },
        ["in", dialled, number, name @ ..] => {
            Order::In { dialled: (*dialled).to_owned(), number: (*number).to_owned(), name: name.join(" ") }
        }
        ["call", from, to] => Order::Dial { from: person(from)?, to: (*to).to_owned() },
        [act @ ("answer" | "hold" | "resume" | "hangup"), extension] => {
            Order::Do { act: Act::of(act), extension: person(extension)? }
        }
        ["set", extension, word] => Order::Set { extension: person(extension)?, policy: policy(word)? },
        ["calls"] => Order::Calls,
        ["help" | "?"] => Order::Help,
        ["quit" | "exit"] => Order::Quit,
        _ => return Err(format!("`{line}` is not one of these:\n{HELP}")),
    };
    Ok(Some(order))
}

fn person(extension: &str) -> Result<String, String> {
    if PEOPLE.iter().any(|(number, _)| *number == extension) {
        return Ok(extension.to_owned());
    }
    Err(format!("{extension} is no phone of the lab; they are 1001 to 1006"))
}

fn policy(word: &str) -> Result<Policy, String> {
    match word {
        "answer" => Ok(Policy::AnswerAfter(A_FEW_RINGS)),
        "ring" => Ok(Policy::Ring),
        "busy" => Ok(Policy::Busy),
        "decline" => Ok(Policy::Decline),
        other => Err(format!("`{other}`: a phone can answer, ring, or be busy, or decline")),
    }
}

impl Act {
    fn of(word: &str) -> Self {
        match word {
            "answer" => Self::Answer,
            "hold" => Self::Hold,
            "resume" => Self::Resume,
            _ => Self::HangUp,
        }
    }

    /// The state that a call has to be in for this.
    fn fits(self, state: State) -> bool {
        match self {
            Self::Answer => state == State::Incoming,
            Self::Hold | Self::Resume => state == State::Up,
            Self::HangUp => state != State::Down,
        }
    }
}

/// The calls of each phone, so that a line can speak of "the call at 1003".
#[derive(Clone, Default)]
struct Calls(Arc<Mutex<BTreeMap<String, Vec<Call>>>>);

impl Calls {
    fn add(&self, at: &str, call: Call) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let here = all.entry(at.to_owned()).or_default();
        here.retain(|call| call.state() != State::Down);
        here.push(call);
    }

    fn newest(&self, at: &str, fits: impl Fn(State) -> bool) -> Option<Call> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(at)?.iter().rev().find(|call| fits(call.state())).cloned()
    }

    fn lines(&self) -> Vec<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let live = all.iter().flat_map(|(at, calls)| calls.iter().map(move |call| (at, call)));
        live.filter(|(_, call)| call.state() != State::Down)
            .map(|(at, call)| {
                let other = call.remote_identity();
                format!("{at}  {:?}  {} {}", call.state(), other.number, other.name)
            })
            .collect()
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match lab().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn lab() -> Result<(), Box<dyn std::error::Error>> {
    let options = LabOptions { progress: |line| println!("{line}"), ..LabOptions::default() };
    let office = Arc::new(Office::with(options).await?);
    let calls = Calls::default();
    for (number, _) in PEOPLE {
        let policy = if number == DESK { Policy::Ring } else { Policy::AnswerAfter(A_FEW_RINGS) };
        office.phone(number).policy(policy);
        tokio::spawn(collect(Arc::clone(&office), calls.clone(), number));
    }
    println!("{HELP}\nami {} {}", office.lab.ami(), office.lab.secret());
    let mut typed = lines();
    loop {
        let line = tokio::select! {
            line = typed.recv() => line,
            _ = tokio::signal::ctrl_c() => return Ok(()),
        };
        let Some(line) = line else {
            // Nobody types here: stay until asked to end.
            return Ok(tokio::signal::ctrl_c().await?);
        };
        match understand(&line) {
            Ok(Some(Order::Quit)) => return Ok(()),
            Ok(Some(order)) => {
                if let Err(error) = carry_out(&office, &calls, order).await {
                    println!("{error}");
                }
            }
            Ok(None) => {}
            Err(sentence) => println!("{sentence}"),
        }
    }
}

/// Keeps the calls that come to a phone.
async fn collect(office: Arc<Office>, calls: Calls, number: &'static str) {
    loop {
        // No call for a while is not an error here.
        if let Ok(call) = office.phone(number).incoming().await {
            calls.add(number, call);
        }
    }
}

async fn carry_out(office: &Office, calls: &Calls, order: Order) -> Result<(), PhoneError> {
    match order {
        Order::In { dialled, number, name } => {
            calls.add("outside", office.call_in(&name, &number, &dialled).await?);
        }
        Order::Dial { from, to } => calls.add(&from, office.phone(&from).call(&to).await?),
        Order::Do { act, extension } => {
            let Some(call) = calls.newest(&extension, |state| act.fits(state)) else {
                println!("{extension} has no call for that now");
                return Ok(());
            };
            match act {
                Act::Answer => call.answer()?,
                Act::Hold => call.hold().await?,
                Act::Resume => call.resume().await?,
                Act::HangUp => call.hang_up(),
            }
        }
        Order::Set { extension, policy } => office.phone(&extension).policy(policy),
        Order::Calls => println!("{}", calls.lines().join("\n")),
        Order::Help | Order::Quit => println!("{HELP}"),
    }
    Ok(())
}

/// What is typed, line by line, until the input ends.
fn lines() -> mpsc::Receiver<String> {
    let (to, from) = mpsc::channel(16);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if to.blocking_send(line).is_err() {
                return;
            }
        }
    });
    from
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn lines_become_orders() {
        let in_ = |dialled: &str, number: &str, name: &str| Order::In {
            dialled: dialled.to_owned(),
            number: number.to_owned(),
            name: name.to_owned(),
        };
        let act = |act, extension: &str| Order::Do { act, extension: extension.to_owned() };
        let cases = [
            ("in 5551001", in_("5551001", "+4930901820", "Outside Caller")),
            ("in 5551001 030123 Anna Berg", in_("5551001", "030123", "Anna Berg")),
            ("call 1003 1001", Order::Dial { from: "1003".to_owned(), to: "1001".to_owned() }),
            ("answer 1001", act(Act::Answer, "1001")),
            ("  hangup   1002 ", act(Act::HangUp, "1002")),
            ("set 1004 busy", Order::Set { extension: "1004".to_owned(), policy: Policy::Busy }),
            ("calls", Order::Calls),
        ];
        for (line, want) in cases {
            assert_eq!(understand(line).unwrap(), Some(want), "{line}");
        }
        assert_eq!(understand("   ").unwrap(), None);
    }

    #[test]
    fn what_is_not_understood_is_answered_with_what_would_be() {
        for (line, part) in
            [("dance", "call FROM TO"), ("answer 4711", "1001 to 1006"), ("set 1001 sing", "decline")]
        {
            let sentence = understand(line).unwrap_err();
            assert!(sentence.contains(part), "{sentence}");
        }
    }

    #[test]
    fn only_a_ringing_call_is_answered_and_only_a_live_one_hung_up() {
        assert!(Act::Answer.fits(State::Incoming) && !Act::Answer.fits(State::Up));
        assert!(Act::Hold.fits(State::Up) && !Act::Hold.fits(State::Ringing));
        assert!(Act::HangUp.fits(State::Calling) && !Act::HangUp.fits(State::Down));
    }
}
