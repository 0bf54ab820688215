//! What a receptionist does on the page, in the words of the page's contract (roles and `data-` attributes).
//!
//! The same for the desktop window and for Chromium; which of the two is behind it does not show here.

use crate::browser::Browser;
use crate::until::until;
use anyhow::{Context, Result};
use fantoccini::Locator;
use fantoccini::actions::{
    InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction,
};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use frontdesk_lab::planted;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// The mouse on its way to the middle of an element.
fn to(element: Element) -> PointerAction {
    PointerAction::MoveToElement { element, duration: Some(DRAG), x: 0.0, y: 0.0 }
}

/// The password of a rehearsal is no secret: its server prints it.
const OF_THE_REHEARSAL: &str = "rehearsal";

/// How long a drag of the mouse takes from press to release, so that the page sees it move.
const DRAG: Duration = Duration::from_millis(150);

impl Browser {
    /// The first element that fits a CSS selector, once it is there and shown.
    ///
    /// # Errors
    /// When it does not appear in time; the sentence holds the page's text.
    pub async fn find(&self, css: &str) -> Result<Element> {
        let found = until(css, async || {
            let Ok(element) = self.client.find(Locator::Css(css)).await else { return Ok(None) };
            Ok(element.is_displayed().await.unwrap_or(false).then_some(element))
        })
        .await;
        match found {
            Ok(element) => Ok(element),
            Err(error) => Err(error.context(format!("the page shows: {}", self.text().await?))),
        }
    }

    /// Waits until nothing fits a CSS selector.
    ///
    /// # Errors
    /// When it stays.
    pub async fn gone(&self, css: &str) -> Result<()> {
        until(&format!("{css} is gone"), async || Ok((self.count(css).await? == 0).then_some(()))).await
    }

    /// How many elements fit.
    ///
    /// # Errors
    /// When the driver is gone.
    pub async fn count(&self, css: &str) -> Result<usize> {
        self.run(&format!("return document.querySelectorAll({}).length", serde_json::to_string(css)?)).await
    }

    /// All text of the page.
    ///
    /// # Errors
    /// When the driver is gone.
    pub async fn text(&self) -> Result<String> {
        Ok(self.texts("body").await?.concat())
    }

    /// Waits until a shown element that fits `css` has a text that contains `part`, and gives its text.
    ///
    /// # Errors
    /// When it does not in time; the sentence holds what they say instead.
    pub async fn says(&self, css: &str, part: &str) -> Result<String> {
        let mut last = Vec::new();
        let said = until(&format!("{css} says {part:?}"), async || {
            last = self.texts(css).await?;
            Ok(last.iter().find(|text| text.contains(part)).cloned())
        })
        .await;
        said.with_context(|| format!("it says {last:?}"))
    }

    /// The texts of the shown elements that fit. By a script of ours: that of the driver does not work in a page whose
    /// prototypes are frozen.
    async fn texts(&self, css: &str) -> Result<Vec<String>> {
        let css = serde_json::to_string(css)?;
        self.run(&format!("return [...document.querySelectorAll({css})].filter(it => it.checkVisibility()).map(it => it.innerText)")).await
    }

    /// Logs in; `server` is for the desktop window alone.
    ///
    /// # Errors
    /// When the form is not there.
    pub async fn log_in(&self, server: Option<&str>, user: &str, password: &str) -> Result<()> {
        if password != OF_THE_REHEARSAL {
            planted::secret(password);
        }
        self.find("#login-user").await?;
        if let Some(server) = server {
            self.fill("#login-server", server).await?;
        }
        self.fill("#login-user", user).await?;
        self.fill("#login-password", password).await?;
        Ok(self.find("#login-submit").await?.click().await?)
    }

    /// Waits until the keyboard types into the element with this id.
    ///
    /// # Errors
    /// When it does not; the sentence names where it types instead.
    pub async fn keyboard_is_at(&self, id: &str) -> Result<()> {
        self.find(&format!("#{id}")).await?;
        let mut last = String::new();
        let there = until(&format!("the keyboard is at {id}"), async || {
            last = self
                .run("const at = document.activeElement; return at ? at.id || at.tagName : 'nowhere'")
                .await?;
            Ok((last == id).then_some(()))
        })
        .await;
        there.with_context(|| format!("it is at {last}"))
    }

