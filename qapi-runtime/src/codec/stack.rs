//! A guard for the decoder's recursion.
//!
//! A schema may be recursive (a block device is made of block devices), the parser admits 1,024 levels, and how much stack
//! a level takes depends on the size of the generated structs. So not levels are counted, but bytes.

use crate::error::Kind;
use crate::{Error, Result};

/// How much stack one decode may take: a quarter of what Rust gives a thread by default.
const BUDGET: usize = 512 * 1024;

/// About where the stack was when decoding began.
#[derive(Clone, Copy)]
pub(super) struct Base(usize);

impl Base {
    #[inline]
    pub(super) fn here() -> Self {
        Self(address())
    }

    /// Refuses to go deeper when the budget is spent.
    #[inline]
    pub(super) fn check(self) -> Result<()> {
        if address().abs_diff(self.0) > BUDGET { Err(Error::of(Kind::TooDeep)) } else { Ok(()) }
    }
}

/// The address of a local: only ever compared, never turned back into a pointer.
#[inline(never)]
fn address() -> usize {
    let here = 0u8;
    core::ptr::from_ref(core::hint::black_box(&here)).addr()
}
