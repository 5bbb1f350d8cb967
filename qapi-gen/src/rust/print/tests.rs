use super::{Style, print};
use proc_macro2::TokenStream;
use quote::quote;
use std::borrow::Cow;

const DOCS: [Cow<str>; 3] = [
    Cow::Borrowed("A \"thing\" of `C:\\`.\n\nIn two parts."),
    Cow::Borrowed("One."),
    Cow::Borrowed("With a\rreturn, and\t/ a tab."),
];

fn printed(tokens: TokenStream, wrap: bool) -> String {
    print(tokens, &DOCS, 0, Style { runtime: "crate::rt", wrap })
}

#[test]
fn items_statements_and_documentation() {
    let tokens = quote! {
        __Doc0
        #[derive(Clone, Debug)]
        pub struct Thing { __Doc1 pub one: __Vec<(u8, i8)>, __Doc2 #[cfg(a)] pub two: ::core::result::Result<__Option<u8>, i8>, }
        impl<'a, T: __Rt::Trait + 'static> Thing {
            const ALL: &'static [&'static str] = &["a", #[cfg(b)] "b",];
            fn f(&mut self, x: &'a mut i32) -> ::core::result::Result<(), u8> {
                if *x == 1 { a.b()?; } else { let c = Self { one, two, }; }
                match x { 1 => y.map(|index| { Self::ALL[index] }), _ if !z => (), other => { return other; } }
            }
        }
        __Rt::implement!(Thing);
        pub use self::a::{B, r#type};
        use ::std::fmt as f;
        impl<T> Nothing for <Thing as __Rt::Trait>::Of<T> {}
        pub struct Whole(__Doc1 pub ::a::B);
    };
    assert_eq!(
        printed(tokens, true),
        r#"/// A "thing" of `C:\`.
///
/// In two parts.
#[derive(Clone, Debug)]
pub struct Thing {
    /// One.
    pub one: ::std::vec::Vec<(u8, i8)>,
    #[doc = " With a\rreturn, and\t/ a tab."]
    #[cfg(a)]
    pub two: ::core::result::Result<::core::option::Option<u8>, i8>,
}

impl<'a, T: crate::rt::Trait + 'static> Thing {
    const ALL: &'static [&'static str] = &[
        "a",
        #[cfg(b)]
        "b",
    ];

    fn f(&mut self, x: &'a mut i32) -> ::core::result::Result<(), u8> {
        if *x == 1 {
            a.b()?;
        } else {
            let c = Self { one, two };
        }
        match x {
            1 => y.map(|index| { Self::ALL[index] }),
            _ if !z => (),
            other => {
                return other;
            }
        }
    }
}

crate::rt::implement!(Thing);
pub use self::a::{B, r#type};
use ::std::fmt as f;
impl<T> Nothing for <Thing as crate::rt::Trait>::Of<T> {}

pub struct Whole(
    /// One.
    pub ::a::B,
);
"#
    );
}

/// Lines that are too long are broken, unless the options allow them.
#[test]
fn long_lines() {
    let tokens = quote! {
        #[allow(missing_docs, clippy::all, clippy::nursery, clippy::pedantic, deprecated, nonstandard_style, unused)]
        impl Thing {
            pub fn new(text: impl __Into<__String>, #[cfg(a)] other: impl __Into<__String>) -> Self {
                Self { text: __Into::into(text), other: __Into::into(other), number: 1_000_000, rest: __None, more }
            }
            fn run(self) -> __Rt::Outcome {
                call.run_async::<super::a::Command, _, _>(move |cx, args| async move { handle(&handlers, &cx, args).await })
            }
            const NONE: &'static [fn(&Self, __Rt::ALongTypeOfAnArgument<'_>) -> __Rt::ALongOutcome] = &[];
            fn choose(self) -> Option<u8> {
                match self { One => Some(a_function_with_a_long_name(and_an_argument_whose_name_is_longer_still).union(b)), _ => None }
            }
            fn future(self, an_argument_with_a_long_name: u8) -> impl Future<Output = __Rt::Result<One>> + __Send { a() }
            fn held() -> __Rt::Result<Self> {
                __Ok(Self { first: __Rt::attempt!(members.required("first")), second: __Rt::attempt!(members.required("2")) })
            }
        }
        pub use self::some_module::{Aaaaaaaaaaaaaaaaaaaaaaaa, Bbbbbbbbbbbbbbbbbbbbbbbbbbb, Cccccccccccccccc, Dddddddddd};
        const SUM: u8 = (first_very_long_operand_of_a_sum_that_is_too_long).union(second_very_long_operand_of_that_sum);
    };
    let wrapped = printed(tokens.clone(), true);
    assert_eq!(
        wrapped,
        r#"#[allow(
    missing_docs,
    clippy::all,
    clippy::nursery,
    clippy::pedantic,
    deprecated,
    nonstandard_style,
    unused
)]
impl Thing {
    pub fn new(
        text: impl ::core::convert::Into<::std::string::String>,
        #[cfg(a)] other: impl ::core::convert::Into<::std::string::String>,
    ) -> Self {
        Self {
            text: ::core::convert::Into::into(text),
            other: ::core::convert::Into::into(other),
            number: 1_000_000,
            rest: ::core::option::Option::None,
            more,
        }
    }