    /// Replaces the text of an input.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn fill(&self, css: &str, text: &str) -> Result<()> {
        let input = self.find(css).await?;
        input.clear().await?;
        Ok(input.send_keys(text).await?)
    }

    /// A person's tile, by extension and state of its lamp.
    ///
    /// # Errors
    /// When it does not show that in time.
    pub async fn tile(&self, extension: &str, status: &str) -> Result<Element> {
        self.find(&format!("[data-person][data-extension='{extension}'][data-status='{status}']")).await
    }

    /// The background colour of an element as the page paints it, `rgb(r, g, b)`.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn colour(&self, element: &Element) -> Result<String> {
        Ok(element.css_value("background-color").await?.replace("rgba(", "rgb(").replace(", 1)", ")"))
    }

    /// Drags the card over a tile until its targets open, then onto the target, and lets go there.
    ///
    /// # Errors
    /// When the tile opens no such target.
    pub async fn drag(&self, card: &str, tile: &str, target: &str) -> Result<()> {
        self.grab(card).await?;
        self.carry(tile).await?;
        self.carry(&format!("{tile} {target}")).await?;
        self.let_go().await
    }

    /// Presses the mouse on an element and holds it.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn grab(&self, css: &str) -> Result<()> {
        let element = self.find(css).await?;
        self.mouse([to(element), PointerAction::Down { button: MOUSE_BUTTON_LEFT }]).await
    }

    /// Moves the mouse to the middle of an element, with the button as it is.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn carry(&self, css: &str) -> Result<()> {
        let element = self.find(css).await?;
        self.mouse([to(element)]).await
    }

    /// Moves the mouse to a place of the window, with the button as it is.
    ///
    /// # Errors
    /// When the driver is gone.
    pub async fn carry_to(&self, x: i64, y: i64) -> Result<()> {
        self.mouse([PointerAction::MoveTo { duration: Some(DRAG), x: x as f64, y: y as f64 }]).await
    }

    /// Releases the mouse where it is.
    ///
    /// # Errors
    /// When the driver is gone.
    pub async fn let_go(&self) -> Result<()> {
        self.mouse([PointerAction::Up { button: MOUSE_BUTTON_LEFT }]).await
    }

    /// Clicks an element as a person does, with the mouse on its middle.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn click(&self, css: &str) -> Result<()> {
        self.grab(css).await?;
        self.let_go().await
    }

    async fn mouse<const N: usize>(&self, actions: [PointerAction; N]) -> Result<()> {
        let mouse = MouseActions::new("mouse".into());
        let mouse = actions.into_iter().fold(mouse, |mouse, action| mouse.then(action));
        Ok(self.client.perform_actions(mouse).await?)
    }

    /// An attribute of the first element that fits, once it is there.
    ///
    /// # Errors
    /// When it is not there, or has no such attribute.
    pub async fn attribute(&self, css: &str, name: &str) -> Result<String> {
        self.find(css).await?.attr(name).await?.with_context(|| format!("{css} has no {name}"))
    }

    /// Waits until the live regions, which nobody sees, say something with this in it.
    ///
    /// # Errors
    /// When they do not in time; the sentence tells what they say instead.
    pub async fn tells(&self, part: &str) -> Result<()> {
        let mut last = String::new();
        let told = until(&format!("somebody who does not look is told {part:?}"), async || {
            last = self.run("return ['live', 'live-now'].map(id => document.getElementById(id).textContent).join(' | ')").await?;
            Ok(last.contains(part).then_some(()))
        })
        .await;
        told.with_context(|| format!("they are told: {last}"))
    }

    /// Runs a script in the page and reads what it returns.
    ///
    /// # Errors
    /// When it fails, or returns something else.
    pub async fn run<T: DeserializeOwned>(&self, script: &str) -> Result<T> {
        Ok(serde_json::from_value(self.client.execute(script, Vec::new()).await?)?)
    }

    /// Presses and releases keys one after the other.
    ///
    /// # Errors
    /// When the driver is gone.
    pub async fn keys(&self, keys: &[char]) -> Result<()> {
        let pressed = keys.iter().fold(KeyActions::new("keyboard".into()), |typed, key| {
            typed.then(KeyAction::Down { value: *key }).then(KeyAction::Up { value: *key })
        });
        Ok(self.client.perform_actions(pressed).await?)
    }

    /// Presses a key while another one is held.
    ///
    /// # Errors
    /// When the driver is gone.
    pub async fn chord(&self, held: Key, key: char) -> Result<()> {
        let held = char::from(held);
        let pressed = KeyActions::new("keyboard".into())
            .then(KeyAction::Down { value: held })
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key })
            .then(KeyAction::Up { value: held });
        Ok(self.client.perform_actions(pressed).await?)
    }

    /// Presses a key and holds it.
    ///
    /// # Errors
    /// When the driver is gone.
    pub async fn hold(&self, key: Key) -> Result<()> {
        let pressed = KeyActions::new("keyboard".into()).then(KeyAction::Down { value: char::from(key) });
        Ok(self.client.perform_actions(pressed).await?)
    }

    /// Lets go of a key that is held.
    ///
    /// # Errors
    /// When the driver is gone.
    pub async fn release(&self, key: Key) -> Result<()> {
        let released = KeyActions::new("keyboard".into()).then(KeyAction::Up { value: char::from(key) });
        Ok(self.client.perform_actions(released).await?)
    }

    /// Double-clicks an element.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn double_click(&self, css: &str) -> Result<()> {
        let element = self.find(css).await?;
        let clicks = MouseActions::new("mouse".into())
            .then(PointerAction::MoveToElement { element, duration: None, x: 0.0, y: 0.0 })
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        Ok(self.client.perform_actions(clicks).await?)
    }
}
