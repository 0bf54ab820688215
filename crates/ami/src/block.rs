//! Where lines end in 64 bytes, as bits: headers are so short that a search for each end, however fast, mostly begins and
//! ends. Not the lines.

use wide::u8x64;

/// How many bytes are looked at together.
pub(crate) const BLOCK: usize = 64;

/// The bytes that were looked at, laid over each other: what is ASCII alone stays so.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Laid(u8x64);

impl Laid {
    /// Nothing yet.
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Self(u8x64::splat(0))
    }

    /// Looks at a block: one bit for each byte that is a `\n`, the first byte lowest.
    #[inline(always)]
    pub(crate) fn ends_of(&mut self, block: &[u8; BLOCK]) -> u64 {
        let bytes = u8x64::new(*block);
        self.0 |= bytes;
        bytes.simd_eq(u8x64::splat(b'\n')).to_bitmask()
    }

    /// Whether some byte was not ASCII.
    #[inline(always)]
    pub(crate) fn is_foreign(self) -> bool {
        self.0.to_bitmask() != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn byte() -> impl Strategy<Value = u8> {
        prop_oneof![2 => Just(b'\n'), 1 => Just(b'\n' | 0x80), 1 => Just(0x0B), 4 => any::<u8>(), 8 => b' '..=b'~']
    }

    fn blocks() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(byte(), 2 * BLOCK)
    }

    proptest! {
        #[test]
        fn every_end_is_seen_and_nothing_else(bytes in blocks()) {
            let (blocks, _) = bytes.as_chunks::<BLOCK>();
            let mut laid = Laid::new();
            for block in blocks {
                let ends = block.iter().enumerate().map(|(at, byte)| u64::from(*byte == b'\n') << at).sum::<u64>();
                prop_assert_eq!(laid.ends_of(block), ends);
            }
            prop_assert_eq!(laid.is_foreign(), !bytes.is_ascii());
        }
    }
}
