//! Logging in: name and password become a session. The same words and the same time for an unknown name and a wrong
//! password. Not the HTTP around it.

use crate::audit::{self, Act, Refusals};
use crate::clock;
use crate::password::Comparer;
use crate::store::{Lifetime, SessionKey, Store, User};
use crate::throttle::Throttle;
use crate::token::Token;
use frontdesk_protocol::UserName;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Why somebody was not logged in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Unknown name, wrong password or closed account: which one is not said.
    #[error(
        "Name or password is wrong. Check both and try again; if you forgot the password, ask your administrator."
    )]
    Wrong,
    /// Too many failures.
    #[error("Too many failed attempts. Wait {seconds} seconds, then try again.")]
    Wait {
        /// How long.
        seconds: u64,
    },
    /// The server cannot tell now.
    #[error(
        "The server cannot check passwords at the moment. Try again in a minute, or tell your administrator."
    )]
    Trouble,
}

/// A session and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// What the database knows of its token.
    pub key: SessionKey,
    /// Whose.
    pub user: User,
}

/// A key and what was found at it.
pub type Looked = (SessionKey, anyhow::Result<Option<Session>>);

/// Where one logs in.
#[derive(Debug)]
pub struct Door {
    store: Arc<Store>,
    throttle: Mutex<Throttle>,
    passwords: Comparer,
    refusals: Mutex<Refusals>,
    lifetime: Lifetime,
}

impl Door {
    /// A door to the accounts of `store`, whose sessions last so long.
    pub fn new(store: Arc<Store>, lifetime: Lifetime) -> Self {
        let (throttle, refusals) = (Mutex::default(), Mutex::default());
        Self { store, throttle, refusals, passwords: Comparer::new(), lifetime }
    }

    /// Checks name and password and opens a session.
    ///
    /// # Errors
    /// Why not, in a sentence for the person.
    pub async fn log_in(
        &self,
        name: &str,
        password: &str,
        address: IpAddr,
    ) -> Result<(Token, User), Refusal> {
        let account: String = name.chars().take(64).collect();
        let admitted = self.throttle.lock().unwrap_or_else(PoisonError::into_inner).admit(
            &account,
            address,
            clock::now(),
        );
        if let Err(seconds) = admitted {
            tracing::warn!(%address, "a login is held back after failed ones");
            let known = self.refusals().knows(&account, clock::now());
            self.refused(known, "heldBack", address);
            return Err(Refusal::Wait { seconds });
        }
        let user = match UserName::parse(name) {
            Ok(name) => self.store.user(&name).await.map_err(trouble)?,
            Err(_) => None,
        };
        let account_of = user.as_ref().map(|user| user.name.clone());
        let user = user.filter(|user| !user.disabled);
        let closed = account_of.is_some() && user.is_none();
        let hash = user.as_ref().map(|user| user.password.clone());
        let fits = self.passwords.fits(password, hash).await.map_err(trouble)?;
        let Some(user) = user.filter(|_| fits) else {
            tracing::warn!(%address, "a login failed");
            self.refused(account_of, if closed { "disabled" } else { "wrongPassword" }, address);
            return Err(Refusal::Wrong);
        };
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner).succeeded(
            &account,
            address,
            clock::now(),
        );
        let token = self.open(&user.name).await.map_err(trouble)?;
        tracing::info!(user = %user.name, %address, "logged in");
        let entry = audit::Entry::done(Act::LogIn, audit::address(address), clock::now()).by(&user.name);
        self.store.audit(entry.about(format_args!("session {}", token.key())));
        Ok((token, user))
    }

    fn refused(&self, user: Option<UserName>, result: &'static str, address: IpAddr) {
        let now = clock::now();
        let entry = self.refusals().count(user.as_ref(), result, address, now, || self.store.next_entry());
        self.store.audit(entry);
    }

    fn refusals(&self) -> MutexGuard<'_, Refusals> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a session without a password, for the program that runs the server inside itself.
    ///
    /// # Errors
    /// When the database does not take it.
    pub async fn open(&self, user: &UserName) -> anyhow::Result<Token> {
        let token = Token::random()?;
        self.store.open_session(token.key(), user).await?;
        Ok(token)
    }

    /// The session of a token, where it has one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn session(&self, key: SessionKey) -> anyhow::Result<Option<Session>> {
        let user = self.store.session(key, self.lifetime).await?;
        Ok(user.map(|user| Session { key, user }))
    }

    /// The same of several, each with its key. One that cannot be read takes nothing from the others.
    ///
    /// # Errors
    /// When nothing could be looked up at all.
    pub async fn sessions(&self, keys: Vec<SessionKey>) -> anyhow::Result<Vec<Looked>> {
        let users = self.store.users_of(keys.clone(), self.lifetime).await?;
        let session = |key, user: Option<User>| user.map(|user| Session { key, user });
        let looked = |(key, user): (_, anyhow::Result<_>)| (key, user.map(|user| session(key, user)));
        Ok(keys.into_iter().zip(users).map(looked).collect())
    }

    /// Ends a session, whatever the disk says.
    pub async fn log_out(&self, key: SessionKey) {
        self.store.close_session(key).await;
    }
}

