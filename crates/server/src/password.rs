//! Passwords as Argon2id hashes, worked out off the async threads and only a few at once. Not who may try.

use anyhow::{Result, bail};
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};

/// How many hashes are worked out at once; each takes 19 MiB.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// How many wait for their turn.
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// The hash that an unknown user's password is compared with, so that it is as much work as a known one's.
static NOBODY: LazyLock<Option<String>> =
    LazyLock::new(|| hash_now("nobody has this password", Cost::Usual).ok());

/// How much work a hash is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// OWASP's first choice for Argon2id: 19 MiB, two passes.
    Usual,
    /// Next to none, for tests of what lies around it.
    #[cfg(test)]
    Trivial,
}

/// The fewest characters of a password.
pub const SHORTEST: usize = 8;
/// The most bytes of a password.
pub const LONGEST: usize = 1024;

/// Hashes a password as a PHC string.
///
/// # Errors
/// When it is shorter than eight characters or longer than 1,024 bytes.
pub async fn hash(password: &str, cost: Cost) -> Result<String> {
    if password.chars().count() < SHORTEST {
        bail!("the password is too short. Take at least {SHORTEST} characters");
    }
    if password.len() > LONGEST {
        bail!("the password is too long. Take at most {LONGEST} characters");
    }
    let password = password.to_owned();
    let turn = turn().await?;
    tokio::task::spawn_blocking(move || {
        let _turn = turn;
        #[cfg(test)]
        let _running = tests::Running::begin();
        hash_now(&password, cost)
    })
    .await?
}

/// How many hashes wait for their turn.
pub fn waiting() -> usize {
    WAITING.load(Ordering::Relaxed)
}

/// Waits for a turn, and is counted meanwhile.
async fn turn() -> Result<SemaphorePermit<'static>, AcquireError> {
    struct Waits;
    impl Drop for Waits {
        fn drop(&mut self) {
            WAITING.fetch_sub(1, Ordering::Relaxed);
        }
    }
    WAITING.fetch_add(1, Ordering::Relaxed);
    let _waits = Waits;
    AT_ONCE.acquire().await
}

/// Compares passwords, and counts how often.
#[derive(Debug, Default)]
pub struct Comparer {
    compared: Arc<AtomicU64>,
}

impl Comparer {
    /// One that is ready: what an unknown user's password is compared with is made now, and not at the first of them,
    /// which would take twice as long.
    pub fn new() -> Self {
        std::thread::spawn(|| LazyLock::force(&NOBODY).is_some());
        Self::default()
    }

    /// Whether a password fits a hash; without a hash as much work is done and it never fits.
    ///
    /// # Errors
    /// When the machine cannot work it out.
    pub async fn fits(&self, password: &str, hash: Option<String>) -> Result<bool> {
        if password.len() > LONGEST {
            return Ok(false);
        }
        let password = password.to_owned();
        let compared = Arc::clone(&self.compared);
        let turn = turn().await?;
        let fits = tokio::task::spawn_blocking(move || {
            // Until it is worked out, also where whoever asked has gone in the meantime.
            let _turn = turn;
            #[cfg(test)]
            let _running = tests::Running::begin();
            let known = hash.is_some();
            let Some(hash) = hash.as_ref().or(NOBODY.as_ref()) else { return false };
            let Ok(hash) = PasswordHash::new(hash) else { return false };
            compared.fetch_add(1, Ordering::Relaxed);
            Argon2::default().verify_password(password.as_bytes(), &hash).is_ok() && known
        });
        Ok(fits.await?)
    }

    /// How many passwords were compared.
    #[cfg(test)]
    pub fn compared(&self) -> u64 {
        self.compared.load(Ordering::Relaxed)
    }
}

fn hash_now(password: &str, cost: Cost) -> Result<String> {
    let params = match cost {
        Cost::Usual => Params::new(19 * 1024, 2, 1, None),
        #[cfg(test)]
        Cost::Trivial => Params::new(Params::MIN_M_COST, 1, 1, None),
    };
    let params = params.map_err(|error| anyhow::anyhow!("{error}"))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    match argon2.hash_password(password.as_bytes()) {
        Ok(hash) => Ok(hash.to_string()),
        Err(error) => bail!("the password cannot be hashed ({error})"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let hash = hash("correct horse", Cost::Usual).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let comparer = Comparer::new();
        let fits = |password: &'static str, hash| comparer.fits(password, hash);
        assert!(fits("correct horse", Some(hash.clone())).await.unwrap());
        assert!(!fits("correct house", Some(hash)).await.unwrap());
        assert!(!fits("nobody has this password", None).await.unwrap());
        assert!(!fits("x", Some("no hash".into())).await.unwrap());
        assert_eq!(comparer.compared(), 3);
    }

    static RUNNING: AtomicU64 = AtomicU64::new(0);
    static MOST: AtomicU64 = AtomicU64::new(0);

    /// One piece of work that goes on.
    pub(super) struct Running;

    impl Running {
        pub(super) fn begin() -> Self {
            MOST.fetch_max(RUNNING.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            Self
        }
    }

    impl Drop for Running {
        fn drop(&mut self) {
            RUNNING.fetch_sub(1, Ordering::SeqCst);
        }
    }

    #[tokio::test]
    async fn only_two_are_worked_out_at_once_also_where_nobody_waits_any_more() {
        let comparer = Comparer::new();
        for _ in 0..20 {
            // Asked and given up: the work goes on, and its turn is not free before it is done.
            let asked = comparer.fits("correct horse", None);
            let _ = tokio::time::timeout(std::time::Duration::from_millis(1), asked).await;
        }
        let all = (0..6).map(|_| comparer.fits("correct horse", None));
        futures_util::future::join_all(all).await;
        let most = MOST.load(Ordering::SeqCst);
        assert!((1..=2).contains(&most), "{most}");
    }

    #[tokio::test]
    async fn short_and_endless_passwords_are_refused() {
        let refused = async |password: &str| hash(password, Cost::Trivial).await.unwrap_err().to_string();
        assert_eq!(refused("1234567").await, "the password is too short. Take at least 8 characters");
        assert_eq!(
            refused(&"x".repeat(1025)).await,
            "the password is too long. Take at most 1024 characters"
        );
    }
}
