//! Where lines end in 64 bytes, as bits: headers are so short that a search for each end, however fast, mostly begins and
//! ends. Not the lines.

use wide::u8x64;

/// How many bytes are looked at together.
pub(crate) const BLOCK: usize = 64;

/// What stands in a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    /// One bit for each byte that is a `\n`, the first byte lowest.
    pub ends: u64,
    /// Whether some byte is not ASCII.
    pub foreign: bool,
}

/// Looks at a block.
#[inline(always)]
pub(crate) fn look(block: &[u8; BLOCK]) -> Seen {
    let bytes = u8x64::new(*block);
    let ends = bytes.simd_eq(u8x64::splat(b'\n')).to_bitmask();
    Seen { ends, foreign: bytes.to_bitmask() != 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn byte() -> impl Strategy<Value = u8> {
        prop_oneof![2 => Just(b'\n'), 1 => Just(b'\n' | 0x80), 1 => Just(0x0B), 4 => any::<u8>(), 8 => b' '..=b'~']
    }

    proptest! {
        #[test]
        fn every_end_is_seen_and_nothing_else(bytes in prop::collection::vec(byte(), BLOCK)) {
            let block: &[u8; BLOCK] = bytes.as_slice().try_into().map_err(|_| TestCaseError::fail("length"))?;
            let ends = bytes.iter().enumerate().map(|(at, byte)| u64::from(*byte == b'\n') << at).sum();
            prop_assert_eq!(look(block), Seen { ends, foreign: !bytes.is_ascii() });
        }
    }
}
