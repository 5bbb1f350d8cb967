//! Fills paragraphs.

use super::DOC_WIDTH;
use crate::syntax::narrow_gap;

/// A word, with the blanks before it unless it begins a line.
struct Word<'a> {
    text: &'a str,
    gap: usize,
}

/// Refills the words of `lines`. The first line is indented by `first`, the others by `hanging`; the first `glued`
/// words stay together. `None` if no line gets shorter.
pub(super) fn wrap(lines: &[&str], first: usize, hanging: usize, glued: usize) -> Option<Vec<String>> {
    let words = words(lines);
    let mut out: Vec<String> = Vec::new();
    let mut line = format!("#{}", " ".repeat(first));
    let mut fresh = true;
    for (index, word) in words.iter().enumerate() {
        let width = line.chars().count() + word.gap + word.text.chars().count();
        let together =
            index < glued || begins_something(word.text) || words[..index].last().is_some_and(wants_more);
        if !fresh && !together && width > DOC_WIDTH {
            out.push(std::mem::replace(&mut line, format!("#{}", " ".repeat(hanging))));
            fresh = true;
        }
        if !fresh {
            line.extend(std::iter::repeat_n(' ', word.gap));
        }
        line.push_str(word.text);
        fresh = false;
    }
    out.push(line);
    // A paragraph in which no line gets shorter stays as it is; otherwise every run could change it again.
    let longest = |line: &str| line.chars().count();
    let was = lines.iter().zip(std::iter::once(first).chain(std::iter::repeat(hanging)));
    let was = was.map(|(line, indent)| 1 + indent + longest(line)).max()?;
    let is = out.iter().map(|line| longest(line)).max()?;
    (is < was).then_some(out)
}

fn words<'a>(lines: &[&'a str]) -> Vec<Word<'a>> {
    let mut words: Vec<Word<'a>> = Vec::new();
    for line in lines {
        let mut rest = *line;
        let mut gap = words.last().map_or(0, |last| gap_between(last.text, line));
        while !rest.is_empty() {
            let end = rest.find(' ').unwrap_or(rest.len());
            let (text, behind) = rest.split_at(end);
            words.push(Word { text, gap });
            rest = behind.trim_start_matches(' ');
            gap = behind.len() - rest.len();
        }
    }
    words
}

/// The spaces between a word and the next line when both are joined: two after what looks like the end of a sentence,
/// as QEMU demands.
fn gap_between(word: &str, next: &str) -> usize {
    let joined = format!("{word} {next}");
    let looks_like_an_end = narrow_gap(&joined).is_some_and(|at| at == word.len());
    if ends_sentence(word) || looks_like_an_end { 2 } else { 1 }
}

/// Whether the word ends a sentence.
fn ends_sentence(word: &str) -> bool {
    let bare = word.trim_end_matches([')', '"', '\'', '*', '`']);
    bare.ends_with(['.', '!', '?'])
        && !matches!(word.trim_start_matches('('), "e.g." | "i.e." | "etc." | "vs." | "cf.")
}

/// Whether the word must not be separated from the next one, as in `(since 10.0)`.
fn wants_more(word: &Word<'_>) -> bool {
    matches!(word.text.to_ascii_lowercase().as_str(), "(since" | "(since:" | "(default:")
}

/// Whether the word would mean something else at the start of a line.
fn begins_something(word: &str) -> bool {
    let numbered = word.strip_suffix(['.', ')']).is_some_and(|number| {
        number == "#" || (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
    });
    numbered
        || matches!(word, "*" | "-" | "+" | "$" | "->" | "<-")
        || ["=", "|", "..", "::", ">>>"].iter().any(|start| word.starts_with(start))
        || (word.ends_with(':')
            && (word.starts_with('@') || word.starts_with(|c: char| c.is_ascii_uppercase())))
}
