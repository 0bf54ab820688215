//! What the system's allocator is told, so that the program keeps little of what it has needed once. Only glibc's is told
//! anything.

/// A text so long is an office. What passed through memory for it is worth giving back, in bytes.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const OFFICE: usize = 64 << 10;

/// Has all threads take from one store, for each would keep what it once needed in its own; and has what is larger stand
/// by itself, so that it is given back when it is freed. For the start of the program.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn begin() {
    for (setting, value) in [(libc::M_ARENA_MAX, 1), (libc::M_MMAP_THRESHOLD, 128 << 10)] {
        #[expect(unsafe_code, reason = "the allocator's settings can be reached in no other way")]
        // One that the allocator does not know changes nothing.
        let _ = unsafe { libc::mallopt(setting, value) };
    }
}

/// Gives back what is free, once a text of this length has been handed over.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn handed_over(length: usize) {
    if length >= OFFICE {
        #[expect(unsafe_code, reason = "the allocator can be asked in no other way")]
        // Whether there was anything to give back is all the same.
        let _ = unsafe { libc::malloc_trim(0) };
    }
}

/// Another allocator is left as it is.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn begin() {}

/// Another allocator gives back what it likes.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn handed_over(_length: usize) {}
