//! Refused logins, counted: however many there are, the audit gets one entry for each account and result in ten
//! minutes. Pure: time is an argument. Not who is refused.

use super::{Act, Entry, address};
use frontdesk_protocol::{Millis, UserName};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// How long one entry counts, in milliseconds.
const WINDOW: u64 = 10 * 60_000;

/// The entries that still count.
#[derive(Debug, Default)]
pub struct Refusals(BTreeMap<(Option<UserName>, &'static str), (IpAddr, Entry)>);

impl Refusals {
    /// Counts a refused login to the account `user`, or to none that there is, and gives the entry as it stands now.
    /// A new one gets its key from `id`.
    ///
    /// What was typed for a name that is no account's is not kept: at times it is a password.
    pub fn count(
        &mut self,
        user: Option<&UserName>,
        result: &'static str,
        from: IpAddr,
        now: Millis,
        id: impl FnOnce() -> i64,
    ) -> Entry {
        self.0.retain(|_, (_, entry)| now.since(entry.at) < WINDOW);
        let key = (user.cloned(), result);
        let (first, entry) = self.0.entry(key).or_insert_with(|| {
            let text = match user {
                Some(_) => "A login was refused.",
                None => "A login was refused to a name that no account has.",
            };
            let mut entry = Entry::done(Act::LogIn, address(from), now).saying(text);
            (entry.id, entry.user, entry.result, entry.times) = (id(), user.cloned(), result.into(), 0);
            (from, entry)
        });
        entry.times = entry.times.saturating_add(1);
        if *first != from && !entry.origin.ends_with(" and others") {
            entry.origin.push_str(" and others");
        }
        entry.clone()
    }

    /// Whether an entry about this account still counts: then it is known to be one.
    pub fn knows(&self, name: &str, now: Millis) -> Option<UserName> {
        let mut entries = self.0.values().filter(|(_, entry)| now.since(entry.at) < WINDOW);
        entries.find_map(|(_, entry)| entry.user.clone().filter(|user| user.as_str() == name))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn a_hundred_thousand_refusals_are_one_entry_with_their_number() {
        let (mut refusals, anna) = (Refusals::default(), UserName::parse("anna").unwrap());
        let mut ids = 0;
        let mut last = None;
        for n in 0..100_000_u32 {
            let from = IpAddr::V4(std::net::Ipv4Addr::from_bits(0x0a00_0000 + n / 10));
            let id = || {
                ids += 1;
                ids
            };
            last = Some(refusals.count(Some(&anna), "heldBack", from, Millis(i64::from(n)), id));
        }
        let last = last.unwrap();
        assert_eq!((last.id, last.times, last.origin.as_str()), (1, 100_000, "10.0.0.0 and others"));
        assert_eq!(refusals.knows("anna", Millis(0)), Some(anna.clone()));
        assert_eq!(refusals.knows("bob", Millis(0)), None);
        let later = refusals.count(Some(&anna), "heldBack", HERE, Millis(600_000), || 2);
        assert_eq!((later.id, later.times), (2, 1), "after ten minutes another one");
    }

    #[test]
    fn what_was_typed_instead_of_a_name_is_nowhere() {
        let entry = Refusals::default().count(None, "wrongPassword", HERE, Millis(1), || 1);
        assert_eq!((entry.user, entry.times), (None, 1));
        assert_eq!(entry.text, "A login was refused to a name that no account has.");
    }
}
