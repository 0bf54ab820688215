//! Guessing over simulated hours: how much of it is compared, and that the right user gets in meanwhile.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use proptest::prelude::*;
use std::net::Ipv4Addr;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

fn address(n: u32) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from_bits(0x0a00_0000 + n))
}

/// The most that lie within any hour.
fn most_in_an_hour(times: &[Millis]) -> usize {
    let within = |from: Millis| times.iter().filter(|at| **at >= from && at.since(from) < HOUR).count();
    times.iter().map(|from| within(*from)).max().unwrap_or(0)
}

#[test]
fn failures_in_a_row_make_one_wait_and_success_forgives() {
    let mut throttle = Throttle::default();
    let now = Millis(1_000_000);
    for _ in 0..3 {
        assert_eq!(throttle.admit("anna", HERE, now), Ok(()));
    }
    assert_eq!(throttle.admit("anna", HERE, now), Err(2));
    assert_eq!(throttle.admit("anna", HERE, now.plus(1_001)), Err(1));
    assert_eq!(throttle.admit("bob", HERE, now), Ok(()), "another account is free");
    assert_eq!(throttle.admit("anna", HERE, now.plus(2_000)), Ok(()));
    throttle.succeeded("anna", HERE, now.plus(2_000));
    assert_eq!(throttle.admit("anna", HERE, now.plus(2_001)), Ok(()));
}

#[test]
fn one_address_that_tries_many_accounts_is_held_back_and_its_own_users_are_not() {
    let mut throttle = Throttle::default();
    let now = Millis(1_000_000);
    throttle.admit("anna", HERE, now).unwrap();
    throttle.succeeded("anna", HERE, now);
    let tried = (0..10_000).filter(|n| throttle.admit(&format!("user{n}"), HERE, now).is_ok()).count();
    assert_eq!(tried, ADDRESS);
    assert_eq!(throttle.admit("anna", HERE, now), Ok(()));
    assert_eq!(throttle.admit("bob", address(1), now), Ok(()));
    assert_eq!(throttle.admit("user1", HERE, now.plus(HOUR)), Ok(()));
}

#[test]
fn a_crowd_that_logs_in_from_one_address_is_not_held_back() {
    let mut throttle = Throttle::default();
    for n in 0..1_000_u32 {
        let (account, now) = (format!("user{n}"), Millis(1_000_000 + i64::from(n)));
        assert_eq!(throttle.admit(&account, HERE, now), Ok(()));
        throttle.succeeded(&account, HERE, now);
    }
}

#[test]
fn the_addresses_of_one_ipv6_customer_are_one() {
    let mut throttle = Throttle::default();
    let now = Millis(1_000_000);
    let address = |n: u16| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 1, 2, 3, 4, 5, n));
    let admitted = (0..100).filter(|n| throttle.admit("anna", address(*n), now).is_ok()).count();
    assert_eq!(admitted, 3);
    let mapped = IpAddr::V6(Ipv4Addr::new(192, 0, 2, 1).to_ipv6_mapped());
    throttle.admit("bob", mapped, now).unwrap();
    throttle.succeeded("bob", HERE, now);
    assert_eq!(throttle.pairs[&("bob".to_owned(), HERE)].welcome, Welcome::Known);
}

#[test]
fn what_is_remembered_is_bounded_and_the_right_user_is_not_forgotten() {
    let mut throttle = Throttle::default();
    let now = Millis(1_000_000);
    throttle.admit("anna", HERE, now).unwrap();
    throttle.succeeded("anna", HERE, now);
    for n in 0..50_000_u32 {
        let _ = throttle.admit(&format!("user{n}"), address(n), now.plus(u64::from(n)));
    }
    let sizes = [throttle.pairs.len(), throttle.strangers.len(), throttle.addresses.len()];
    assert!(sizes.iter().all(|size| *size <= REMEMBERED + 1), "{sizes:?}");
    assert_eq!(throttle.pairs[&("anna".to_owned(), HERE)].welcome, Welcome::Known);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    /// 100,000 guesses at one account over five hours, spread over addresses as the attacker likes, some of them from
    /// where the right user sits: in no hour are more than sixty compared, and the right user, who waits when told to,
    /// is in after their first try that is taken.
    #[test]
    fn a_hundred_thousand_guesses_get_sixty_answers_an_hour_and_lock_nobody_out(
        addresses in 1_u32..20_000,
        pause in 0_u64..360,
        neighbour in proptest::option::of(1_u32..5_000),
        logins in proptest::collection::vec(0_u32..100_000, 1..20),
    ) {
        let mut throttle = Throttle::default();
        let begin = Millis(1_000_000);
        throttle.admit("anna", HERE, begin).unwrap();
        throttle.succeeded("anna", HERE, begin);
        let mut compared = Vec::new();
        for n in 0..100_000_u32 {
            let now = begin.plus(1 + u64::from(n) * pause / 2);
            let from = match neighbour {
                Some(every) if n % every == 0 => IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)),
                _ => address(n % addresses),
            };
            if throttle.admit("anna", from, now).is_ok() {
                compared.push(now);
            }
            if logins.contains(&n) {
                prop_assert_eq!(throttle.admit("anna", HERE, now), Ok(()), "the right user gets in at once");
                throttle.succeeded("anna", HERE, now);
            }
        }
        prop_assert!(most_in_an_hour(&compared) <= 60);
        prop_assert!(!compared.is_empty());
    }

    /// Also where guesses come from addresses that once logged in: a colleague's desk, a shared office.
    #[test]
    fn sixty_answers_an_hour_also_to_those_who_were_in_before(
        offices in 1_u32..40,
        pause in 1_u64..720,
    ) {
        let mut throttle = Throttle::default();
        let begin = Millis(1_000_000);
        for n in 0..offices {
            throttle.admit("anna", address(n), begin).unwrap();
            throttle.succeeded("anna", address(n), begin);
        }
        let mut compared = Vec::new();
        for n in 0..50_000_u32 {
            let now = begin.plus(1 + u64::from(n) * pause);
            if throttle.admit("anna", address(n % (offices * 2)), now).is_ok() {
                compared.push(now);
            }
        }
        prop_assert!(most_in_an_hour(&compared) <= 60, "{}", most_in_an_hour(&compared));
    }
}
