//! "Did you mean ...?"

/// The candidate that the author probably meant by `name`: the nearest one, if it is near; of equally near ones the
/// first.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = name.chars().count().max(3) / 3;
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let bound = best.map_or(limit + 1, |(distance, _)| distance);
        if let Some(distance) = distance_below(name, candidate, bound) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The number of letters to insert, delete, replace or swap with their neighbour, if it is below `bound`. A difference
/// in case counts as zero.
fn distance_below(a: &str, b: &str, bound: usize) -> Option<usize> {
    let a: Vec<char> = a.chars().map(|c| c.to_ascii_lowercase()).collect();
    let b: Vec<char> = b.chars().map(|c| c.to_ascii_lowercase()).collect();
    if a.len().abs_diff(b.len()) >= bound {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let replaced = previous[j] + usize::from(x != y);
            let mut cost = replaced.min(previous[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        if row.iter().min().is_some_and(|&least| least >= bound) {
            return None;
        }
        before = std::mem::replace(&mut previous, row);
    }
    previous.last().copied().filter(|&distance| distance < bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found() {
        assert_eq!(nearest("retruns", ["data", "returns", "if"]), Some("returns"));
        assert_eq!(nearest("Data", ["data", "base"]), Some("data"));
        assert_eq!(nearest("sturct", ["struct", "union"]), Some("struct"));
        assert_eq!(nearest("stat", ["state", "status"]), Some("state"));
    }

    #[test]
    fn far_names_are_not() {
        assert_eq!(nearest("bogus", ["data", "base"]), None);
        assert_eq!(nearest("a", ["int", "str"]), None);
        assert_eq!(nearest("name", std::iter::empty()), None);
    }
}
