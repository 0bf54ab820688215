//! What is heard waits for the next frame: a burst of news is drawn once, and until then the desk knows what the person
//! sees, so that a click means what was under it. Where no frames come, because nobody sees the page, nothing waits.

use crate::dom;
use frontdesk_console::Event;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use yew::Callback;

/// So much waits at most: frames that do not come make no queue without end.
const MOST: usize = 256;

/// What waits for the next frame.
pub struct Frames {
    waiting: Vec<Event>,
    /// The frame that was asked for and has not come.
    asked: Rc<Cell<Option<i32>>>,
    came: Closure<dyn FnMut()>,
}

/// What a thing that was heard may change of what is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changes {
    /// Nothing, by itself.
    Nothing,
    /// Nothing, but it is compared with all that is known: in a frame that would come on top of the drawing.
    Compared,
    /// Something.
    Something,
}

/// Whether what was heard can wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// At the next frame.
    AtFrame,
    /// It has to be taken in now.
    Now,
}

impl Frames {
    /// Tells `due` at each frame for which something waits.
    pub fn new(due: Callback<()>) -> Self {
        let asked: Rc<Cell<Option<i32>>> = Rc::default();
        let came = {
            let asked = Rc::clone(&asked);
            Closure::<dyn FnMut()>::new(move || {
                asked.set(None);
                due.emit(());
            })
        };
        Self { waiting: Vec::new(), asked, came }
    }

    /// Takes something that was heard. What changes nothing that is seen costs no frame, where nothing else waits for one.
    pub fn put(&mut self, event: Event, changes: Changes) -> Due {
        let alone = self.waiting.is_empty();
        self.waiting.push(event);
        if changes == Changes::Compared || (alone && changes == Changes::Nothing) {
            return Due::Now;
        }
        let seen = dom::document().is_some_and(|document| !document.hidden());
        if !seen || self.waiting.len() >= MOST {
            return Due::Now;
        }
        if self.asked.get().is_none() {
            let frame = dom::window()
                .and_then(|window| window.request_animation_frame(self.came.as_ref().unchecked_ref()).ok());
            self.asked.set(frame);
            if frame.is_none() {
                return Due::Now;
            }
        }
        Due::AtFrame
    }

    /// All that waits, in the order in which it was heard.
    pub fn take(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.waiting)
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        if let (Some(frame), Some(window)) = (self.asked.take(), dom::window()) {
            // There is nobody left whom the frame could be told.
            let _ = window.cancel_animation_frame(frame);
        }
    }
}
