//! How many allocations there were and how much is held: the allocator of the bench counts. Not how fast they are.
#![allow(unsafe_code, reason = "an allocator can be written in no other way")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// The system's allocator, counting.
pub struct Counting;

static ON: AtomicBool = AtomicBool::new(false);
static COUNT: AtomicU64 = AtomicU64::new(0);
static HELD: AtomicU64 = AtomicU64::new(0);
static PEAK: AtomicU64 = AtomicU64::new(0);

// SAFETY: everything is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if ON.load(Relaxed) {
            COUNT.fetch_add(1, Relaxed);
            let held = HELD.fetch_add(layout.size() as u64, Relaxed).wrapping_add(layout.size() as u64);
            if held < u64::MAX / 2 {
                PEAK.fetch_max(held, Relaxed);
            }
        }
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if ON.load(Relaxed) {
            HELD.fetch_sub(layout.size() as u64, Relaxed);
        }
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Counts what this does. Everywhere else the counting would be part of what is measured.
pub fn counted<T>(work: impl FnOnce() -> T) -> T {
    ON.store(true, Relaxed);
    let done = work();
    ON.store(false, Relaxed);
    done
}

/// Allocations so far.
pub fn allocations() -> u64 {
    COUNT.load(Relaxed)
}

/// By how many bytes what is held grew at most while this was done.
pub fn growth<T>(work: impl FnOnce() -> T) -> (T, u64) {
    // What was there before may be given back meanwhile: the sum goes below where it began, and wraps.
    HELD.store(0, Relaxed);
    PEAK.store(0, Relaxed);
    let done = counted(work);
    (done, PEAK.load(Relaxed))
}
