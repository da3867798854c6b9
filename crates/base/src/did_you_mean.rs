//! Hints for misspelled names.

/// Returns the hint for a misspelled name, such as ``; did you mean `seatNumber`?``. It is empty if no known name is
/// similar.
pub fn did_you_mean<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(given, known).map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

/// Returns the known name that is most similar to the given one, if any is similar enough: at most a third of its
/// characters (rounded up) are changed, added, missing or swapped, or it begins with the given name, as `issuer` does with
/// `iss`. Letter case is ignored.
fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = given.to_lowercase();
    let length = given.chars().count();
    let known: Vec<&str> = known.into_iter().collect();
    let abbreviated = known.iter().find(|name| length >= 3 && name.to_lowercase().starts_with(&given));
    let similar = known
        .iter()
        .copied()
        // Names of very different lengths are never similar. Comparing the lengths first avoids computing the
        // distance of two long texts, which is slow.
        .filter(|name| {
            let known = name.chars().count();
            known.abs_diff(length) <= known.div_ceil(3)
        })
        .map(|name| (strsim::damerau_levenshtein(&given, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= name.chars().count().div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name);
    similar.or(abbreviated.copied())
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let keys = ["seatNumber", "purchasePrice", "ticketType"];
        assert_eq!(nearest("seatNumbr", keys), Some("seatNumber"));
        assert_eq!(nearest("SEATNUMBER", keys), Some("seatNumber"));
        assert_eq!(nearest("tikcetType", keys), Some("ticketType"));
        assert_eq!(nearest("colour", keys), None);
        assert_eq!(nearest("pur", keys), Some("purchasePrice"));
        assert_eq!(nearest("pu", keys), None);
    }
}
