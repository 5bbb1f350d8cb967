//! Limits the decoder's recursion.
//!
//! A schema may be recursive (a block device consists of block devices), the parser accepts 1,024 levels, and the stack
//! per level depends on the size of the generated structs. So the limit is in bytes of stack, not in levels.

use crate::error::Kind;
use crate::{Error, Result};

/// How much stack one decode may take: a quarter of the default stack of Rust threads.
const BUDGET: usize = 512 * 1024;

/// The approximate stack pointer when decoding began.
#[derive(Clone, Copy)]
pub(super) struct Base(usize);

impl Base {
    #[inline]
    pub(super) fn here() -> Self {
        Self(address())
    }

    /// Returns an error when the budget is used up.
    #[inline]
    pub(super) fn check(self) -> Result<()> {
        if address().abs_diff(self.0) > BUDGET { Err(Error::of(Kind::TooDeep)) } else { Ok(()) }
    }
}

/// The address of a local variable. It is only compared, never turned back into a pointer.
#[inline(never)]
fn address() -> usize {
    let here = 0u8;
    core::ptr::from_ref(core::hint::black_box(&here)).addr()
}
