//! The X display as a person has it: whether the program's window is on it, and the button that closes it. What is in
//! the window is `browser` and `page`.

use crate::until::until;
use anyhow::{Context, Result};
use x11rb::connection::Connection;
use x11rb::errors::ReplyError;
use x11rb::protocol::ErrorKind;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, ImageFormat, MapState, Window,
};
use x11rb::rust_connection::RustConnection;

/// A connection to the display.
#[derive(Debug)]
pub struct Screen {
    connection: RustConnection,
    root: Window,
    protocols: Atom,
    delete: Atom,
}

impl Screen {
    /// Connects to `:7` or the like.
    ///
    /// # Errors
    /// When nothing is there.
    pub fn open(display: &str) -> Result<Self> {
        let (connection, at) =
            x11rb::connect(Some(display)).with_context(|| format!("the display {display}"))?;
        let root = connection.setup().roots.get(at).context("a screen")?.root;
        let atom = |name: &str| -> Result<Atom> {
            Ok(connection.intern_atom(false, name.as_bytes())?.reply()?.atom)
        };
        let (protocols, delete) = (atom("WM_PROTOCOLS")?, atom("WM_DELETE_WINDOW")?);
        Ok(Self { connection, root, protocols, delete })
    }

    /// Waits until the program's window is on the screen, or is not.
    ///
    /// # Errors
    /// When that does not happen in time.
    pub async fn shows(&self, title: &str, wanted: Shown) -> Result<()> {
        until(&format!("the window {title:?} is {wanted:?}"), async || {
            Ok((self.now(title)? == wanted).then_some(()))
        })
        .await
    }

    /// Closes the window by the button in its frame.
    ///
    /// # Errors
    /// When there is no such window.
    pub fn close(&self, title: &str) -> Result<()> {
        let window = self.window(title)?.with_context(|| format!("a window {title:?}"))?;
        let message = ClientMessageEvent::new(32, window, self.protocols, [self.delete, 0, 0, 0, 0]);
        self.connection.send_event(false, window, EventMask::NO_EVENT, message)?;
        Ok(self.connection.flush()?)
    }

    /// How many pixels of the screen have exactly this colour: red, green, blue.
    ///
    /// # Errors
    /// When the display is gone.
    pub fn pixels(&self, colour: [u8; 3]) -> Result<usize> {
        let size = self.connection.get_geometry(self.root)?.reply()?;
        let (all, format) = (!0, ImageFormat::Z_PIXMAP);
        let picture =
            self.connection.get_image(format, self.root, 0, 0, size.width, size.height, all)?.reply()?;
        // Four bytes for each, the lowest first, as Xvfb has them at 24 bits.
        let [red, green, blue] = colour;
        Ok(picture.data.chunks_exact(4).filter(|it| it[..3] == [blue, green, red]).count())
    }

    fn now(&self, title: &str) -> Result<Shown> {
        let Some(window) = self.window(title)? else { return Ok(Shown::No) };
        match self.connection.get_window_attributes(window)?.reply() {
            Ok(it) if it.map_state == MapState::VIEWABLE => Ok(Shown::Yes),
            Ok(_) => Ok(Shown::No),
            // It has gone since it was found.
            Err(ReplyError::X11Error(error)) if error.error_kind == ErrorKind::Window => Ok(Shown::No),
            Err(error) => Err(error.into()),
        }
    }

    /// The top window with this title that can be asked to close.
    fn window(&self, title: &str) -> Result<Option<Window>> {
        for window in self.connection.query_tree(self.root)?.reply()?.children {
            // A window that has gone meanwhile is not the one.
            let read = |what: Atom, kind: AtomEnum| {
                self.connection.get_property(false, window, what, kind, 0, 64).ok()?.reply().ok()
            };
            let named =
                read(AtomEnum::WM_NAME.into(), AtomEnum::ANY).is_some_and(|it| it.value == title.as_bytes());
            let asked = read(self.protocols, AtomEnum::ATOM)
                .is_some_and(|it| it.value32().is_some_and(|mut all| all.any(|atom| atom == self.delete)));
            if named && asked {
                return Ok(Some(window));
            }
        }
        Ok(None)
    }
}

/// Whether a window is on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// It is.
    Yes,
    /// It is hidden or gone.
    No,
}
