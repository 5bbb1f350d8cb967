//! Builds the tree of a message from its tokens, without recursion.

use std::borrow::Cow;
use std::collections::HashSet;

use super::token::{Token, TokenKind, Tokens};
use super::{Object, ParseError, Value, number, string};

/// A container that is being filled.
enum Open<'p> {
    Array(Vec<Value<'p>>),
    Object {
        members: Vec<(Cow<'p, str>, Value<'p>)>,
        /// The name of the member whose value comes next.
        key: Option<Cow<'p, str>>,
    },
}

/// What may come next.
enum Expect {
    /// A value; in an object without a pending key, the key.
    Value,
    /// The same, or the end of the container, which is empty so far.
    ValueOrEnd,
    Colon,
    /// A comma or the end of the container.
    Separator,
}

struct Builder<'p> {
    texts: &'p [u8],
    parents: Vec<Open<'p>>,
    current: Option<Open<'p>>,
    expect: Expect,
}

/// Builds the tree of a message, or returns its first fault. The brackets balance, unless they are the fault.
pub(super) fn build<'p>(tokens: &Tokens, texts: &'p [u8]) -> Result<Value<'p>, ParseError> {
    let mut builder = Builder { texts, parents: Vec::new(), current: None, expect: Expect::Value };
    for token in tokens.iter() {
        match builder.token(token) {
            Ok(None) => {}
            Ok(Some(value)) => return Ok(value),
            Err(error) => return Err(builder.earlier_duplicate().unwrap_or(error)),
        }
    }
    // The parser hands over a message when its brackets balance, so the last token ends a value or is a fault.
    Err(ParseError::unexpected_end())
}

impl<'p> Builder<'p> {
    /// Takes a token. Returns the tree when it is complete.
    fn token(&mut self, token: Token) -> Result<Option<Value<'p>>, ParseError> {
        match self.expect {
            Expect::Value => self.value(token),
            Expect::ValueOrEnd => match (token.kind, &self.current) {
                (TokenKind::RightBrace, Some(Open::Object { .. }))
                | (TokenKind::RightBracket, Some(Open::Array(_))) => self.close(),
                _ => self.value(token),
            },
            Expect::Colon => {
                if token.kind != TokenKind::Colon {
                    return Err(ParseError::syntax("missing : in object pair"));
                }
                self.expect = Expect::Value;
                Ok(None)
            }
            Expect::Separator => self.separator(token),
        }
    }

    fn value(&mut self, token: Token) -> Result<Option<Value<'p>>, ParseError> {
        let texts = self.texts;
        let value = match token.kind {
            TokenKind::LeftBrace => {
                self.open(Open::Object { members: Vec::new(), key: None });
                return Ok(None);
            }
            TokenKind::LeftBracket => {
                self.open(Open::Array(Vec::new()));
                return Ok(None);
            }
            TokenKind::PlainString | TokenKind::String => Value::String(string::decode(token, texts)?),
            TokenKind::Integer => number::integer(ascii(token, texts)),
            TokenKind::Float => number::float(ascii(token, texts)),
            TokenKind::Keyword => keyword(ascii(token, texts))?,
            TokenKind::RightBrace | TokenKind::RightBracket | TokenKind::Colon | TokenKind::Comma => {
                return Err(ParseError::syntax("expecting value"));
            }
        };
        self.complete(value)
    }

    fn open(&mut self, container: Open<'p>) {
        if let Some(parent) = self.current.replace(container) {
            self.parents.push(parent);
        }
        self.expect = Expect::ValueOrEnd;
    }

    fn separator(&mut self, token: Token) -> Result<Option<Value<'p>>, ParseError> {
        let is_object = matches!(self.current, Some(Open::Object { .. }));
        match (token.kind, is_object) {
            (TokenKind::Comma, _) => {
                self.expect = Expect::Value;
                Ok(None)
            }
            (TokenKind::RightBrace, true) | (TokenKind::RightBracket, false) => self.close(),
            (_, true) => Err(ParseError::syntax("expected separator in dict")),
            (_, false) => Err(ParseError::syntax("expected separator in list")),
        }
    }

    fn close(&mut self) -> Result<Option<Value<'p>>, ParseError> {
        let closed = core::mem::replace(&mut self.current, self.parents.pop());
        let value = match closed {
            Some(Open::Object { members, .. }) => {
                check_unique(&members)?;
                Value::Object(Object::from(members))
            }
            Some(Open::Array(elements)) => Value::Array(elements),
            None => unreachable!("a container is closed only when one is open"),
        };
        self.complete(value)
    }

    /// Adds a complete value, scalar or container, to its parent.
    fn complete(&mut self, value: Value<'p>) -> Result<Option<Value<'p>>, ParseError> {
        self.expect = Expect::Separator;
        match &mut self.current {
            None => return Ok(Some(value)),
            Some(Open::Array(elements)) => elements.push(value),
            Some(Open::Object { members, key }) => match key.take() {
                Some(name) => members.push((name, value)),
                None => {
                    let Value::String(name) = value else {
                        return Err(ParseError::syntax("key is not a string in object"));
                    };
                    *key = Some(name);
                    self.expect = Expect::Colon;
                }
            },
        }
        Ok(None)
    }

    /// Duplicate names are checked when an object closes. If another fault comes first, a duplicate in an object that
    /// is still open is the earlier fault.
    #[cold]
    fn earlier_duplicate(&self) -> Option<ParseError> {
        self.parents.iter().chain(&self.current).find_map(|open| match open {
            Open::Array(_) => None,
            Open::Object { members, .. } => check_unique(members).err(),
        })
    }
}

/// Objects up to this size are compared pair by pair.
const FEW: usize = 12;

fn check_unique(members: &[(Cow<'_, str>, Value<'_>)]) -> Result<(), ParseError> {
    let is_unique = if members.len() <= FEW {
        members
            .iter()
            .enumerate()
            .all(|(index, (name, _))| members[..index].iter().all(|(other, _)| other != name))
    } else {
        let mut names = HashSet::with_capacity(members.len());
        members.iter().all(|(name, _)| names.insert(&**name))
    };
    if is_unique { Ok(()) } else { Err(ParseError::syntax("duplicate key")) }
}

fn keyword(word: &str) -> Result<Value<'static>, ParseError> {
    match word {
        "null" => Ok(Value::Null),
        "true" => Ok(Value::Bool(true)),
        "false" => Ok(Value::Bool(false)),
        _ => Err(ParseError::syntax(format!("invalid keyword '{word}'"))),
    }
}

fn ascii(token: Token, texts: &[u8]) -> &str {
    // Numbers and keywords are ASCII by the lexer's grammar.
    core::str::from_utf8(token.text(texts)).unwrap_or_default()
}