fn trouble(error: anyhow::Error) -> Refusal {
    tracing::error!(error = %format!("{error:#}"), "a login cannot be checked");
    Refusal::Trouble
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::password::{Cost, hash};
    use crate::store::{Purpose, Wanted};
    use frontdesk_protocol::Role;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[tokio::test]
    async fn a_closed_account_and_an_unknown_name_answer_like_a_wrong_password() {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(&folder.path().join("f.db"), Purpose::Serve).unwrap());
        let password = hash("correct horse", Cost::Trivial).await.unwrap();
        for (name, disabled) in [("anna", false), ("gone", true)] {
            let name = UserName::parse(name).unwrap();
            let (password, role) = (password.clone(), Role::Receptionist);
            store.add_user(User { name, password, role, extensions: vec![], disabled }).await.unwrap();
        }
        let door = Door::new(store, Lifetime { idle_days: 1, absolute_days: 1 });
        let (token, user) = door.log_in("anna", "correct horse", HERE).await.unwrap();
        assert_eq!(door.session(token.key()).await.unwrap().unwrap().user, user);
        let mut texts = Vec::new();
        let mut compared = door.passwords.compared();
        for (name, password) in [
            ("anna", "wrong"),
            ("nobody", "correct horse"),
            ("gone", "correct horse"),
            ("", ""),
            ("a\nb", "x"),
        ] {
            texts.push(door.log_in(name, password, HERE).await.unwrap_err().to_string());
            compared += 1;
            assert_eq!(door.passwords.compared(), compared, "{name:?} is as much work as any other");
        }
        texts.dedup();
        assert_eq!(
            texts,
            [
                "Name or password is wrong. Check both and try again; if you forgot the password, ask your administrator."
            ]
        );
        door.log_out(token.key()).await;
        assert!(door.session(token.key()).await.unwrap().is_none());
        door.store.saved().await.unwrap();
        let kept = door.store.audited(Wanted::default()).await.unwrap();
        let kept: Vec<_> =
            kept.iter().map(|it| (it.user.as_ref().map(UserName::as_str), &*it.result, it.times)).collect();
        assert_eq!(
            kept,
            [
                (Some("anna"), "done", 1),
                (Some("anna"), "wrongPassword", 1),
                (None, "wrongPassword", 3),
                (Some("gone"), "disabled", 1),
            ]
        );
    }

    #[tokio::test]
    async fn of_many_guesses_few_are_compared_and_the_right_user_gets_in_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(&folder.path().join("f.db"), Purpose::Serve).unwrap());
        let password = hash("correct horse", Cost::Trivial).await.unwrap();
        let name = UserName::parse("anna").unwrap();
        let user = User { name, password, role: Role::Receptionist, extensions: vec![], disabled: false };
        store.add_user(user).await.unwrap();
        let door = Door::new(store, Lifetime { idle_days: 1, absolute_days: 1 });
        door.log_in("anna", "correct horse", HERE).await.unwrap();
        for n in 0..2_000_u32 {
            let address = IpAddr::V4(std::net::Ipv4Addr::from_bits(0x0a00_0000 + n));
            let refused = door.log_in("anna", "guess", address).await.unwrap_err();
            assert!(matches!(refused, Refusal::Wrong | Refusal::Wait { .. }), "{refused:?}");
        }
        assert_eq!(door.passwords.compared(), 31, "the login, and thirty guesses of strangers");
        door.log_in("anna", "correct horse", HERE).await.unwrap();
        // A guess that hits is not compared either, once the guesser is held back.
        let address = IpAddr::V4(std::net::Ipv4Addr::new(10, 9, 9, 9));
        let held = door.log_in("anna", "correct horse", address).await.unwrap_err();
        assert!(matches!(held, Refusal::Wait { .. }), "{held:?}");
        assert_eq!(door.passwords.compared(), 32);
    }

    #[tokio::test]
    async fn failed_attempts_are_held_back_also_with_the_right_password() {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(&folder.path().join("f.db"), Purpose::Serve).unwrap());
        let door = Door::new(store, Lifetime { idle_days: 1, absolute_days: 1 });
        for _ in 0..3 {
            assert_eq!(door.log_in("anna", "wrong", HERE).await.unwrap_err(), Refusal::Wrong);
        }
        let held = door.log_in("anna", "correct horse", HERE).await.unwrap_err();
        assert!(matches!(held, Refusal::Wait { .. }), "{held:?}");
        door.store.saved().await.unwrap();
        let kept = door.store.audited(Wanted::default()).await.unwrap();
        let kept: Vec<_> = kept.iter().map(|it| (&*it.result, &*it.origin, it.times)).collect();
        assert_eq!(kept, [("wrongPassword", "127.0.0.1", 3), ("heldBack", "127.0.0.1", 1)]);
        assert_eq!(
            Refusal::Wait { seconds: 2 }.to_string(),
            "Too many failed attempts. Wait 2 seconds, then try again."
        );
    }
}
