use super::lexer::{self, First, Next, State};
use super::token::{TokenKind, Tokens};
use super::{Item, Limits, Message, ParseError, build};

/// Splits a stream of bytes into messages and builds their trees.
///
/// Pass bytes to [`feed`](Self::feed) in pieces of any size; [`next`](Self::next) then returns one message or fault per
/// call, until there are no more. Input is not line-based: a message is complete when its last bracket closes. A number
/// or keyword at the top level is complete only when the next byte arrives.
///
/// # Resynchronisation
///
/// An invalid token (`@`) is reported at once. The parser drops all open brackets and skips input up to one of `[ ] { }
/// : ,`, a control character other than tab, or one of the bytes FE and FF. Tokens in a wrong order are reported once,
/// when the brackets balance. So a control character or FF, inside or outside of strings, always brings the parser to a
/// point where a new message can begin.
///
/// # Memory
///
/// The parser holds unread input, the text of the tokens of one message, 5 bytes per token, and the tree. [`Limits`]
/// bound all of them except for the unread input, which the caller bounds by how much it feeds.
///
/// # Examples
///
/// ```
/// use qapi_runtime::json::{Item, Parser};
///
/// let mut parser = Parser::new();
/// parser.feed(b"{'execute': 'que");
/// assert!(parser.next().is_none());
/// parser.feed(b"ry-status', 'id': 1.0} @");
/// let Some(Item::Message(message)) = parser.next() else { panic!() };
/// assert_eq!(message.value().get("execute").unwrap().as_str(), Some("query-status"));
/// assert_eq!(message.raw_member("id").unwrap(), "1.0");
/// let Some(Item::Error(error)) = parser.next() else { panic!() };
/// assert_eq!(error.to_string(), "JSON parse error, stray '@'");
/// ```
#[derive(Debug)]
pub struct Parser {
    limits: Limits,
    /// The input. The bytes before `position` have been consumed.
    input: Vec<u8>,
    position: usize,
    state: State,
    /// The texts of the message's tokens and, from `token_start` on, of the current token.
    texts: Vec<u8>,
    token_start: usize,
    tokens: Tokens,
    /// The total length of the message's tokens.
    size: usize,
    /// How many more brackets of each kind have been opened than closed.
    braces: isize,
    brackets: isize,
    /// The message was returned and must be cleared.
    complete: bool,
}

/// The result of one step of the lexer.
enum Lexed {
    /// All input is consumed.
    Nothing,
    Token(TokenKind),
    /// A lexical error. The token with the stray byte is at the end of the texts.
    Stray,
    /// The token alone exceeds the limit.
    TooLong,
}

/// The state of the message after a token.
enum Pushed {
    Open,
    Complete,
    /// The message exceeds the limit of this name.
    Beyond(&'static str),
}

/// Buffers are shrunk to these sizes after a large message.
const KEPT_BYTES: usize = 64 * 1024;
const KEPT_TOKENS: usize = 4 * 1024;

impl Default for Parser {
    fn default() -> Self {
        Self::new()
    }
}

impl Parser {
    /// Creates a parser with QMP's limits.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limits(Limits::QMP)
    }

    /// Creates a parser with other limits.
    #[must_use]
    pub fn with_limits(limits: Limits) -> Self {
        Self {
            limits: limits.clamped(),
            input: Vec::new(),
            position: 0,
            state: State::Start,
            texts: Vec::new(),
            token_start: 0,
            tokens: Tokens::default(),
            size: 0,
            braces: 0,
            brackets: 0,
            complete: false,
        }
    }

