//! Hints at the name that someone probably meant.

/// The hint for a misspelt name: `; did you mean `seatNumber`?`, or nothing if no known name is near.
pub fn did_you_mean<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(given, known).map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

/// Of these names the one nearest to a misspelt one, if any is near enough to be meant:
/// at most a third of its letters changed, added, left out or swapped; letter case does not count.
fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = given.to_lowercase();
    let length = given.chars().count();
    known
        .into_iter()
        // Too much longer or shorter to be near: told by the lengths alone, since the distance of two long texts
        // takes long to find.
        .filter(|name| {
            let known = name.chars().count();
            known.abs_diff(length) <= known.div_ceil(3)
        })
        .map(|name| (strsim::damerau_levenshtein(&given, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= name.chars().count().div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
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
    }
}
