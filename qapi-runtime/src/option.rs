//! What setters of optional members take, where values of several types convert to the member's.

/// A value, or an `Option` of one, for an optional member of type `T`: what setters of strings, unions and alternates
/// take.
///
/// Whatever converts to `T` can be set, and so can an `Option` of it. `None` leaves the member absent.
///
/// ```
/// use qapi_runtime::IntoOption;
///
/// fn set<Via>(value: impl IntoOption<String, Via>) -> Option<String> {
///     value.into_option()
/// }
///
/// assert_eq!(set("disk0"), Some("disk0".to_owned()));
/// assert_eq!(set(Some("disk0")), Some("disk0".to_owned()));
/// assert_eq!(set(None::<String>), None);
/// ```
///
/// `Via` distinguishes the two implementations, and rustc always infers it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be set as an optional `{T}`",
    label = "neither this nor what is in this `Option` converts to `{T}`"
)]
pub trait IntoOption<T, Via> {
    /// Converts the value.
    fn into_option(self) -> Option<T>;
}

/// How a value becomes an `Option`: it converts to the type.
#[derive(Debug)]
pub enum ViaValue {}

/// How an `Option` becomes another: its content converts to the type.
#[derive(Debug)]
pub enum ViaOption {}

impl<T, V: Into<T>> IntoOption<T, ViaValue> for V {
    #[inline]
    fn into_option(self) -> Option<T> {
        Some(self.into())
    }
}

impl<T, V: Into<T>> IntoOption<T, ViaOption> for Option<V> {
    #[inline]
    fn into_option(self) -> Option<T> {
        self.map(Into::into)
    }
}