    /// Appends input.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.position == self.input.len() {
            self.input.clear();
            self.position = 0;
        } else if self.position > self.input.len() / 2 {
            self.input.drain(..self.position);
            self.position = 0;
        }
        self.input.extend_from_slice(bytes);
    }

    /// The next message or fault, or `None` when the input holds no more.
    ///
    /// Not an [`Iterator`], because a message borrows from the parser.
    #[expect(clippy::should_implement_trait, reason = "a lending iterator")]
    pub fn next(&mut self) -> Option<Item<'_>> {
        if self.complete {
            self.clear_message();
        }
        loop {
            match self.lex() {
                Lexed::Nothing => return None,
                Lexed::Stray => {
                    let error = ParseError::stray(&self.texts[self.token_start..]);
                    return Some(self.refuse(error));
                }
                Lexed::TooLong => return Some(self.refuse(ParseError::limit("token size"))),
                Lexed::Token(kind) => match self.push(kind) {
                    Pushed::Beyond(limit) => return Some(self.refuse(ParseError::limit(limit))),
                    Pushed::Open => {}
                    Pushed::Complete => break,
                },
            }
        }
        self.complete = true;
        Some(match build::build(&self.tokens, &self.texts) {
            Ok(value) => Item::Message(Message { value, tokens: &self.tokens, text: &self.texts }),
            Err(error) => Item::Error(error),
        })
    }

    /// Whether nothing is pending: no open bracket, no unfinished token, no input that [`next`](Self::next) has not
    /// seen.
    ///
    /// If the parser is not idle at the end of the input, a message was cut off. (After a lexical error without further
    /// input, nothing is pending.)
    #[must_use]
    pub fn is_idle(&self) -> bool {
        let between = matches!(self.state, State::Start | State::Recovery);
        between && self.position == self.input.len() && (self.complete || self.tokens.is_empty())
    }

    /// How many bytes of memory the parser holds.
    pub(crate) fn memory(&self) -> usize {
        self.input.capacity() + self.texts.capacity() + self.tokens.memory()
    }

    /// Ends the message with an error.
    fn refuse(&mut self, error: ParseError) -> Item<'static> {
        self.clear_message();
        Item::Error(error)
    }

    fn clear_message(&mut self) {
        self.texts.clear();
        self.texts.shrink_to(KEPT_BYTES);
        self.tokens.clear(KEPT_TOKENS);
        if self.position == self.input.len() {
            self.input.clear();
            self.input.shrink_to(KEPT_BYTES);
            self.position = 0;
        }
        self.token_start = 0;
        self.size = 0;
        self.braces = 0;
        self.brackets = 0;
        self.complete = false;
    }

    /// Adds the token whose text is at the end of `texts`. The message is complete when no bracket is open, or more
    /// were closed than opened.
    #[inline]
    fn push(&mut self, kind: TokenKind) -> Pushed {
        match kind {
            TokenKind::LeftBrace => self.braces += 1,
            TokenKind::RightBrace => self.braces -= 1,
            TokenKind::LeftBracket => self.brackets += 1,
            TokenKind::RightBracket => self.brackets -= 1,
            _ => {}
        }
        // Brackets, colons and commas have no text, but count as one byte.
        let end = self.texts.len();
        let length = (end - self.token_start).max(1);
        if self.size + length >= self.limits.size {
            return Pushed::Beyond("token size");
        }
        if self.tokens.len() >= self.limits.tokens {
            return Pushed::Beyond("token count");
        }
        if usize::try_from(self.braces + self.brackets).is_ok_and(|depth| depth > self.limits.depth) {
            return Pushed::Beyond("nesting depth");
        }
        self.size += length;
        // Within 32 bits: the limits allow a message of at most 64 MiB, and a last token of as much again.
        self.tokens.push(kind, end as u32);
        self.token_start = end;
        let is_open = (self.braces > 0 || self.brackets > 0) && self.braces >= 0 && self.brackets >= 0;
        if is_open { Pushed::Open } else { Pushed::Complete }
    }

    /// Reads to the end of a token.
    fn lex(&mut self) -> Lexed {
        while let Some(&byte) = self.input.get(self.position) {
            let done = match self.state {
                State::Start => self.lex_first(byte),
                State::Recovery => {
                    if lexer::ends_recovery(byte) {
                        self.state = State::Start;
                    } else {
                        self.position += 1;
                    }
                    None
                }
                State::String { quote, plain } => self.lex_string(quote, plain),
                State::Escape { quote } => self.lex_escape(quote, byte),
                State::Keyword => self.lex_keyword(),
                State::Number(number) => match number.next(byte) {
                    Next::Continue(number) => {
                        self.state = State::Number(number);
                        self.take(1)
                    }
                    Next::End(kind) => Some(self.end(kind)),
                    Next::Stray => Some(self.stray(byte)),
                },
            };
            if let Some(lexed) = done {
                return lexed;
            }
        }
        Lexed::Nothing
    }

    #[inline]
    fn lex_first(&mut self, byte: u8) -> Option<Lexed> {
        match lexer::first(byte) {
            First::Blank => {
                self.position += 1;
                None
            }
            First::Mark(kind) => {
                self.position += 1;
                Some(Lexed::Token(kind))
            }
            First::Long(State::String { quote, .. }) => self.lex_whole_string(quote),
            First::Long(state) => {
                self.state = state;
                self.take(1)
            }
            First::Stray => Some(self.stray(byte)),
        }
    }

    /// Fast path: takes a plain string that is complete in the input. Any other string goes through the state machine.
    #[inline]
    fn lex_whole_string(&mut self, quote: u8) -> Option<Lexed> {
        let rest = &self.input[self.position + 1..];
        let run = lexer::plain_run(rest, quote);
        if run + 2 <= self.limits.size && rest.get(run) == Some(&quote) {
            let end = self.position + run + 2;
            self.texts.extend_from_slice(&self.input[self.position..end]);
            self.position = end;
            return Some(Lexed::Token(TokenKind::PlainString));
        }
        self.state = State::String { quote, plain: true };
        self.take(1)
    }

    /// Takes as much of a string as the input has.
    fn lex_string(&mut self, quote: u8, plain: bool) -> Option<Lexed> {
        let rest = &self.input[self.position..];
        let mut is_plain = plain;
        let end = rest.iter().position(|&byte| {
            is_plain &= byte < 0x80;
            byte == quote || byte == b'\\' || lexer::is_never_text(byte)
        });
        let run = end.unwrap_or(rest.len());
        let at_end = end.map(|end| rest[end]);
        self.state = State::String { quote, plain: is_plain };
        if let Some(too_long) = self.take(run) {
            return Some(too_long);
        }
        match at_end {
            None => None,
            Some(b'\\') => {
                self.state = State::Escape { quote };
                self.take(1)
            }
            Some(byte) if byte == quote => self.take(1).or_else(|| {
                Some(self.end(if is_plain { TokenKind::PlainString } else { TokenKind::String }))
            }),
            Some(byte) => Some(self.stray(byte)),
        }
    }

    fn lex_escape(&mut self, quote: u8, byte: u8) -> Option<Lexed> {
        if lexer::is_never_text(byte) {
            return Some(self.stray(byte));
        }
        self.state = State::String { quote, plain: false };
        self.take(1)
    }

    fn lex_keyword(&mut self) -> Option<Lexed> {
        let rest = &self.input[self.position..];
        let run = rest.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
        let is_end = run < rest.len();
        self.take(run).or_else(|| is_end.then(|| self.end(TokenKind::Keyword)))
    }

    /// Moves bytes into the token, up to the first one beyond the limit.
    #[inline]
    fn take(&mut self, count: usize) -> Option<Lexed> {
        let room = self.limits.size - (self.texts.len() - self.token_start).min(self.limits.size);
        let taken = count.min(room + 1);
        let end = self.position + taken;
        self.texts.extend_from_slice(&self.input[self.position..end]);
        self.position = end;
        if taken <= room {
            return None;
        }
        // The input that follows is parsed, not skipped.
        self.state = State::Start;
        Some(Lexed::TooLong)
    }

    fn end(&mut self, kind: TokenKind) -> Lexed {
        self.state = State::Start;
        Lexed::Token(kind)
    }

    #[cold]
    fn stray(&mut self, byte: u8) -> Lexed {
        self.position += 1;
        self.texts.push(byte);
        self.state = State::Recovery;
        Lexed::Stray
    }
}