    fn run(self) -> crate::rt::Outcome {
        call.run_async::<super::a::Command, _, _>(move |cx, args| async move {
            handle(&handlers, &cx, args).await
        })
    }

    const NONE: &'static [fn(&Self, crate::rt::ALongTypeOfAnArgument<'_>) -> crate::rt::ALongOutcome] =
        &[];

    fn choose(self) -> Option<u8> {
        match self {
            One => Some(
                a_function_with_a_long_name(and_an_argument_whose_name_is_longer_still).union(b),
            ),
            _ => None,
        }
    }

    fn future(
        self,
        an_argument_with_a_long_name: u8,
    ) -> impl Future<Output = crate::rt::Result<One>> + ::core::marker::Send {
        a()
    }

    fn held() -> crate::rt::Result<Self> {
        ::core::result::Result::Ok(Self {
            first: crate::rt::attempt!(members.required("first")),
            second: crate::rt::attempt!(members.required("2")),
        })
    }
}

pub use self::some_module::{
    Aaaaaaaaaaaaaaaaaaaaaaaa, Bbbbbbbbbbbbbbbbbbbbbbbbbbb, Cccccccccccccccc, Dddddddddd,
};

const SUM: u8 =
    (first_very_long_operand_of_a_sum_that_is_too_long).union(second_very_long_operand_of_that_sum);
"#
    );
    let plain = printed(tokens, false);
    assert!(plain.lines().count() < wrapped.lines().count());
    assert_eq!(tree(&plain), tree(&wrapped));
}

/// The syntax of a file, as a general printer writes it.
fn tree(text: &str) -> String {
    prettyplease::unparse(&syn::parse_file(text).expect("what is printed is Rust"))
}

#[test]
fn tokens_stay_what_they_are() {
    for text in [
        "a :: b : : c , 'x' 'y: loop { } a . 0 . 1 a .. b ..= c & & d && e - > f -> g",
        ";",
        "; ; , ,",
        "match x { a => } |a| move || match y { b =>, c => d }",
        "#[doc = \"a\\nb\"] #[doc = \"/\"] #[doc = \"\"] x",
        "r#type ! (a) ! [b] ! {c} 1.5 1 . 5 |a| || b | | c < - 1 <- 2",
        "#[a[b,], {c,}] m![d, [e,],] m!{f,}",
        "a : ::b c ::: d ? : e ; ; , , . . . ...",
        "Vec<Vec<u8>>::new() < < T as X > > ::y & 'a mut *b = - 1 + ! c << 2 >= 3 > = 4",
    ] {
        let tokens: TokenStream = text.parse().expect("these are tokens");
        for wrap in [true, false] {
            let again: TokenStream = printed(tokens.clone(), wrap).parse().expect("these are tokens, too");
            assert_eq!(marks(again), marks(tokens.clone()), "{text}");
        }
    }
}

/// The tokens, with marks of several characters in one. Angle brackets are single: the compiler takes them apart.
fn marks(tokens: TokenStream) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut joint = false;
    for token in tokens {
        match token {
            proc_macro2::TokenTree::Punct(punct) => {
                let mark = punct.as_char();
                match all.last_mut() {
                    Some(last) if joint && super::spacing::is_operator(&format!("{last}{mark}")) => {
                        last.push(mark);
                    }
                    _ => all.push(mark.to_string()),
                }
                joint = punct.spacing() == proc_macro2::Spacing::Joint && !matches!(mark, '>');
            }
            proc_macro2::TokenTree::Group(group) => {
                all.push(format!("{:?}", group.delimiter()));
                all.extend(marks(group.stream()));
                all.push("end".to_owned());
                joint = false;
            }
            other => {
                all.push(other.to_string());
                joint = false;
            }
        }
    }
    all
}
