//! Choices that an input makes: the same input always makes the same. No randomness of its own.

/// Numbers that follow from an input, for what the input itself should not say (where its bytes are cut, for example).
#[derive(Debug)]
pub struct Chance(u64);

impl Chance {
    /// From all of the input.
    pub fn of(input: &[u8]) -> Self {
        let fold = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        Self(input.iter().fold(0xcbf2_9ce4_8422_2325, fold))
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit.max(1)
    }
}

/// The bytes of an input as choices, one after the other.
#[derive(Debug)]
pub struct Script<'a>(std::slice::Iter<'a, u8>);

impl<'a> Script<'a> {
    /// From the beginning.
    pub fn new(input: &'a [u8]) -> Self {
        Self(input.iter())
    }

    /// The next byte; `None` at the end.
    pub fn next(&mut self) -> Option<u8> {
        self.0.next().copied()
    }

    /// The next byte, or zero.
    pub fn byte(&mut self) -> u8 {
        self.next().unwrap_or(0)
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let which = usize::from(self.byte());
        from.get(which % from.len().max(1)).copied()
    }
}
