//! How an input is changed.

use crate::random::Random;

/// No input becomes longer, so that one execution stays cheap.
pub const LONGEST: usize = 16 * 1024;

/// Changes an input in one to six ways; `other` is another input to take parts of.
pub fn mutate(random: &mut Random, input: &mut Vec<u8>, other: &[u8], tokens: &[&str]) {
    for _ in 0..=random.below(6) {
        change(random, input, other, tokens);
    }
    input.truncate(LONGEST);
}

fn change(random: &mut Random, input: &mut Vec<u8>, other: &[u8], tokens: &[&str]) {
    let range = random.range(input.len());
    match random.below(12) {
        0 => {
            if let Some(byte) = input.get_mut(range.start) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => {
            if let Some(byte) = input.get_mut(range.start) {
                *byte = random.number() as u8;
            }
        }
        2 => drop(input.drain(range)),
        3 => {
            let piece = input[range].to_vec();
            let at = random.below(input.len() + 1);
            input.splice(at..at, piece);
        }
        4 => repeat(random, input, range),
        5 | 6 => {
            let token = random.choose(tokens).unwrap_or_default().as_bytes();
            input.splice(range.start..range.start, token.iter().copied());
        }
        7 => {
            let token = random.choose(tokens).unwrap_or_default().as_bytes();
            let word = word_at(input, range.start);
            input.splice(word, token.iter().copied());
        }
        8 => {
            let from = random.range(other.len());
            input.splice(range, other[from].iter().copied());
        }
        9 => {
            // The head of the one, the tail of the other.
            input.truncate(range.start);
            input.extend_from_slice(&other[random.below(other.len() + 1)..]);
        }
        10 => {
            let from = word_at(other, random.below(other.len() + 1));
            let word = word_at(input, range.start);
            input.splice(word, other[from].iter().copied());
        }
        _ => swap_lines(random, input),
    }
}

/// Writes a part many times: depth and length are what limits are for.
fn repeat(random: &mut Random, input: &mut Vec<u8>, range: std::ops::Range<usize>) {
    let piece = input[range.clone()].to_vec();
    if piece.is_empty() {
        return;
    }
    let most = [4, 64, 4096][random.below(3)];
    let times = random.below(most).min(LONGEST / piece.len());
    input.splice(range.start..range.start, piece.repeat(times));
}

/// The word around a place: letters, digits, `-` and `_`.
fn word_at(text: &[u8], at: usize) -> std::ops::Range<usize> {
    let in_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-' || *byte == b'_';
    let at = at.min(text.len());
    let start = text[..at].iter().rposition(|byte| !in_word(byte)).map_or(0, |index| index + 1);
    let end = text[at..].iter().position(|byte| !in_word(byte)).map_or(text.len(), |index| at + index);
    start..end
}

fn swap_lines(random: &mut Random, input: &mut Vec<u8>) {
    let mut lines: Vec<&[u8]> = input.split_inclusive(|byte| *byte == b'\n').collect();
    let (one, other) = (random.below(lines.len()), random.below(lines.len()));
    if one != other {
        lines.swap(one, other);
        *input = lines.concat();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_changes_and_lengths_are_bounded() {
        let other = b"{'command': 'x'}".as_slice();
        let run = |seed| {
            let mut random = Random::new(seed);
            let mut input = b"{'enum': 'E', 'data': ['a']}\n".to_vec();
            for _ in 0..200 {
                mutate(&mut random, &mut input, other, &["'if'", "}"]);
                assert!(input.len() <= LONGEST);
            }
            input
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
    }

    #[test]
    fn words_end_where_punctuation_begins() {
        assert_eq!(word_at(b"{'set-action': 1}", 4), 2..12);
        assert_eq!(word_at(b"", 0), 0..0);
    }
}
