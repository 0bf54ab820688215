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
use std::time::Duration;

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
        until(&format!("{css} is gone"), async || {
            Ok(self.client.find_all(Locator::Css(css)).await?.is_empty().then_some(()))
        })
        .await
    }

    /// How many elements fit.
    ///
    /// # Errors
    /// When the driver is gone.
    pub async fn count(&self, css: &str) -> Result<usize> {
        Ok(self.client.find_all(Locator::Css(css)).await?.len())
    }

    /// All text of the page.
    ///
    /// # Errors
    /// When the driver is gone.
    pub async fn text(&self) -> Result<String> {
        Ok(self.client.find(Locator::Css("body")).await?.text().await?)
    }

    /// Waits until the first element that fits `css` has a text that contains `part`.
    ///
    /// # Errors
    /// When it does not in time.
    pub async fn says(&self, css: &str, part: &str) -> Result<String> {
        until(&format!("{css} says {part:?}"), async || {
            let Ok(element) = self.client.find(Locator::Css(css)).await else { return Ok(None) };
            let text = element.text().await.unwrap_or_default();
            Ok(text.contains(part).then_some(text))
        })
        .await
        .with_context(|| format!("looking at {css}"))
    }

    /// Logs in; `server` is for the desktop window alone.
    ///
    /// # Errors
    /// When the form is not there.
    pub async fn log_in(&self, server: Option<&str>, user: &str, password: &str) -> Result<()> {
        self.find("#login-user").await?;
        if let Some(server) = server {
            self.fill("#login-server", server).await?;
        }
        self.fill("#login-user", user).await?;
        self.fill("#login-password", password).await?;
        Ok(self.find("#login-submit").await?.click().await?)
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
        let mouse =
            |to: Element| PointerAction::MoveToElement { element: to, duration: Some(DRAG), x: 0.0, y: 0.0 };
        let press = MouseActions::new("mouse".into())
            .then(mouse(self.find(card).await?))
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(mouse(self.find(tile).await?));
        self.client.perform_actions(press).await?;
        let drop = MouseActions::new("mouse".into())
            .then(mouse(self.find(&format!("{tile} {target}")).await?))
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        Ok(self.client.perform_actions(drop).await?)
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
