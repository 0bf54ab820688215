//! That decoding and understanding an event allocates nothing, counted by the allocator of this program. It is alone in it, because
//! what other tests allocate would be counted too.
#![allow(clippy::unwrap_used, missing_docs)]
#![allow(unsafe_code, reason = "an allocator can be written in no other way")]

use frontdesk_ami::{Decoder, Event, Frame, Limits, recording};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;

static COUNT: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn an_event_costs_no_allocation() {
    let path = format!("{}/../../tests/recordings/h_queue.txt", env!("CARGO_MANIFEST_DIR"));
    let bytes = recording::stream(&std::fs::read_to_string(path).unwrap());
    let mut decoder = Decoder::without_banner(Limits::default());
    let mut run = || {
        let (mut messages, mut fields) = (0_usize, 0_usize);
        for chunk in bytes.chunks(1_460) {
            decoder.feed(chunk);
            while let Some(Frame::Message(message)) = decoder.next() {
                messages += usize::from(Event::of(&message).is_some());
                fields += usize::from(!message.field("Uniqueid").is_empty()) + message.fields().count();
            }
        }
        (messages, fields)
    };
    // The first run lets the buffers grow to what they need.
    let first = run();
    let before = COUNT.load(Ordering::Relaxed);
    let second = run();
    let after = COUNT.load(Ordering::Relaxed);
    assert_eq!(first, second);
    assert!(first.0 > 90);
    assert_eq!(after - before, 0, "allocations for {} messages", second.0);
}
